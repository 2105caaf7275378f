//! How much simulating a question is worth.

use cabrank_sim::replications::Onlooker;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long days are lived through for one answer.
pub(super) const ENOUGH: Duration = Duration::from_millis(1_500);
/// What takes longer than this comes too late for whoever asked.
const TOO_LONG: Duration = Duration::from_secs(8);
/// Seeds at the least: of one there is no interval.
const SEEDS_MIN: usize = 2;
/// Seeds at the most: more make an interval hardly narrower.
pub(super) const SEEDS_MAX: usize = 100;

/// Time that is spent on one answer.
pub(super) struct Budget {
    begun: Instant,
    room: Duration,
}

impl Budget {
    /// So much from now on.
    pub(super) fn of(room: Duration) -> Budget {
        Budget { begun: Instant::now(), room }
    }

    /// Whether another round is worth it after so many seeds.
    pub(super) fn has_room(&self, seeds: usize) -> bool {
        if seeds < SEEDS_MIN {
            return !self.is_overdrawn();
        }
        let spent = self.begun.elapsed();
        let a_seed = spent / u32::try_from(seeds).unwrap_or(u32::MAX).max(1);
        seeds < SEEDS_MAX && spent + a_seed <= self.room
    }

    pub(super) fn is_overdrawn(&self) -> bool {
        self.begun.elapsed() > TOO_LONG
    }

    pub(super) fn spent(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// Stops the simulator when nobody waits for it any more.
pub(super) struct Watchful<'a> {
    pub(super) stop: &'a AtomicBool,
    pub(super) in_vain: &'a dyn Fn() -> bool,
    pub(super) budget: &'a Budget,
}

impl Onlooker for Watchful<'_> {
    fn begins(&mut self, _replications: u64) {}

    fn done(&mut self, _replications: u64, _calls: u64) {
        if self.budget.is_overdrawn() || (self.in_vain)() {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn ends(&mut self) {}
}
