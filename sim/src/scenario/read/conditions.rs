//! `[[service]]`, `[trouble]` and `[verify]`: how services answer, what goes wrong, what the outcome is held against.

use super::arrivals::{share, within_whole};
use super::house::House;
use super::law;
use crate::chance::Law;
use crate::scenario::{Fulfilment, Limits, Trouble};
use cabrank_core::{Permille, Span};
use cabrank_settings::reading::{Places, Section};
use std::ops::RangeInclusive;

const SERVICES_MAX: usize = 100;
const CRASH_EVERY: RangeInclusive<Span> = Span::secs(1)..=Span::secs(366 * 24 * 3600);
const RATIO: RangeInclusive<f64> = 0.0..=1_000_000.0;

/// How each of the desk's services answers.
pub(super) fn services(root: &Section<'_>, house: &House) -> Vec<Fulfilment> {
    let count = house.settings().map_or(0, |desk| desk.services.len());
    let usual = Fulfilment {
        answers_after: Law::Constant(Span::millis(300)),
        eta: Law::Constant(Span::secs(7 * 60)),
        refused: 0.0,
        failed: 0.0,
        silent: 0.0,
    };
    let mut services = vec![usual.clone(); count];
    let mut names = Places::new("service");
    for section in root.sections("service", "service", SERVICES_MAX) {
        let value = section.need("name", "\"…\"");
        value.iter().for_each(|value| value.text().into_iter().for_each(|name| names.take(value, name)));
        let id = value.and_then(|value| house.service(&value));
        let service = service(&section, house, &usual);
        section.close();
        if let Some(place) = id.and_then(|id| services.get_mut(usize::from(id.0))) {
            *place = service;
        }
    }
    services
}

fn service(section: &Section<'_>, house: &House, usual: &Fulfilment) -> Fulfilment {
    let (refused, failed, silent) = (share(section, "refused"), share(section, "failed"), share(section, "silent"));
    within_whole(section, &[("refused", refused), ("failed", failed), ("silent", silent)]);
    Fulfilment {
        answers_after: law::find(section, "answers_after", house, usual.answers_after.clone()),
        eta: law::find(section, "eta", house, usual.eta.clone()),
        refused,
        failed,
        silent,
    }
}

/// What goes wrong between the world and the desk.
pub(super) fn trouble(root: &Section<'_>, house: &House) -> Option<Trouble> {
    let section = root.find("trouble")?.section("[trouble]".to_owned())?;
    let (lost, late, doubled) = (share(&section, "lost"), share(&section, "late"), share(&section, "doubled"));
    within_whole(&section, &[("lost", lost), ("late", late), ("doubled", doubled)]);
    let late_by = law::find(&section, "late_by", house, Law::Exponential { mean: Span::secs(2) });
    let crash_every = section.find("crash_every").and_then(|value| value.span(CRASH_EVERY));
    section.close();
    Some(Trouble { lost, late, late_by, doubled, crash_every })
}

/// What the outcome is held against.
pub(super) fn limits(root: &Section<'_>) -> Limits {
    let section = root.section("verify");
    let number = |key, within| section.find(key).and_then(|value| value.number(within));
    let limits = Limits {
        max_wait_over_target: number("max_wait_over_target", RATIO),
        abandoned: number("abandoned", 0.0..=1.0).map(|share| Permille((share * 1000.0).round() as u16)),
        quote_error: number("quote_error", 0.0..=1.0),
    };
    section.close();
    limits
}
