//! What came of looking callers up, counted by kind.

use std::sync::atomic::{AtomicU64, Ordering};

/// What came of one look-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The desk knows who calls.
    Found,
    /// Nobody is known there either.
    Nobody,
    /// It was found out, and too late.
    TooLate,
    /// No answer by the deadline.
    Silent,
    /// The service could not be reached, or broke off.
    Unreachable,
    /// The service sends us elsewhere; nobody follows.
    Redirected,
    /// The service answered with another status.
    Failed,
    /// The answer is longer than any that is read.
    TooLong,
    /// The answer is not what it should be.
    Nonsense,
    /// Too many were being looked up.
    Skipped,
}

impl Outcome {
    /// Every one there is.
    pub const ALL: [Outcome; 10] = [
        Outcome::Found,
        Outcome::Nobody,
        Outcome::TooLate,
        Outcome::Silent,
        Outcome::Unreachable,
        Outcome::Redirected,
        Outcome::Failed,
        Outcome::TooLong,
        Outcome::Nonsense,
        Outcome::Skipped,
    ];

    /// The word for it, which never changes.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Found => "found",
            Outcome::Nobody => "nobody",
            Outcome::TooLate => "too_late",
            Outcome::Silent => "silent",
            Outcome::Unreachable => "unreachable",
            Outcome::Redirected => "redirected",
            Outcome::Failed => "failed",
            Outcome::TooLong => "too_long",
            Outcome::Nonsense => "nonsense",
            Outcome::Skipped => "skipped",
        }
    }
}

/// How many of each there were since the engine started.
#[derive(Debug, Default)]
pub struct Tally([AtomicU64; Outcome::ALL.len()]);

impl Tally {
    /// One more of these.
    pub fn count(&self, outcome: Outcome) {
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many of these there were.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.0[outcome as usize].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Tally};

    #[test]
    fn each_is_counted_by_itself() {
        let tally = Tally::default();
        for (times, outcome) in Outcome::ALL.into_iter().enumerate() {
            (0..times).for_each(|_| tally.count(outcome));
        }
        let counts = Outcome::ALL.map(|outcome| tally.of(outcome));
        assert_eq!(counts, std::array::from_fn(|times| times as u64));
    }
}
