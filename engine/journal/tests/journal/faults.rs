//! A disk that is full, slow to take bytes, or broken.

use crate::faulty::{FaultyDisk, FaultyFile};
use crate::sample::{SMALL, append, beginning, directory, entries, input, read, segment, tick, write_up_to};
use cabrank_core::{Input, Tick};
use cabrank_journal::{AppendError, Journal, Log, Options, OsDisk, Seq, SyncFailed, Syncer, WriteError, check};
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::Ordering::Relaxed;
use tempfile::TempDir;

fn begin(options: Options) -> (TempDir, FaultyDisk, Journal<FaultyDisk>) {
    let (dir, disk) = (directory(), FaultyDisk::sound());
    let journal = Journal::create(disk.clone(), dir.path(), &beginning(), options).expect("created");
    disk.0.calls.lock().expect("unpoisoned").clear();
    (dir, disk, journal)
}

fn calls(disk: &FaultyDisk) -> String {
    std::mem::take(&mut disk.0.calls.lock().expect("unpoisoned"))
}

#[test]
fn a_batch_is_one_write_and_a_sync_serves_all_of_it() {
    let (dir, disk, mut journal) = begin(Options::default());
    let syncer = journal.syncer();
    (1..=20).for_each(|n| append(&mut journal, n));
    assert_eq!(read(dir.path()), [], "appended is not written");
    assert_eq!(journal.write().expect("written"), Seq(20));
    assert_eq!(calls(&disk), "w");
    assert_eq!(syncer.synced(), Seq::NONE, "written is not synced");
    assert_eq!(syncer.sync().expect("synced"), Seq(20));
    assert_eq!(syncer.sync().expect("synced"), Seq(20));
    assert_eq!(journal.write().expect("nothing to write"), Seq(20));
    assert_eq!(calls(&disk), "s", "what is synced is not synced again");
    assert_eq!(read(dir.path()), entries(20));
}

#[test]
fn a_segment_is_begun_when_the_one_before_it_is_synced() {
    let (dir, disk, mut journal) = begin(SMALL);
    for n in 1.. {
        calls(&disk);
        write_up_to(&mut journal, n, n);
        if segment(dir.path(), 2).exists() {
            assert_eq!(journal.syncer().synced(), Seq(n - 1));
            break;
        }
        assert_eq!(calls(&disk), "w");
    }
    assert_eq!(calls(&disk), "swsw", "sync the old, write and sync the header, write the batch");
}

#[test]
fn what_is_appended_but_not_written_is_not_called_synced() {
    let (_dir, _disk, mut journal) = begin(Options::default());
    write_up_to(&mut journal, 1, 3);
    append(&mut journal, 4);
    assert_eq!(journal.syncer().sync().expect("synced"), Seq(3));
}

#[test]
fn short_writes_are_finished() {
    for stride in 1..40 {
        let (dir, disk, mut journal) = begin(SMALL);
        disk.0.stride.store(stride, Relaxed);
        write_up_to(&mut journal, 1, 10);
        assert_eq!(read(dir.path()), entries(10), "stride {stride}");
    }
}

#[test]
fn a_full_disk_leaves_whole_entries_and_takes_the_batch_later() {
    for (space, stuck) in (0..160).flat_map(|space| [(space, false), (space, true)]) {
        let (dir, disk, mut journal) = begin(Options::default());
        write_up_to(&mut journal, 1, 4);
        disk.0.space.store(space, Relaxed);
        disk.0.truncate.store(stuck, Relaxed);
        (5..=9).for_each(|n| append(&mut journal, n));
        assert!(matches!(journal.write(), Err(WriteError::Refused(_))), "space {space}");
        if !stuck {
            assert_eq!(read(dir.path()), entries(4), "space {space}");
            assert_eq!(check(dir.path()).expect("checked").finding, None, "space {space}");
        }
        assert!(matches!(journal.write(), Err(WriteError::Refused(_))), "space {space}");
        append(&mut journal, 10);
        disk.0.truncate.store(false, Relaxed);
        disk.0.space.store(u64::MAX, Relaxed);
        assert_eq!(journal.write().expect("written"), Seq(10), "space {space}");
        assert_eq!(journal.syncer().sync().expect("synced"), Seq(10));
        assert_eq!(read(dir.path()), entries(10), "space {space}");
    }
}

/// Runs into a full disk when a new segment is due: entries go on in the old one, and once there is room, in a new one.
fn roll_meets(set: impl Fn(&FaultyDisk, bool)) {
    let (dir, disk, mut journal) = begin(SMALL);
    let mut n = 0;
    while !segment(dir.path(), 2).exists() {
        n += 1;
        write_up_to(&mut journal, n, n);
    }
    set(&disk, true);
    write_up_to(&mut journal, n + 1, n + 100);
    assert!(!segment(dir.path(), 3).exists());
    assert_eq!(read(dir.path()), entries(n + 100));
    set(&disk, false);
    write_up_to(&mut journal, n + 101, n + 101);
    assert!(segment(dir.path(), 3).exists());
    write_up_to(&mut journal, n + 102, n + 120);
    assert_eq!(read(dir.path()), entries(n + 120));
}

#[test]
fn a_segment_that_cannot_be_begun_is_begun_later() {
    roll_meets(|disk, on| disk.0.create.store(on, Relaxed));
    roll_meets(|disk, on| disk.0.rename.store(on, Relaxed));
}

#[test]
fn there_is_room_on_the_disk_behind_the_last_entry_and_it_shows_nowhere() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), Options::default()).expect("created");
    (1..=5).for_each(|n| append(&mut journal, n));
    journal.write().expect("written");
    let file = fs::metadata(segment(dir.path(), 1)).expect("a segment");
    assert!(file.blocks() * 512 >= 16 << 20, "{} blocks for {} bytes", file.blocks(), file.len());
    assert!(file.len() < 16_384);
    assert!(!journal.is_short());
    assert_eq!(check(dir.path()).expect("checked").finding, None);
    assert_eq!(read(dir.path()), entries(5));
}

#[test]
fn a_failed_sync_is_never_followed_by_a_good_one() {
    let (dir, disk, mut journal) = begin(SMALL);
    let syncer = journal.syncer();
    write_up_to(&mut journal, 1, 2);
    assert_eq!(syncer.sync().expect("synced"), Seq(2));
    write_up_to(&mut journal, 3, 3);
    disk.0.sync.store(true, Relaxed);
    fails(&syncer, Seq(2));
    calls(&disk);
    fails(&syncer.clone(), Seq(2));
    assert_eq!(calls(&disk), "", "the disk is not asked again");
    write_up_to(&mut journal, 4, 30);
    fails(&syncer, Seq(2));
    assert_eq!(read(dir.path()), entries(30), "callers are served to the end");
    assert!(!segment(dir.path(), 2).exists(), "no segment follows one that is not synced");
}

#[test]
fn a_sync_that_fails_while_a_segment_is_begun_is_told_by_the_syncer() {
    let faults: [fn(&FaultyDisk); 2] = [|disk| disk.0.sync.store(true, Relaxed), |disk| disk.0.sync_dir.store(true, Relaxed)];
    for set in faults {
        let (dir, disk, mut journal) = begin(SMALL);
        set(&disk);
        write_up_to(&mut journal, 1, 30);
        let error = journal.syncer().sync().expect_err("failed");
        assert!(!error.to_string().is_empty());
        assert!(journal.syncer().synced() < Seq(30));
        assert_eq!(read(dir.path()), entries(30));
    }
}

fn fails(syncer: &Syncer<FaultyFile>, synced: Seq) {
    let _: SyncFailed = syncer.sync().expect_err("failed");
    assert_eq!(syncer.synced(), synced);
}

#[test]
fn an_input_that_cannot_be_taken_leaves_no_trace() {
    let (dir, _disk, mut journal) = begin(Options::default());
    write_up_to(&mut journal, 1, 2);
    let huge = Input::DrainAsked { by: "x".repeat(17 << 20).into() };
    assert_eq!(journal.append(tick(3), &huge), Err(AppendError::TooLong));
    assert_eq!(journal.append(Tick(0), &input(3)), Err(AppendError::TimeTurned));
    write_up_to(&mut journal, 3, 3);
    assert_eq!(read(dir.path()), entries(3));
}

#[test]
fn what_waits_to_be_written_is_bounded() {
    let (_dir, disk, mut journal) = begin(Options::default());
    disk.0.space.store(0, Relaxed);
    let large = Input::DrainAsked { by: "x".repeat(15 << 20).into() };
    let taken = (0..10).take_while(|&n| journal.append(tick(n), &large).is_ok()).count();
    assert_eq!(taken, 5);
    assert_eq!(journal.append(tick(9), &Input::Woke), Err(AppendError::Full));
    disk.0.space.store(u64::MAX, Relaxed);
    assert_eq!(journal.write().expect("written"), Seq(5));
    assert_eq!(journal.append(tick(9), &Input::Woke), Ok(Seq(6)));
}

/// One thing that happens to a journal.
#[derive(Clone, Debug)]
enum Step {
    Append,
    Write,
    Sync,
    Space(u64),
    Stride(u64),
    Truncate(bool),
    Create(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Append),
        4 => Just(Step::Write),
        1 => Just(Step::Sync),
        1 => (0u64..200).prop_map(Step::Space),
        1 => Just(Step::Space(u64::MAX)),
        1 => (1u64..50).prop_map(Step::Stride),
        1 => any::<bool>().prop_map(Step::Truncate),
        1 => any::<bool>().prop_map(Step::Create),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever fails and in whatever order, what was reported written is there, in order, and nothing else that is believed.
    #[test]
    fn no_order_of_faults_loses_a_written_entry(steps in prop::collection::vec(step(), 0..80)) {
        let (dir, disk, mut journal) = begin(SMALL);
        let (mut appended, mut written) = (0, 0);
        for step in steps {
            match step {
                Step::Append => { appended += 1; append(&mut journal, appended); }
                Step::Write => if let Ok(last) = journal.write() { prop_assert_eq!(last, Seq(appended)); written = appended; },
                Step::Sync => prop_assert_eq!(journal.syncer().sync().expect("synced"), Seq(written)),
                Step::Space(bytes) => disk.0.space.store(bytes, Relaxed),
                Step::Stride(bytes) => disk.0.stride.store(bytes, Relaxed),
                Step::Truncate(fails) => disk.0.truncate.store(fails, Relaxed),
                Step::Create(fails) => disk.0.create.store(fails, Relaxed),
            }
        }
        drop(journal);
        let recovered = crate::sample::recover(dir.path(), SMALL).expect("recovered");
        // A batch that failed may have left whole entries behind if it could not be cut off; no effect of them ever left.
        prop_assert!(recovered.last >= Seq(written) && recovered.last <= Seq(appended));
        prop_assert_eq!(recovered.told, crate::sample::told(recovered.last.0));
        prop_assert!(fs::metadata(segment(dir.path(), 1)).is_ok());
    }
}
