//! An agent's day.

use super::Window;
use crate::chance::Law;
use cabrank_core::{Span, Text};

/// An agent's day. Who is present when no more callers come stays until the lines are empty.
#[derive(Clone, Debug)]
pub struct Roster {
    /// Which agents are alike: those of one `[[agents]]` entry.
    pub group: Text,
    /// When the agent is present; in order, apart from each other.
    pub present: Vec<Window>,
    /// The breaks, in order; a call under way is finished first.
    pub breaks: Vec<Break>,
    /// Whether the agent comes late, to each stretch of presence.
    pub late: Option<Late>,
    /// Handle times are divided by it; more than nothing.
    pub speed: f64,
    /// How a ringing is taken.
    pub phone: Phone,
    /// What an hour of presence costs.
    pub cost_per_hour: f64,
}

/// A break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// It begins at a moment drawn from this stretch; at its beginning if it has no length.
    pub begins: Window,
    /// How long it is.
    pub lasts: Span,
}

/// Late log-ins.
#[derive(Clone, Debug)]
pub struct Late {
    /// The chance of it, a share of 1.
    pub chance: f64,
    /// How late.
    pub by: Law,
}

/// How an agent takes a ringing; shares of 1.
#[derive(Clone, Debug)]
pub struct Phone {
    /// How long it rings before it is picked up.
    pub picks_up_after: Law,
    /// It rings out.
    pub unanswered: f64,
    /// It is declined, after as long as picking up takes.
    pub declined: f64,
    /// The leg dies in the middle of the talk.
    pub dropped: f64,
}
