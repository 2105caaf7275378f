//! Many small segments, directories, modes and locks.

use crate::sample::{SMALL, beginning, directory, entries, make, read, recover, segment, told, write_up_to};
use cabrank_core::{Input, Tick};
use cabrank_journal::{Error, Journal, Log, Options, OsDisk, Reader, Seq, check, exists};
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_journal_of_many_segments_reads_and_recovers_as_one() {
    let dir = directory();
    make(dir.path(), 200, SMALL);
    let report = check(dir.path()).expect("checked");
    assert_eq!((report.entries, report.finding), (200, None));
    assert!(report.segments > 40, "{} segments", report.segments);
    assert_eq!(read(dir.path()), entries(200));
    assert_eq!(recover(dir.path(), SMALL).expect("recovered").told, told(200));
}

#[test]
fn a_journal_opened_again_and_again_goes_on() {
    let dir = directory();
    make(dir.path(), 0, SMALL);
    for from in (0..60).step_by(3) {
        let recovery = Journal::recover(OsDisk, dir.path(), SMALL).expect("recovered");
        let mut recovered = recovery.replay(|_, _| ()).expect("replayed");
        assert_eq!((recovered.last, recovered.cut), (Seq(from), None));
        write_up_to(&mut recovered.journal, from + 1, from + 3);
    }
    assert_eq!(read(dir.path()), entries(60));
}

#[test]
fn a_segment_not_finished_is_no_segment() {
    let dir = directory();
    make(dir.path(), 3, SMALL);
    fs::write(segment(dir.path(), 2).with_extension("seg.tmp"), "cabran").expect("written");
    assert_eq!(recover(dir.path(), SMALL).expect("recovered").told, told(3));
    let recovery = Journal::recover(OsDisk, dir.path(), SMALL).expect("recovered");
    write_up_to(&mut recovery.replay(|_, _| ()).expect("replayed").journal, 4, 40);
    assert_eq!(read(dir.path()), entries(40));
}

#[test]
fn one_engine_at_a_time() {
    let dir = directory();
    let create = || Journal::create(OsDisk, dir.path(), &beginning(), SMALL);
    assert!(!exists(dir.path()).expect("looked"));
    let journal = create().expect("created");
    assert!(exists(dir.path()).expect("looked"));
    assert!(matches!(create(), Err(Error::Locked(_))));
    assert!(matches!(recover(dir.path(), SMALL), Err(Error::Locked(_))));
    drop(journal);
    assert!(matches!(create(), Err(Error::Present(_))));
    recover(dir.path(), SMALL).expect("recovered");
}

#[test]
fn nowhere_is_no_journal() {
    let dir = directory();
    let nowhere = dir.path().join("nowhere");
    assert!(matches!(Reader::open(&nowhere), Err(Error::Absent(_))));
    assert!(matches!(check(&nowhere), Err(Error::Absent(_))));
    assert!(matches!(recover(&nowhere, SMALL), Err(Error::Absent(_))));
    assert!(!nowhere.exists(), "looking makes nothing");
}

#[test]
fn only_the_owner_may_look() {
    let dir = directory();
    let data = dir.path().join("a/b");
    make(&data, 12, SMALL);
    let mode = |path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(data.join("journal")), 0o700);
    for entry in fs::read_dir(data.join("journal")).expect("listed") {
        assert_eq!(mode(entry.expect("named").path()), 0o600);
    }
}

#[test]
fn a_batch_larger_than_a_segment_stays_in_one() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), SMALL).expect("created");
    for n in 0..100 {
        journal.append(Tick(n), &Input::Woke).expect("appended");
    }
    journal.write().expect("written");
    assert!(!segment(dir.path(), 2).exists());
    journal.append(Tick(100), &Input::Woke).expect("appended");
    journal.write().expect("written");
    assert!(segment(dir.path(), 2).exists());
    assert_eq!(read(dir.path()).len(), 101);
}

#[test]
fn ticks_may_stand_still() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), Options::default()).expect("created");
    for _ in 0..3 {
        journal.append(Tick(7), &Input::Woke).expect("appended");
    }
    journal.write().expect("written");
    assert_eq!((journal.last(), journal.tick()), (Seq(3), Tick(7)));
    assert_eq!(read(dir.path()).len(), 3);
}
