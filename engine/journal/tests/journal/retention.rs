//! Segments that are too old go, and the journal can be read and recovered at every moment in between.

use crate::sample::{SMALL, directory, entries, make, read, segment, tick};
use crate::snapshot::{catch_up, digests, recover, snapshot};
use cabrank_core::Span;
use cabrank_journal::{Damage, Error, Flaw, OsDisk, PassedOver, Reader, SegmentNo, Seq, What, check, retain};
use std::fs;
use std::path::Path;

const COUNT: u64 = 60;

/// How long must be kept for that entry to be the first that is young enough.
fn since(data: &Path, n: u64) -> Span {
    tick(recover(data).expect("recovered").behind.0).since(tick(n))
}

/// A journal of which everything closed is in snapshots; says how many segments are closed.
fn with_snapshots(data: &Path) -> u32 {
    make(data, COUNT, SMALL);
    catch_up(data)
}

/// What stands comes to the same desk, and is read from its first entry on.
fn stands_from(data: &Path, first: u64) {
    let outcome = recover(data).expect("recovered");
    assert_eq!((outcome.last, outcome.digest), (Seq(COUNT), digests(COUNT)[COUNT as usize]));
    let reader = Reader::open(data).expect("opened");
    assert_eq!(reader.first(), Seq(first));
    let state = reader.state().expect("a state");
    assert_eq!((state.last, state.desk.digest()), (Seq(first - 1), digests(COUNT)[first as usize - 1]));
    assert_eq!(read(data), entries(COUNT)[first as usize - 1..]);
    let report = check(data).expect("checked");
    assert_eq!((report.first, report.entries, report.finding), (Seq(first), COUNT + 1 - first, None));
}

#[test]
fn what_is_older_goes_and_nothing_else() {
    for before in [0, 1, 2, 17, 40, COUNT, COUNT + 5] {
        let dir = directory();
        let closed = with_snapshots(dir.path());
        let removed = retain(&OsDisk, dir.path(), since(dir.path(), before)).expect("removed");
        assert_eq!(removed, (1..=removed.len() as u32).map(SegmentNo).collect::<Vec<_>>(), "the oldest, in order");
        assert!(removed.len() as u32 <= closed, "what is being written stays");
        let first = Reader::open(dir.path()).expect("opened").first().0;
        assert!(first <= before.max(1), "entry {first} stands, {before} is the first that is young enough");
        stands_from(dir.path(), first);
        for number in 1..=removed.len() as u32 {
            assert!(!segment(dir.path(), number).exists() && !snapshot(dir.path(), number).exists());
        }
        assert_eq!(retain(&OsDisk, dir.path(), since(dir.path(), before)).expect("removed"), []);
    }
}

#[test]
fn a_removal_cut_short_anywhere_leaves_a_journal_that_stands() {
    let dir = directory();
    let closed = with_snapshots(dir.path());
    for number in 1..=closed {
        fs::remove_file(segment(dir.path(), number)).expect("removed");
        let first = Reader::open(dir.path()).expect("opened").first().0;
        stands_from(dir.path(), first);
    }
}

#[test]
fn nothing_goes_for_which_no_snapshot_stands() {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    assert_eq!(retain(&OsDisk, dir.path(), Span(0)).expect("looked"), []);
    catch_up(dir.path());
    let path = snapshot(dir.path(), 4);
    let mut bytes = fs::read(&path).expect("there");
    bytes[70] ^= 1;
    fs::write(&path, bytes).expect("written");
    assert_eq!(retain(&OsDisk, dir.path(), Span(0)).expect("removed"), [SegmentNo(1), SegmentNo(2)]);
    assert_eq!(recover(dir.path()).expect("recovered").last, Seq(COUNT));
}

#[test]
fn a_journal_whose_beginning_is_gone_and_no_snapshot_either_is_refused() {
    let dir = directory();
    let closed = with_snapshots(dir.path());
    retain(&OsDisk, dir.path(), since(dir.path(), 30)).expect("removed");
    let first = (1..).find(|number| segment(dir.path(), *number).exists()).expect("a segment");
    for number in first..=closed + 1 {
        fs::write(snapshot(dir.path(), number), "no snapshot").expect("written");
    }
    for refused in [recover(dir.path()).map(drop), Reader::open(dir.path()).map(drop)] {
        let what = What::Unreplaced(Flaw::Damaged);
        assert!(
            matches!(refused, Err(Error::Damaged(damage)) if damage == Damage { segment: SegmentNo(first), offset: 0, what })
        );
    }
    let report = check(dir.path()).expect("checked");
    assert!(report.finding.is_some());
    assert_eq!(report.passed_over[0], PassedOver { segment: SegmentNo(first), why: Flaw::Damaged });
    fs::remove_dir_all(dir.path().join("snapshot")).expect("removed");
    let refused = Reader::open(dir.path());
    assert!(matches!(refused, Err(Error::Damaged(damage)) if damage.segment == SegmentNo::FIRST && damage.what == What::Missing));
}

/// A journal of sixty entries, its first segments removed, behind a snapshot of version 1.
#[test]
fn a_journal_that_begins_with_a_snapshot_of_version_1_is_read() {
    let dir = directory();
    for part in ["journal", "snapshot"] {
        fs::create_dir(dir.path().join(part)).expect("made");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/s1").join(part);
        for file in fs::read_dir(from).expect("the fixture").flatten() {
            fs::copy(file.path(), dir.path().join(part).join(file.file_name())).expect("copied");
        }
    }
    stands_from(dir.path(), FIXTURE_BEGINS_WITH);
}

/// Writes that fixture, if it is asked to: `CABRANK_FIXTURE=DIR cargo test -p cabrank-journal fixture_is_written`.
#[test]
fn the_fixture_is_written_when_it_is_asked_for() {
    let Some(data) = std::env::var_os("CABRANK_FIXTURE") else { return };
    let data = Path::new(&data);
    with_snapshots(data);
    retain(&OsDisk, data, since(data, FIXTURE_BEGINS_WITH)).expect("removed");
    stands_from(data, FIXTURE_BEGINS_WITH);
}

const FIXTURE_BEGINS_WITH: u64 = 51;
