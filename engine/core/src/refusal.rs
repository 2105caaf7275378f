//! Why the desk did not act on an input. A refused input changes nothing.

use core::fmt;

/// Why the desk did not act on an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such call is live.
    UnknownCall,
    /// No such ringing, or it is over.
    UnknownOffer,
    /// No such agent.
    UnknownAgent,
    /// No such line.
    UnknownLine,
    /// A call of that id is live already.
    CallKnown,
    /// It does not fit the present state (an answer that nobody waits for, a prompt long replaced, a hold without a talk).
    OutOfPlace,
    /// Settings cannot be replaced while calls are live.
    CallsLive,
    /// No such queue.
    UnknownQueue,
    /// The thresholds were changed meanwhile.
    Outdated,
    /// Who calls is known already.
    CallerKnown,
    /// It was found out too late who calls: without that knowledge the caller was led on, or the time for it is over.
    FoundTooLate,
    /// The settings contradict themselves; what and where.
    BadSettings(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::UnknownCall => "no such call is live",
            Refusal::UnknownOffer => "no such ringing, or it is over",
            Refusal::UnknownAgent => "no such agent",
            Refusal::UnknownLine => "no such line",
            Refusal::CallKnown => "a call of that id is live already",
            Refusal::OutOfPlace => "that does not fit the present state",
            Refusal::CallsLive => "settings cannot be replaced while calls are live",
            Refusal::UnknownQueue => "no such queue",
            Refusal::Outdated => "the thresholds were changed meanwhile",
            Refusal::CallerKnown => "who calls is known already",
            Refusal::FoundTooLate => "it was found out too late who calls",
            Refusal::BadSettings(what) => what,
        })
    }
}

impl core::error::Error for Refusal {}
