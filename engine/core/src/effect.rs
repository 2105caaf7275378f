//! What a desk orders. Imperative: an edge does it, or reports as an input that it could not.

use crate::{
    AgentId, Amendment, CallId, Caller, Change, ClassId, Filing, Keys, LineId, Number, OfferId, PlayId, Promise, QueueId, Record,
    ServiceId, Span, Tick, WhyHuman,
};
use alloc::boxed::Box;

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Turn a call away before answering it. The call is over.
    Refuse {
        /// The call.
        call: CallId,
        /// Why.
        why: Refused,
    },
    /// Answer the caller's leg.
    Answer {
        /// The call.
        call: CallId,
    },
    /// Find out who calls from a number that nobody here knows, and say so by [`Input::CallerFound`](crate::Input::CallerFound).
    /// Nothing waits for that.
    LookUp {
        /// The call.
        call: CallId,
        /// The line that was dialled.
        line: LineId,
        /// The number.
        number: Number,
    },
    /// Say something to the caller, instead of whatever is heard now; report its end with the same play id.
    Say {
        /// The call.
        call: CallId,
        /// To be named in [`Input::PromptEnded`](crate::Input::PromptEnded). Grows with every order to one call; a promise may
        /// leave later than what was ordered after it, and is then out of date.
        play: PlayId,
        /// What to say.
        what: Say,
    },
    /// Let the caller hear music, instead of whatever is heard now.
    Music {
        /// The call.
        call: CallId,
        /// Orders what is heard: a `Say` or `Music` with a lower play id than one already obeyed is out of date.
        play: PlayId,
    },
    /// Ring an agent for a call.
    Ring {
        /// The ringing.
        offer: OfferId,
        /// Whom.
        agent: AgentId,
        /// What the agent is shown.
        context: Context,
    },
    /// Stop ringing an agent. Should the agent have answered in this very moment, end that leg.
    StopRinging {
        /// The call it rang for.
        call: CallId,
        /// The ringing.
        offer: OfferId,
    },
    /// Let caller and agent hear each other.
    Connect {
        /// The call.
        call: CallId,
        /// The answered ringing.
        offer: OfferId,
    },
    /// End the agent's leg of an answered call.
    Release {
        /// The call.
        call: CallId,
        /// The ringing that became this leg.
        offer: OfferId,
    },
    /// End the caller's leg.
    HangUp {
        /// The call.
        call: CallId,
        /// Why.
        why: Parting,
    },
    /// Call a caller back who asked for it; then [`Input::CallerAnswered`](crate::Input::CallerAnswered) or
    /// [`Input::CallerUnreached`](crate::Input::CallerUnreached).
    CallBack {
        /// The call; it goes on under the same id.
        call: CallId,
        /// The line that was dialled.
        line: LineId,
        /// Whom to call.
        number: Number,
    },
    /// A queue's target will be missed soon at this rate, or no longer.
    Warn {
        /// The queue.
        queue: QueueId,
        /// In how long a newcomer's wait passes the target; `None`: all clear.
        missed_in: Option<Span>,
    },
    /// Note a change of thresholds: it is in force.
    Note(Box<Change>),
    /// Ask a fulfilment service for what the caller wants, with the call's id as idempotency key.
    Dispatch(Box<Dispatch>),
    /// Keep this record.
    Write(Box<Record>),
    /// Add to a record already kept.
    Amend {
        /// The record's call.
        call: CallId,
        /// When it was said.
        at: Tick,
        /// What was said.
        amendment: Amendment,
    },
    /// Keep what somebody wrote down.
    File(Box<Filing>),
    /// Let others know that a ride is on its way, without waiting for the call's record, which says the same.
    Announce {
        /// The call.
        call: CallId,
        /// When it was promised.
        at: Tick,
    },
}

impl Effect {
    /// Whether somebody will rely on this: it may leave only once its cause is on the disk (`fdatasync`).
    pub fn is_promise(&self) -> bool {
        match self {
            Effect::Dispatch(_) | Effect::Note(_) | Effect::File(_) | Effect::Announce { .. } => true,
            Effect::Say { what, .. } => matches!(what, Say::Sent { .. } | Say::WillCallBack),
            Effect::Refuse { .. }
            | Effect::Answer { .. }
            | Effect::LookUp { .. }
            | Effect::Music { .. }
            | Effect::Ring { .. }
            | Effect::StopRinging { .. }
            | Effect::Connect { .. }
            | Effect::Release { .. }
            | Effect::HangUp { .. }
            | Effect::CallBack { .. }
            | Effect::Warn { .. }
            | Effect::Write(_)
            | Effect::Amend { .. } => false,
        }
    }
}

/// What is said. The edge knows the words and the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Say {
    /// The line's greeting, by name where known, then the menu.
    Welcome {
        /// The line.
        line: LineId,
    },
    /// That was no option; then the menu again.
    MenuAgain {
        /// The line.
        line: LineId,
    },
    /// One moment: the service is being asked.
    OneMoment,
    /// It is sent, and will be there in so long; press 2 to talk about it.
    Sent {
        /// How long it takes.
        eta: Span,
    },
    /// Thank you and goodbye.
    Goodbye,
    /// The service cannot be had now; a human will help.
    NotNow,
    /// Details are missing; a human will take them.
    NeedDetails,
    /// A human follows.
    ToHuman,
    /// All are busy; calls are answered in order.
    PleaseWait(Prospect),
    /// Still in line, place kept.
    StillWaiting(Prospect),
    /// It takes longer than was said.
    LongerThanSaid(Prospect),
    /// We will call back; the place is kept.
    WillCallBack,
    /// This is the call that was asked for; press 1 to be connected, 2 if it is no longer needed.
    CalledBack,
    /// Given back to a line by the agent, place kept.
    Returned,
    /// The agent was lost; first in line for another one.
    AgentLost,
    /// Outside the hours.
    Closed,
    /// Nobody could answer in time.
    NobodyCame,
    /// Too many are waiting already.
    TooMany,
}

/// What is said to somebody who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prospect {
    /// The longest wait to reckon with from now, at the queue's confidence; nothing where the data do not support one.
    pub at_most: Option<Span>,
    /// Press 1 to be called back and keep the place.
    pub callback: bool,
}

/// Why a call is turned away unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The desk holds as many calls as it may.
    Full,
    /// The desk takes no new calls.
    Draining,
}

/// Why the desk ends a caller's leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// All was said and done.
    Done,
    /// The other side hung up.
    AgentHungUp,
}

/// What an agent is shown before saying hello.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: LineId,
    /// The queue the call waits in.
    pub queue: QueueId,
    /// The caller's class in that queue.
    pub class: ClassId,
    /// Who calls.
    pub caller: Caller,
    /// What was pressed, the first few keys.
    pub pressed: Keys,
    /// Why the call goes to a human.
    pub why: WhyHuman,
    /// What was promised.
    pub promise: Option<Promise>,
    /// How long the caller has waited.
    pub waited: Span,
}

/// What is asked of a fulfilment service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// The call, which is also the idempotency key.
    pub call: CallId,
    /// The service.
    pub service: ServiceId,
    /// The line that was dialled.
    pub line: LineId,
    /// Who calls, with the profile.
    pub caller: Caller,
    /// When it was asked.
    pub asked_at: Tick,
}
