//! The byte forms, all in one place: the order of fields and the tags that a journal's format version fixes.

use crate::code::{code_enum, code_newtype, code_struct};
use crate::{
    Agent, AgentId, CallId, Caller, CallerGone, Choice, Closed, Declined, Digit, DispatchAnswer, DispatchFailure, Input, LegEnd,
    Limits, Line, LineId, Menu, Number, OfferId, PhoneLost, PlayId, Profile, Promise, Queue, QueueId, Service, ServiceId,
    Settings, Settled, Side, SignIn, Skill, Span, Tick, Trust, WhyHuman, Wish,
};

code_newtype!(AgentId, CallId, LineId, Number, OfferId, PlayId, QueueId, ServiceId, Span, Tick);

code_struct! {
    Settings { name, limits, lines, services, queues, agents }
    Limits { calls_max }
    Line { number, closed, menu, human, silence }
    Menu { one, two }
    Service { name, timeout, needs }
    Queue { name, max_waiting, max_wait, ring_for, wrap_up, comfort_every }
    Agent { name, skills, sign_in }
    Skill { queue, level }
    Caller { number, trust, profile }
    Profile { name, language, class, preferred_agent, fields }
    Promise { made_at, due_at, reference, settled }
}

code_enum! {
    Closed { 0: Message, 1: Queue(queue) }
    Choice { 0: Instant { service, otherwise }, 1: Queue(queue) }
    SignIn { 0: WithPhone, 1: OnRequest }
    Trust { 0: Trusted, 1: Untrusted }
    Digit { 0: Number(n), 1: Star, 2: Pound, 3: Letter(n) }
    CallerGone { 0: HungUp, 1: Lost, 2: EngineRestarted }
    LegEnd { 0: HungUp, 1: Lost }
    Side { 0: Caller, 1: Agent }
    Declined { 0: Busy, 1: Declined, 2: Unavailable, 3: Failed }
    PhoneLost { 0: Deregistered, 1: Expired, 2: Silent }
    Wish { 0: Ready, 1: Pause { reason }, 2: SignOut }
    DispatchAnswer { 0: Accepted { eta, reference }, 1: Refused { reason }, 2: Failed(failure) }
    DispatchFailure { 0: TimedOut, 1: Unreachable, 2: Nonsense }
    Settled { 0: Open, 1: Kept, 2: Broken }
    WhyHuman {
        0: Asked, 1: PressedZero, 2: Silence, 3: Mistakes, 4: NoMenu, 5: UnknownCaller, 6: UntrustedNumber,
        7: MissingDetail { field }, 8: DispatchRefused { reason }, 9: DispatchFailed(failure), 10: AskedAfterService,
    }
    Input {
        0: CallOffered { call, line, open, caller },
        1: PromptEnded { call, play },
        2: DigitPressed { call, digit },
        3: CallerHungUp { call, how },
        4: HoldChanged { call, by, held },
        5: DispatchAnswered { call, answer },
        6: AgentRinging { offer },
        7: AgentAnswered { offer },
        8: AgentDeclined { offer, how },
        9: AgentHungUp { offer, how },
        10: PhoneReached { agent },
        11: PhoneLost { agent, how },
        12: AgentAsked { agent, wish, by },
        13: PromiseSettled { call, kept, by },
        14: RecordResolved { call, resolution, by },
        15: SettingsChanged { settings, by, reason },
        16: DrainAsked { by },
        17: Restarted,
        18: Woke,
    }
}
