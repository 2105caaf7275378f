//! Readers and syncers beside a writer.

use crate::sample::{SMALL, append, beginning, directory, entries, read};
use cabrank_journal::{Journal, Log, OsDisk, Reader, Seq, check};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

const COUNT: u64 = 3_000;

#[test]
fn a_reader_beside_a_writer_sees_every_entry_written_before_it_came() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), SMALL).expect("created");
    let (syncer, written, over) = (journal.syncer(), AtomicU64::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                let before = written.load(Ordering::Acquire);
                assert!(syncer.sync().expect("synced") >= Seq(before));
            }
        });
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                let before = written.load(Ordering::Acquire);
                let read = read(dir.path());
                assert!(read.len() as u64 >= before, "{} of {before}", read.len());
                assert_eq!(read, entries(read.len() as u64));
            }
        });
        for n in 1..=COUNT {
            append(&mut journal, n);
            if n % 3 == 0 {
                journal.write().expect("written");
                written.store(n, Ordering::Release);
            }
        }
        over.store(true, Ordering::Release);
    });
    assert_eq!(read(dir.path()), entries(COUNT));
    assert_eq!(check(dir.path()).expect("checked").finding, None);
    assert_eq!(syncer.sync().expect("synced"), Seq(COUNT));
}

#[test]
fn a_reader_replays_what_is_left() {
    let dir = directory();
    crate::sample::make(dir.path(), 9, SMALL);
    let mut reader = Reader::open(dir.path()).expect("opened");
    assert_eq!(reader.start(), &beginning());
    let first = reader.next().expect("an entry").expect("whole");
    assert_eq!(first.seq, Seq(1));
    let mut told = Vec::new();
    assert_eq!(reader.replay(|tick, input| told.push((tick, input))).expect("replayed"), Seq(9));
    assert_eq!(told, crate::sample::told(9)[1..]);
    assert!(reader.next().is_none());
}
