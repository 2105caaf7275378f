//! What is written down of a call, once it is over.

use crate::{AgentId, CallId, Caller, DispatchFailure, Keys, LineId, QueueId, Span, Text, Thresholds, Tick};
use alloc::vec::Vec;

/// The service record of one call. Records are for solving problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: LineId,
    /// Who called.
    pub caller: Caller,
    /// Whether the caller keyed in the right code, the number being in doubt.
    pub proved: bool,
    /// When the call came in.
    pub offered_at: Tick,
    /// When the caller last joined a queue as a newcomer, if ever.
    pub queued_at: Option<Tick>,
    /// When the caller was first connected with an agent.
    pub connected_at: Option<Tick>,
    /// When the caller's leg ended.
    pub ended_at: Tick,
    /// The queue the call was in last.
    pub queue: Option<QueueId>,
    /// The name of the caller's class there: thresholds may number classes anew before anybody reads this.
    pub class: Option<Text>,
    /// The agent who took the call last.
    pub agent: Option<AgentId>,
    /// What was pressed, the first few keys.
    pub pressed: Keys,
    /// Why the call went to a human, if it did.
    pub why_human: Option<WhyHuman>,
    /// How the call ended.
    pub outcome: Outcome,
    /// What was promised, if anything.
    pub promise: Option<Promise>,
    /// How long caller or agent had the other on hold.
    pub held: Span,
    /// How often an agent was rung for it.
    pub offers: u16,
    /// What was said about the wait, if anything was.
    pub quote: Option<Said>,
    /// How often the caller was called back.
    pub callbacks: u8,
}

/// What was said about a wait, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// When it was said first.
    pub at: Tick,
    /// The end of the wait as it was said last; it never moves back.
    pub until: Tick,
    /// Kept if the caller was connected by then; open for callers who left before it was over.
    pub settled: Settled,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Served without a human.
    ServedInstantly,
    /// Talked with an agent.
    ServedByAgent,
    /// Left before joining a queue and without having been served.
    LeftInMenu,
    /// Left while waiting (abandoned).
    Abandoned,
    /// Waited the longest wait of the queue; was told so.
    WaitedTooLong,
    /// Came outside the hours; was told so.
    Closed,
    /// The queue was full; was told so.
    QueueFull,
    /// Refused before it was answered: the desk was full or draining.
    Refused,
    /// Asked for a callback and called again before it: goes on as the later call, at the same place.
    Joined,
    /// Asked for a callback, and no longer needed it.
    CallbackCancelled,
    /// Asked for a callback, and could not be reached.
    CallbackFailed,
    /// Cut off by our failure: the engine restarted, or a leg died.
    CutOff,
}

/// Why a call went to a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyHuman {
    /// Chose the option.
    Asked,
    /// Pressed 0.
    PressedZero,
    /// Pressed nothing.
    Silence,
    /// Pressed keys that are no option.
    Mistakes,
    /// The line has no menu, or was closed and sends its callers on.
    NoMenu,
    /// Asked for an instant service, but is not known.
    UnknownCaller,
    /// Asked for an instant service, but the number cannot be trusted.
    UntrustedNumber,
    /// Asked for an instant service, but the profile lacks this field.
    MissingDetail {
        /// The field.
        field: Text,
    },
    /// The fulfilment service refused.
    DispatchRefused {
        /// In its words.
        reason: Text,
    },
    /// The fulfilment service gave no usable answer.
    DispatchFailed(DispatchFailure),
    /// Was served, and wants to talk about it.
    AskedAfterService,
    /// Asked for an instant service, and keyed in a wrong code twice.
    WrongCode,
    /// Asked for an instant service, and did not key in the code in time.
    NoCode,
    /// Asked for an instant service from a number of which too many wrong codes came of late.
    TooManyWrongCodes,
}

/// What was promised to a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// When it was made.
    pub made_at: Tick,
    /// When it is due.
    pub due_at: Tick,
    /// The fulfilment service's own reference.
    pub reference: Text,
    /// Whether it was kept, once that is known.
    pub settled: Settled,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Not known yet.
    Open,
    /// It was.
    Kept,
    /// It was not.
    Broken,
}

/// A later word on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// The promise was kept or broken.
    Promise {
        /// Kept or broken.
        kept: bool,
        /// Who says so.
        by: Text,
    },
    /// How the matter was resolved.
    Resolution {
        /// In a few words.
        resolution: Text,
        /// Who says so.
        by: Text,
    },
}

/// A change of thresholds, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number: 1 is the first.
    pub number: u64,
    /// When it was made.
    pub at: Tick,
    /// The queues, with their thresholds before and after.
    pub queues: Vec<(QueueId, Thresholds, Thresholds)>,
    /// Who made it.
    pub by: Text,
    /// Why.
    pub reason: Text,
}
