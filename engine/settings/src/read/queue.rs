//! `[[queue]]`: its limits, what it is measured by, and what is not in force yet.

use super::duration;
use super::names::Names;
use super::section::Section;
use super::value::{Value, is_name, shown};
use crate::{Denominator, ServiceLevel, Targets};
use cabrank_core::{Queue, Span, Text};
use std::ops::RangeInclusive;
use std::time::Duration;

const TARGET: RangeInclusive<Span> = Span::secs(1)..=Span::secs(24 * 3600);
const SHORT: RangeInclusive<Span> = Span(0)..=Span::secs(60);
const WAITING: RangeInclusive<u32> = 1..=100_000;
const WAIT: RangeInclusive<Span> = Span::secs(1)..=Span::secs(24 * 3600);
const RING: RangeInclusive<Span> = Span::millis(500)..=Span::secs(300);
const WRAP_UP: RangeInclusive<Span> = Span(0)..=Span::secs(3600);
const COMFORT: RangeInclusive<Span> = Span::secs(1)..=Span::secs(3600);
const LEVELS: RangeInclusive<u32> = 1..=99;
const CLASSES_MAX: usize = 32;
const STEPS_MAX: usize = 16;

pub(super) fn read_all(sections: Vec<Section<'_>>, names: &Names) -> (Vec<Queue>, Vec<Targets>) {
    sections.into_iter().enumerate().map(|(place, section)| read(section, names.at(place))).unzip()
}

fn read(section: Section<'_>, name: Text) -> (Queue, Targets) {
    let queue = Queue {
        name,
        max_waiting: section.count("max_waiting", WAITING, 500),
        max_wait: section.span("max_wait", WAIT, Span::secs(30 * 60)),
        ring_for: section.span("ring_for", RING, Span::secs(15)),
        wrap_up: section.span("wrap_up", WRAP_UP, Span::secs(15)),
        comfort_every: comfort_every(&section),
    };
    let targets = targets(&section);
    read_order(&section);
    read_later(&section);
    section.close();
    (queue, targets)
}

/// How often the wait is spoken of. What is said about it is not an estimate yet.
fn comfort_every(section: &Section<'_>) -> Span {
    let default = Span::secs(45);
    let Some(value) = section.find("quote") else { return default };
    let Some(quote) = value.section("quote".to_owned()) else { return default };
    if quote.find("confidence").and_then(|value| value.share()).is_some() {
        value.notice("`quote.confidence` has no effect yet: waiting callers are told that they keep their place, not how long");
    }
    let every = quote.span("every", COMFORT, default);
    quote.close();
    every
}

fn targets(section: &Section<'_>) -> Targets {
    let target = section.duration("target", TARGET, Span::secs(20));
    let classes = classes(section);
    let default_class = section.find("default_class").and_then(|value| default_class(&value, &classes));
    let denominator = section.find("denominator").and_then(|value| value.word(&DENOMINATORS)).unwrap_or_default();
    let level = section.find("service_level").and_then(|value| service_level(&value));
    let (percent, within) = level.unwrap_or((80, target));
    Targets {
        target,
        classes,
        default_class,
        service_level: ServiceLevel { percent, within, denominator },
        short_abandon: section.duration("short_abandon", SHORT, Span::secs(5)),
    }
}

const DENOMINATORS: [(&str, Denominator); 3] = [
    ("offered-less-short", Denominator::OfferedLessShort),
    ("offered", Denominator::Offered),
    ("answered", Denominator::Answered),
];

fn classes(section: &Section<'_>) -> Vec<(Text, Duration)> {
    let mut classes = Vec::new();
    for value in section.section("class").entries() {
        if !is_name(&value.key) {
            value.wrong(format!("`{}` cannot be a class", shown(&value.key)), "letters, digits, `-`, `_` and `.`");
        } else if let Some(target) = value.span(TARGET) {
            classes.push((Text::from(value.key), duration(target)));
        }
    }
    if classes.len() > CLASSES_MAX {
        section.wrong(format!("this queue has {} classes", classes.len()), format!("at most {CLASSES_MAX} have a place here"));
    }
    classes.sort();
    classes
}

fn default_class(value: &Value<'_>, classes: &[(Text, Duration)]) -> Option<Text> {
    let name = value.name()?;
    let known = classes.iter().map(|(class, _)| &**class);
    if known.clone().any(|class| class == &*name) {
        return Some(name);
    }
    let right = match classes {
        [] => format!("add `class.{name} = \"…\"`, its target"),
        [..] => super::names::nearest(&name, known),
    };
    value.wrong(format!("this queue has no class `{name}`"), right);
    None
}

/// `80% in 20s`.
fn service_level(value: &Value<'_>) -> Option<(u8, Duration)> {
    let text = value.text()?;
    let parts = text.split_once("% in ").and_then(|(percent, within)| Some((percent.trim().parse::<u8>().ok()?, within)));
    match parts {
        Some((percent @ 1..=100, within)) => Some((percent, duration(value.span_of(within.trim(), TARGET)?))),
        Some(_) | None => {
            value.wrong(format!("`{}` is no service level", shown(text)), "such as \"80% in 20s\"");
            None
        }
    }
}

/// First come, first served is what is in force.
fn read_order(section: &Section<'_>) {
    let Some(value) = section.find("order") else { return };
    let words = [("proportional", false), ("fifo", true), ("strict-priority", false), ("head-start", false)];
    if let Some(false) = value.word(&words) {
        let order = value.raw.as_str().unwrap_or_default();
        value.notice(format!("`order = \"{order}\"` is not in force yet: callers are served first come, first served"));
    }
}

/// What is understood, checked, and not done yet.
fn read_later(section: &Section<'_>) {
    if let Some(value) = section.find("widen") {
        value.list(STEPS_MAX).unwrap_or_default().iter().for_each(widen_step);
        value.notice("`widen` is not in force yet: whoever has the skill may be rung from the start");
    }
    for (key, instead) in
        [("preferred_agent_for", "the best and longest idle agent is rung"), ("offer_callback_over", "no callback is offered")]
    {
        if let Some(value) = section.find(key)
            && value.span(Span(0)..=Span::secs(24 * 3600)).is_some()
        {
            value.notice(format!("`{key}` is not in force yet: {instead}"));
        }
    }
}

fn widen_step(value: &Value<'_>) {
    let Some(step) = value.section("widen".to_owned()) else { return };
    step.need("after", "\"30s\"").and_then(|value| value.span(WAIT));
    step.need("level", "2").and_then(|value| value.count(LEVELS));
    step.close();
}
