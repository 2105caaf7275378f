//! Format version 1 is read, as it was first written, and a journal of it goes on in the version that is written today.

use crate::fixture::{OPTIONS, beginning, copy_of, files, first_inputs, fixture, settings, stamped, told};
use crate::sample::{self, recover_as, segment};

use cabrank_core::{
    AgentOrder, Class, ClassId, Code, Denominator, Input, Order, Permille, Queue, ServiceLevel, Settings, Span, Text, Thresholds,
    Tick,
};
use cabrank_journal::{
    Beginning, Damage, Entry, Error, Finding, Journal, Log, OsDisk, Reader, SegmentNo, Seq, What, check, format, repair,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Segments of the fixture.
const SEGMENTS: u32 = 3;

fn entries() -> Vec<Entry> {
    stamped(first_inputs(None, &first_settings()))
}

fn first_settings() -> Settings {
    settings(vec![Queue { name: "booking".into(), thresholds: first_thresholds() }])
}

/// What version 1 said of a queue, and what was in force where it could say nothing. Written out: another default today
/// does not change what was done then.
fn first_thresholds() -> Thresholds {
    Thresholds {
        order: Order::Fifo,
        classes: vec![Class { name: Text::default(), target: Span::secs(20) }],
        default_class: ClassId(0),
        service_level: ServiceLevel { share: Permille(800), within: Span::secs(20), of: Denominator::OfferedButShort },
        short_abandon: Span::secs(5),
        agent_order: AgentOrder::LongestIdle,
        widen: Vec::new(),
        overflow: None,
        reserve: 0,
        preferred_agent_for: Span(0),
        keep_place_for: Span(0),
        max_waiting: 500,
        max_wait: Span::secs(1800),
        callback: None,
        quote: None,
        comfort_every: Span::secs(45),
        warn_within: Span(0),
        ring_for: Span::secs(15),
        wrap_up: Span::secs(15),
    }
}

fn first() -> Beginning {
    beginning(first_settings())
}

/// Goes on with `count` entries more.
fn go_on(data: &Path, count: u64) {
    let recovery = Journal::recover(OsDisk, data, OPTIONS).expect("recovered");
    let mut recovered = recovery.replay(|_, _| ()).expect("replayed");
    for n in 1..=count {
        let tick = Tick(recovered.journal.tick().0 + n);
        recovered.journal.append(tick, &sample::input(n)).expect("appended");
        recovered.journal.write().expect("written");
    }
}

fn read(data: &Path) -> Vec<Input> {
    Reader::open(data).expect("opened").map(|entry| entry.expect("readable").input).collect()
}

fn versions(data: &Path) -> Vec<u32> {
    files(data).iter().map(|(_, bytes)| u32::from_le_bytes(bytes[8..12].try_into().expect("four"))).collect()
}

fn damage(data: &Path) -> Damage {
    match recover_as(data, OPTIONS, &first()) {
        Err(Error::Damaged(damage)) => damage,
        other => panic!("expected damage, got {other:?}"),
    }
}

#[test]
fn version_1_is_read() {
    let mut reader = Reader::open(&fixture("v1")).expect("opened");
    assert_eq!(reader.start(), &first());
    let read: Vec<Entry> = reader.by_ref().collect::<Result<_, _>>().expect("readable");
    assert_eq!(read, entries());
    assert_eq!(reader.tail(), None);
    let report = check(&fixture("v1")).expect("checked");
    assert_eq!((report.segments, report.entries, report.finding), (u64::from(SEGMENTS), entries().len() as u64, None));
}

#[test]
fn every_input_of_version_1_is_in_the_fixture() {
    let tags: BTreeSet<u8> = entries().iter().map(|entry| entry.input.to_bytes()[0]).collect();
    assert_eq!(tags, (0..=18).collect());
}

#[test]
fn version_1_is_recovered_and_goes_on_in_a_segment_of_today() {
    let dir = copy_of("v1");
    let before = files(&fixture("v1"));
    let outcome = recover_as(dir.path(), OPTIONS, &first()).expect("recovered");
    assert_eq!((outcome.told, outcome.cut), (told(entries()), None));
    assert_eq!(versions(dir.path()), [1, 1, 1, format::VERSION]);
    assert_eq!(files(dir.path())[..before.len()], before, "what stood there is as it was");
    assert_eq!(Reader::open(dir.path()).expect("opened").start(), &first());
}

#[test]
fn a_journal_of_both_versions_reads_and_recovers_as_one() {
    let dir = copy_of("v1");
    for _ in 0..3 {
        go_on(dir.path(), 20);
    }
    let added: Vec<Input> = (0..3).flat_map(|_| (1..=20).map(sample::input)).collect();
    let all: Vec<Input> = entries().into_iter().map(|entry| entry.input).chain(added).collect();
    assert_eq!(read(dir.path()), all);
    let told = recover_as(dir.path(), OPTIONS, &first()).expect("recovered").told;
    assert_eq!(told.into_iter().map(|(_, input)| input).collect::<Vec<_>>(), all);
    let versions = versions(dir.path());
    assert!(versions.len() > 5 && versions.is_sorted(), "{versions:?}");
    assert_eq!(versions.iter().filter(|version| **version == 1).count(), SEGMENTS as usize, "one new segment, not one a start");
}

#[test]
fn a_torn_tail_of_version_1_is_cut_before_todays_begins() {
    let path = |dir: &Path| segment(dir, SEGMENTS);
    let length = fs::metadata(path(&fixture("v1"))).expect("there").len();
    for torn in 1..25 {
        let dir = copy_of("v1");
        let bytes = fs::read(path(dir.path())).expect("there");
        fs::write(path(dir.path()), &bytes[..(length - torn) as usize]).expect("written");
        let outcome = recover_as(dir.path(), OPTIONS, &first()).expect("recovered");
        assert!(outcome.cut.is_some() && outcome.last < Seq(entries().len() as u64), "{torn} bytes gone");
        go_on(dir.path(), 3);
        assert_eq!(check(dir.path()).expect("checked").entries, outcome.last.0 + 3, "{torn} bytes gone");
    }
}

#[test]
fn a_segment_of_today_without_entries_is_gone_on_in() {
    let dir = copy_of("v1");
    go_on(dir.path(), 0);
    go_on(dir.path(), 0);
    assert_eq!(versions(dir.path()), [1, 1, 1, format::VERSION]);
    go_on(dir.path(), 1);
    assert_eq!(versions(dir.path()), [1, 1, 1, format::VERSION]);
    assert_eq!(read(dir.path()).len(), entries().len() + 1);
}

#[test]
fn a_segment_of_version_1_behind_a_later_one_is_refused() {
    let dir = copy_of("v1");
    let last = fs::read(segment(dir.path(), SEGMENTS)).expect("there");
    go_on(dir.path(), 1);
    let mut header = last[..first_header_length(&last)].to_vec();
    header[16..20].copy_from_slice(&5u32.to_le_bytes());
    header[20..28].copy_from_slice(&(entries().len() as u64 + 2).to_le_bytes());
    let crc = crc32fast::hash(&header);
    header.extend(crc.to_le_bytes());
    fs::write(segment(dir.path(), 5), header).expect("written");
    assert_eq!(damage(dir.path()), Damage { segment: SegmentNo(5), offset: 0, what: What::Foreign });
}

/// Bytes of a header before its crc.
fn first_header_length(bytes: &[u8]) -> usize {
    16 + u32::from_le_bytes(bytes[12..16].try_into().expect("four")) as usize
}

#[test]
fn another_journals_segment_of_a_later_version_does_not_follow() {
    let (dir, other) = (copy_of("v1"), copy_of("v2"));
    fs::copy(segment(other.path(), 1), segment(dir.path(), 1 + SEGMENTS)).expect("copied");
    assert_eq!(damage(dir.path()), Damage { segment: SegmentNo(4), offset: 0, what: What::Foreign });
    let theirs = sample::directory();
    let stranger = Beginning { seed: 1, ..first() };
    Journal::create(OsDisk, theirs.path(), &stranger, OPTIONS).expect("created");
    let mut bytes = fs::read(segment(theirs.path(), 1)).expect("there");
    bytes.truncate(first_header_length(&bytes));
    bytes[16..20].copy_from_slice(&4u32.to_le_bytes());
    bytes[20..28].copy_from_slice(&(entries().len() as u64 + 1).to_le_bytes());
    let crc = crc32fast::hash(&bytes);
    bytes.extend(crc.to_le_bytes());
    fs::write(segment(dir.path(), 4), bytes).expect("written");
    assert_eq!(damage(dir.path()), Damage { segment: SegmentNo(4), offset: 0, what: What::Foreign });
}

#[test]
fn a_repair_counts_what_it_gives_up_in_both_versions() {
    let dir = copy_of("v1");
    go_on(dir.path(), 10);
    let path = segment(dir.path(), 2);
    let mut bytes = fs::read(&path).expect("there");
    *bytes.last_mut().expect("a byte") ^= 0x40;
    fs::write(&path, &bytes).expect("written");
    let plan = repair::plan(dir.path()).expect("planned").expect("something to repair");
    assert!(matches!(plan.finding, Finding::Damaged(_)));
    assert_eq!(plan.set_aside, [SegmentNo(3), SegmentNo(4)]);
    assert_eq!(plan.kept + plan.given_up, entries().len() as u64 + 10 - 1);
    plan.apply().expect("repaired");
    go_on(dir.path(), 2);
    assert_eq!(versions(dir.path()), [1, 1, format::VERSION]);
    assert_eq!(read(dir.path()).len() as u64, plan.kept + 2);
}
