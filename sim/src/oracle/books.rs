//! What the oracle remembers of a call and of a ringing.

use cabrank_core::{AgentId, CallId, Caller, Digit, LineId, OfferId, Place, PlayId, QueueId, Said, Span, Tick};

/// A call, from its offer to its record.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) line: LineId,
    pub(super) caller: Caller,
    pub(super) offered_at: Tick,
    pub(super) leg: Leg,
    pub(super) ended_at: Option<Tick>,
    pub(super) written: bool,
    pub(super) play: PlayId,
    pub(super) keys: Vec<Digit>,
    /// Wrong codes that were keyed in.
    pub(super) wrong_codes: u8,
    /// The right one was.
    pub(super) proved: bool,
    pub(super) dispatched: bool,
    pub(super) eta: Option<Span>,
    pub(super) join: Option<Join>,
    /// Whether it stands there now, be it that somebody rings for it.
    pub(super) in_line: bool,
    /// From when the longest wait counts.
    pub(super) wait_from: Tick,
    /// When it last began to wait without a ringing.
    pub(super) free_from: Tick,
    /// Until when it may wait for one agent alone.
    pub(super) held_until: Option<Tick>,
    pub(super) ringing: Option<OfferId>,
    pub(super) talking: Option<OfferId>,
    pub(super) connected_at: Option<Tick>,
    pub(super) taken_by: Option<AgentId>,
    pub(super) rings: u16,
    pub(super) callback: Callback,
    /// What was said about the wait.
    pub(super) said: Option<Said>,
    /// Whether the caller was told that it takes longer.
    pub(super) told_longer: bool,
}

/// Where a caller's leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leg {
    /// Offered, not answered.
    Fresh,
    /// Answered.
    Answered,
    /// Turned away.
    Refused,
    /// The desk hung up.
    HungUp,
    /// The caller is gone.
    Gone,
    /// There is none: a callback is pending.
    Away,
    /// The caller's phone rings: the desk calls back.
    Dialled,
}

/// What is known of a call's callback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Callback {
    /// It was offered.
    pub(super) offered: bool,
    /// It was agreed upon, and the caller has not pressed a key since picking up.
    pub(super) pending: bool,
    /// The caller said that it is no longer needed.
    pub(super) cancelled: bool,
    pub(super) tries: u8,
    /// The most tries that were ever allowed while it was pending.
    pub(super) tries_max: u8,
}

/// When and where a caller joined a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Join {
    /// In which step.
    pub(super) step: u64,
    pub(super) at: Tick,
    /// From when the wait counts.
    pub(super) since: Tick,
    pub(super) queue: QueueId,
    pub(super) place: Place,
    /// At a place that was kept.
    pub(super) kept: bool,
}

/// One ringing of one agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ringing {
    pub(super) agent: AgentId,
    pub(super) call: CallId,
    pub(super) stage: RingingStage,
    /// When it is over if nobody answers.
    pub(super) until: Tick,
}

/// How far a ringing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RingingStage {
    Rings,
    Answered,
    Talks,
}

impl Life {
    pub(super) fn new(line: LineId, caller: Caller, offered_at: Tick) -> Life {
        Life {
            line,
            caller,
            offered_at,
            leg: Leg::Fresh,
            ended_at: None,
            written: false,
            play: PlayId(0),
            keys: Vec::new(),
            wrong_codes: 0,
            proved: false,
            dispatched: false,
            eta: None,
            join: None,
            in_line: false,
            wait_from: offered_at,
            free_from: offered_at,
            held_until: None,
            ringing: None,
            talking: None,
            connected_at: None,
            taken_by: None,
            rings: 0,
            callback: Callback::default(),
            said: None,
            told_longer: false,
        }
    }

    /// In line on the line, and nobody rings for it.
    pub(super) fn is_in_line(&self) -> bool {
        self.in_line && self.leg == Leg::Answered && !self.callback.pending && self.ringing.is_none() && self.talking.is_none()
    }
}
