//! Ticks from the monotonic clock. The wall clock is asked once, at start; its later jumps change nothing.

use cabrank_core::Tick;
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
    fn the_past_and_the_far_future_are_moments_too() {
        let clock = Clock::resume(0, Tick(0));
        assert!(clock.instant(Tick(0)) <= Instant::now());
        assert!(clock.instant(Tick(u64::MAX)) > Instant::now());
    }
}
