//! What can happen to a desk. Past tense: these are facts.

use crate::{AgentId, CallId, Caller, LineId, Matter, OfferId, PlayId, Profile, QueueId, Settings, Span, Text, Thresholds};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A fact. Whatever the desk cannot fit to its state it refuses; it never panics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A call came in on a line.
    CallOffered {
        /// The new call; one already known is refused.
        call: CallId,
        /// The line that was dialled.
        line: LineId,
        /// Whether the line's hours say open.
        open: bool,
        /// Who calls.
        caller: Caller,
    },
    /// What was being said to the caller has been said.
    PromptEnded {
        /// The call.
        call: CallId,
        /// What was said; anything but the newest is stale and without effect.
        play: PlayId,
    },
    /// The caller pressed a key.
    DigitPressed {
        /// The call.
        call: CallId,
        /// The key.
        digit: Digit,
    },
    /// The caller's leg is gone.
    CallerHungUp {
        /// The call.
        call: CallId,
        /// How it went.
        how: CallerGone,
    },
    /// The caller put the agent on hold or the agent the caller, or took it back.
    HoldChanged {
        /// The call.
        call: CallId,
        /// Who did.
        by: Side,
        /// On hold from now, or no longer.
        held: bool,
    },
    /// The fulfilment service has answered, or will not.
    DispatchAnswered {
        /// The call it was for.
        call: CallId,
        /// What came of it.
        answer: DispatchAnswer,
    },
    /// It was found out who calls: what a look-up outside knows of a number that nobody here knew.
    CallerFound {
        /// The call.
        call: CallId,
        /// What is known of the caller.
        profile: Arc<Profile>,
        /// How long after the call came in it may be taken note of.
        within: Span,
    },
    /// A caller who is being called back picked up.
    CallerAnswered {
        /// The call.
        call: CallId,
    },
    /// A caller who is being called back could not be reached.
    CallerUnreached {
        /// The call.
        call: CallId,
        /// How.
        how: Declined,
    },
    /// The agent's phone rings.
    AgentRinging {
        /// The ringing.
        offer: OfferId,
    },
    /// The agent took the call.
    AgentAnswered {
        /// The ringing that was answered.
        offer: OfferId,
    },
    /// The agent did not take the call.
    AgentDeclined {
        /// The ringing that failed.
        offer: OfferId,
        /// How.
        how: Declined,
    },
    /// The agent's leg of an answered call is gone.
    AgentHungUp {
        /// The ringing that became this leg.
        offer: OfferId,
        /// How it went.
        how: LegEnd,
    },
    /// The agent gave the caller back to a line, in which the caller keeps the place held before.
    AgentReturned {
        /// The ringing that became the talk.
        offer: OfferId,
        /// The line.
        queue: QueueId,
    },
    /// The agent's phone can be rung: it registered, or refreshed its registration.
    PhoneReached {
        /// Whose phone.
        agent: AgentId,
    },
    /// The agent's phone can no longer be rung.
    PhoneLost {
        /// Whose phone.
        agent: AgentId,
        /// How that is known.
        how: PhoneLost,
    },
    /// An agent, or a supervisor for the agent, asked for a state.
    AgentAsked {
        /// The agent.
        agent: AgentId,
        /// The state asked for.
        wish: Wish,
        /// Who asked.
        by: Text,
    },
    /// It became known whether what was promised on a call was kept.
    PromiseSettled {
        /// The call; it may have ended long ago.
        call: CallId,
        /// Kept or broken.
        kept: bool,
        /// Who says so.
        by: Text,
    },
    /// Somebody wrote down how a call's matter was resolved.
    RecordResolved {
        /// The call; it may have ended long ago.
        call: CallId,
        /// How ("taxi sent", "overtaken by events", ...).
        resolution: Text,
        /// Who says so.
        by: Text,
    },
    /// Somebody wrote something down of a call or a case.
    Filed {
        /// What.
        matter: Box<Matter>,
        /// Who.
        by: Text,
    },
    /// The desk's settings were replaced. Refused while calls are live.
    SettingsChanged {
        /// The new settings; agents keep their state by name.
        settings: Box<Settings>,
        /// Who changed them.
        by: Text,
        /// Why.
        reason: Text,
    },
    /// Thresholds of queues were changed, while callers wait.
    ThresholdsChanged {
        /// The number of changes that whoever changed them knew of ([`View::changes`](crate::View::changes)); refused if
        /// there was another one since.
        base: u64,
        /// The queues and their new thresholds.
        queues: Vec<(QueueId, Thresholds)>,
        /// Who changed them.
        by: Text,
        /// Why.
        reason: Text,
    },
    /// New calls are no longer wanted; the present ones finish.
    DrainAsked {
        /// Who asked.
        by: Text,
    },
    /// The engine came back up after a stop or a crash: no drain is asked any more, and no phone is known to be reachable
    /// until it registers again, or is known to be where it was.
    Restarted,
    /// The caller's leg outlived a restart: what the caller should be hearing is ordered anew, nothing else changes.
    CallResumed {
        /// The call.
        call: CallId,
    },
    /// The agent's phone was registered before a restart and still is: the agent is as free as before.
    PhoneResumed {
        /// Whose phone.
        agent: AgentId,
    },
    /// The moment named by `Desk::next_wake` has come.
    Woke,
}

/// A key of the telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digit {
    /// 0 to 9.
    Number(u8),
    /// `*`
    Star,
    /// `#`
    Pound,
    /// A to D, as 0 to 3: seldom seen outside test equipment.
    Letter(u8),
}

/// How a caller's leg went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerGone {
    /// Hung up, or cancelled before the answer.
    HungUp,
    /// The leg died: no ACK, no media, no answer to a refresh, a transport that failed.
    Lost,
    /// The engine restarted and the leg could not be continued.
    EngineRestarted,
}

/// How an agent's leg went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegEnd {
    /// The agent hung up: the call is done.
    HungUp,
    /// The leg died: the caller goes back to the front of the line.
    Lost,
}

/// Which side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The caller.
    Caller,
    /// The agent.
    Agent,
}

/// How a ringing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// 486, 600: busy with something else.
    Busy,
    /// 603: said no.
    Declined,
    /// 480, or a 408 from the phone: not to be had at present.
    Unavailable,
    /// The phone could not be reached, or failed.
    Failed,
}

/// How it is known that a phone can no longer be rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneLost {
    /// It de-registered.
    Deregistered,
    /// Its registration ran out.
    Expired,
    /// It no longer answers.
    Silent,
}

/// A state that somebody asks for an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Ready for calls: signs in, ends a pause or a wrap-up.
    Ready,
    /// A pause, now or after the present call and its wrap-up.
    Pause {
        /// Why, in a word.
        reason: Text,
    },
    /// Off duty, now or after the present call and its wrap-up.
    SignOut,
}

/// What came of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchAnswer {
    /// It is on its way.
    Accepted {
        /// How long it will take.
        eta: Span,
        /// The service's own reference.
        reference: Text,
    },
    /// The service said no.
    Refused {
        /// Why, in the service's words.
        reason: Text,
    },
    /// No usable answer.
    Failed(DispatchFailure),
}

/// Why there was no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchFailure {
    /// None came in time.
    TimedOut,
    /// The service could not be reached.
    Unreachable,
    /// What came was not an answer.
    Nonsense,
}
