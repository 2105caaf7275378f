//! `arrivals`: when callers come.

use super::house::House;
use super::law::one_of;
use super::trace;
use crate::scenario::{Arrivals, Entrance, Rate};
use cabrank_core::Span;
use cabrank_settings::reading::{Section, Value};
use std::ops::RangeInclusive;

const PER_HOUR: RangeInclusive<f64> = 0.0..=10_000_000.0;
const EVERY: RangeInclusive<Span> = Span::secs(1)..=Span::secs(7 * 24 * 3600);
const RATES_MAX: usize = 10_000;
const SUCH_AS: &str = "such as `{ poisson = { per_hour = 1200 } }`, `{ profile = { per_hour = [60, 90], every = \"30m\" } }` or `{ trace = \"calls.csv\" }`";

/// Reads when they come; `to` is where the callers of a trace do whose row names no queue.
pub(super) fn read(value: &Value<'_>, house: &House, to: Option<&Entrance>) -> Option<Arrivals> {
    let section = value.section("`arrivals`".to_owned())?;
    let chosen = one_of(&section, &["poisson", "profile", "trace"], SUCH_AS);
    let arrivals = chosen.and_then(|(kind, chosen)| match kind {
        "poisson" => poisson(&chosen),
        "profile" => profile(&chosen),
        _ => trace::read(&chosen, house, to).map(Arrivals::Trace),
    });
    section.close();
    arrivals
}

fn poisson(value: &Value<'_>) -> Option<Arrivals> {
    let section = value.section("`poisson`".to_owned())?;
    let per_hour = section.need("per_hour", "1200").and_then(|value| value.number(PER_HOUR));
    section.close();
    per_hour.map(|per_hour| Arrivals::Random(vec![Rate { per_hour, lasts: *EVERY.end() }]))
}

/// The rates hold one after the other; nobody comes then.
fn profile(value: &Value<'_>) -> Option<Arrivals> {
    let section = value.section("`profile`".to_owned())?;
    let lasts = section.need("every", "\"30m\"").and_then(|value| value.span(EVERY));
    let rates = section.need("per_hour", "[60, 90]").and_then(|value| rates(&value));
    section.close();
    let (lasts, rates) = (lasts?, rates?);
    let nobody = Rate { per_hour: 0.0, lasts };
    Some(Arrivals::Random(rates.into_iter().map(|per_hour| Rate { per_hour, lasts }).chain([nobody]).collect()))
}

fn rates(value: &Value<'_>) -> Option<Vec<f64>> {
    let items = value.list(RATES_MAX)?;
    if items.is_empty() {
        value.wrong("this profile has no rate", "one for each stretch of time, such as [60, 90]");
        return None;
    }
    let rates: Vec<Option<f64>> = items.iter().map(|item| item.number(PER_HOUR)).collect();
    rates.into_iter().collect()
}

/// A share of 1, which may be nothing and all.
pub(super) fn share(section: &Section<'_>, key: &'static str) -> f64 {
    section.find(key).and_then(|value| value.number(0.0..=1.0)).unwrap_or(0.0)
}

/// Shares of the same whole: more than all of it is a fault of the section.
pub(super) fn within_whole(section: &Section<'_>, shares: &[(&str, f64)]) {
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if sum > 1.0 + 1e-9 {
        let names: Vec<String> = shares.iter().map(|(name, _)| format!("`{name}`")).collect();
        section.wrong(
            format!("{} come to {} together", names.join(", "), (sum * 1e6).round() / 1e6),
            "1 at the most: they are shares of the same",
        );
    }
}
