//! When it is whose turn: an absolute 20 ms tick cut into phases, and how late the turns came.

use hdrhistogram::Histogram;
use std::time::{Duration, Instant};

/// The tick: each stream has a turn in every one.
const TICK: Duration = Duration::from_millis(20);

/// Parts of the tick over which the streams are spread, so that their packets don't leave in one burst.
pub(super) const PHASES: usize = 4;

/// From one phase to the next.
const STEP: Duration = Duration::from_millis(5);

/// A turn this much behind is not made up for: no jitter buffer takes a longer burst of old audio.
const LOST_AFTER: Duration = Duration::from_millis(200);

/// A turn is counted as late from here on.
const LATE_FROM: Duration = STEP;

/// The deadlines. Each is the one before and a step: being late now makes no later one later.
#[derive(Debug)]
pub(super) struct Schedule {
    due: Instant,
    phase: usize,
}

/// A phase whose turn it is, and how long it has been so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) phase: usize,
    pub(super) late: Duration,
}

impl Schedule {
    pub(super) fn new(now: Instant) -> Schedule {
        Schedule { due: now, phase: 0 }
    }

    /// How long until the next turn.
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.due.saturating_duration_since(now)
    }

    /// The next turn, if it is due.
    pub(super) fn take(&mut self, now: Instant) -> Option<Turn> {
        let late = now.checked_duration_since(self.due)?;
        let turn = Turn { phase: self.phase, late };
        self.phase = (self.phase + 1) % PHASES;
        self.due += STEP;
        Some(turn)
    }

    /// The phase that had its turn last.
    pub(super) fn newest(&self) -> usize {
        (self.phase + PHASES - 1) % PHASES
    }

    /// Gives up the whole ticks that are lost, if many are; says how many.
    pub(super) fn skip_lost(&mut self, now: Instant) -> u64 {
        let behind = now.saturating_duration_since(self.due);
        if behind < LOST_AFTER {
            return 0;
        }
        let ticks = u32::try_from(behind.as_nanos() / TICK.as_nanos()).unwrap_or(u32::MAX);
        self.due += TICK * ticks;
        u64::from(ticks)
    }
}

/// How late the turns came.
#[derive(Debug)]
pub(super) struct Lateness {
    late_us: Histogram<u64>,
    late: u64,
    skipped: u64,
}

/// How well the media threads kept their tick, since the start; a turn is a quarter of a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickReport {
    /// Turns taken.
    pub turns: u64,
    /// Turns that came 5 ms late or more.
    pub late: u64,
    /// Whole 20 ms ticks given up because the process stood still for 200 ms or more.
    pub skipped_ticks: u64,
    /// Median lateness of a turn, in microseconds.
    pub p50_us: u64,
    /// Lateness that 99 in 100 turns did not exceed, in microseconds.
    pub p99_us: u64,
    /// The worst lateness, in microseconds.
    pub max_us: u64,
}

impl Lateness {
    /// # Errors
    /// None in practice: the bounds are constants the histogram accepts.
    pub(super) fn new() -> Result<Lateness, hdrhistogram::CreationError> {
        Ok(Lateness { late_us: Histogram::new_with_bounds(1, 10_000_000, 2)?, late: 0, skipped: 0 })
    }

    pub(super) fn record(&mut self, late: Duration) {
        self.late_us.saturating_record(u64::try_from(late.as_micros()).unwrap_or(u64::MAX));
        self.late += u64::from(late >= LATE_FROM);
    }

    pub(super) fn record_skipped(&mut self, ticks: u64) {
        self.skipped += ticks;
    }

    pub(super) fn add(&mut self, other: &Lateness) {
        // Equal bounds: adding cannot fail.
        let _ = self.late_us.add(&other.late_us);
        self.late += other.late;
        self.skipped += other.skipped;
    }

    pub(super) fn report(&self) -> TickReport {
        TickReport {
            turns: self.late_us.len(),
            late: self.late,
            skipped_ticks: self.skipped,
            p50_us: self.late_us.value_at_quantile(0.5),
            p99_us: self.late_us.value_at_quantile(0.99),
            max_us: self.late_us.max(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_lost_ticks_are_given_up_and_the_phase_stays() {
        let start = Instant::now();
        let mut schedule = Schedule::new(start);
        let now = start + Duration::from_millis(5_007);
        assert_eq!(schedule.skip_lost(now), 250);
        assert_eq!(schedule.take(now), Some(Turn { phase: 0, late: Duration::from_millis(7) }));
        assert_eq!(schedule.skip_lost(now), 0);
    }

    #[test]
    fn the_report_counts_late_turns() {
        let mut lateness = Lateness::new().expect("constant bounds");
        [0, 1, 4_999, 5_000, 80_000].into_iter().for_each(|us| lateness.record(Duration::from_micros(us)));
        let report = lateness.report();
        assert_eq!((report.turns, report.late), (5, 2));
        assert!((79_000..=81_000).contains(&report.max_us));
    }

    proptest! {
        /// However late the thread wakes (short of giving up), turn n is due n steps after the start.
        #[test]
        fn there_is_no_drift(oversleeps_us in prop::collection::vec(0_u64..30_000, 1..300)) {
            let start = Instant::now();
            let (mut schedule, mut now, mut turns) = (Schedule::new(start), start, 0_u32);
            for oversleep_us in oversleeps_us {
                now += schedule.wait(now) + Duration::from_micros(oversleep_us);
                while let Some(turn) = schedule.take(now) {
                    prop_assert_eq!(turn.phase, turns as usize % PHASES);
                    prop_assert_eq!(now - turn.late, start + STEP * turns);
                    turns += 1;
                }
                prop_assert!(schedule.wait(now) <= STEP);
            }
        }
    }
}
