//! Idle agents by queue and tier: the best tier first, within it whose turn it is.

use super::reach::{Reach, Tier};
use crate::ordered::Ordered;
use crate::{AgentId, QueueId, Span, Tick};
use alloc::vec::Vec;

/// Whose turn it is among the idle of one tier: a lower one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// What the queue's order of agents looks at before the time idle.
    pub(super) load: u64,
    pub(super) idle_since: Tick,
    pub(super) agent: AgentId,
}

/// The idle of one tier of a queue.
pub(super) struct Free {
    pub(super) tier: Tier,
    /// The wait after which the queue's callers are open to this tier.
    pub(super) after: Span,
    pub(super) turns: Ordered<Turn, ()>,
}

/// Who is free, for each queue.
pub(super) struct Idle {
    by_queue: Vec<Queue>,
}

#[derive(Default)]
struct Queue {
    /// By tier, ascending.
    tiers: Vec<Free>,
    /// The queue's own agents among them.
    own: u32,
}

impl Idle {
    /// Nobody is idle.
    pub(super) fn new<'a>(queues: usize, reaches: impl Iterator<Item = &'a Reach>) -> Idle {
        let mut idle = Idle { by_queue: (0..queues).map(|_| Queue::default()).collect() };
        reaches.for_each(|reach| idle.make_room(reach));
        idle
    }

    pub(super) fn add(&mut self, reach: &Reach, turn: Turn) {
        let queue = &mut self.by_queue[usize::from(reach.queue.0)];
        queue.own += u32::from(!reach.tier.guest);
        if let Some(free) = queue.tiers.iter_mut().find(|free| free.tier == reach.tier) {
            free.turns.insert(turn, ());
        }
    }

    pub(super) fn remove(&mut self, reach: &Reach, turn: Turn) {
        let queue = &mut self.by_queue[usize::from(reach.queue.0)];
        queue.own -= u32::from(!reach.tier.guest);
        if let Some(free) = queue.tiers.iter_mut().find(|free| free.tier == reach.tier) {
            free.turns.remove(&turn);
        }
    }

    /// The tiers of a queue, the best first.
    pub(super) fn tiers(&self, queue: QueueId) -> &[Free] {
        &self.by_queue[usize::from(queue.0)].tiers
    }

    /// How many of a queue's own agents are idle.
    pub(super) fn own(&self, queue: QueueId) -> u32 {
        self.by_queue[usize::from(queue.0)].own
    }

    /// A queue's own idle agents.
    pub(super) fn own_agents(&self, queue: QueueId) -> impl Iterator<Item = AgentId> {
        let own = self.tiers(queue).iter().filter(|free| !free.tier.guest);
        own.flat_map(|free| free.turns.iter().map(|(turn, ())| turn.agent))
    }

    fn make_room(&mut self, reach: &Reach) {
        let tiers = &mut self.by_queue[usize::from(reach.queue.0)].tiers;
        if let Err(at) = tiers.binary_search_by(|free| free.tier.cmp(&reach.tier)) {
            tiers.insert(at, Free { tier: reach.tier, after: reach.after, turns: Ordered::new() });
        }
    }
}
