//! Agents kept back: so many idle agents of a queue are not given to callers of other queues.

use super::{Desk, Outbox};
use crate::{AgentId, QueueId};

impl Desk {
    /// The queue that keeps this idle agent for its own callers, if one does.
    pub(super) fn kept_for(&self, agent: AgentId) -> Option<QueueId> {
        self.reserving.iter().copied().find(|queue| self.keeps(*queue, agent))
    }

    /// Whether a queue keeps this idle agent for its own callers: it has no more idle ones than it reserves.
    fn keeps(&self, queue: QueueId, agent: AgentId) -> bool {
        self.reserves(queue, agent) && self.idle.own(queue) <= self.queue(queue).thresholds.reserve
    }

    /// Whether an agent is one of those of whom a queue keeps some. From such a queue's callers no other queue keeps the agent,
    /// however many are idle: else one agent fewer could open another one to a caller whom nobody looks at then.
    pub(super) fn reserves(&self, queue: QueueId, agent: AgentId) -> bool {
        self.queue(queue).thresholds.reserve > 0 && self.serves(agent, queue)
    }

    /// The queue that keeps this idle agent from callers of that one.
    pub(super) fn kept_from(&self, agent: AgentId, queue: QueueId) -> Option<QueueId> {
        self.kept_for(agent).filter(|_| !self.reserves(queue, agent))
    }

    /// Whether a queue is among an agent's own.
    pub(super) fn serves(&self, agent: AgentId, queue: QueueId) -> bool {
        let reaches = self.reaches.of_agent(agent);
        reaches.binary_search_by_key(&queue, |reach| reach.queue).is_ok_and(|at| !reaches[at].tier.guest)
    }

    /// One agent more is idle: a queue may now have one to spare for callers of other queues.
    pub(super) fn share_spare_agents(&mut self, agent: AgentId, out: &mut Outbox) {
        for index in 0..self.reserving.len() {
            let queue = self.reserving[index];
            let spare = self.idle.own(queue) == self.queue(queue).thresholds.reserve + 1;
            if spare && self.serves(agent, queue) {
                self.share_one_of(queue, out);
            }
        }
    }

    /// Serves one caller with an agent whom the queue kept until now; there are as many as it reserves, and one.
    fn share_one_of(&mut self, queue: QueueId, out: &mut Outbox) {
        let mut last = None;
        loop {
            let next = self.idle.own_agents(queue).filter(|agent| last.is_none_or(|last| *agent > last)).min();
            let Some(agent) = next else { return };
            last = next;
            self.serve_next(agent, out);
            if self.idle.own(queue) <= self.queue(queue).thresholds.reserve {
                return;
            }
        }
    }
}
