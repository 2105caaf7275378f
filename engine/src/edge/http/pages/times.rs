//! Moments as people read them, in the desk's timezone.

use super::shown::clock;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `22 Nov, 18:40:07` of a moment in RFC 3339; what is none stays as it is.
pub(super) fn day_and_time(moment: &str, zone: &TimeZone) -> String {
    formed(moment, zone, "%-d %b, %H:%M:%S")
}

/// `22 Nov, 18:40`.
pub(super) fn day_and_minute(moment: &str, zone: &TimeZone) -> String {
    formed(moment, zone, "%-d %b, %H:%M")
}

/// `22 Nov`.
pub(super) fn day(moment: &str, zone: &TimeZone) -> String {
    formed(moment, zone, "%-d %b")
}

/// `18:40:07`.
pub(super) fn time(moment: &str, zone: &TimeZone) -> String {
    formed(moment, zone, "%H:%M:%S")
}

/// `1:15`; nothing if there was none.
pub(super) fn wait(seconds: Option<u64>) -> String {
    seconds.map(clock).unwrap_or_default()
}

fn formed(moment: &str, zone: &TimeZone, form: &str) -> String {
    let parsed: Result<Timestamp, _> = moment.parse();
    parsed.map_or_else(|_| moment.to_owned(), |at| at.to_zoned(zone.clone()).strftime(form).to_string())
}
