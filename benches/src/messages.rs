//! A message of each kind that QUIC carries, filled as it is on the way.

use cabrank_wire::v1::*;

/// Messages of one type, each with its name.
pub type Named<M> = Vec<(&'static str, M)>;

/// An offer's number, as the desk gives it.
const OFFER: u64 = 81_234;
/// A call's id.
const CALL: u64 = 0x0190_2c5f_8e40_0003;

/// The first message of a connection.
pub fn hello() -> Named<Hello> {
    let hello = Hello {
        role: Role::Gateway.into(),
        name: "switch-1".into(),
        token: "0123456789abcdef0123456789abcdef".into(),
        session: vec![7; 16],
        software: "asterisk-bridge/1.2".into(),
    };
    vec![("hello", hello)]
}

/// The engine's answer to it.
pub fn welcome() -> Named<Welcome> {
    let welcome = Welcome {
        session: vec![7; 16],
        resumed: true,
        resume_for_ms: 30_000,
        desk: "taxi".into(),
        engine: env!("CARGO_PKG_VERSION").into(),
    };
    vec![("welcome", welcome)]
}

/// What a gateway says.
pub fn from_gateway() -> Named<FromGateway> {
    use from_gateway::Message as M;
    let messages = [
        ("offer", M::Offer(offer())),
        ("resume", M::Resume(Resume { call: CALL })),
        ("prompt_ended", M::PromptEnded(PromptEnded { play: 3 })),
        ("digit", M::Digit(Digit { key: "2".into() })),
        ("hold", M::Hold(Hold { by_agent: true, held: true })),
        ("caller_gone", M::CallerGone(CallerGone { how: caller_gone::How::Lost.into() })),
        ("agent_ringing", M::AgentRinging(AgentRinging { offer: OFFER })),
        ("agent_answered", M::AgentAnswered(AgentAnswered { offer: OFFER })),
        ("agent_declined", M::AgentDeclined(AgentDeclined { offer: OFFER, how: Declined::Busy.into() })),
        ("agent_gone", M::AgentGone(AgentGone { offer: OFFER, lost: false })),
        ("agent_returned", M::AgentReturned(AgentReturned { offer: OFFER, queue: "booking".into() })),
        ("ask_place", M::AskPlace(AskPlace {})),
        ("caller_answered", M::CallerAnswered(CallerAnswered {})),
        ("caller_unreached", M::CallerUnreached(CallerUnreached { how: Declined::Unavailable.into() })),
    ];
    messages.map(|(name, message)| (name, FromGateway { message: Some(message) })).into()
}

/// What a gateway is told.
pub fn to_gateway() -> Named<ToGateway> {
    use to_gateway::Message as M;
    let call_back = CallBack { call: CALL, line: "+6565521111".into(), number: "+6591234567".into() };
    let messages = [
        ("offered", M::Offered(Offered { call: CALL, name: "Ms Tan".to_owned() })),
        ("refused", M::Refused(Refused { why: refused::Why::Busy.into(), retry_after_ms: 1_500 })),
        ("answer", M::Answer(Answer {})),
        ("play", M::Play(play())),
        ("music", M::Music(Music { play: 4, prompt: "music".into() })),
        ("ring", M::Ring(ring())),
        ("stop_ringing", M::StopRinging(StopRinging { offer: OFFER })),
        ("connect", M::Connect(Connect { offer: OFFER })),
        ("release", M::Release(Release { offer: OFFER })),
        ("hang_up", M::HangUp(HangUp { agent_hung_up: true })),
        ("call_back", M::CallBack(call_back)),
        ("place", M::Place(Place { queue: "booking".into(), ahead: 11, waited_ms: 48_000, at_most_ms: 120_000 })),
        ("fault", M::Fault(fault())),
    ];
    messages.map(|(name, message)| (name, ToGateway { message: Some(message) })).into()
}

/// What an agent's program says.
pub fn from_agent() -> Named<FromAgent> {
    use from_agent::Message as M;
    let messages = [
        ("ready", M::Ready(Ready {})),
        ("pause", M::Pause(Pause { reason: "lunch".into() })),
        ("sign_out", M::SignOut(SignOut {})),
        ("ringing", M::Ringing(AgentRinging { offer: OFFER })),
        ("answered", M::Answered(AgentAnswered { offer: OFFER })),
        ("declined", M::Declined(AgentDeclined { offer: OFFER, how: Declined::Declined.into() })),
        ("gone", M::Gone(AgentGone { offer: OFFER, lost: true })),
        ("returned", M::Returned(AgentReturned { offer: OFFER, queue: "booking".into() })),
        ("note", M::Note(RecordNote { call: CALL, resolution: "taxi sent".into() })),
    ];
    messages.map(|(name, message)| (name, FromAgent { message: Some(message) })).into()
}

/// What an agent's program is told.
pub fn to_agent() -> Named<ToAgent> {
    use to_agent::Message as M;
    let messages = [
        ("state", M::State(agent_state())),
        ("ring", M::Ring(ring())),
        ("stop_ringing", M::StopRinging(StopRinging { offer: OFFER })),
        ("connect", M::Connect(Connect { offer: OFFER })),
        ("release", M::Release(Release { offer: OFFER })),
        ("fault", M::Fault(fault())),
    ];
    messages.map(|(name, message)| (name, ToAgent { message: Some(message) })).into()
}

/// What a supervisor says.
pub fn from_supervisor() -> Named<FromSupervisor> {
    use from_supervisor::Message as M;
    let set_thresholds = SetThresholds {
        queue: "booking".into(),
        set_json: r#"{"target":"30s","wrap_up":"10s"}"#.into(),
        base: 12,
        reason: "rain".into(),
    };
    let messages = [
        ("set_thresholds", M::SetThresholds(set_thresholds)),
        ("set_agent", M::SetAgent(set_agent())),
        ("watch", M::Watch(Watch { every_ms: 1_000 })),
    ];
    messages.map(|(name, message)| (name, FromSupervisor { message: Some(message) })).into()
}

/// What a supervisor is told.
pub fn to_supervisor() -> Named<ToSupervisor> {
    use to_supervisor::Message as M;
    let messages =
        [("changed", M::Changed(Changed { number: 13 })), ("fault", M::Fault(fault())), ("agent", M::Agent(agent_state()))];
    messages.map(|(name, message)| (name, ToSupervisor { message: Some(message) })).into()
}

/// What a supervisor sees of a queue, without a length before it.
pub fn queue_figures() -> Named<QueueFigures> {
    let figures = QueueFigures {
        queue: "booking".into(),
        waiting: 42,
        longest_wait_ms: 93_000,
        callbacks: 3,
        on_duty: 60,
        missed_in_ms: 240_000,
        at_most_ms: 120_000,
        changes: 12,
        at_ms: 1_795_000_000_000,
    };
    vec![("queue_figures", figures)]
}

/// What a load generator says.
pub fn from_load() -> Named<FromLoad> {
    use from_load::Message as M;
    let messages = [
        ("set_agent", M::SetAgent(set_agent())),
        ("echo", M::Echo(Echo { payload: vec![0x5a; 64] })),
        ("ask_figures", M::AskFigures(AskFigures {})),
    ];
    messages.map(|(name, message)| (name, FromLoad { message: Some(message) })).into()
}

/// What a load generator is told.
pub fn to_load() -> Named<ToLoad> {
    use to_load::Message as M;
    let figures = Figures {
        inputs: 1_000_000,
        refused: 17,
        dropped: 0,
        turned_away: 3,
        latency_p50_us: 12,
        latency_p99_us: 90,
        latency_max_us: 4_000,
    };
    let messages =
        [("echo", M::Echo(Echo { payload: vec![0x5a; 64] })), ("figures", M::Figures(figures)), ("fault", M::Fault(fault()))];
    messages.map(|(name, message)| (name, ToLoad { message: Some(message) })).into()
}

fn offer() -> Offer {
    Offer {
        line: "+6565521111".into(),
        caller: "+6591234567".into(),
        attestation: Attestation::Full.into(),
        token: String::new(),
        reference: "1763791234.5678".into(),
    }
}

fn play() -> Play {
    Play {
        play: 1,
        prompts: vec!["welcome".into(), "menu".into()],
        language: "en".into(),
        meaning: Meaning::Welcome.into(),
        keys: "012".into(),
        ..Play::default()
    }
}

fn ring() -> Ring {
    let address = "sip:a101@10.0.0.7:5060".into();
    Ring { offer: OFFER, agent: "a101".into(), address, context: Some(context()) }
}

fn context() -> Context {
    let profile = [("pickup", "1 Orchard Road"), ("preferred_car", "limousine")];
    Context {
        call: CALL,
        line: "+6565521111".into(),
        queue: "booking".into(),
        class: "regular".into(),
        waited_ms: 31_250,
        pressed: "2".into(),
        reason: "asked".into(),
        sentence: "The caller asked for a human.".into(),
        caller: "+6591234567".into(),
        trusted: true,
        name: "Mei Lin Tan".into(),
        language: "en".into(),
        profile: profile.map(|(field, value)| (field.to_owned(), value.to_owned())).into(),
        url: "http://127.0.0.1:8080/api/v1/calls/01902c5f8e400003".into(),
        ..Context::default()
    }
}

fn fault() -> Fault {
    Fault { word: "out_of_place".into(), sentence: "The call is not in a state in which this can be.".into() }
}

fn agent_state() -> AgentState {
    let kind = agent_state::Kind::Talking.into();
    AgentState { kind, call: CALL, offer: OFFER, reason: String::new(), agent: "a101".into() }
}

fn set_agent() -> SetAgent {
    SetAgent { agent: "a101".into(), state: Some(set_agent::State::Ready(Ready {})) }
}
