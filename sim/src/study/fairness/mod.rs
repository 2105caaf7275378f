//! Whether a trace was fair by the rules in force. Knows the settings and the events, nothing of how the core decides.
//!
//! Caller j **skips** i when j came later and was taken earlier, by an agent who could have taken i at that moment. The skip
//! is explained when the order of service gave j precedence; else it is a defect, whoever routed.

mod books;
mod figures;
mod rules;

pub(crate) use rules::{Rules, Standing};

pub use figures::{ClassFigures, IdleFigures};

use super::{Study, Trace};
use books::Books;
use cabrank_core::{AgentId, CallId, ClassId, QueueId, Tick};
use std::collections::BTreeMap;

/// A class of a queue.
pub type ClassOf = (QueueId, ClassId);

/// What the checkers found.
#[derive(Clone, Debug, PartialEq)]
pub struct Fairness {
    /// Callers of the first class who skipped callers of the second.
    pub skips: BTreeMap<(ClassOf, ClassOf), Skips>,
    /// Whatever no rule explains, in the order in which it happened.
    pub breaches: Vec<Breach>,
    /// By class: how long its callers waited.
    pub classes: BTreeMap<ClassOf, ClassFigures>,
    /// Jain's index of mean wait / target over the classes: 1 if all wait the same share of their targets.
    pub jain_waits: f64,
    /// Of agents who are alike: how the idle time was shared.
    pub idle: Vec<IdleFigures>,
}

/// How often one class skipped another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skips {
    /// The order of service gave precedence.
    pub explained: u64,
    /// Nothing did.
    pub unexplained: u64,
}

/// Something that no rule explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When.
    pub at: Tick,
    /// What is wrong.
    pub wrong: Wrong,
    /// The caller who was wronged, or whom the agent should not have taken.
    pub call: CallId,
    /// The agent who took a call, or should have.
    pub agent: AgentId,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// The caller was skipped, and the order of service did not have it so.
    UnexplainedSkip,
    /// The caller was passed over and had waited longer than the order of service lets anybody wait who is passed over by
    /// the one who was taken.
    Starvation,
    /// The agent took a caller who was not open to that agent: another skill, a level that opens later, or kept for others.
    NotOpen,
    /// An agent was given the caller before another who serves the queue better, or as well and was idle for longer.
    OutOfTurn,
    /// The caller waited while the agent, who may serve the caller, was idle.
    WaitedInVain,
}

impl Fairness {
    /// Holds a trace against the rules of the study that it is a trace of.
    pub fn of(study: &Study, trace: &Trace) -> Fairness {
        let mut books = Books::new(study);
        trace.events.iter().for_each(|event| books.enter(event));
        let (skips, breaches) = books.close();
        let classes = figures::classes(study, trace);
        Fairness { jain_waits: figures::jain_waits(&classes), classes, idle: figures::idle(study, trace), skips, breaches }
    }

    /// How often something was wrong.
    pub fn count(&self, wrong: Wrong) -> usize {
        self.breaches.iter().filter(|breach| breach.wrong == wrong).count()
    }

    /// How often callers of a class skipped others.
    pub fn skips_by(&self, class: ClassOf) -> Skips {
        self.skips_where(|by, _| by == class)
    }

    /// How often callers of a class were skipped by others: their slips.
    pub fn slips_of(&self, class: ClassOf) -> Skips {
        self.skips_where(|_, of| of == class)
    }

    /// All skips.
    pub fn all_skips(&self) -> Skips {
        self.skips_where(|_, _| true)
    }

    fn skips_where(&self, counts: impl Fn(ClassOf, ClassOf) -> bool) -> Skips {
        let counted = self.skips.iter().filter(|((by, of), _)| counts(*by, *of));
        counted.fold(Skips::default(), |sum, (_, skips)| Skips {
            explained: sum.explained + skips.explained,
            unexplained: sum.unexplained + skips.unexplained,
        })
    }
}
