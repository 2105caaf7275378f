//! `[[callers]]`: who calls, how often, and how they are.

use super::arrivals::{self, share, within_whole};
use super::house::House;
use super::law;
use crate::chance::Law;
use crate::scenario::{Arrivals, Callback, Callers, Entrance, Keys, Origin, Redial};
use cabrank_core::{ClassId, LineId, QueueId, Span, Text};
use cabrank_settings::reading::{Places, Section, Value};
use std::ops::RangeInclusive;

const CALLERS_MAX: usize = 1_000;
const REGULARS: RangeInclusive<u32> = 1..=10_000_000;
/// What callers in a menu need to make up their mind, if nothing is said.
const MIND: Law = Law::Constant(Span::secs(2));

/// Reads all of them; at least one.
pub(super) fn read_all(root: &Section<'_>, house: &House) -> Vec<Callers> {
    let sections = root.sections("callers", "callers", CALLERS_MAX);
    if sections.is_empty() {
        root.report.absent(root.at.clone(), "there is no [[callers]]", "add one: nobody calls");
    }
    let mut names = Places::new("callers");
    let numbered = (1..).zip(sections);
    numbered.filter_map(|(n, section)| read(section, n, house, &mut names)).collect()
}

fn read(section: Section<'_>, n: usize, house: &House, names: &mut Places) -> Option<Callers> {
    let named = section.find("name");
    let name = named.as_ref().and_then(Value::name).unwrap_or_else(|| format!("callers {n}").into());
    named.iter().for_each(|value| names.take(value, &name));
    let to = entrance(&section, house);
    let arrivals = section.need("arrivals", "{ poisson = { per_hour = 60 } }");
    let arrivals = arrivals.and_then(|value| arrivals::read(&value, house, to.as_ref()));
    let handle = handle(&section, arrivals.as_ref(), house);
    let callers = Some(()).map(|()| {
        let line = if let Some(Entrance::Line(line, _)) = &to { Some(*line) } else { None };
        let (patience, redial) = (patience(&section, house), redial(&section, house));
        let (origin, keys) = (origin(&section), keys(&section, line, house));
        let (callback, cut_off) = (callback(&section, house), share(&section, "cut_off"));
        Some(Callers { name, to: to?, arrivals: arrivals?, handle: handle?, patience, redial, origin, keys, callback, cut_off })
    });
    section.close();
    callers.flatten()
}

/// `queue`, or `line`; and the class.
fn entrance(section: &Section<'_>, house: &House) -> Option<Entrance> {
    let class = section.find("class");
    match (section.find("queue"), section.find("line")) {
        (Some(value), None) => {
            only_by_line(section);
            straight_in(&value, class.as_ref(), house)
        }
        (None, Some(value)) => {
            let line = house.line(&value);
            let class = class.map_or(Some(Text::default()), |class| class_by_line(&class, line, house));
            Some(Entrance::Line(line?, class?))
        }
        (Some(_), Some(value)) => {
            value.wrong("these come in by a line and straight into a queue", "keep `line` or `queue`");
            None
        }
        (None, None) => {
            section.report.absent(
                section.at.clone(),
                "these callers come in nowhere",
                "add `queue = \"…\"`, or `line = \"…\"` to go through its menu",
            );
            None
        }
    }
}

fn straight_in(value: &Value<'_>, class: Option<&Value<'_>>, house: &House) -> Option<Entrance> {
    let queue = house.queue(value);
    let class = class.map(|class| (class, class.text()));
    let queue = queue?;
    let class = match class {
        None => house.default_class(queue),
        Some((value, name)) => class_in(value, name?, queue, house)?,
    };
    Some(Entrance::Queue(queue, class))
}

fn class_in(value: &Value<'_>, name: &str, queue: QueueId, house: &House) -> Option<ClassId> {
    house.class(queue, name).map_err(|(what, right)| value.wrong(what, right)).ok()
}

/// Callers who are not asked anything press nothing, and instant service is only for who presses a key.
fn only_by_line(section: &Section<'_>) {
    for key in ["press", "known"] {
        if let Some(value) = section.find(key) {
            let what = format!("`{key}` is for callers who go through a menu, and these come straight into a queue");
            value.wrong(what, "name a `line` instead of the `queue`, or leave this out");
        }
    }
}

/// A class that callers of the line's profiles have in any of the queues it leads to.
fn class_by_line(value: &Value<'_>, line: Option<LineId>, house: &House) -> Option<Text> {
    let name = value.text()?;
    let Some(line) = line else { return Some(name.into()) };
    house.class_by_line(line, name).map_err(|(what, right)| value.wrong(what, right)).ok()
}

/// It may be left out where a trace knows all of them.
fn handle(section: &Section<'_>, arrivals: Option<&Arrivals>, house: &House) -> Option<Law> {
    let known = match arrivals {
        Some(Arrivals::Trace(calls)) => calls.iter().map(|call| call.handle).collect::<Option<Vec<Span>>>(),
        Some(Arrivals::Random(_)) | None => None,
    };
    match known {
        Some(seen) => Some(law::find(section, "handle", house, Law::Empirical(seen.into()))),
        None => law::need(section, "handle", house),
    }
}

/// A law, or `"never"`, which also holds where nothing is said.
fn patience(section: &Section<'_>, house: &House) -> Option<Law> {
    let value = section.find("patience")?;
    if value.raw.as_str() == Some("never") { None } else { law::read(&value, house) }
}

fn redial(section: &Section<'_>, house: &House) -> Option<Redial> {
    let section = section.find("redial")?.section("`redial`".to_owned())?;
    let chance = section.need("chance", "0.4").and_then(|value| value.number(0.0..=1.0));
    let after = law::need(&section, "after", house);
    section.close();
    Some(Redial { chance: chance?, after: after? })
}

fn origin(section: &Section<'_>) -> Origin {
    let regulars = section.find("regulars").and_then(|value| value.count(REGULARS));
    Origin { regulars, known: share(section, "known") }
}

fn keys(section: &Section<'_>, line: Option<LineId>, house: &House) -> Keys {
    let section = section.section("press");
    let (one, two, other) = (share(&section, "1"), share(&section, "2"), share(&section, "other"));
    within_whole(&section, &[("1", one), ("2", two), ("other", other)]);
    let menu = line.and_then(|line| house.settings()?.lines.get(usize::from(line.0))).map(|line| &line.menu);
    for (key, pressed, option) in
        [("1", one, menu.map(|menu| menu.one.is_some())), ("2", two, menu.map(|menu| menu.two.is_some()))]
    {
        if pressed > 0.0 && option == Some(false) {
            let at = section.place(key);
            section.report.wrong(at, format!("this line has no option {key}"), "say `other` for keys that are none");
        }
    }
    let after = law::find(&section, "after", house, MIND);
    section.close();
    Keys { one, two, other, after }
}

fn callback(section: &Section<'_>, house: &House) -> Option<Callback> {
    let section = section.find("callback")?.section("`callback`".to_owned())?;
    let (accepted, reached) = (share(&section, "accepted"), share(&section, "reached"));
    let picks_up_after = law::find(&section, "picks_up_after", house, Law::Constant(Span::secs(5)));
    section.close();
    Some(Callback { accepted, reached, picks_up_after })
}
