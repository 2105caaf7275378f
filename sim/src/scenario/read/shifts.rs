//! `present` and `breaks`: when agents are there.

use super::clock::{Clock, any_week, joined};
use crate::scenario::{Break, Window};
use cabrank_core::Span;
use cabrank_settings::Hours;
use cabrank_settings::reading::{Section, Value, written};
use std::ops::RangeInclusive;

const LIST_MAX: usize = 100;
const BREAK: RangeInclusive<Span> = Span::secs(1)..=Span::secs(24 * 3600);
const HOURS_LENGTH_MAX: usize = 500;
const PRESENT: &str = "such as \"08:00-16:30\", each day, or \"Mon-Fri 08:00-16:30\"";

/// When agents are there, and when they are away.
pub(super) struct Shifts {
    pub(super) present: Vec<Window>,
    pub(super) breaks: Vec<Break>,
}

/// Hours as they are written; and if they are those in which a break begins, how long that is.
struct Entry {
    hours: Hours,
    lasts: Option<Span>,
}

/// Reads them; who is not said to be away is there day and night.
pub(super) fn read(section: &Section<'_>, clock: &Clock) -> Shifts {
    let before = section.report.count();
    let present = match section.find("present") {
        Some(value) => entries(&value, |item| hours(item, item.text()?)),
        None => vec![Entry { hours: Hours::always(), lasts: None }],
    };
    let sound = section.report.count() == before;
    let breaks = section.find("breaks").map(|value| (entries(&value, rest), value));
    let week = in_order(present.iter().flat_map(|entry| any_week(&entry.hours)));
    check_overlaps(section, &week);
    if let Some((breaks, value)) = breaks.as_ref().filter(|_| sound) {
        check_breaks(breaks, &joined(week.into_iter()), value);
    }
    let windows = in_order(present.iter().flat_map(|entry| clock.windows(&entry.hours)));
    let present = joined(windows.into_iter());
    let breaks = breaks.map(|(breaks, _)| pauses(&breaks, |hours| clock.windows(hours), &present)).unwrap_or_default();
    Shifts { present, breaks }
}

/// One entry, or a list of them.
fn entries(value: &Value<'_>, read: impl Fn(&Value<'_>) -> Option<Entry>) -> Vec<Entry> {
    if value.raw.is_array() {
        let items = value.list(LIST_MAX).unwrap_or_default();
        if items.is_empty() {
            value.wrong(format!("`{}` is an empty list", value.key), PRESENT);
        }
        return items.iter().filter_map(read).collect();
    }
    read(value).into_iter().collect()
}

/// Without a day, each day is meant.
fn hours(value: &Value<'_>, text: &str) -> Option<Entry> {
    let daily = text.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let whole = if daily { format!("Mon-Sun {text}") } else { text.to_owned() };
    let read = if text.len() > HOURS_LENGTH_MAX {
        Err("it is too long".to_owned())
    } else {
        whole.parse().map_err(|error: cabrank_settings::UnreadableHours| error.to_string())
    };
    let hours = read.map_err(|error| value.wrong(format!("`{}` cannot be read: {error}", value.key), PRESENT)).ok()?;
    Some(Entry { hours, lasts: None })
}

/// `"10:15-10:30"`, or `{ at = "10:00-12:00", for = "15m" }`.
fn rest(value: &Value<'_>) -> Option<Entry> {
    if let Some(text) = value.raw.as_str() {
        return hours(value, text);
    }
    let section = value.section("`breaks`".to_owned())?;
    let at = section.need("at", "\"10:00-12:00\"").and_then(|value| hours(&value, value.text()?));
    let lasts = section.need("for", "\"15m\"").and_then(|value| value.span(BREAK));
    section.close();
    Some(Entry { lasts: Some(lasts?), ..at? })
}

fn check_overlaps(section: &Section<'_>, week: &[Window]) {
    for pair in week.windows(2) {
        if let [first, second] = pair
            && second.from < first.until
        {
            let overlap = written(first.until.min(second.until).since(second.from));
            let what = format!("two stretches of presence overlap by {overlap}");
            return section.report.wrong(section.place("present"), what, "let one end where the other begins");
        }
    }
}

fn check_breaks(breaks: &[Entry], present: &[Window], value: &Value<'_>) {
    let all = pauses(breaks, any_week, &[]);
    let within = |pause: &&Break| present.iter().any(|window| window.holds(pause.begins.from));
    for entry in breaks {
        let own = pauses(std::slice::from_ref(entry), any_week, &[]);
        if !own.iter().any(|pause| within(&pause)) {
            value.wrong("a break begins when these agents are never there", "put it within `present`, or leave it out");
        }
    }
    let there: Vec<Break> = all.iter().filter(within).copied().collect();
    let overlap = |pair: &[Break]| matches!(pair, [first, second] if second.begins.from < first.begins.until.plus(first.lasts));
    if there.windows(2).any(overlap) {
        value.wrong("two breaks may overlap", "let each end before the next may begin");
    }
}

/// The breaks that begin while somebody is there, in order; all of them if nothing is said of that.
fn pauses(entries: &[Entry], windows: impl Fn(&Hours) -> Vec<Window>, present: &[Window]) -> Vec<Break> {
    let pause = |window: Window, lasts: Option<Span>| match lasts {
        Some(lasts) => Break { begins: window, lasts },
        None => Break { begins: Window { from: window.from, until: window.from }, lasts: window.length() },
    };
    let all = entries.iter().flat_map(|entry| windows(&entry.hours).into_iter().map(|window| pause(window, entry.lasts)));
    let within = |pause: &Break| present.is_empty() || present.iter().any(|window| window.holds(pause.begins.from));
    let mut pauses: Vec<Break> = all.filter(within).collect();
    pauses.sort_by_key(|pause| (pause.begins.from, pause.begins.until));
    pauses
}

fn in_order(windows: impl Iterator<Item = Window>) -> Vec<Window> {
    let mut windows: Vec<Window> = windows.collect();
    windows.sort_by_key(|window| (window.from, window.until));
    windows
}
