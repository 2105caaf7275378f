//! Journals kept for ever: every later engine must read them. What stands in all of them is here.

use crate::sample::directory;
use cabrank_core::{
    Agent, AgentId, CallId, Caller, CallerGone, Choice, Closed, Declined, Digit, DispatchAnswer, DispatchFailure, Input, LegEnd,
    Limits, Line, LineId, Menu, Number, OfferId, PhoneLost, PlayId, Profile, Queue, QueueId, Service, ServiceId, Settings, Side,
    SignIn, Skill, Span, Text, Tick, Trust, Wish,
};
use cabrank_journal::{Beginning, Entry, Options, Seq, UnixMicros};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const CALL: CallId = CallId(0xfedc_ba98_7654_3210);
/// The fixtures have several segments.
pub(crate) const OPTIONS: Options = Options { segment_bytes_max: 900 };

/// The data directory of the fixture of that version.
pub(crate) fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(version)
}

/// A copy of the fixture of that version, to be written on.
pub(crate) fn copy_of(version: &str) -> TempDir {
    let dir = directory();
    fs::create_dir(dir.path().join("journal")).expect("made");
    for (name, bytes) in files(&fixture(version)) {
        fs::write(dir.path().join("journal").join(name), bytes).expect("copied");
    }
    dir
}

/// Names and bytes of the segments, in order.
pub(crate) fn files(data: &Path) -> Vec<(String, Vec<u8>)> {
    let names = fs::read_dir(data.join("journal")).expect("listed").map(|entry| entry.expect("named").path());
    let mut segments: Vec<_> = names
        .filter(|path| path.extension().is_some_and(|extension| extension == "seg"))
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(path).expect("there")))
        .collect();
    segments.sort();
    segments
}

/// The inputs as entries of a journal.
pub(crate) fn stamped(inputs: Vec<Input>) -> Vec<Entry> {
    (1..).zip(inputs).map(|(n, input)| Entry { seq: Seq(n), tick: Tick(n * 1_000_003), input }).collect()
}

/// What recovery should tell.
pub(crate) fn told(entries: Vec<Entry>) -> Vec<(Tick, Input)> {
    entries.into_iter().map(|entry| (entry.tick, entry.input)).collect()
}

/// Every input that version 1 knew, of a caller with that token and with those settings.
pub(crate) fn first_inputs(token: Option<Text>, settings: &Settings) -> Vec<Input> {
    [call_inputs(token), agent_inputs(), desk_inputs(settings)].concat()
}

pub(crate) fn beginning(settings: Settings) -> Beginning {
    Beginning { epoch: UnixMicros(1_790_000_000_000_000), seed: 0x0123_4567_89ab_cdef, settings }
}

/// A desk with those queues; whoever calls it reaches the first.
pub(crate) fn settings(queues: Vec<Queue>) -> Settings {
    let skills = vec![Skill { queue: QueueId(0), level: 1 }];
    let instant = Choice::Instant { service: ServiceId(0), otherwise: QueueId(0), proof: None };
    let menu = Menu { one: Some(instant), two: Some(Choice::Queue(QueueId(0))) };
    let line =
        |number: &str, closed, menu| Line { number: number.into(), closed, menu, human: QueueId(0), silence: Span::secs(5) };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 500 },
        lines: vec![line("+6565521111", Closed::Message, menu), line("taxi", Closed::Queue(QueueId(0)), Menu::default())],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
        queues,
        agents: vec![
            Agent { name: "a101".into(), skills: skills.clone(), sign_in: SignIn::WithPhone },
            Agent { name: "a102".into(), skills, sign_in: SignIn::OnRequest },
        ],
    }
}

fn call_inputs(token: Option<Text>) -> Vec<Input> {
    let (call, accepted) = (CALL, DispatchAnswer::Accepted { eta: Span::secs(420), reference: "R-7".into() });
    vec![
        Input::CallOffered { call, line: LineId(0), open: true, caller: known(token) },
        Input::CallOffered { call: CallId(1), line: LineId(1), open: false, caller: Caller::unknown() },
        Input::PromptEnded { call, play: PlayId(3) },
        Input::DigitPressed { call, digit: Digit::Number(9) },
        Input::DigitPressed { call, digit: Digit::Star },
        Input::DigitPressed { call, digit: Digit::Pound },
        Input::DigitPressed { call, digit: Digit::Letter(3) },
        Input::DispatchAnswered { call, answer: accepted },
        Input::DispatchAnswered { call, answer: DispatchAnswer::Refused { reason: "no car".into() } },
        Input::DispatchAnswered { call, answer: DispatchAnswer::Failed(DispatchFailure::TimedOut) },
        Input::DispatchAnswered { call, answer: DispatchAnswer::Failed(DispatchFailure::Unreachable) },
        Input::DispatchAnswered { call, answer: DispatchAnswer::Failed(DispatchFailure::Nonsense) },
        Input::HoldChanged { call, by: Side::Caller, held: true },
        Input::HoldChanged { call, by: Side::Agent, held: false },
        Input::CallerHungUp { call, how: CallerGone::HungUp },
        Input::CallerHungUp { call, how: CallerGone::Lost },
        Input::CallerHungUp { call, how: CallerGone::EngineRestarted },
        Input::PromiseSettled { call, kept: true, by: "fleet".into() },
        Input::RecordResolved { call, resolution: "überholt".into(), by: "a101".into() },
    ]
}

fn agent_inputs() -> Vec<Input> {
    let (agent, offer) = (AgentId(1), OfferId(u64::MAX));
    let declined = [Declined::Busy, Declined::Declined, Declined::Unavailable, Declined::Failed];
    let lost = [PhoneLost::Deregistered, PhoneLost::Expired, PhoneLost::Silent];
    let wishes = [Wish::Ready, Wish::Pause { reason: "lunch".into() }, Wish::SignOut];
    let mut inputs = vec![
        Input::AgentRinging { offer },
        Input::AgentAnswered { offer },
        Input::AgentHungUp { offer, how: LegEnd::HungUp },
        Input::AgentHungUp { offer, how: LegEnd::Lost },
        Input::PhoneReached { agent },
    ];
    inputs.extend(declined.map(|how| Input::AgentDeclined { offer, how }));
    inputs.extend(lost.map(|how| Input::PhoneLost { agent, how }));
    inputs.extend(wishes.map(|wish| Input::AgentAsked { agent, wish, by: "page".into() }));
    inputs
}

fn desk_inputs(settings: &Settings) -> Vec<Input> {
    let settings = Box::new(settings.clone());
    vec![
        Input::SettingsChanged { settings, by: "admin".into(), reason: "noon".into() },
        Input::DrainAsked { by: "SIGTERM".into() },
        Input::Restarted,
        Input::Woke,
    ]
}

fn known(token: Option<Text>) -> Caller {
    let profile = Profile {
        name: "Ms Tan".into(),
        language: "en".into(),
        class: "regular".into(),
        preferred_agent: "a101".into(),
        fields: vec![("pickup".into(), "12 Orchard Road".into())],
    };
    Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, token, profile: Some(Arc::new(profile)) }
}
