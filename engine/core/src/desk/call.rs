//! One call's state: who calls, where the call is, what was promised.

use super::alarms::Alarms;
use crate::quote::Estimate;
use crate::{
    AgentId, Caller, ClassId, Key, Keys, LineId, OfferId, Outcome, Place, PlayId, Promise, QueueId, Said, ServiceId, Side, Span,
    Standing, Thresholds, Tick, WhyHuman,
};
use alloc::boxed::Box;

/// One call.
pub(super) struct Call {
    pub(super) line: LineId,
    pub(super) caller: Caller,
    pub(super) offered_at: Tick,
    /// The newest order about what the caller hears.
    pub(super) play: PlayId,
    pub(super) pressed: Keys,
    pub(super) stage: Stage,
    pub(super) alarms: Alarms,
    /// The stand in line, from joining to the end of the call.
    pub(super) stand: Option<Stand>,
    /// The agent who rings or talks, or did so last.
    pub(super) agent: Option<AgentId>,
    /// Apart, since callers in line, of whom there are many, have none.
    pub(super) service: Option<Box<Service>>,
    pub(super) why: Option<WhyHuman>,
    /// What was asked of a fulfilment service and is not answered yet.
    pub(super) asked: Option<Asked>,
    pub(super) promise: Option<Box<Promise>>,
    pub(super) offers: u16,
    /// The wait as it was reckoned when the caller joined.
    pub(super) estimate: Option<Estimate>,
    pub(super) said: Option<Said>,
    /// How often the caller was called back.
    pub(super) callbacks: u8,
}

/// What a caller had of agents.
#[derive(Clone, Copy)]
pub(super) struct Service {
    /// When the first one took the call.
    pub(super) connected_at: Tick,
    /// Who took it last.
    pub(super) by: AgentId,
    /// How long either had the other on hold.
    pub(super) held: Span,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Greeting and menu.
    Menu {
        /// Wrong keys so far.
        mistakes: u8,
    },
    /// Asked for a code.
    Proving {
        /// The key of the instant service that was chosen.
        chosen: Key,
        /// Wrong codes so far.
        wrong: u8,
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
    Waiting,
    /// In line, and held for the agent who served this caller before.
    Held(AgentId),
    /// In line, and an agent's phone rings.
    Offered(OfferId),
    /// With an agent; the place is kept in case the agent is lost.
    Talking(OfferId, Hold),
    /// Hearing that a call back will come.
    Agreeing,
    /// In line without a leg, to be called back.
    Absent,
    /// Being called back.
    Dialling,
    /// Picked up, and is asked whether to be connected.
    Confirming,
    /// Was not reached; will be tried again.
    Resting,
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

/// How a caller stands in line where an agent may choose the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InLine {
    /// On the line.
    Waiting,
    /// On the line, for that agent alone.
    Held(AgentId),
    /// Without a leg, to be called back.
    Absent,
}

/// How far an offer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    No,
    Yes,
}

/// A stand in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    pub(super) queue: QueueId,
    pub(super) class: ClassId,
    /// When the caller joined as a newcomer on this call.
    pub(super) joined_at: Tick,
    /// From when the wait counts: earlier, where a place was kept.
    pub(super) since: Tick,
    pub(super) place: Place,
    /// When the longest wait is over.
    pub(super) until: Tick,
    /// Whether the caller was told to wait.
    pub(super) told: bool,
    /// Whether a callback was offered.
    pub(super) may_be_called: bool,
    /// Whether the caller was told that it takes longer than was said.
    pub(super) told_longer: bool,
}

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
            pressed: Keys::default(),
            stage: Stage::Menu { mistakes: 0 },
            alarms: Alarms::default(),
            stand: None,
            agent: None,
            service: None,
            why: None,
            asked: None,
            promise: None,
            offers: 0,
            estimate: None,
            said: None,
            callbacks: 0,
        }
    }

    /// What a fulfilment service still owes and is waited for.
    pub(super) fn owed(&self) -> Option<Asked> {
        self.asked.filter(|asked| !asked.late)
    }

    /// The time on hold, with the hold under way counted up to `now`.
    pub(super) fn held_by(&self, now: Tick) -> Span {
        let held = self.service.as_ref().map(|service| service.held).unwrap_or_default();
        if let Stage::Talking(_, hold) = self.stage
            && hold.any()
        {
            return held.plus(now.since(hold.since));
        }
        held
    }

    /// Enters the hold under way into the books.
    pub(super) fn count_hold(&mut self, now: Tick) {
        let held = self.held_by(now);
        if let Some(service) = &mut self.service {
            service.held = held;
        }
    }

    /// An agent took the call.
    pub(super) fn is_taken(&mut self, by: AgentId, now: Tick) {
        let first = Service { connected_at: now, by, held: Span(0) };
        self.service.get_or_insert_with(|| Box::new(first)).by = by;
    }
}

impl Stage {
    /// How the caller stands where an agent may choose the caller, if the caller does.
    pub(super) fn in_line(self) -> Option<InLine> {
        match self {
            Stage::Waiting => Some(InLine::Waiting),
            Stage::Held(agent) => Some(InLine::Held(agent)),
            Stage::Absent => Some(InLine::Absent),
            Stage::Menu { .. }
            | Stage::Proving { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Offered(_)
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Dialling
            | Stage::Confirming
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => None,
        }
    }

    /// The offer that binds an agent to the caller, and whether the agent has answered, if there is one.
    pub(super) fn offer(self) -> Option<(OfferId, Answered)> {
        match self {
            Stage::Offered(offer) => Some((offer, Answered::No)),
            Stage::Talking(offer, _) => Some((offer, Answered::Yes)),
            Stage::Menu { .. }
            | Stage::Proving { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Waiting
            | Stage::Held(_)
            | Stage::Agreeing
            | Stage::Absent
            | Stage::Dialling
            | Stage::Confirming
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => None,
        }
    }

    /// To be called back, or being so: the place counts, and no agent may be given.
    pub(super) fn aside(self) -> bool {
        matches!(self, Stage::Agreeing | Stage::Dialling | Stage::Confirming | Stage::Resting)
    }
}

impl Stand {
    /// As an order of service sees it.
    pub(super) fn standing(&self, thresholds: &Thresholds, head_start: Span) -> Standing {
        Standing {
            since: self.since,
            place: self.place,
            target: thresholds.target(self.class),
            max_wait: thresholds.max_wait,
            head_start,
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
