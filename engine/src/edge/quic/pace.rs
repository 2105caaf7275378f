//! Whether the edge's own thread keeps up. When it does not, what comes in waits in the socket, in connections and in their clients,
//! where nobody here sees it; that the thread no longer comes to rest shows it.

use crate::backlog::Backlog;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A sleep shorter than this was none: the system had something at once.
const SLEEP_MIN: Duration = Duration::from_micros(10);

/// A thread that gets so much sleep within [`Backlog::DELAY_MAX`] keeps up: one in fifty.
const SLEEP_ENOUGH: Duration = Duration::from_millis(1);

/// New calls that are taken without rest all the same: one that comes alone finds a thread busy with something else (a handshake, a
/// debug build), and is not turned away for that.
pub(super) const FEW: u32 = 16;

/// How a thread keeps up, as its runtime tells and its tasks ask. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Pace(Arc<Mutex<Rest>>);

impl Pace {
    /// Of a thread that has nothing to do yet.
    pub(super) fn new() -> Pace {
        let now = Instant::now();
        Pace(Arc::new(Mutex::new(Rest { asleep_since: Some(now), slept: Duration::ZERO, rested: now, taken: 0 })))
    }

    /// The thread has nothing more to do.
    pub(super) fn sleeps(&self) {
        self.rest().sleeps(Instant::now());
    }

    /// The thread has something to do.
    pub(super) fn wakes(&self) {
        self.rest().wakes(Instant::now());
    }

    /// Whether the thread can take a new call, which it is then taken to do.
    pub(super) fn admits(&self) -> bool {
        self.rest().admits(Instant::now())
    }

    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Rest {
    /// Nothing while it works.
    asleep_since: Option<Instant>,
    /// Sleep since it was rested.
    slept: Duration,
    /// When it last had had enough sleep.
    rested: Instant,
    /// New calls taken since then, once there had been none for long.
    taken: u32,
}

impl Rest {
    fn sleeps(&mut self, now: Instant) {
        self.asleep_since = Some(now);
    }

    fn wakes(&mut self, now: Instant) {
        let Some(since) = self.asleep_since.take() else { return };
        let slept = now.saturating_duration_since(since);
        if slept >= SLEEP_MIN {
            self.slept += slept;
        }
        if self.slept >= SLEEP_ENOUGH {
            *self = Rest { asleep_since: None, slept: Duration::ZERO, rested: now, taken: 0 };
        }
    }

    fn admits(&mut self, now: Instant) -> bool {
        if self.without(now) <= Backlog::DELAY_MAX {
            return true;
        }
        self.taken = self.taken.saturating_add(1);
        self.taken <= FEW
    }

    /// For how long there has not been enough.
    fn without(&self, now: Instant) -> Duration {
        match self.asleep_since {
            Some(_) => Duration::ZERO,
            None => now.saturating_duration_since(self.rested),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    impl Pace {
        /// The thread has been at work for too long.
        pub(in super::super) fn overwork(&self) {
            let long_ago = Instant::now().checked_sub(Backlog::DELAY_MAX * 2).expect("the machine has been up for a while");
            *self.rest() = Rest { asleep_since: None, slept: Duration::ZERO, rested: long_ago, taken: 0 };
        }
    }

    /// What is left without rest after turns of so much work and sleep.
    fn after(turns: u32, works: Duration, sleeps: Duration) -> Duration {
        let mut now = Instant::now();
        let mut rest = Rest { asleep_since: Some(now), slept: Duration::ZERO, rested: now, taken: 0 };
        for _ in 0..turns {
            rest.wakes(now);
            now += works;
            rest.sleeps(now);
            now += sleeps;
        }
        rest.wakes(now);
        rest.without(now)
    }

    #[test]
    fn a_thread_that_sleeps_now_and_then_keeps_up() {
        let us = Duration::from_micros;
        assert!(after(1_000, us(900), us(100)) <= Duration::from_millis(10));
        assert!(after(1_000, us(97), us(3)) > Backlog::DELAY_MAX, "there was always something at once");
        assert!(after(1_010, us(9_950), us(50)) > Backlog::DELAY_MAX, "less than one in fifty");
        assert!(Pace::new().admits());
        let pace = Pace::new();
        pace.overwork();
        assert!((0..FEW).all(|_| pace.admits()), "a few are taken all the same");
        assert!(!pace.admits());
        pace.sleeps();
        assert!(pace.admits());
    }
}
