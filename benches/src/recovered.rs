//! A journal of a busy taxi desk, of any length, and what it takes to recover it.

use crate::journalled::beginning;
use crate::taxi::Taxi;
use cabrank_core::Outbox;
use cabrank_journal::{Closed, Journal, Log, Options, OsDisk};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A journal that nobody writes any more, in a directory that goes when this does.
pub struct Ended {
    data: TempDir,
    /// Entries in it.
    pub entries: u64,
    /// Its bytes.
    pub bytes: u64,
    /// The desk's digest at its end.
    pub digest: u64,
}

/// What a recovery took, and came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// From the directory to a desk that goes on.
    pub took: Duration,
    /// Inputs that were replayed.
    pub replayed: u64,
    /// The desk's digest.
    pub digest: u64,
}

impl Ended {
    /// A journal of so many bytes, below `under`: whole calls at a desk where a hundred agents talk and a hundred callers wait.
    pub fn of(bytes: u64, under: &Path) -> Ended {
        let data = tempfile::tempdir_in(under).expect("a directory can be made");
        let journal = Journal::create(OsDisk, data.path(), &beginning(), Options::default()).expect("a journal can be begun");
        let journal = Rc::new(RefCell::new(journal));
        let heard = Rc::clone(&journal);
        let listener = Box::new(move |tick, input: &_| {
            heard.borrow_mut().append(tick, input).expect("the journal takes it");
        });
        let mut taxi = Taxi::heard_by(Some(listener)).made_busy();
        while length(data.path()) < bytes {
            (0..4_096).for_each(|_| taxi.whole_call());
            journal.borrow_mut().write().expect("the journal can be written");
        }
        let entries = journal.borrow().last().0;
        Ended { entries, bytes: length(data.path()), digest: taxi.desk.digest(), data }
    }

    /// Makes every snapshot there is to make, and says how many, and what they took and weigh on average.
    pub fn snapshots(&self) -> (u64, Duration, u64) {
        let (begun, mut count) = (Instant::now(), 0);
        while let Some(closed) = Closed::find(self.data.path()).expect("the journal can be read") {
            let mut state = closed.state().expect("a state");
            let mut out = Outbox::default();
            let replayed = closed.replay(&mut state, |state, tick, input| {
                out.clear();
                state.desk.handle(tick, input, &mut out);
            });
            replayed.expect("a sound journal").keep(&OsDisk, &state).expect("the disk takes it");
            count += 1;
        }
        (count, begun.elapsed() / count.max(1) as u32, weight(&self.data.path().join("snapshot")) / count.max(1))
    }

    /// Recovers it, as an engine does that starts.
    pub fn recover(&self) -> Recovery {
        let begun = Instant::now();
        let recovery = Journal::recover(OsDisk, self.data.path(), Options::default()).expect("a journal");
        let mut desk = recovery.state().expect("a state").desk;
        let (mut out, mut replayed) = (Outbox::default(), 0);
        let tell = |tick, input| {
            out.clear();
            desk.handle(tick, input, &mut out);
            replayed += 1;
        };
        recovery.replay(tell).expect("a sound journal");
        Recovery { took: begun.elapsed(), replayed, digest: desk.digest() }
    }
}

fn length(data: &Path) -> u64 {
    weight(&data.join("journal"))
}

/// Bytes of the files in a directory.
fn weight(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}
