//! Small journals to try things on.

use cabrank_core::{
    Agent, AgentId, CallId, Caller, CallerGone, Choice, Closed, Digit, DispatchAnswer, Input, Limits, Line, LineId, Menu, Number,
    Profile, Queue, QueueId, Settings, SignIn, Skill, Span, Thresholds, Tick, Trust, Wish,
};
use cabrank_journal::{Beginning, Cut, Entry, Error, Journal, Log, Notes, Options, OsDisk, Reader, SegmentNo, Seq, UnixMicros};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Segments so small that a few entries fill one.
pub(crate) const SMALL: Options = Options { segment_bytes_max: 300 };

/// A directory that goes with the test. In memory if there is such a place: thousands of syncs wear a disk and wait for it.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a directory")
}

pub(crate) fn beginning() -> Beginning {
    Beginning { epoch: UnixMicros(1_790_000_000_000_000), seed: 0x5eed_cab5, settings: settings() }
}

fn settings() -> Settings {
    Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 500 },
        lines: vec![Line {
            number: "+6565521111".into(),
            closed: Closed::Message,
            menu: Menu { one: Some(Choice::Queue(QueueId(0))), two: None },
            human: QueueId(0),
            silence: Span::secs(5),
        }],
        services: Vec::new(),
        queues: vec![Queue { name: "booking".into(), thresholds: Thresholds::default() }],
        agents: vec![Agent {
            name: "a101".into(),
            skills: vec![Skill { queue: QueueId(0), level: 1 }],
            sign_in: SignIn::WithPhone,
        }],
    }
}

/// The `n`th input: short and long ones, with and without text.
pub(crate) fn input(n: u64) -> Input {
    let call = CallId(0x0123_4567_89ab_cdef ^ n);
    match n % 7 {
        0 => Input::CallOffered { call, line: LineId(0), open: true, caller: caller() },
        1 => Input::DigitPressed { call, digit: Digit::Number(1) },
        2 => Input::DispatchAnswered { call, answer: DispatchAnswer::Accepted { eta: Span::secs(420), reference: "R-7".into() } },
        3 => Input::CallerHungUp { call, how: CallerGone::Lost },
        4 => Input::AgentAsked { agent: AgentId(0), wish: Wish::Pause { reason: "lunch".into() }, by: "a101".into() },
        5 => Input::Restarted,
        _ => Input::Woke,
    }
}

fn caller() -> Caller {
    let fields = vec![("pickup".into(), "12 Orchard Road".into())];
    let profile = Profile { name: "Ms Tan".into(), class: "regular".into(), fields, ..Profile::default() };
    Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) }
}

pub(crate) fn tick(n: u64) -> Tick {
    Tick(n * 1_000 + 17)
}

/// Entries 1 to `count`, as they should be read.
pub(crate) fn entries(count: u64) -> Vec<Entry> {
    (1..=count).map(|n| Entry { seq: Seq(n), tick: tick(n), input: input(n) }).collect()
}

/// Appends entries up to `to` and writes each by itself.
pub(crate) fn write_up_to<L: Log>(journal: &mut L, from: u64, to: u64) {
    for n in from..=to {
        append(journal, n);
        assert_eq!(journal.write().expect("written"), Seq(n));
    }
}

pub(crate) fn append<L: Log>(journal: &mut L, n: u64) {
    assert_eq!(journal.append(tick(n), &input(n)).expect("appended"), Seq(n));
}

/// A journal of `count` entries.
pub(crate) fn make(data: &Path, count: u64, options: Options) {
    let mut journal = Journal::create(OsDisk, data, &beginning(), options).expect("created");
    write_up_to(&mut journal, 1, count);
}

pub(crate) fn segment(data: &Path, number: u32) -> PathBuf {
    data.join("journal").join(format!("{}.seg", SegmentNo(number)))
}

/// How many bytes the segment has after `count` entries, for every count: the header ends at the first, entries at the others.
pub(crate) fn ends(count: u64) -> Vec<usize> {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), Options::default()).expect("created");
    let length = || fs::metadata(segment(dir.path(), 1)).expect("there").len() as usize;
    let mut ends = vec![length()];
    for n in 1..=count {
        write_up_to(&mut journal, n, n);
        ends.push(length());
    }
    ends
}

/// What recovery makes of a data directory.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) told: Vec<(Tick, Input)>,
    pub(crate) last: Seq,
    pub(crate) notes: Notes,
    pub(crate) cut: Option<Cut>,
}

pub(crate) fn recover(data: &Path, options: Options) -> Result<Outcome, Error> {
    recover_as(data, options, &beginning())
}

pub(crate) fn recover_as(data: &Path, options: Options, beginning: &Beginning) -> Result<Outcome, Error> {
    let recovery = Journal::recover(OsDisk, data, options)?;
    assert_eq!(recovery.start(), beginning);
    let mut told = Vec::new();
    let recovered = recovery.replay(|tick, input| told.push((tick, input)))?;
    Ok(Outcome { told, last: recovered.last, notes: recovered.notes, cut: recovered.cut })
}

pub(crate) fn told(count: u64) -> Vec<(Tick, Input)> {
    (1..=count).map(|n| (tick(n), input(n))).collect()
}

pub(crate) fn read(data: &Path) -> Vec<Entry> {
    Reader::open(data).expect("opened").collect::<Result<_, _>>().expect("readable")
}
