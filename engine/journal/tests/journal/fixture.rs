//! A journal as format version 1 was first written, kept for ever: every later engine must read it.
//!
//! While the version is not released, `CABRANK_FIXTURE=write cargo test -p cabrank-journal fixture` writes it anew. After
//! that, a change of form is a new version with a fixture of its own.

use crate::sample::{directory, recover_as};
use cabrank_core::{
    Agent, AgentId, CallId, Caller, CallerGone, Choice, Closed, Code, Declined, Digit, DispatchAnswer, DispatchFailure, Input,
    LegEnd, Limits, Line, LineId, Menu, Number, OfferId, PhoneLost, PlayId, Profile, Queue, QueueId, Service, ServiceId,
    Settings, Side, SignIn, Skill, Span, Tick, Trust, Wish,
};
use cabrank_journal::{Beginning, Entry, Journal, Log, Options, OsDisk, Reader, Seq, UnixMicros, check};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CALL: CallId = CallId(0xfedc_ba98_7654_3210);
const OPTIONS: Options = Options { segment_bytes_max: 900 };

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1")
}

#[test]
fn version_1_is_read() {
    let mut reader = Reader::open(&fixture()).expect("opened");
    assert_eq!(reader.start(), &beginning());
    let read: Vec<Entry> = reader.by_ref().collect::<Result<_, _>>().expect("readable");
    assert_eq!(read, entries());
    assert_eq!(reader.tail(), None);
    let report = check(&fixture()).expect("checked");
    assert_eq!((report.segments, report.entries, report.finding), (3, entries().len() as u64, None));
}

#[test]
fn version_1_is_recovered() {
    let dir = directory();
    fs::create_dir(dir.path().join("journal")).expect("made");
    for (name, bytes) in files(&fixture()) {
        fs::write(dir.path().join("journal").join(name), bytes).expect("copied");
    }
    let outcome = recover_as(dir.path(), OPTIONS, &beginning()).expect("recovered");
    let told: Vec<_> = entries().into_iter().map(|entry| (entry.tick, entry.input)).collect();
    assert_eq!((outcome.told, outcome.cut), (told, None));
}

#[test]
fn version_1_is_still_written_byte_for_byte() {
    let dir = directory();
    write(dir.path());
    if std::env::var("CABRANK_FIXTURE").is_ok_and(|wish| wish == "write") {
        for (name, bytes) in files(dir.path()) {
            fs::write(fixture().join("journal").join(name), bytes).expect("written");
        }
    }
    assert!(files(dir.path()) == files(&fixture()), "the bytes have changed: that is a new format version");
}

#[test]
fn every_input_of_version_1_is_in_the_fixture() {
    let tags: BTreeSet<u8> = inputs().iter().map(|input| input.to_bytes()[0]).collect();
    assert_eq!(tags, (0..=18).collect());
}

fn write(data: &Path) {
    let mut journal = Journal::create(OsDisk, data, &beginning(), OPTIONS).expect("created");
    for entry in entries() {
        assert_eq!(journal.append(entry.tick, &entry.input), Ok(entry.seq));
        journal.write().expect("written");
    }
}

/// Names and bytes of the segments, in order.
fn files(data: &Path) -> Vec<(String, Vec<u8>)> {
    let names = fs::read_dir(data.join("journal")).expect("listed").map(|entry| entry.expect("named").path());
    let mut segments: Vec<_> = names
        .filter(|path| path.extension().is_some_and(|extension| extension == "seg"))
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(path).expect("there")))
        .collect();
    segments.sort();
    segments
}

fn entries() -> Vec<Entry> {
    let stamped = (1..).zip(inputs());
    stamped.map(|(n, input)| Entry { seq: Seq(n), tick: Tick(n * 1_000_003), input }).collect()
}

fn inputs() -> Vec<Input> {
    [call_inputs(), agent_inputs(), desk_inputs()].concat()
}

fn call_inputs() -> Vec<Input> {
    let (call, accepted) = (CALL, DispatchAnswer::Accepted { eta: Span::secs(420), reference: "R-7".into() });
    vec![
        Input::CallOffered { call, line: LineId(0), open: true, caller: known() },
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

fn desk_inputs() -> Vec<Input> {
    let settings = Box::new(beginning().settings);
    vec![
        Input::SettingsChanged { settings, by: "admin".into(), reason: "noon".into() },
        Input::DrainAsked { by: "SIGTERM".into() },
        Input::Restarted,
        Input::Woke,
    ]
}

fn known() -> Caller {
    let profile = Profile {
        name: "Ms Tan".into(),
        language: "en".into(),
        class: "regular".into(),
        preferred_agent: "a101".into(),
        fields: vec![("pickup".into(), "12 Orchard Road".into())],
    };
    Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, profile: Some(Arc::new(profile)) }
}

fn beginning() -> Beginning {
    Beginning { epoch: UnixMicros(1_790_000_000_000_000), seed: 0x0123_4567_89ab_cdef, settings: settings() }
}

fn settings() -> Settings {
    let skills = vec![Skill { queue: QueueId(0), level: 1 }];
    let instant = Choice::Instant { service: ServiceId(0), otherwise: QueueId(0) };
    let menu = Menu { one: Some(instant), two: Some(Choice::Queue(QueueId(0))) };
    let line =
        |number: &str, closed, menu| Line { number: number.into(), closed, menu, human: QueueId(0), silence: Span::secs(5) };
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 500 },
        lines: vec![line("+6565521111", Closed::Message, menu), line("taxi", Closed::Queue(QueueId(0)), Menu::default())],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::secs(2), needs: vec!["pickup".into()] }],
        queues: vec![Queue {
            name: "booking".into(),
            max_waiting: 500,
            max_wait: Span::secs(1800),
            ring_for: Span::secs(15),
            wrap_up: Span::secs(15),
            comfort_every: Span::secs(45),
        }],
        agents: vec![
            Agent { name: "a101".into(), skills: skills.clone(), sign_in: SignIn::WithPhone },
            Agent { name: "a102".into(), skills, sign_in: SignIn::OnRequest },
        ],
    }
}
