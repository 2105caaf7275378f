//! Idle agents by queue: best level first, then longest idle.

use crate::{AgentId, QueueId, Skill, Tick};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Who is free, for each queue.
pub(super) struct Idle {
    by_queue: Vec<BTreeSet<(u8, Tick, AgentId)>>,
}

impl Idle {
    pub(super) fn new(queues: usize) -> Idle {
        Idle { by_queue: (0..queues).map(|_| BTreeSet::new()).collect() }
    }

    pub(super) fn add(&mut self, agent: AgentId, since: Tick, skills: &[Skill]) {
        for skill in skills {
            self.by_queue[usize::from(skill.queue.0)].insert((skill.level, since, agent));
        }
    }

    pub(super) fn remove(&mut self, agent: AgentId, since: Tick, skills: &[Skill]) {
        for skill in skills {
            self.by_queue[usize::from(skill.queue.0)].remove(&(skill.level, since, agent));
        }
    }

    /// The best agent for a queue. One to be spared comes after all others; only one at a time can have just missed a call.
    pub(super) fn best(&self, queue: QueueId, spare: impl Fn(AgentId) -> bool) -> Option<AgentId> {
        let free = self.by_queue.get(usize::from(queue.0))?;
        let mut best = free.iter().map(|(_, _, agent)| *agent);
        let first = best.next()?;
        if !spare(first) {
            return Some(first);
        }
        best.find(|agent| !spare(*agent)).or(Some(first))
    }

    /// Everybody who is free for a queue.
    pub(super) fn of(&self, queue: QueueId) -> &BTreeSet<(u8, Tick, AgentId)> {
        &self.by_queue[usize::from(queue.0)]
    }
}
