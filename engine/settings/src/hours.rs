//! Opening hours: `Mon-Fri 08:00-18:00, Sat 09:00-12:00`, in the desk's timezone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::str::FromStr;

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;
const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// When a line is open, in local time by the wall clock: on the day of a clock change an hour may be missing or come twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    openings: Vec<Opening>,
}

/// From one minute of the week to another, which may lie in the next week; the last one is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opening {
    from: u16,
    until: u16,
}

/// Why a text is no opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableHours {
    /// Nothing is said.
    #[error("no hours are named")]
    Nothing,
    /// Not the name of a day, nor a span of days.
    #[error("`{0}` is not a day")]
    Day(String),
    /// Not a span of times.
    #[error("`{0}` is not a span of times")]
    Span(String),
    /// A span that ends where it starts.
    #[error("`{0}` ends where it starts; the whole day is `00:00-24:00`")]
    Empty(String),
    /// Times without a day.
    #[error("`{0}` names no day")]
    NoDay(String),
}

impl Hours {
    /// Open day and night.
    pub fn always() -> Hours {
        Hours { openings: vec![Opening { from: 0, until: WEEK }] }
    }

    /// Whether that moment lies within the hours of somebody who lives in that timezone.
    pub fn is_open(&self, at: Timestamp, timezone: &TimeZone) -> bool {
        let local = timezone.to_datetime(at);
        let day = u16::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.holds(day * DAY + minute)
    }

    /// From when to when that is so between two moments: each opening by itself, in the order of time. Where the clock is
    /// changed in between, an opening comes in two parts.
    pub fn openings(&self, from: Timestamp, until: Timestamp, timezone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let mut found = Vec::new();
        let mut start = from;
        while start < until {
            let change = timezone.following(start).next().map_or(until, |change| change.timestamp());
            let end = change.min(until);
            self.under_one_clock(start, end, timezone, &mut found);
            start = end;
        }
        found.sort_unstable();
        found
    }

    /// The same between two moments between which no clock is changed.
    fn under_one_clock(&self, from: Timestamp, until: Timestamp, timezone: &TimeZone, found: &mut Vec<(Timestamp, Timestamp)>) {
        const DAY_S: i64 = 24 * 3600;
        const WEEK_S: i64 = 7 * DAY_S;
        let ahead = i64::from(timezone.to_offset(from).seconds());
        let days = (from.as_second() + ahead).div_euclid(DAY_S);
        let monday = (days - (days + 3).rem_euclid(7)) * DAY_S - ahead; // the first day of 1970 was a Thursday
        let mut week = monday - WEEK_S;
        while week < until.as_second() {
            for opening in &self.openings {
                let at = |minute: u16| Timestamp::from_second(week + i64::from(minute) * 60);
                let (Ok(opens), Ok(closes)) = (at(opening.from), at(opening.until)) else { continue };
                let (opens, closes) = (opens.max(from), closes.min(until));
                found.extend((opens < closes).then_some((opens, closes)));
            }
            week += WEEK_S;
        }
    }

    fn holds(&self, minute: u16) -> bool {
        self.openings.iter().any(|opening| opening.holds(minute) || opening.holds(minute + WEEK))
    }
}

impl Opening {
    fn holds(self, minute: u16) -> bool {
        (self.from..self.until).contains(&minute)
    }
}

impl FromStr for Hours {
    type Err = UnreadableHours;

    /// Parts stand between commas, each `days span`; a part without days means those of the part before. A span that ends
    /// before it starts goes on past midnight.
    fn from_str(text: &str) -> Result<Hours, UnreadableHours> {
        let mut openings = Vec::new();
        let mut days = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (named, span) = part.rsplit_once(char::is_whitespace).unwrap_or(("", part));
            if !named.is_empty() {
                days = read_days(named)?;
            }
            let (from, until) = read_span(span)?;
            if days.is_empty() {
                return Err(UnreadableHours::NoDay(part.to_owned()));
            }
            openings.extend(days.iter().map(|day| Opening { from: day * DAY + from, until: day * DAY + until }));
        }
        if openings.is_empty() { Err(UnreadableHours::Nothing) } else { Ok(Hours { openings }) }
    }
}

fn read_days(text: &str) -> Result<Vec<u16>, UnreadableHours> {
    let mut days = Vec::new();
    for word in text.split_whitespace() {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let (first, last) = (read_day(first, word)?, read_day(last, word)?);
        let count = (last + 7 - first) % 7 + 1;
        days.extend((first..first + count).map(|day| day % 7));
    }
    Ok(days)
}

fn read_day(name: &str, word: &str) -> Result<u16, UnreadableHours> {
    let known = DAY_NAMES.iter().zip(0..).find(|(day, _)| day.eq_ignore_ascii_case(name));
    known.map(|(_, number)| number).ok_or_else(|| UnreadableHours::Day(word.to_owned()))
}

/// Minutes of the day; the end may lie in the next day.
fn read_span(text: &str) -> Result<(u16, u16), UnreadableHours> {
    let times = text.split_once('-').and_then(|(from, until)| Some((read_time(from)?, read_time(until)?)));
    match times {
        None => Err(UnreadableHours::Span(text.to_owned())),
        Some((from, _)) if from == DAY => Err(UnreadableHours::Span(text.to_owned())),
        Some((from, until)) if from == until => Err(UnreadableHours::Empty(text.to_owned())),
        Some((from, until)) if until < from => Ok((from, until + DAY)),
        Some(span) => Ok(span),
    }
}

fn read_time(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    let time = hour * 60 + minute;
    (minute < 60 && time <= DAY).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(hours: &str, at: &str) -> bool {
        let hours: Hours = hours.parse().expect(hours);
        hours.is_open(at.parse().expect(at), &TimeZone::get("Asia/Singapore").expect("Singapore"))
    }

    #[test]
    fn the_day_and_the_time_are_local() {
        // Sunday 20:00 UTC is Monday 04:00 in Singapore.
        assert!(open("Mon 04:00-05:00", "2026-11-01T20:00:00Z"));
        assert!(!open("Sun 00:00-24:00", "2026-11-01T20:00:00Z"));
        assert!(open("Mon-Sun 00:00-24:00", "2026-11-01T20:00:00Z"));
    }

    #[test]
    fn a_span_starts_with_its_first_minute_and_ends_before_its_last() {
        let hours = "Mon-Fri 08:00-18:00, Sat 09:00-12:00";
        for (at, is_open) in [
            ("2026-11-02T07:59:59+08:00", false),
            ("2026-11-02T08:00:00+08:00", true),
            ("2026-11-06T17:59:59+08:00", true),
            ("2026-11-06T18:00:00+08:00", false),
            ("2026-11-07T11:00:00+08:00", true),
            ("2026-11-08T11:00:00+08:00", false),
        ] {
            assert_eq!(open(hours, at), is_open, "{at}");
        }
    }

    #[test]
    fn a_span_over_midnight_belongs_to_the_day_it_starts_on() {
        let hours = "Sun 22:00-02:00";
        assert!(open(hours, "2026-11-01T23:00:00+08:00"));
        assert!(open(hours, "2026-11-02T01:59:00+08:00"), "the week goes round");
        assert!(!open(hours, "2026-11-02T02:00:00+08:00"));
        assert!(!open(hours, "2026-11-01T01:00:00+08:00"));
    }

    #[test]
    fn days_may_be_listed_and_go_round_and_be_left_out() {
        assert!(open("Mon Wed 08:00-12:00, 13:00-17:00", "2026-11-04T13:30:00+08:00"));
        assert!(!open("Mon Wed 08:00-12:00, 13:00-17:00", "2026-11-03T13:30:00+08:00"));
        assert!(open("sat-mon 08:00-12:00", "2026-11-01T09:00:00+08:00"));
    }

    /// Two weeks round the end and the beginning of summer time: each minute lies in an opening or not as it is open or not.
    #[test]
    fn openings_are_when_it_is_open() {
        let newfoundland = TimeZone::get("America/St_Johns").expect("St John's");
        for (hours, from) in [
            ("Mon-Sun 00:00-24:00", "2026-10-25T13:17:31Z"),
            ("Sun 00:30-01:45, Mon-Sat 22:00-02:30", "2026-10-25T13:17:31Z"),
            ("Sun 00:30-03:45, Fri-Sun 23:00-08:00", "2026-03-01T00:00:00Z"),
            ("Sun 22:00-12:00, Mon 09:00-10:00, 09:30-11:00", "2026-06-01T00:00:00Z"),
        ] {
            let (hours, from): (Hours, Timestamp) = (hours.parse().expect(hours), from.parse().expect(from));
            let minute = |n: i64| Timestamp::from_second(from.as_second() + 60 * n).expect("a moment");
            let openings = hours.openings(from, minute(14 * 24 * 60), &newfoundland);
            assert!(openings.is_sorted());
            for at in (0..14 * 24 * 60).map(minute) {
                let within = openings.iter().any(|(opens, closes)| *opens <= at && at < *closes);
                assert_eq!(within, hours.is_open(at, &newfoundland), "{hours:?} at {at}");
            }
        }
    }

    #[test]
    fn what_is_not_hours_is_refused() {
        for text in [
            "",
            ",",
            "Mon",
            "08:00-12:00",
            "Mon 8-12",
            "Mon 08:00-25:00",
            "Mon 08:00-08:00",
            "Mon 24:00-01:00",
            "Mo 08:00-09:00",
            "Mon-Fri 08:60-09:00",
            "Mon +8:00-09:00",
        ] {
            assert!(text.parse::<Hours>().is_err(), "{text:?} was taken");
        }
    }
}
