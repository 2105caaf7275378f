//! A directory full of callers, and who looks them up and who writes them.

use cabrank::directory::Directory;
use cabrank_core::{Number, Profile};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

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

/// Somebody who replaces one profile after the other and never rests. Ends when dropped.
pub struct Writer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
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

    /// Begins to write.
    pub fn writer(&self) -> Writer {
        let stop = Arc::new(AtomicBool::new(false));
        let (directory, mut walk, stopped) = (Arc::clone(&self.directory), self.walk(2), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                let caller = walk.step();
                directory.put(number(caller), profile(caller));
            }
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

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the writer ends in order");
        }
    }
}

fn number(caller: u64) -> Number {
    Number(format!("+65{caller:08}").into())
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
