//! The time of day along an edge.

use jiff::civil::DateTime;
use jiff::{SignedDuration, civil};

const DAY_S: f64 = 86_400.0;
/// Steps by which the time of day is written, in seconds.
const STEPS_S: [f64; 13] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0, DAY_S];

/// A step no shorter than this: a usual one, or whole days.
pub(super) fn step(least: f64) -> f64 {
    STEPS_S.into_iter().find(|step| *step >= least * 0.999).unwrap_or_else(|| (least / DAY_S).ceil() * DAY_S)
}

pub(super) fn second_of_day(moment: DateTime) -> f64 {
    f64::from(moment.hour()) * 3600.0 + f64::from(moment.minute()) * 60.0 + f64::from(moment.second())
}

/// The time of day so many seconds later; at midnight of a later day than tomorrow, the day.
pub(super) fn label(begins: DateTime, after_s: f64) -> String {
    let Ok(moment) = begins.checked_add(SignedDuration::from_secs(after_s.round() as i64)) else { return String::new() };
    if moment.time() == civil::Time::midnight() && after_s > DAY_S {
        return moment.strftime("%a").to_string();
    }
    moment.strftime(if after_s.round() % 60.0 == 0.0 { "%H:%M" } else { "%H:%M:%S" }).to_string()
}
