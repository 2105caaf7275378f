//! A desk at the moment of a decision: who is in line, who is free, and what bars one from the other.

use super::turn::{Claim, Turn, turn};
use super::way::{Way, is_own_queue, way};
use cabrank_core::{AgentId, CallId, Candidate, ClassId, Order, Place, QueueId, Settings, Span, Thresholds, Tick};

/// A caller who stands in line, on it or to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InLine {
    pub(crate) call: CallId,
    pub(crate) queue: QueueId,
    pub(crate) class: ClassId,
    pub(crate) since: Tick,
    pub(crate) place: Place,
    /// To be called back.
    pub(crate) absent: bool,
    /// Waits for this agent alone.
    pub(crate) held_for: Option<AgentId>,
    /// The agent of the caller's own.
    pub(crate) own: Option<AgentId>,
}

/// An idle agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Free {
    pub(crate) agent: AgentId,
    /// Whose ringing the agent missed last.
    pub(crate) missed: Option<CallId>,
    pub(crate) idle_since: Tick,
    /// The smoothed share of time busy, 0 to 1.
    pub(crate) occupancy: f64,
}

/// A desk at the moment of a decision.
#[derive(Clone)]
pub(crate) struct Scene<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) now: Tick,
    pub(crate) line: Vec<InLine>,
    pub(crate) free: Vec<Free>,
    /// The queues of those who are being called back.
    pub(crate) dialled: Vec<QueueId>,
}

/// What bars an idle agent from a caller in line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bar {
    NoWay,
    OpensAt(Tick),
    KeptFor(QueueId),
    HeldFor(AgentId),
    OthersDialled,
}

impl std::fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Scene { settings: _, now, line, free, dialled } = self;
        write!(f, "at {now:?} in line {line:?}, free {free:?}, dialled {dialled:?}")
    }
}

impl InLine {
    /// Whether this caller came before that one.
    pub(crate) fn came_before(&self, other: &InLine) -> bool {
        (self.since, self.place) < (other.since, other.place)
    }

    /// As a decision names it.
    pub(crate) fn candidate(&self) -> Candidate {
        Candidate { call: self.call, queue: self.queue, class: self.class, since: self.since, place: self.place }
    }
}

impl Scene<'_> {
    pub(crate) fn thresholds(&self, queue: QueueId) -> Option<&Thresholds> {
        self.settings.queues.get(usize::from(queue.0)).map(|queue| &queue.thresholds)
    }

    /// The order by which an agent's callers are served; all queues within reach have the same.
    pub(crate) fn order(&self, queue: QueueId) -> Order {
        self.thresholds(queue).map_or(Order::default(), |thresholds| thresholds.order)
    }

    pub(crate) fn way(&self, agent: AgentId, queue: QueueId) -> Option<Way> {
        way(self.settings, agent, queue)
    }

    pub(crate) fn caller(&self, call: CallId) -> Option<&InLine> {
        self.line.iter().find(|caller| caller.call == call)
    }

    pub(crate) fn agent(&self, agent: AgentId) -> Option<&Free> {
        self.free.iter().find(|free| free.agent == agent)
    }

    /// What bars an idle agent from a caller; nothing if they may be brought together now. Who waits for this very agent is
    /// open to it whatever its level.
    pub(crate) fn bar(&self, agent: AgentId, caller: &InLine) -> Option<Bar> {
        let kept = || self.kept_from(agent, caller.queue).map(Bar::KeptFor);
        match caller.held_for {
            Some(held_for) if held_for == agent => return kept(),
            Some(held_for) => return Some(Bar::HeldFor(held_for)),
            None => {}
        }
        let Some(way) = self.way(agent, caller.queue) else { return Some(Bar::NoWay) };
        let opens_at = caller.since.plus(way.after);
        if opens_at > self.now {
            return Some(Bar::OpensAt(opens_at));
        }
        kept().or_else(|| (caller.absent && !self.may_dial(caller.queue)).then_some(Bar::OthersDialled))
    }

    /// Whether an agent may ever serve a caller who waits for nobody else.
    pub(crate) fn is_within_reach(&self, agent: AgentId, caller: &InLine) -> bool {
        caller.held_for.map_or_else(|| self.way(agent, caller.queue).is_some(), |held_for| held_for == agent)
    }

    /// As many callers of a queue are dialled as agents are idle who may ever serve it.
    pub(crate) fn may_dial(&self, queue: QueueId) -> bool {
        let idle = self.free.iter().filter(|free| self.way(free.agent, queue).is_some()).count();
        self.dialled.iter().filter(|dialled| **dialled == queue).count() < idle
    }

    /// Whether a queue keeps one of its own idle agents: it has no more of them than it reserves.
    pub(crate) fn keeps(&self, queue: QueueId, agent: AgentId) -> bool {
        let idle = self.free.iter().filter(|free| self.is_own(free.agent, queue)).count();
        self.is_own(agent, queue) && idle <= self.reserve(queue)
    }

    /// Whether one queue keeps an agent from another's callers; queues that reserve do not keep their common agents from each
    /// other.
    pub(crate) fn keeps_from(&self, keeper: QueueId, agent: AgentId, queue: QueueId) -> bool {
        let is_reserved = self.reserve(queue) > 0 && self.is_own(agent, queue);
        self.keeps(keeper, agent) && !is_reserved
    }

    /// A queue that keeps an agent from callers of another one.
    pub(crate) fn kept_from(&self, agent: AgentId, queue: QueueId) -> Option<QueueId> {
        let mut queues = (0..self.settings.queues.len()).map(|index| QueueId(index as u16));
        queues.find(|keeper| self.keeps_from(*keeper, agent, queue))
    }

    fn reserve(&self, queue: QueueId) -> usize {
        self.thresholds(queue).map_or(0, |thresholds| thresholds.reserve as usize)
    }

    fn is_own(&self, agent: AgentId, queue: QueueId) -> bool {
        is_own_queue(self.settings, agent, queue)
    }

    /// Whose turn it is for an agent: whoever waits for this very agent has a head start.
    pub(crate) fn turn(&self, caller: &InLine, agent: AgentId) -> Turn {
        let preferred_for = self.thresholds(caller.queue).map_or(Span(0), |thresholds| thresholds.preferred_agent_for);
        let head_start = if caller.held_for == Some(agent) { preferred_for } else { Span(0) };
        self.turn_with(caller, head_start)
    }

    /// Whose turn it would be without any head start.
    pub(crate) fn bare_turn(&self, caller: &InLine) -> Turn {
        self.turn_with(caller, Span(0))
    }

    fn turn_with(&self, caller: &InLine, head_start: Span) -> Turn {
        let thresholds = self.thresholds(caller.queue);
        let claim = Claim {
            since: caller.since,
            place: caller.place,
            target: thresholds.map_or(Span(1), |thresholds| thresholds.target(caller.class)),
            max_wait: thresholds.map_or(Span(1), |thresholds| thresholds.max_wait),
            head_start,
        };
        turn(self.order(caller.queue), claim, self.now)
    }
}
