//! Laws of chance: `{ exponential = { mean = "2m" } }` and its like.

use super::house::House;
use super::rows::{Fault, Rows, seconds};
use crate::chance::Law;
use cabrank_core::Span;
use cabrank_settings::reading::{Section, Value, shown};
use std::ops::RangeInclusive;

/// What a length of time drawn by lot may be on average, and its standard deviation.
pub(super) const LENGTH: RangeInclusive<Span> = Span(0)..=Span::secs(7 * 24 * 3600);
const PHASES: RangeInclusive<u32> = 1..=1_000;
const KINDS: [&str; 6] = ["exponential", "lognormal", "gamma", "erlang", "constant", "empirical"];
const SUCH_AS: &str = "such as `{ exponential = { mean = \"2m\" } }` or `{ constant = \"30s\" }`";
const LENGTHS_MAX: usize = 10_000_000;

/// Reads a law.
pub(super) fn read(value: &Value<'_>, house: &House) -> Option<Law> {
    if let Some(text) = value.raw.as_str() {
        value.wrong(format!("`{}` = \"{}\" names no law", shown(&value.key), shown(text)), SUCH_AS);
        return None;
    }
    let section = value.section(format!("`{}`", value.key))?;
    let law = one_of(&section, &KINDS, SUCH_AS).and_then(|(kind, chosen)| law(kind, &chosen, house));
    section.close();
    law
}

fn law(kind: &str, value: &Value<'_>, house: &House) -> Option<Law> {
    match kind {
        "exponential" => inner(value, |law| Some(Law::Exponential { mean: length(law, "mean")? })),
        "lognormal" => inner(value, |law| moments(law).map(|(mean, sd)| Law::LogNormal { mean, sd })),
        "gamma" => inner(value, |law| moments(law).map(|(mean, sd)| Law::Gamma { mean, sd })),
        "erlang" => inner(value, erlang),
        "constant" => value.span(LENGTH).map(Law::Constant),
        _ => empirical(value, house),
    }
}

/// The law of that key, if there is one; what stands there otherwise.
pub(super) fn find(section: &Section<'_>, key: &'static str, house: &House, otherwise: Law) -> Law {
    section.find(key).and_then(|value| read(&value, house)).unwrap_or(otherwise)
}

/// The law of that key; that there is none is a fault.
pub(super) fn need(section: &Section<'_>, key: &'static str, house: &House) -> Option<Law> {
    section.need(key, "{ exponential = { mean = \"2m\" } }").and_then(|value| read(&value, house))
}

/// The only one of these keys that stands there, and its value; none or several are a fault.
pub(super) fn one_of<'r>(section: &Section<'r>, kinds: &[&'static str], such_as: &str) -> Option<(&'static str, Value<'r>)> {
    let mut found: Vec<_> = kinds.iter().filter_map(|kind| section.find(kind).map(|value| (*kind, value))).collect();
    found.sort_by_key(|(_, value)| value.at.start);
    match &*found {
        [] if section.entries().is_empty() => section.wrong("this is empty", such_as),
        [] => {} // what stands there instead is an unknown key
        [_] => {}
        [(kind, _), (other, value), ..] => value.wrong(format!("this is `{kind}` and `{other}` at once"), "keep one of the two"),
    }
    found.into_iter().next()
}

fn inner(value: &Value<'_>, read: impl FnOnce(&Section<'_>) -> Option<Law>) -> Option<Law> {
    let section = value.section(format!("`{}`", value.key))?;
    let found = read(&section);
    section.close();
    found
}

fn length(section: &Section<'_>, key: &'static str) -> Option<Span> {
    section.need(key, "\"2m\"").and_then(|value| value.span(LENGTH))
}

fn erlang(section: &Section<'_>) -> Option<Law> {
    let (mean, phases) = (length(section, "mean"), section.need("phases", "2").and_then(|value| value.count(PHASES)));
    Some(Law::erlang(mean?, phases?))
}

fn moments(section: &Section<'_>) -> Option<(Span, Span)> {
    let (mean, sd) = (length(section, "mean"), length(section, "sd"));
    let (mean, sd) = (mean?, sd?);
    if mean == Span(0) && sd > Span(0) {
        section.wrong("a mean of nothing has no standard deviation", "give `mean` a length, or `sd = \"0s\"`");
        return None;
    }
    Some((mean, sd))
}

/// One length in seconds a row; the header `seconds` may be left out.
fn empirical(value: &Value<'_>, house: &House) -> Option<Law> {
    let rows = Rows::read(value, house, LENGTHS_MAX)?;
    let mut seen = Vec::with_capacity(rows.len());
    let sound = rows.each(value, |n, row| match row {
        ["seconds"] if n == 0 => Ok(()),
        [field] => seconds(field, *LENGTH.end()).map(|length| seen.push(length)),
        [..] => Err(Fault::new(format!("{} columns", row.len()), "one length of time in seconds a row")),
    });
    if sound && seen.is_empty() {
        value.wrong(format!("`{}` holds no length of time", rows.name()), "one length of time in seconds a row");
        return None;
    }
    sound.then(|| Law::Empirical(seen.into()))
}
