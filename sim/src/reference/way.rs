//! Who may ever serve whom, and after how long a wait.

use cabrank_core::{AgentId, QueueId, Settings, Span, Thresholds};

/// How an agent may come to serve a queue's callers; the lowest is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    /// Helps out from another queue.
    pub(crate) guest: bool,
    /// The agent's level there.
    pub(crate) level: u8,
    /// The wait after which it is open.
    pub(crate) after: Span,
}

/// The way from an agent to a queue's callers, if there is any: the queue's own agents first, else help by overflow.
pub(crate) fn way(settings: &Settings, agent: AgentId, queue: QueueId) -> Option<Way> {
    let thresholds = &settings.queues.get(usize::from(queue.0))?.thresholds;
    let own = level(settings, agent, queue)
        .and_then(|level| opening(thresholds, level).map(|after| Way { guest: false, level, after }));
    let help = || {
        let overflow = thresholds.overflow?;
        let level = level(settings, agent, overflow.queue)?;
        Some(Way { guest: true, level, after: overflow.after })
    };
    own.or_else(help)
}

/// Whether a queue is one of an agent's own: a level that no step ever opens does not count.
pub(crate) fn is_own_queue(settings: &Settings, agent: AgentId, queue: QueueId) -> bool {
    way(settings, agent, queue).is_some_and(|way| !way.guest)
}

/// The best level at which an agent serves a queue.
fn level(settings: &Settings, agent: AgentId, queue: QueueId) -> Option<u8> {
    let skills = &settings.agents.get(agent.0 as usize)?.skills;
    skills.iter().filter(|skill| skill.queue == queue).map(|skill| skill.level).min()
}

/// A level is shut only if a step of widening names it or a better one; the first step that reaches it opens it.
fn opening(thresholds: &Thresholds, level: u8) -> Option<Span> {
    let shut = thresholds.widen.iter().any(|step| step.level <= level);
    if !shut {
        return Some(Span(0));
    }
    let mut steps = thresholds.widen.iter().filter(|step| level <= step.level).map(|step| step.after).collect::<Vec<_>>();
    steps.sort();
    steps.first().copied()
}
