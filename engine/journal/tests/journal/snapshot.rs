//! Snapshots of closed segments: what they hold is what the live desk was, and one that cannot be believed is done without.

use crate::faulty::FaultyDisk;
use crate::sample::{SMALL, beginning, directory, input, make, segment, tick};
use cabrank_core::{Desk, Outbox};
use cabrank_journal::{
    Closed, Disk, Error, Finding, Flaw, Journal, Log, Note, Options, OsDisk, PassedOver, Reader, SegmentNo, Seq, State, check,
    repair,
};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use tempfile::TempDir;

const COUNT: u64 = 60;

pub(crate) fn snapshot(data: &Path, number: u32) -> PathBuf {
    data.join("snapshot").join(format!("{}.snap", SegmentNo(number)))
}

/// The digest of the live desk after each entry, the first being none.
pub(crate) fn digests(count: u64) -> Vec<u64> {
    let mut desk = Desk::new(beginning().settings, beginning().seed).expect("settings that fit");
    let told = |n| {
        desk.handle(tick(n), input(n), &mut Outbox::default());
        desk.digest()
    };
    let fresh = Desk::new(beginning().settings, beginning().seed).expect("settings that fit").digest();
    std::iter::once(fresh).chain((1..=count).map(told)).collect()
}

/// Makes the next snapshot, if there is one to make.
fn next<D: Disk>(disk: &D, data: &Path) -> Result<Option<SegmentNo>, Error> {
    let Some(closed) = Closed::find(data)? else { return Ok(None) };
    let mut state = closed.state()?;
    let replayed = closed.replay(&mut state, |state, tick, input| state.desk.handle(tick, input, &mut Outbox::default()))?;
    replayed.keep(disk, &state).map(Some)
}

/// Makes all snapshots that there are to make, and says how many.
pub(crate) fn catch_up(data: &Path) -> u32 {
    std::iter::from_fn(|| next(&OsDisk, data).expect("a snapshot")).count() as u32
}

/// What recovery comes to.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    /// The last entry of the snapshot that it began with.
    pub(crate) behind: Seq,
    pub(crate) last: Seq,
    pub(crate) digest: u64,
    pub(crate) passed_over: Vec<PassedOver>,
}

pub(crate) fn recover(data: &Path) -> Result<Outcome, Error> {
    let recovery = Journal::recover(OsDisk, data, SMALL)?;
    let State { last: behind, mut desk, .. } = recovery.state()?;
    let passed_over = recovery.passed_over().to_vec();
    let recovered = recovery.replay(|tick, input| desk.handle(tick, input, &mut Outbox::default()))?;
    Ok(Outcome { behind, last: recovered.last, digest: desk.digest(), passed_over })
}

/// Recovers to what the live desk was after its last entry, behind this snapshot's.
fn recovers(data: &Path, behind: Seq, last: u64, passed_over: Vec<PassedOver>) {
    let digest = digests(last)[last as usize];
    assert_eq!(recover(data).expect("recovered"), Outcome { behind, last: Seq(last), digest, passed_over });
}

/// The last entry before that segment.
fn before(data: &Path, number: u32) -> Seq {
    if number == 1 {
        return Seq::NONE;
    }
    let aside = directory();
    fs::create_dir(aside.path().join("journal")).expect("made");
    for number in 1..number {
        fs::copy(segment(data, number), segment(aside.path(), number)).expect("copied");
    }
    Reader::open(aside.path()).expect("opened").replay(|_, _| ()).expect("read")
}

fn flip(path: &Path, byte: usize) {
    let mut bytes = fs::read(path).expect("there");
    bytes[byte] ^= 0x40;
    fs::write(path, bytes).expect("written");
}

/// Damages the last entry of a segment.
fn damage(data: &Path, number: u32) {
    let path = segment(data, number);
    flip(&path, fs::metadata(&path).expect("there").len() as usize - 6);
}

#[test]
fn recovery_reads_only_what_follows_the_newest_snapshot() {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    recovers(dir.path(), Seq::NONE, COUNT, vec![]);
    let made = catch_up(dir.path());
    assert!(made > 10, "{made} snapshots");
    assert_eq!(catch_up(dir.path()), 0, "each is made once");
    let newest = before(dir.path(), made + 1);
    assert!(newest.0 > COUNT - 10, "{newest} of {COUNT}");
    recovers(dir.path(), newest, COUNT, vec![]);
    for number in 1..=made {
        fs::write(segment(dir.path(), number), "what was closed is no longer read").expect("written");
    }
    recovers(dir.path(), newest, COUNT, vec![]);
}

#[test]
fn a_segment_that_is_being_written_is_in_no_snapshot() {
    let dir = directory();
    make(dir.path(), 200, Options::default());
    assert_eq!(catch_up(dir.path()), 0);
    assert!(!dir.path().join("snapshot").exists(), "nothing was made");
}

/// A journal all of whose closed segments are in snapshots, and the newest of these.
struct Newest {
    dir: TempDir,
    /// Snapshots that were made.
    made: u32,
    path: PathBuf,
    bytes: Vec<u8>,
    /// The last entry in the snapshot before it.
    earlier: Seq,
}

fn newest_snapshot() -> Newest {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    let made = catch_up(dir.path());
    let (path, earlier) = (snapshot(dir.path(), made + 1), before(dir.path(), made));
    let bytes = fs::read(&path).expect("there");
    Newest { dir, made, path, bytes, earlier }
}

#[test]
fn a_snapshot_changed_or_cut_anywhere_is_passed_over_and_told() {
    let Newest { dir, made, path, bytes, earlier } = newest_snapshot();
    let told = |why| vec![PassedOver { segment: SegmentNo(made + 1), why }];
    for place in (0..bytes.len()).step_by(3) {
        flip(&path, place);
        recovers(dir.path(), earlier, COUNT, told(Flaw::Damaged));
        fs::write(&path, &bytes[..place]).expect("written");
        recovers(dir.path(), earlier, COUNT, told(Flaw::Damaged));
        fs::write(&path, &bytes).expect("written");
    }
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    recovers(dir.path(), earlier, COUNT, told(Flaw::Unreadable(std::io::ErrorKind::IsADirectory)));
}

#[test]
fn a_snapshot_of_another_place_or_journal_or_version_is_passed_over_and_told() {
    let Newest { dir, made, path, bytes, earlier } = newest_snapshot();
    let told = |why| vec![PassedOver { segment: SegmentNo(made + 1), why }];
    fs::copy(snapshot(dir.path(), made), &path).expect("copied");
    recovers(dir.path(), earlier, COUNT, told(Flaw::Foreign));
    // Body: segment (4), epoch (8), seed (8), last (8), tick (8), digest (8), behind a front of 20.
    for (place, why) in
        [(8, Flaw::Version(1 ^ 0x10)), (24, Flaw::Foreign), (32, Flaw::Foreign), (40, Flaw::Foreign), (56, Flaw::Untrue)]
    {
        let mut changed = bytes[..bytes.len() - 4].to_vec();
        changed[place] ^= 0x10;
        changed.extend(crc32fast::hash(&changed).to_le_bytes());
        fs::write(&path, &changed).expect("written");
        recovers(dir.path(), earlier, COUNT, told(why));
    }
}

#[test]
fn without_any_snapshot_that_can_be_believed_the_whole_journal_is_replayed() {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    let made = catch_up(dir.path());
    for number in 2..=made + 1 {
        flip(&snapshot(dir.path(), number), 50);
    }
    let told = (2..=made + 1).rev().map(|number| PassedOver { segment: SegmentNo(number), why: Flaw::Damaged }).collect();
    recovers(dir.path(), Seq::NONE, COUNT, told);
    let report = check(dir.path()).expect("checked");
    assert_eq!((report.snapshots, report.passed_over.len() as u32, report.finding), (0, made, None));
}

#[test]
fn a_snapshot_is_written_whole_or_not_at_all() {
    let dir = directory();
    make(dir.path(), 12, SMALL);
    let disk = FaultyDisk::sound();
    let (faults, fails) = (&disk.0, || assert!(matches!(next(&disk, dir.path()), Err(Error::Io { .. }))));
    let whole = {
        let made = next(&OsDisk, dir.path()).expect("made").expect("one to make");
        let path = snapshot(dir.path(), made.0);
        let bytes = fs::read(&path).expect("there");
        fs::remove_file(path).expect("removed");
        bytes.len() as u64
    };
    for space in (0..whole).step_by(7) {
        faults.space.store(space, Ordering::Relaxed);
        fails();
        assert_eq!(fs::read_dir(dir.path().join("snapshot")).expect("listed").count(), 0, "with room for {space} bytes");
        recovers(dir.path(), Seq::NONE, 12, vec![]);
    }
    faults.space.store(u64::MAX, Ordering::Relaxed);
    faults.stride.store(11, Ordering::Relaxed);
    for fault in [&faults.create, &faults.rename] {
        fault.store(true, Ordering::Relaxed);
        fails();
        fault.store(false, Ordering::Relaxed);
    }
    faults.sync.store(true, Ordering::Relaxed);
    fails();
    recovers(dir.path(), Seq::NONE, 12, vec![]);
    let made = next(&disk, dir.path()).expect("made").expect("one to make");
    recovers(dir.path(), before(dir.path(), made.0), 12, vec![]);
}

#[test]
fn notes_are_in_it_and_those_that_follow_replace_them() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), SMALL).expect("created");
    let note = |key: u64, state: u64| Note { key: key.to_le_bytes().to_vec(), state: format!("{state}").into_bytes() };
    for n in 1..=COUNT {
        journal.append(tick(n), &input(n)).expect("appended");
        journal
            .keep(tick(n), &if n % 3 == 0 { Note::gone((n % 8).to_le_bytes().to_vec()) } else { note(n % 8, n) })
            .expect("kept");
        journal.write().expect("written");
    }
    drop(journal);
    let notes = || {
        let recovery = Journal::recover(OsDisk, dir.path(), SMALL).expect("recovered");
        recovery.replay(|_, _| ()).expect("replayed").notes
    };
    let all = notes();
    assert!(all.len() > 2, "{all:?}");
    assert!(catch_up(dir.path()) > 10);
    assert_eq!(notes(), all);
}

#[test]
fn behind_damage_the_desk_goes_on_and_a_repair_gives_up_none_of_it() {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    let made = catch_up(dir.path());
    let newest = before(dir.path(), made + 1);
    damage(dir.path(), 2);
    recovers(dir.path(), newest, COUNT, vec![]);
    assert!(matches!(check(dir.path()).expect("checked").finding, Some(Finding::Damaged(_))));
    let plan = repair::plan(dir.path()).expect("planned").expect("something to repair");
    assert_eq!((plan.begins_with, plan.kept), (Some(SegmentNo(made + 1)), COUNT - newest.0));
    assert_eq!(plan.set_aside, (1..=made).map(SegmentNo).collect::<Vec<_>>());
    assert!(plan.to_string().contains("give up  nothing of the desk"), "{plan}");
    plan.apply().expect("repaired");
    assert_eq!(check(dir.path()).expect("checked").finding, None);
    recovers(dir.path(), newest, COUNT, vec![]);
    assert_eq!(Reader::open(dir.path()).expect("opened").first(), Seq(newest.0 + 1));
}

#[test]
fn a_repair_that_cuts_sets_later_snapshots_aside() {
    let dir = directory();
    make(dir.path(), COUNT, SMALL);
    let made = catch_up(dir.path());
    for number in 4..=made + 1 {
        flip(&snapshot(dir.path(), number), 50);
    }
    damage(dir.path(), 5);
    let plan = repair::plan(dir.path()).expect("planned").expect("something to repair");
    assert_eq!((plan.begins_with, plan.cut.segment), (None, SegmentNo(5)));
    plan.apply().expect("repaired");
    assert!(snapshot(dir.path(), 5).exists() && !snapshot(dir.path(), 6).exists());
    assert!(snapshot(dir.path(), 6).with_extension("snap.cut").exists());
    let kept = plan.kept;
    let told = [5, 4].map(|number| PassedOver { segment: SegmentNo(number), why: Flaw::Damaged });
    recovers(dir.path(), before(dir.path(), 3), kept, told.to_vec());
}

/// A crash at any byte: whatever of the entries reached the disk, in whichever segment it ends.
#[test]
fn a_journal_cut_at_every_byte_recovers_to_what_the_live_desk_was() {
    let (dir, digests) = (directory(), digests(COUNT));
    make(dir.path(), COUNT, SMALL);
    let made = catch_up(dir.path());
    for number in (1..=made + 1).rev() {
        let path = segment(dir.path(), number);
        let (bytes, behind) = (fs::read(&path).expect("there"), before(dir.path(), number));
        let header = bytes.len() - entries_bytes(dir.path(), number);
        let mut last = None;
        for length in (header..=bytes.len()).rev() {
            fs::write(&path, &bytes[..length]).expect("written");
            let outcome = recover(dir.path()).expect("recovered");
            assert_eq!(
                (outcome.behind, outcome.digest),
                (behind, digests[outcome.last.0 as usize]),
                "{length} of segment {number}"
            );
            assert!(last.is_none_or(|last: Seq| last == outcome.last || last.0 == outcome.last.0 + 1), "one entry at a time");
            last = Some(outcome.last);
        }
        assert_eq!(last, Some(behind), "no entry of the segment is left");
        fs::remove_file(&path).expect("removed");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever prefix of a journal stands, with whichever snapshots before its end: recovery comes to what the live desk was.
    #[test]
    fn any_prefix_recovers_to_what_the_live_desk_was(
        count in 1..120_u64,
        length in any::<prop::sample::Index>(),
        lost in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let dir = directory();
        make(dir.path(), count, SMALL);
        let made = catch_up(dir.path());
        let last = segment(dir.path(), made + 1);
        let bytes = fs::read(&last).expect("there");
        // What was synced stands: all before the last segment, and its header.
        let header = bytes.len() - entries_bytes(dir.path(), made + 1);
        fs::write(&last, &bytes[..header + length.index(bytes.len() - header + 1)]).expect("written");
        for lost in lost.iter().filter(|_| made > 0) {
            let _ = fs::remove_file(snapshot(dir.path(), lost.index(made as usize) as u32 + 2));
        }
        let outcome = recover(dir.path()).expect("recovered");
        prop_assert!(outcome.last >= before(dir.path(), made + 1));
        prop_assert_eq!(outcome.digest, digests(count)[outcome.last.0 as usize], "after entry {}", outcome.last);
        prop_assert_eq!(outcome.passed_over, vec![]);
    }
}

/// How many bytes of that segment are entries.
fn entries_bytes(data: &Path, number: u32) -> usize {
    let aside = directory();
    make(aside.path(), 0, SMALL);
    // Headers of one journal are of one length.
    let header = fs::metadata(segment(aside.path(), 1)).expect("there").len();
    (fs::metadata(segment(data, number)).expect("there").len() - header) as usize
}
