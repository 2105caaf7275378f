//! When the journal began: what turns the desk's ticks into the time of day and back.

use cabrank_core::Tick;
use jiff::Timestamp;

/// The moment of tick 0, in microseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    unix_micros: i64,
}

impl Epoch {
    /// The epoch of a journal that began then.
    pub fn new(began: Timestamp) -> Epoch {
        Epoch { unix_micros: began.as_microsecond() }
    }

    /// Microseconds since 1970 (UTC) at that tick; the end of time if it lies beyond.
    pub fn unix_micros(self, tick: Tick) -> i64 {
        let since_start = i64::try_from(tick.0).unwrap_or(i64::MAX);
        self.unix_micros.saturating_add(since_start)
    }

    /// The tick at so many microseconds since 1970 (UTC); the first one if it lies before.
    pub fn tick(self, unix_micros: i64) -> Tick {
        Tick(u64::try_from(unix_micros.saturating_sub(self.unix_micros)).unwrap_or(0))
    }

    /// The time of day at that tick; the end of time if it lies beyond.
    pub fn at(self, tick: Tick) -> Timestamp {
        timestamp(self.unix_micros(tick))
    }
}

/// The time of day so many microseconds after 1970 (UTC); the nearest there is if it lies beyond.
pub fn timestamp(unix_micros: i64) -> Timestamp {
    let nearest = if unix_micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(unix_micros).unwrap_or(nearest)
}

/// The time of day, in microseconds since 1970 (UTC).
pub(crate) fn now_micros() -> i64 {
    Timestamp::now().as_microsecond()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Epoch, timestamp};
    use cabrank_core::Tick;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    /// A timezone in which it is noon now: the last twelve hours are of today, and no midnight comes in between.
    pub(crate) fn noon() -> TimeZone {
        let utc = Timestamp::now().to_zoned(TimeZone::UTC);
        TimeZone::fixed(jiff::tz::offset(12 - utc.hour()))
    }

    #[test]
    fn a_tick_counts_from_the_epoch() {
        let epoch = Epoch::new(timestamp(1_000_000));
        assert_eq!(epoch.unix_micros(Tick(5)), 1_000_005);
        assert_eq!(epoch.at(Tick(500_000)).to_string(), "1970-01-01T00:00:01.5Z");
    }

    #[test]
    fn a_moment_is_the_tick_that_it_came_from() {
        let epoch = Epoch::new(timestamp(1_000_000));
        for tick in [Tick(0), Tick(1), Tick(86_400_000_000)] {
            assert_eq!(epoch.tick(epoch.unix_micros(tick)), tick);
        }
        assert_eq!([epoch.tick(999_999), epoch.tick(i64::MIN)], [Tick(0); 2]);
    }

    #[test]
    fn the_end_of_time_is_not_overrun() {
        assert_eq!(Epoch::new(Timestamp::MAX).at(Tick(u64::MAX)), Timestamp::MAX);
        assert_eq!(timestamp(i64::MIN), Timestamp::MIN);
    }
}
