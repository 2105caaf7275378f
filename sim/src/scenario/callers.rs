//! Who calls, how often, and how they are.

use crate::chance::Law;
use cabrank_core::{Caller, ClassId, LineId, QueueId, Span, Text, Tick};
use std::sync::Arc;

/// Callers who are alike: a source of chance of its own.
#[derive(Clone, Debug)]
pub struct Callers {
    /// Their name, for messages and reports.
    pub name: Text,
    /// Where they come in.
    pub to: Entrance,
    /// When they come.
    pub arrivals: Arrivals,
    /// How long a talk with an agent of speed 1 takes.
    pub handle: Law,
    /// After which wait they hang up; they never do if there is none.
    pub patience: Option<Law>,
    /// Whether those who hung up while waiting call again.
    pub redial: Option<Redial>,
    /// Who they are.
    pub origin: Origin,
    /// What they press in a menu.
    pub keys: Keys,
    /// What they do when they may be called back; they are never interested if there is none.
    pub callback: Option<Callback>,
    /// The share of them who are cut off while they wait or talk: the leg dies. Each calls again at once.
    pub cut_off: f64,
}

/// Where callers come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Straight into a queue, as that class.
    Queue(QueueId, ClassId),
    /// Through a line and its menu; their profiles name that class.
    Line(LineId, Text),
}

/// When callers come.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// By chance, at rates that hold one after the other (a Poisson process); the last one holds on.
    Random(Vec<Rate>),
    /// Exactly then, in the order of time.
    Trace(Arc<[TraceCall]>),
}

/// A rate of arrivals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Callers an hour: not negative, not infinite.
    pub per_hour: f64,
    /// For so long.
    pub lasts: Span,
}

/// A caller of a trace; what is not known of the caller is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceCall {
    /// When the call comes in.
    pub at: Tick,
    /// Where, if not where the source says.
    pub to: Option<Entrance>,
    /// How long the talk takes with an agent of speed 1.
    pub handle: Option<Span>,
    /// After which wait the caller hangs up.
    pub patience: Option<Span>,
    /// Who calls, if that is known.
    pub caller: Option<CallersOwn>,
}

/// Who calls, and what such a caller presses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallersOwn {
    /// Who.
    pub caller: Caller,
    /// What is pressed in the menu and how long after it was said, if that is known.
    pub pressed: Option<(cabrank_core::Digit, Span)>,
}

/// Whether those who hung up while waiting call again.
#[derive(Clone, Debug)]
pub struct Redial {
    /// The chance of it, a share of 1.
    pub chance: f64,
    /// How long after hanging up.
    pub after: Law,
}

/// Who callers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Origin {
    /// So many callers take turns by chance: they are known again. Each caller is another one if there is no such number.
    pub regulars: Option<u32>,
    /// The share of 1 who have a profile, trusted and complete: instant service is theirs.
    pub known: f64,
}

/// What callers press in a menu; shares of 1, what is left of them presses nothing.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Press 1.
    pub one: f64,
    /// Press 2.
    pub two: f64,
    /// Press something that is no option.
    pub other: f64,
    /// How long after the menu was said.
    pub after: Law,
}

/// What callers do when they may be called back.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The share of 1 who ask for it when it is offered.
    pub accepted: f64,
    /// The share of 1 who pick up when called.
    pub reached: f64,
    /// How long until they do.
    pub picks_up_after: Law,
}
