//! The byte forms, all in one place: the order of fields and the tags that a journal's format version fixes.

use crate::code::{Form, code_enum, code_newtype, code_struct};
use crate::{
    Agent, AgentId, AgentOrder, Attestation, CallId, CallbackTerms, Caller, CallerGone, CaseId, CaseKind, CaseWord, Choice,
    Class, ClassId, Closed, Declined, Denominator, Digit, DispatchAnswer, DispatchFailure, Escalation, Flaw, FollowUp, Input,
    KnownBy, LegEnd, Limits, Line, LineId, Matter, Menu, Number, OfferId, Overflow, Permille, PhoneLost, Place, PlayId, Profile,
    Promise, Queue, QueueId, Quoting, RecordWord, Said, Service, ServiceId, ServiceLevel, Settings, Settled, Side, SignIn, Skill,
    Span, Thresholds, Tick, Trust, WhyHuman, Widening, Wish,
};
use crate::{Code, Malformed, Order, Reader, Sink};

code_newtype!(AgentId, CallId, CaseId, ClassId, LineId, Number, OfferId, Permille, Place, PlayId, QueueId, ServiceId, Span, Tick);

code_struct! {
    Settings { name, limits, lines, services, queues, agents }
    Limits { calls_max }
    Line { number, closed, menu, human, silence }
    Menu { one, two }
    Service { name, timeout, needs }
    Thresholds {
        order, classes, default_class, service_level, short_abandon, agent_order, widen, overflow, reserve, preferred_agent_for,
        keep_place_for, max_waiting, max_wait, callback, quote, comfort_every, warn_within, ring_for, wrap_up,
    }
    Class { name, target }
    ServiceLevel { share, within, of }
    Widening { after, level }
    Overflow { after, queue }
    CallbackTerms { over, retry_after, tries_max }
    Quoting { confidence }
    Agent { name, skills, sign_in }
    Skill { queue, level }
    Profile { name, language, class, preferred_agent, fields }
    Promise { made_at, due_at, reference, settled }
    Said { at, until, settled }
    Escalation { level, why }
    FollowUp { due, what }
}

code_enum! {
    Closed { 0: Message, 1: Queue(queue) }
    Choice { 0: Instant { service, otherwise }, 1: Queue(queue) }
    SignIn { 0: WithPhone, 1: OnRequest }
    Denominator { 0: OfferedButShort, 1: Offered, 2: Answered, 3: AnsweredAndAbandonedLate }
    AgentOrder { 0: LongestIdle, 1: LeastOccupied }
    Trust { 0: Trusted, 1: Untrusted, 2: Attested(attestation), 3: Unproven(flaw) }
    Attestation { 0: Full, 1: Partial, 2: Gateway }
    Flaw {
        0: Unsigned, 1: NotShaken, 2: Ambiguous, 3: Oversized, 4: Malformed, 5: CompactForm, 6: ForeignAlgorithm, 7: Stale,
        8: FromTheFuture, 9: WrongOrigin, 10: WrongDestination, 11: ForeignSource, 12: Unreachable, 13: CertificateUnusable,
        14: UnknownAuthority, 15: CertificateExpired, 16: CertificateNotYetValid, 17: NoNumbers, 18: NotItsNumber,
        19: BadSignature, 20: Replayed, 21: NotInTime, 22: NotSetUp,
    }
    KnownBy { 0: TrustedNumber(number), 1: Token(token), 2: UntrustedNumber(number) }
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
    Matter {
        0: Record { call, words },
        1: CaseOpened { case, kind, said, calls, words },
        2: Case { case, words },
    }
    RecordWord { 0: Owner(owner), 1: Escalated(escalation), 2: Disposition(code), 3: Resolution(words), 4: FollowUp(follow_up) }
    CaseWord {
        0: Owner(owner), 1: Due(due), 2: Escalated(escalation), 3: Late { due, level }, 4: Linked(call), 5: Remark(words),
        6: Closed { feedback }, 7: Reopened { why }, 8: Thanked { how },
    }
    CaseKind { 0: Complaint, 1: Opinion, 2: Praise }
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
        19: CallerAnswered { call },
        20: CallerUnreached { call, how },
        21: AgentReturned { offer, queue },
        22: ThresholdsChanged { base, queues, by, reason },
        23: CallResumed { call },
        24: PhoneResumed { agent },
        25: Filed { matter, by },
        26: CallerFound { call, profile, within },
    }
}

impl Code for Queue {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.name.encode(sink);
        self.thresholds.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let name = Code::decode(reader)?;
        let thresholds = match reader.form() {
            Form::One => thresholds_of_form_one(reader)?,
            Form::Two | Form::Three => Code::decode(reader)?,
        };
        Ok(Queue { name, thresholds })
    }
}

/// What a queue had before there was an order of service.
fn thresholds_of_form_one(reader: &mut Reader<'_>) -> Result<Thresholds, Malformed> {
    let max_waiting = Code::decode(reader)?;
    let max_wait = Code::decode(reader)?;
    let ring_for = Code::decode(reader)?;
    let wrap_up = Code::decode(reader)?;
    let comfort_every = Code::decode(reader)?;
    let (order, keep_place_for) = (Order::Fifo, Span(0));
    Ok(Thresholds { order, keep_place_for, max_waiting, max_wait, ring_for, wrap_up, comfort_every, ..Thresholds::default() })
}

impl Code for Caller {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.number.encode(sink);
        self.trust.encode(sink);
        self.token.encode(sink);
        self.profile.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let number = Code::decode(reader)?;
        let trust = Code::decode(reader)?;
        let token = if reader.form() == Form::One { None } else { Code::decode(reader)? };
        let profile = Code::decode(reader)?;
        Ok(Caller { number, trust, token, profile })
    }
}
