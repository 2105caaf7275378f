//! Ticks from the monotonic clock. The wall clock is asked at start, and its jumps change no wait: as long as the machine runs,
//! what calls have waited over a restart is counted by the clock that nobody sets.

use super::boot::Boot;
use cabrank_core::Tick;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Turns moments into ticks and back.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Running {
        started: Instant,
        at_start: Tick,
    },
    /// Somebody sets it.
    Told(Arc<AtomicU64>),
}

impl Clock {
    /// A clock that goes on after `last`, the newest tick of the journal that began at `epoch` (microseconds since 1970,
    /// UTC). The time the engine was down counts, unless the wall clock went backwards meanwhile.
    pub fn resume(epoch_unix_us: u64, last: Tick) -> Clock {
        let by_the_wall = Tick(unix_micros_now().saturating_sub(epoch_unix_us));
        Clock { source: Source::Running { started: Instant::now(), at_start: by_the_wall.max(last) } }
    }

    /// The same, of the journal in the data directory `data`. While calls are `live` it goes on as if the engine had not been
    /// down, whatever was done to the wall clock; if nobody waits, the wall clock is right.
    pub fn resume_in(data: &Path, epoch_unix_us: u64, last: Tick, live: bool) -> Clock {
        let went_on = Boot::now().filter(|_| live).and_then(|boot| boot.tick(data)).filter(|tick| *tick >= last);
        let clock = match went_on {
            Some(at_start) => Clock { source: Source::Running { started: Instant::now(), at_start } },
            None => Clock::resume(epoch_unix_us, last),
        };
        if let Some(Err(error)) = Boot::now().map(|boot| boot.note(data, clock.now())) {
            tracing::warn!(%error, "the time is not noted: after a crash waits are counted by the wall clock");
        }
        clock
    }

    /// A clock that stands at the tick that is stored there, in microseconds: to live through a day that is no present one.
    pub fn told(tick: Arc<AtomicU64>) -> Clock {
        Clock { source: Source::Told(tick) }
    }

    /// The present tick.
    pub fn now(&self) -> Tick {
        match &self.source {
            Source::Running { started, at_start } => {
                let elapsed = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                Tick(at_start.0.saturating_add(elapsed))
            }
            Source::Told(tick) => Tick(tick.load(Ordering::Acquire)),
        }
    }

    /// The moment of a tick; the past is now, and what lies too far ahead is a day from now.
    pub fn instant(&self, tick: Tick) -> Instant {
        const DAY_US: u64 = 86_400_000_000;
        let ahead = tick.0.saturating_sub(self.now().0).min(DAY_US);
        Instant::now() + Duration::from_micros(ahead)
    }
}

/// Microseconds since 1970 (UTC) by the wall clock.
pub fn unix_micros_now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_after_the_journal_even_if_the_wall_clock_went_back() {
        let last = Tick(5_000_000);
        let clock = Clock::resume(unix_micros_now() + 1_000_000_000, last);
        assert!(clock.now() >= last);
    }

    #[test]
    fn the_time_the_engine_was_down_counts() {
        let clock = Clock::resume(unix_micros_now() - 60_000_000, Tick(1));
        assert!(clock.now() >= Tick(60_000_000));
    }

    #[test]
    fn a_jump_of_the_wall_clock_is_no_time_down_for_who_waits() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(dir.path().join("journal")).expect("a directory");
        let began = unix_micros_now();
        let first = Clock::resume_in(dir.path(), began, Tick(0), false).now();
        let an_hour = Tick(3_600_000_000);
        // The wall clock jumps ahead by an hour: to it, the journal began an hour earlier.
        let after = |live| Clock::resume_in(dir.path(), began - an_hour.0, first, live).now();
        let waited_on = after(true);
        assert!(waited_on >= first && waited_on < an_hour, "{waited_on:?}");
        assert!(after(false) >= an_hour, "with nobody there, the time of day is what counts");
    }

    #[test]
    fn the_past_and_the_far_future_are_moments_too() {
        let clock = Clock::resume(0, Tick(0));
        assert!(clock.instant(Tick(0)) <= Instant::now());
        assert!(clock.instant(Tick(u64::MAX)) > Instant::now());
    }
}
