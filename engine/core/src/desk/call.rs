//! One call's state: who calls, where the call is, what was promised.

use crate::{AgentId, Caller, Digit, LineId, OfferId, Outcome, PlayId, Promise, QueueId, ServiceId, Side, Span, Tick, WhyHuman};
use alloc::vec::Vec;

/// Keys remembered of a call; what is pressed after that is obeyed, but not kept.
const PRESSED_MAX: usize = 8;

/// One call.
pub(super) struct Call {
    pub(super) line: LineId,
    pub(super) caller: Caller,
    pub(super) offered_at: Tick,
    /// The newest order about what the caller hears.
    pub(super) play: PlayId,
    pub(super) pressed: Vec<Digit>,
    pub(super) stage: Stage,
    /// The queue joined last, and when.
    pub(super) joined: Option<(QueueId, Tick)>,
    pub(super) connected_at: Option<Tick>,
    /// The agent who rings or talks, or did so last.
    pub(super) agent: Option<AgentId>,
    /// The agent who took the call last.
    pub(super) taken_by: Option<AgentId>,
    pub(super) why: Option<WhyHuman>,
    /// What was asked of a fulfilment service and is not answered yet.
    pub(super) asked: Option<Asked>,
    pub(super) promise: Option<Promise>,
    pub(super) held: Span,
    pub(super) offers: u16,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Greeting and menu.
    Menu {
        /// Wrong keys so far.
        mistakes: u8,
    },
    /// A fulfilment service is being asked.
    Dispatching {
        /// Where every doubt leads.
        otherwise: QueueId,
    },
    /// Served; being told so.
    Told {
        /// Where a wish to talk about it leads.
        otherwise: QueueId,
    },
    /// In line.
    Waiting(Wait),
    /// In line, and an agent's phone rings.
    Offered(Wait, OfferId),
    /// With an agent; the place is kept in case the agent is lost.
    Talking(Wait, OfferId, Hold),
    /// Hearing the last words.
    Parting(Outcome),
    /// The caller is gone; only a fulfilment service's answer is awaited.
    Left {
        /// How the call ended.
        outcome: Outcome,
        /// When.
        ended_at: Tick,
    },
}

/// A stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) queue: QueueId,
    /// Lower is earlier, over all queues.
    pub(super) place: Place,
    /// When the longest wait is over.
    pub(super) until: Tick,
    /// Whether the caller was told to wait.
    pub(super) told: bool,
}

/// A place in line; never given twice, kept until the call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub(super) u64);

/// Who has whom on hold, and since when anybody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) by_caller: bool,
    pub(super) by_agent: bool,
    pub(super) since: Tick,
}

/// What was asked of a fulfilment service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) service: ServiceId,
    pub(super) at: Tick,
    /// The desk no longer waits for the answer; should it come all the same, it counts.
    pub(super) late: bool,
}

impl Call {
    pub(super) fn new(line: LineId, caller: Caller, now: Tick) -> Call {
        Call {
            line,
            caller,
            offered_at: now,
            play: PlayId(0),
            pressed: Vec::new(),
            stage: Stage::Menu { mistakes: 0 },
            joined: None,
            connected_at: None,
            agent: None,
            taken_by: None,
            why: None,
            asked: None,
            promise: None,
            held: Span(0),
            offers: 0,
        }
    }

    /// What a fulfilment service still owes and is waited for.
    pub(super) fn owed(&self) -> Option<Asked> {
        self.asked.filter(|asked| !asked.late)
    }

    pub(super) fn remember_key(&mut self, digit: Digit) {
        if self.pressed.len() < PRESSED_MAX {
            self.pressed.push(digit);
        }
    }

    /// The time on hold, with the hold under way counted up to `now`.
    pub(super) fn held_by(&self, now: Tick) -> Span {
        match self.stage {
            Stage::Talking(_, _, hold) if hold.any() => self.held.plus(now.since(hold.since)),
            Stage::Talking(..)
            | Stage::Menu { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Waiting(_)
            | Stage::Offered(..)
            | Stage::Parting(_)
            | Stage::Left { .. } => self.held,
        }
    }
}

impl Hold {
    pub(super) fn any(self) -> bool {
        self.by_caller || self.by_agent
    }

    /// The same with one side's hold changed at `now`.
    pub(super) fn with(self, by: Side, held: bool, now: Tick) -> Hold {
        let since = if self.any() { self.since } else { now };
        match by {
            Side::Caller => Hold { by_caller: held, since, ..self },
            Side::Agent => Hold { by_agent: held, since, ..self },
        }
    }
}
