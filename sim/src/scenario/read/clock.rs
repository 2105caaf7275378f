//! The clock on the desk's wall, and the moments that a simulation counts by it.

use crate::scenario::Window;
use cabrank_core::{Span, Tick};
use cabrank_settings::Hours;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Those who came are served for so long at the most after the last came.
const AFTER: Span = Span::secs(24 * 3600);

/// When tick 0 is, and when nothing more happens.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// The wall clock at tick 0.
    pub(super) begins: DateTime,
    timezone: TimeZone,
    start: Timestamp,
    end: Timestamp,
}

impl Clock {
    /// From then on, callers come for so long. Where the clock never showed that time, it is taken as if not yet changed.
    pub(super) fn new(begins: DateTime, duration: Span, timezone: TimeZone) -> Clock {
        let start = timezone.to_ambiguous_timestamp(begins).compatible().unwrap_or(Timestamp::UNIX_EPOCH);
        let length = i64::try_from(duration.plus(AFTER).0).unwrap_or(i64::MAX);
        let end = start.checked_add(jiff::SignedDuration::from_micros(length)).unwrap_or(Timestamp::MAX);
        Clock { begins, timezone, start, end }
    }

    /// From when to when it is open, in order and apart from each other: from the beginning until a day after the last caller
    /// came.
    pub(super) fn windows(&self, hours: &Hours) -> Vec<Window> {
        let openings = hours.openings(self.start, self.end, &self.timezone).into_iter();
        joined(openings.map(|(opens, closes)| Window { from: self.tick(opens), until: self.tick(closes) }))
    }

    /// A day after the last caller came.
    pub(super) fn end(&self) -> Tick {
        self.tick(self.end)
    }

    fn tick(&self, at: Timestamp) -> Tick {
        Tick(u64::try_from(at.duration_since(self.start).as_micros()).unwrap_or_default())
    }
}

/// In a week of no particular year, under a clock that nobody changes: each opening by itself.
pub(super) fn any_week(hours: &Hours) -> Vec<Window> {
    const MONDAY_S: i64 = 4 * 24 * 3600;
    let at = |days: i64| Timestamp::from_second(MONDAY_S + days * 24 * 3600).unwrap_or(Timestamp::UNIX_EPOCH);
    let tick = |moment: Timestamp| Tick(u64::try_from(moment.duration_since(at(0)).as_micros()).unwrap_or_default());
    let openings = hours.openings(at(0), at(7), &TimeZone::UTC).into_iter();
    openings.map(|(opens, closes)| Window { from: tick(opens), until: tick(closes) }).collect()
}

/// Those that touch or overlap are one.
pub(super) fn joined(windows: impl Iterator<Item = Window>) -> Vec<Window> {
    let mut apart: Vec<Window> = Vec::new();
    for window in windows {
        match apart.last_mut().filter(|last| window.from <= last.until) {
            Some(last) => last.until = last.until.max(window.until),
            None => apart.push(window),
        }
    }
    apart
}
