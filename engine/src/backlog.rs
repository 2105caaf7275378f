//! How far a desk is behind. New calls are turned away before those that are here have to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a desk has before it, as its lane shows it and its doors see it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Backlog(Arc<Shown>);

#[derive(Debug)]
struct Shown {
    /// What the moments below count from.
    start: Instant,
    /// How long the oldest fact of the last batch had waited, in microseconds; nothing once the lane had no more to do.
    delay_us: AtomicU64,
    /// When the lane began the batch that it is at, in microseconds; [`IDLE`] between two.
    busy_since_us: AtomicU64,
    /// Whether the journal's disk has little room left.
    is_short: AtomicBool,
    /// How long the last sync of the journal took, in microseconds.
    sync_took_us: AtomicU64,
    /// How many there were, and how long they took in all, in microseconds.
    syncs: AtomicU64,
    syncs_took_us: AtomicU64,
    /// When the sync began that is under way, in microseconds; [`IDLE`] between two.
    syncing_since_us: AtomicU64,
    /// New calls turned away because of it.
    turned_away: AtomicU64,
}

const IDLE: u64 = u64::MAX;

impl Backlog {
    /// With this delay new calls are turned away: a caller does not notice it, and whoever waits is not kept from an agent.
    pub const DELAY_MAX: Duration = Duration::from_millis(50);

    /// Nothing waits.
    pub fn new() -> Backlog {
        Backlog(Arc::new(Shown {
            start: Instant::now(),
            delay_us: AtomicU64::new(0),
            busy_since_us: AtomicU64::new(IDLE),
            is_short: AtomicBool::new(false),
            sync_took_us: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
            syncs_took_us: AtomicU64::new(0),
            syncing_since_us: AtomicU64::new(IDLE),
            turned_away: AtomicU64::new(0),
        }))
    }

    /// How long a fact told now would have to wait, as far as is known.
    pub fn delay(&self) -> Duration {
        let busy_since_us = self.0.busy_since_us.load(Ordering::Relaxed);
        let at_it_us = if busy_since_us == IDLE { 0 } else { self.now_us().saturating_sub(busy_since_us) };
        Duration::from_micros(self.0.delay_us.load(Ordering::Relaxed).max(at_it_us))
    }

    /// Whether a new call would be taken.
    pub fn takes_calls(&self) -> bool {
        self.delay() <= Backlog::DELAY_MAX && !self.is_short()
    }

    /// Whether a new call can be taken; one that cannot is counted.
    pub fn admits(&self) -> bool {
        let admits = self.takes_calls();
        if !admits {
            self.turn_away();
        }
        admits
    }

    /// Counts a new call that was turned away.
    pub fn turn_away(&self) {
        self.0.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// New calls turned away so far.
    pub fn turned_away(&self) -> u64 {
        self.0.turned_away.load(Ordering::Relaxed)
    }

    /// Whether the journal's disk has little room left: new calls are turned away, and those that are here use it up.
    pub fn is_short(&self) -> bool {
        self.0.is_short.load(Ordering::Relaxed)
    }

    /// Shows how the journal's disk is.
    pub fn show_short(&self, is_short: bool) {
        if self.0.is_short.swap(is_short, Ordering::Relaxed) != is_short {
            if is_short {
                tracing::error!("the journal's disk is full: new calls are turned away until there is room again");
            } else {
                tracing::info!("the journal's disk has room again: new calls are taken");
            }
        }
    }

    /// How long the last sync of the journal took, or the one under way has taken, if that is more.
    pub fn sync_took(&self) -> Duration {
        let since_us = self.0.syncing_since_us.load(Ordering::Relaxed);
        let at_it_us = if since_us == IDLE { 0 } else { self.now_us().saturating_sub(since_us) };
        Duration::from_micros(self.0.sync_took_us.load(Ordering::Relaxed).max(at_it_us))
    }

    /// Syncs of the journal so far, and how long they took in all.
    pub fn syncs(&self) -> (u64, Duration) {
        let (count, sum_us) = (&self.0.syncs, &self.0.syncs_took_us);
        (count.load(Ordering::Relaxed), Duration::from_micros(sum_us.load(Ordering::Relaxed)))
    }

    /// A sync of the journal begins.
    pub fn sync_begins(&self) {
        self.0.syncing_since_us.store(self.now_us(), Ordering::Relaxed);
    }

    /// The sync has ended; without `work`, there was nothing to do.
    pub fn sync_ended(&self, work: bool) {
        let took_us = self.now_us().saturating_sub(self.0.syncing_since_us.swap(IDLE, Ordering::Relaxed));
        if work {
            self.0.sync_took_us.store(took_us, Ordering::Relaxed);
            self.0.syncs_took_us.fetch_add(took_us, Ordering::Relaxed);
            self.0.syncs.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The lane begins a batch whose first fact was due then.
    pub fn begins(&self, due: Instant) {
        self.0.delay_us.store(micros(due.elapsed()), Ordering::Relaxed);
        self.0.busy_since_us.store(self.now_us(), Ordering::Relaxed);
    }

    /// The lane has done with a batch; `more` says whether the next one waits already.
    pub fn done(&self, more: bool) {
        self.0.busy_since_us.store(IDLE, Ordering::Relaxed);
        if !more {
            self.0.delay_us.store(0, Ordering::Relaxed);
        }
    }

    fn now_us(&self) -> u64 {
        micros(self.0.start.elapsed())
    }
}

impl Default for Backlog {
    fn default() -> Self {
        Backlog::new()
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Backlog;
    use std::time::{Duration, Instant};

    fn long_ago() -> Instant {
        Instant::now().checked_sub(Backlog::DELAY_MAX * 2).expect("the machine has been up for a while")
    }

    #[test]
    fn a_desk_that_is_behind_turns_new_calls_away_and_takes_them_again_at_once() {
        let backlog = Backlog::new();
        assert!(backlog.admits());
        backlog.begins(long_ago());
        assert!(!backlog.admits());
        backlog.done(true);
        assert!(!backlog.admits(), "more waits behind it");
        backlog.done(false);
        assert!(backlog.admits());
        assert_eq!((backlog.turned_away(), backlog.delay()), (2, Duration::ZERO));
    }

    #[test]
    fn only_syncs_that_did_something_are_counted() {
        let backlog = Backlog::new();
        for work in [true, false, true] {
            backlog.sync_begins();
            backlog.sync_ended(work);
        }
        assert_eq!(backlog.syncs().0, 2);
        backlog.sync_begins();
        let took = backlog.sync_took();
        while backlog.sync_took() <= took {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_desk_whose_disk_is_full_turns_new_calls_away() {
        let backlog = Backlog::new();
        backlog.show_short(true);
        assert!(!backlog.admits());
        backlog.show_short(false);
        assert!(backlog.admits());
    }

    #[test]
    fn a_lane_that_does_not_come_back_is_behind() {
        let backlog = Backlog::new();
        backlog.begins(Instant::now());
        while backlog.delay() <= Backlog::DELAY_MAX {
            std::thread::yield_now();
        }
        assert!(!backlog.admits());
    }
}
