//! What the oracle remembers of a call and of a ringing.

use cabrank_core::{AgentId, CallId, Caller, Digit, LineId, OfferId, PlayId, QueueId, Span, Tick};

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
    pub(super) dispatched: bool,
    pub(super) eta: Option<Span>,
    pub(super) join: Option<Join>,
    /// Whether it stands there now, be it that somebody rings for it.
    pub(super) in_line: bool,
    /// From when the longest wait counts.
    pub(super) wait_from: Tick,
    pub(super) ringing: Option<OfferId>,
    pub(super) talking: Option<OfferId>,
    pub(super) connected_at: Option<Tick>,
    pub(super) taken_by: Option<AgentId>,
    /// Who was tried last, if that agent missed it.
    pub(super) missed_by: Option<AgentId>,
    pub(super) rings: u16,
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
}

/// When and where a caller joined a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Join {
    /// In which step: earlier is nearer to the front. Those of one step are equal.
    pub(super) step: u64,
    pub(super) at: Tick,
    pub(super) queue: QueueId,
    pub(super) place: u64,
}

/// One ringing of one agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ringing {
    pub(super) agent: AgentId,
    pub(super) call: CallId,
    pub(super) stage: RingingStage,
    pub(super) step: u64,
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
            dispatched: false,
            eta: None,
            join: None,
            in_line: false,
            wait_from: offered_at,
            ringing: None,
            talking: None,
            connected_at: None,
            taken_by: None,
            missed_by: None,
            rings: 0,
        }
    }

    /// In line, and nobody rings for it.
    pub(super) fn is_in_line(&self) -> bool {
        self.in_line && self.leg == Leg::Answered && self.ringing.is_none() && self.talking.is_none()
    }
}
