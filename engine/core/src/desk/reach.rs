//! Who may ever serve whom, and after how long a wait: what skills, widening and overflow come to.

use crate::{Agent, AgentId, QueueId, Settings, Span};
use alloc::vec::Vec;

/// Agents of one queue who are alike to its callers. A lower tier is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tier {
    /// Agents of another queue, helping out, come after all of the queue's own.
    pub(super) guest: bool,
    pub(super) level: u8,
}

/// One queue whose callers an agent may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) queue: QueueId,
    pub(super) tier: Tier,
    /// The wait after which the queue's callers are open to the agent.
    pub(super) after: Span,
}

/// For each agent, the queues within reach, in the order of queues.
pub(super) struct Reaches {
    by_agent: Vec<Vec<Reach>>,
}

impl Reaches {
    pub(super) fn of(settings: &Settings) -> Reaches {
        Reaches { by_agent: settings.agents.iter().map(|agent| reaches(settings, agent)).collect() }
    }

    pub(super) fn of_agent(&self, agent: AgentId) -> &[Reach] {
        self.by_agent.get(agent.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Reach> {
        self.by_agent.iter().flatten()
    }
}

fn reaches(settings: &Settings, agent: &Agent) -> Vec<Reach> {
    let ids = (0..settings.queues.len()).map(|index| QueueId(index as u16));
    ids.filter_map(|queue| own(settings, agent, queue).or_else(|| guest(settings, agent, queue))).collect()
}

fn own(settings: &Settings, agent: &Agent, queue: QueueId) -> Option<Reach> {
    let level = agent.level(queue)?;
    let after = settings.queues[usize::from(queue.0)].thresholds.opens_after(level)?;
    Some(Reach { queue, tier: Tier { guest: false, level }, after })
}

fn guest(settings: &Settings, agent: &Agent, queue: QueueId) -> Option<Reach> {
    let overflow = settings.queues[usize::from(queue.0)].thresholds.overflow?;
    let level = agent.level(overflow.queue)?;
    Some(Reach { queue, tier: Tier { guest: true, level }, after: overflow.after })
}
