//! What a supervisor tunes: everything about a queue that may change while callers wait in it.

use crate::{ClassId, Order, QueueId, Span, Text};
use alloc::vec;
use alloc::vec::Vec;

/// The thresholds of one queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Who comes first. The same for all queues that share an agent.
    pub order: Order,
    /// The classes of callers and their hold-time targets; at least one.
    pub classes: Vec<Class>,
    /// The class of whoever has none, or one that is not listed.
    pub default_class: ClassId,
    /// What is reported and alerted on.
    pub service_level: ServiceLevel,
    /// Who hangs up sooner did not really wait.
    pub short_abandon: Span,
    /// Which of several idle agents of the best level is rung.
    pub agent_order: AgentOrder,
    /// Who else may take a caller, later. Without a step every level may from the start; with steps, only the levels below
    /// the lowest one named.
    pub widen: Vec<Widening>,
    /// Whose agents may take a caller as well, later.
    pub overflow: Option<Overflow>,
    /// So many idle agents of this queue are kept from the callers of other queues.
    pub reserve: u32,
    /// How long a caller and the agent who served that caller last wait for each other; nothing if they do not.
    pub preferred_agent_for: Span,
    /// How long the place of a caller whose call ended in line is kept for the next call; nothing if it is not.
    pub keep_place_for: Span,
    /// Callers who may wait at once; one more is told so and the call ends.
    pub max_waiting: u32,
    /// The longest wait; after it the caller is told and the call ends.
    pub max_wait: Span,
    /// Whether and when callers are offered to be called back.
    pub callback: Option<CallbackTerms>,
    /// What is said about the wait, if anything is.
    pub quote: Option<Quoting>,
    /// How often a waiting caller is spoken to.
    pub comfort_every: Span,
    /// Warn when the target will be missed within so long at the present rate; never if nothing.
    pub warn_within: Span,
    /// How long an agent's phone rings before the next agent is tried.
    pub ring_for: Span,
    /// The agent's time after a call.
    pub wrap_up: Span,
}

/// A class of callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name, as profiles give it.
    pub name: Text,
    /// The hold-time target: urgency is waited / target.
    pub target: Span,
}

/// A share in thousandths: 0 to 1000. More counts as 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permille(pub u16);

/// The share of calls answered within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLevel {
    /// The share aimed at.
    pub share: Permille,
    /// The time.
    pub within: Span,
    /// The share of what.
    pub of: Denominator,
}

/// What a service level is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denominator {
    /// Calls offered, but for those abandoned sooner than `short_abandon`.
    OfferedButShort,
    /// Calls offered.
    Offered,
    /// Calls answered.
    Answered,
    /// Calls answered, and those abandoned after the time.
    AnsweredAndAbandonedLate,
}

/// Which of several idle agents of the best level is rung.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentOrder {
    /// Who has been idle longest.
    #[default]
    LongestIdle,
    /// Who has been busy the smallest share of the time, with a half-life of 30 minutes.
    LeastOccupied,
}

/// A step of widening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widening {
    /// After so long a wait ...
    pub after: Span,
    /// ... agents up to this level may take the caller.
    pub level: u8,
}

/// Help from another queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// After so long a wait ...
    pub after: Span,
    /// ... the agents of this queue may take the caller, too. The place, the class and the target stay.
    pub queue: QueueId,
}

/// Callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackTerms {
    /// Offered to callers whose wait is expected to be longer than this, or has been.
    pub over: Span,
    /// How long a caller who was not reached is left alone.
    pub retry_after: Span,
    /// How often a caller is tried at the most.
    pub tries_max: u8,
}

/// What is said about the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoting {
    /// The share of callers whose wait is within what was said.
    pub confidence: Permille,
}

/// What holds where nothing is configured.
impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            order: Order::default(),
            classes: vec![Class { name: Text::default(), target: Span::secs(20) }],
            default_class: ClassId(0),
            service_level: ServiceLevel { share: Permille(800), within: Span::secs(20), of: Denominator::OfferedButShort },
            short_abandon: Span::secs(5),
            agent_order: AgentOrder::default(),
            widen: Vec::new(),
            overflow: None,
            reserve: 0,
            preferred_agent_for: Span(0),
            keep_place_for: Span::secs(5 * 60),
            max_waiting: 500,
            max_wait: Span::secs(30 * 60),
            callback: None,
            quote: None,
            comfort_every: Span::secs(45),
            warn_within: Span(0),
            ring_for: Span::secs(15),
            wrap_up: Span::secs(15),
        }
    }
}

impl Thresholds {
    /// The class of that name, or the default.
    pub fn class_of(&self, name: &str) -> ClassId {
        let found = self.classes.iter().position(|class| &*class.name == name);
        found.and_then(|index| u8::try_from(index).ok()).map_or(self.default_class, ClassId)
    }

    /// The target of a class; of the default class if there is none such.
    pub fn target(&self, class: ClassId) -> Span {
        let class = self.classes.get(usize::from(class.0)).or_else(|| self.classes.get(usize::from(self.default_class.0)));
        class.map_or(self.max_wait, |class| class.target)
    }

    /// The wait after which agents of this level may take a caller; never if there is none.
    pub fn opens_after(&self, level: u8) -> Option<Span> {
        let first_closed = self.widen.iter().map(|step| step.level).min();
        if first_closed.is_none_or(|closed| level < closed) {
            return Some(Span(0));
        }
        self.widen.iter().filter(|step| step.level >= level).map(|step| step.after).min()
    }
}
