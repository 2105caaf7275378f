//! `service_level` and `denominator`: the share of calls answered in time, and of what it is a share.

use super::class::TARGET;
use super::section::Section;
use super::value::{Value, shown};
use cabrank_core::{Denominator, Permille, ServiceLevel, Span};

/// The words for what a service level is a share of.
pub const DENOMINATORS: [(&str, Denominator); 4] = [
    ("offered-less-short", Denominator::OfferedButShort),
    ("offered", Denominator::Offered),
    ("answered", Denominator::Answered),
    ("answered-and-abandoned-late", Denominator::AnsweredAndAbandonedLate),
];

pub(super) fn read(section: &Section<'_>, usual: ServiceLevel) -> ServiceLevel {
    let of = section.find("denominator").and_then(|value| value.word(&DENOMINATORS)).unwrap_or(usual.of);
    let level = section.find("service_level").and_then(|value| service_level(&value));
    let (share, within) = level.unwrap_or((usual.share, usual.within));
    ServiceLevel { share, within, of }
}

/// `80% in 20s`.
fn service_level(value: &Value<'_>) -> Option<(Permille, Span)> {
    let text = value.text()?;
    let parts = text.split_once("% in ").and_then(|(percent, within)| Some((permille(percent.trim())?, within)));
    match parts {
        Some((share, within)) => Some((share, value.span_of(within.trim(), TARGET)?)),
        None => {
            value.wrong(format!("`{}` is no service level", shown(text)), "such as \"80% in 20s\"");
            None
        }
    }
}

/// Percent, with one decimal at the most.
fn permille(percent: &str) -> Option<Permille> {
    let (whole, tenths) = percent.split_once('.').unwrap_or((percent, "0"));
    let tenths = tenths.parse::<u16>().ok().filter(|_| tenths.len() == 1)?;
    let share = whole.parse::<u16>().ok()?.checked_mul(10)?.checked_add(tenths)?;
    (1..=1000).contains(&share).then_some(Permille(share))
}
