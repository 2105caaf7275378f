//! A directory full of callers, and who looks them up and who writes them.

use cabrank::directory::Directory;
use cabrank::profiles::{Form, write};
use cabrank_core::{Number, Profile};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The directory of a company with so many callers.
pub struct Known {
    directory: Arc<Directory>,
    callers: u64,
}

/// Numbers all over a directory, one after the other.
#[derive(Clone, Debug)]
pub struct Walk {
    at: u64,
    callers: u64,
}

/// Somebody who replaces one profile after the other. Ends when dropped.
pub struct Writer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl Known {
    /// A directory of `callers` profiles, each its own.
    pub fn new(callers: u64) -> Known {
        let directory = Arc::new(Directory::default());
        (0..callers).for_each(|caller| directory.put(number(caller), profile(caller)));
        Known { directory, callers }
    }

    /// The directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// A walk over its callers.
    pub fn walk(&self, seed: u64) -> Walk {
        Walk { at: seed, callers: self.callers }
    }

    /// Begins to write, and never rests.
    pub fn writer(&self) -> Writer {
        self.writer_who(|_, _| {})
    }

    /// Begins to write, so often a second.
    pub fn paced_writer(&self, changes_per_s: u32) -> Writer {
        self.writer_who(move |since, changes| {
            let due = since + Duration::from_secs(1) / changes_per_s * u32::try_from(changes).unwrap_or(u32::MAX);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        })
    }

    /// Before each change `rests` is told since when there were how many.
    fn writer_who(&self, rests: impl Fn(Instant, u64) + Send + 'static) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let (directory, mut walk, stopped) = (Arc::clone(&self.directory), self.walk(2), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let (since, mut changes) = (Instant::now(), 0);
            while !stopped.load(Ordering::Relaxed) {
                rests(since, changes);
                let caller = walk.step();
                directory.put(number(caller), profile(caller));
                changes += 1;
            }
            changes
        });
        Writer { stop, thread: Some(thread) }
    }
}

impl Walk {
    /// The number of somebody who is known.
    pub fn somebody(&mut self) -> Number {
        number(self.step())
    }

    /// A number of nobody.
    pub fn nobody(&mut self) -> Number {
        number(self.callers + self.step())
    }

    /// Knuth's linear congruence, of which the upper bits are the good ones.
    fn step(&mut self) -> u64 {
        self.at = self.at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.at >> 32) % self.callers
    }
}

impl Writer {
    /// Ends it. Returns how many changes it made.
    pub fn end(mut self) -> u64 {
        self.join()
    }

    fn join(&mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().map_or(0, |thread| thread.join().expect("the writer ends in order"))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.join();
    }
}

/// Writes a file of so many callers, as a company would export it. Returns its length in bytes.
pub fn write_file(path: &Path, callers: u64) -> u64 {
    let profiles: Vec<(Number, Profile)> =
        (0..callers).map(|caller| (number(caller), Arc::unwrap_or_clone(profile(caller)))).collect();
    write(File::create(path).expect("a file"), Form::Csv, &profiles).expect("written");
    std::fs::metadata(path).expect("it is there").len()
}

fn number(caller: u64) -> Number {
    // A telephone number that exists, or an import would refuse it.
    Number(format!("+659{caller:07}").into())
}

fn profile(caller: u64) -> Arc<Profile> {
    let pickup = format!("{} Orchard Road", caller % 500);
    Arc::new(Profile {
        name: format!("Caller {caller}").into(),
        language: "en".into(),
        class: "regular".into(),
        fields: vec![("pickup".into(), pickup.into())],
        ..Profile::default()
    })
}
