//! What is simulated: a desk, its callers, its agents and what goes wrong, all checked.
//!
//! A [`Scenario`] is read from a file or made from a journal. Time begins at tick 0, which is [`Scenario::begins`] on
//! the wall clock of the desk's timezone; callers come for `duration`, the first `warm_up` of which is not counted.

mod agents;
mod callers;
mod digest;
mod read;
mod set;
mod window;

pub use agents::{Break, Late, Phone, Roster};
pub use callers::{Arrivals, Callback, Callers, CallersOwn, Entrance, Keys, Origin, Rate, Redial, TraceCall};
pub use read::{Faults, Written, amended, law_said, read, read_written};
pub use set::{Set, UnreadableSet};
pub use window::Window;

use crate::chance::Law;
use cabrank_core::{Permille, QueueId, Settings, Span, Thresholds, Tick};
use jiff::civil::DateTime;

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, for reports: that of its file.
    pub name: String,
    /// The desk, as its configuration file says; its agents are those of the scenario.
    pub settings: Settings,
    /// The wall clock at tick 0.
    pub begins: DateTime,
    /// When each line is open, by [`LineId`](cabrank_core::LineId); in order, apart from each other.
    pub open: Vec<Vec<Window>>,
    /// The seed of the first replication; each further one has the next number.
    pub seed: u64,
    /// For so long from the beginning nothing is counted.
    pub warm_up: Span,
    /// For so long callers come, the warm-up included; those who came are served to the end.
    pub duration: Span,
    /// How often the scenario is lived through; at least once.
    pub replications: u32,
    /// Who calls; each is a source of chance of its own.
    pub callers: Vec<Callers>,
    /// Agents' days, by [`AgentId`](cabrank_core::AgentId).
    pub agents: Vec<Roster>,
    /// How fulfilment services answer, by [`ServiceId`](cabrank_core::ServiceId).
    pub services: Vec<Fulfilment>,
    /// How long what is said to a caller takes: each prompt of the menu, the last words.
    pub prompt: Span,
    /// Changes of thresholds during the day, in the order of time; none leaves the classes of a queue others than they were.
    pub changes: Vec<PlannedChange>,
    /// What goes wrong between the world and the desk, if anything.
    pub trouble: Option<Trouble>,
    /// What `verify` holds the outcome against, beside the queues' own targets.
    pub limits: Limits,
}

/// A change of thresholds that is made at a moment, whatever happens until then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// When.
    pub at: Tick,
    /// The queues and their new thresholds.
    pub queues: Vec<(QueueId, Thresholds)>,
}

/// How a fulfilment service answers; shares of 1, what is left of them is accepted.
#[derive(Clone, Debug)]
pub struct Fulfilment {
    /// How long an answer takes.
    pub answers_after: Law,
    /// How soon it promises to be there.
    pub eta: Law,
    /// Refused.
    pub refused: f64,
    /// Answered with nonsense, or unreachable.
    pub failed: f64,
    /// Never answered.
    pub silent: f64,
}

/// What goes wrong between the world and the desk; shares of 1 of all facts.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Facts that never reach the desk. That a leg has ended is found out by the edge's sweep, 30 s later.
    pub lost: f64,
    /// Facts that come late ...
    pub late: f64,
    /// ... by so much.
    pub late_by: Law,
    /// Facts that come twice.
    pub doubled: f64,
    /// The mean time between crashes, if there are any; each is followed by a recovery from the journal.
    pub crash_every: Option<Span>,
}

/// What `verify` holds the outcome against.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// The longest wait over its target, if it is limited.
    pub max_wait_over_target: Option<f64>,
    /// The share of callers who may hang up while waiting, if it is limited.
    pub abandoned: Option<Permille>,
    /// How far the share of kept quotes may lie from the confidence, if it is limited: a share of 1.
    pub quote_error: Option<f64>,
}
