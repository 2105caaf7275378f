//! What was foreseen, as people read it.

use super::super::texts::{ENGLISH, Texts};
use super::super::times;
use crate::foresight::{Effect, Figure, Foreseen, Level, Off, Unit};
use askama::Template;
use cabrank_sim::charts::{Whisker, Words};
use jiff::tz::TimeZone;
use serde::Serialize;

/// What was foreseen, to stand in the page; or why not.
#[derive(Template)]
#[template(path = "foreseen.html")]
pub(super) struct Fragment {
    pub(super) t: &'static Texts,
    pub(super) told: Told,
}

/// What is told.
pub(super) enum Told {
    /// Nothing was typed.
    Nothing,
    /// Why nothing is foreseen.
    Not(String),
    /// What is.
    Foreseen { about: String, holds: bool, off: Vec<String>, rows: Vec<Row> },
}

/// A figure.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) of: String,
    pub(super) unchanged: String,
    pub(super) changed: String,
    pub(super) difference: String,
    pub(super) interval: String,
    /// A picture of it; SVG.
    pub(super) picture: String,
    pub(super) off: String,
    pub(super) effect: &'static str,
    pub(super) sign: &'static str,
    pub(super) means: &'static str,
}

impl Told {
    /// What was foreseen for this queue, and for others where it is clear.
    pub(super) fn of(foreseen: &Foreseen, queue: &str, zone: &TimeZone) -> Told {
        // Of one class alone the queue tells all there is.
        let waited = |level: &&Level| level.queue == queue && level.class.is_some() && level.figure == Figure::WaitMean;
        let many = foreseen.figures.iter().filter(waited).count() > 1;
        let is_shown = |level: &&Level| {
            let told = level.figure != Figure::Offered;
            told && if level.queue == queue { many || level.class.is_none() } else { level.class.is_none() && level.clear }
        };
        let mut levels: Vec<&Level> = foreseen.figures.iter().filter(is_shown).collect();
        levels.sort_by_key(|level| (level.queue != queue, level.class.is_some()));
        if levels.is_empty() {
            return Told::Not(ENGLISH.tune.nobody_in_line(queue));
        }
        let rows = levels.into_iter().map(|level| Row::of(level, queue)).collect();
        Told::Foreseen {
            about: about(foreseen, zone),
            holds: foreseen.hindcast.holds,
            off: foreseen.hindcast.off.iter().map(said).collect(),
            rows,
        }
    }
}

/// Which day it is, and how it was lived through; the date is told once.
fn about(foreseen: &Foreseen, zone: &TimeZone) -> String {
    let (from, until) = (times::day_and_minute(&foreseen.from, zone), times::day_and_minute(&foreseen.until, zone));
    let day = from.split_once(',').map_or("", |(day, _)| day);
    let until = until.strip_prefix(day).map_or(until.as_str(), |time| time.trim_start_matches([',', ' ']));
    ENGLISH.tune.lived_through(&from, until, foreseen)
}

fn said(off: &Off) -> String {
    let t = ENGLISH.tune;
    let unit = unit_of(off.figure);
    let class = off.class.as_ref().map(|class| format!(" {class}")).unwrap_or_default();
    format!(
        "{}{class}, {}: {} {}, {} {}",
        off.queue,
        t.figure(&word(&off.figure)),
        t.really,
        level(off.real, unit),
        t.simulated,
        level(off.simulated, unit)
    )
}

fn unit_of(figure: Figure) -> Unit {
    match figure {
        Figure::Offered => Unit::Calls,
        Figure::WaitMean => Unit::Seconds,
        Figure::ServiceLevel | Figure::Abandonment => Unit::Share,
    }
}

impl Row {
    fn of(of: &Level, queue: &str) -> Row {
        let t = ENGLISH.tune;
        let other = if of.queue == queue { String::new() } else { of.queue.clone() };
        let whose = of.class.clone().unwrap_or(other);
        let interval = of.ci95.map(|(low, high)| format!("{} {} {}", signed(low, of.unit), t.to, signed(high, of.unit)));
        let interval = interval.unwrap_or_default();
        let effect = word(&of.effect);
        let (sign, means) = t.effect(&effect);
        Row {
            name: t.figure(&word(&of.figure)).to_owned(),
            of: whose,
            unchanged: level(of.unchanged, of.unit),
            changed: level(of.changed, of.unit),
            difference: with_unit(of.difference, of.unit),
            picture: picture(of, &interval),
            interval,
            off: with_unit(of.hindcast_error, of.unit),
            effect: class_of(of.effect),
            sign,
            means,
        }
    }
}

fn picture(of: &Level, interval: &str) -> String {
    let Some((low, high)) = of.ci95 else { return String::new() };
    let title = format!("{}: {interval}", ENGLISH.tune.figure(&word(&of.figure)));
    Whisker { words: Words { title, description: ENGLISH.tune.interval.to_owned() }, low, value: of.difference, high }.to_svg()
}

fn class_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Better => "better",
        Effect::Worse => "worse",
        Effect::Different | Effect::Unclear | Effect::Same => "unclear",
    }
}

/// `12.3 s`, `83.1 %`, `512`.
pub(super) fn level(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Calls => format!("{value:.0}"),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Share => format!("{:.1} %", value * 100.0),
    }
}

/// `+1.2`, `−0.04`, `0`.
fn signed(value: f64, unit: Unit) -> String {
    let scaled = if unit == Unit::Share { value * 100.0 } else { value };
    // What is small is told closely, lest nothing seem to be better than nothing.
    let digits = if scaled.abs() < 0.1 { 2 } else { 1 };
    let told = format!("{:.digits$}", scaled.abs());
    match (told.bytes().any(|byte| (b'1'..=b'9').contains(&byte)), scaled < 0.0) {
        (false, _) => "0".to_owned(),
        (true, true) => format!("−{told}"),
        (true, false) => format!("+{told}"),
    }
}

fn with_unit(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Calls => signed(value, unit),
        Unit::Seconds => format!("{} s", signed(value, unit)),
        Unit::Share => format!("{} {}", signed(value, unit), ENGLISH.tune.points),
    }
}

/// The word of the API for it.
pub(super) fn word(of: &impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Unit, level, with_unit};

    #[test]
    fn figures_are_told_with_sign_and_unit() {
        let small = [-0.04, -0.001, 0.0].map(|value| with_unit(value, Unit::Seconds));
        assert_eq!(small, ["−0.04 s", "0 s", "0 s"]);
        assert_eq!([with_unit(-0.0231, Unit::Share), with_unit(3.16, Unit::Seconds)], ["−2.3 points", "+3.2 s"]);
        assert_eq!(
            [level(0.8312, Unit::Share), level(61.0, Unit::Seconds), level(512.4, Unit::Calls)],
            ["83.1 %", "61.0 s", "512"]
        );
    }
}
