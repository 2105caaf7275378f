//! Waits and service levels, by queue and class.

use super::sheet::Sheet;
use super::{named, secs, share};
use crate::scenario::Scenario;
use crate::simulate::{ClassTally, QueueTally, Tally, Waits};
use cabrank_core::{Denominator, Thresholds};

/// The quantiles of waits that are told.
const QUANTILES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)];

pub(super) fn write(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let counted_us = scenario.duration.0.saturating_sub(scenario.warm_up.0) as f64;
    for (n, (queue, settings)) in tally.queues.iter().zip(&scenario.settings.queues).enumerate() {
        let mut sheet = sheet.under(named(&settings.name, n));
        write_callers(&mut sheet, &Together::of(queue), &settings.thresholds);
        let mut length = sheet.under("queue_length");
        length.put("mean", queue.in_line_us as f64 / counted_us);
        length.put("max", f64::from(queue.in_line_max));
        let mut classes = sheet.under("classes");
        for (n, (class, named_as)) in queue.classes.iter().zip(&settings.thresholds.classes).enumerate() {
            write_callers(&mut classes.under(named(&named_as.name, n)), &Together::of_class(class), &settings.thresholds);
        }
    }
}

fn write_callers(sheet: &mut Sheet<'_>, callers: &Together, thresholds: &Thresholds) {
    let Together { counts, waits, answered_waits } = callers;
    sheet.count("offered", counts.offered);
    sheet.count("answered", counts.answered);
    sheet.count("abandoned", counts.abandoned);
    sheet.count("short_abandoned", counts.short_abandoned);
    sheet.count("turned_away", counts.turned_away);
    sheet.count("called_back", counts.called_back);
    sheet.count("cut_off", counts.cut_off);
    write_waits(&mut sheet.under("wait_s"), waits);
    write_waits(&mut sheet.under("answered_wait_s"), answered_waits);
    sheet.put("service_level", service_level(counts, thresholds.service_level.of));
    sheet.put("asa_s", mean_s(answered_waits));
    sheet.put("abandonment", share(counts.abandoned.saturating_sub(counts.short_abandoned), counts.offered));
    sheet.put("max_wait_over_target", (counts.offered > 0).then_some(counts.max_over_target));
}

fn write_waits(sheet: &mut Sheet<'_>, waits: &Waits) {
    let Some(mean) = mean_s(waits) else { return };
    let longest = secs(waits.max.0 as f64);
    sheet.put("mean", mean);
    for (name, p) in QUANTILES {
        let millis = waits.histogram.median_equivalent(waits.histogram.value_at_quantile(p));
        sheet.put(name, (millis as f64 / 1e3).min(longest));
    }
    sheet.put("max", longest);
}

pub(super) fn mean_s(waits: &Waits) -> Option<f64> {
    let n = waits.histogram.len();
    (n > 0).then(|| secs(waits.sum_us as f64 / n as f64))
}

/// How many callers came and what became of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) offered: u64,
    pub(crate) answered: u64,
    pub(crate) within: u64,
    pub(crate) abandoned: u64,
    pub(crate) short_abandoned: u64,
    pub(crate) late_abandoned: u64,
    pub(crate) turned_away: u64,
    pub(crate) called_back: u64,
    pub(crate) cut_off: u64,
    pub(crate) max_over_target: f64,
}

/// The share of calls answered within the service level's time; none of nothing.
pub(crate) fn service_level(counts: &Counts, of: Denominator) -> Option<f64> {
    let whole = match of {
        Denominator::OfferedButShort => counts.offered.saturating_sub(counts.short_abandoned),
        Denominator::Offered => counts.offered,
        Denominator::Answered => counts.answered,
        Denominator::AnsweredAndAbandonedLate => counts.answered + counts.late_abandoned,
    };
    share(counts.within, whole)
}

/// The callers of one class, or of all classes of a queue together.
struct Together {
    counts: Counts,
    waits: Waits,
    answered_waits: Waits,
}

impl Together {
    fn of_class(class: &ClassTally) -> Together {
        Together { counts: counts(class), waits: class.waits.clone(), answered_waits: class.answered_waits.clone() }
    }

    fn of(queue: &QueueTally) -> Together {
        let waits = |of: fn(&ClassTally) -> &Waits| queue.classes.iter().map(of).fold(no_waits(), added);
        Together {
            counts: queue.classes.iter().map(counts).fold(Counts::default(), Counts::plus),
            waits: waits(|class| &class.waits),
            answered_waits: waits(|class| &class.answered_waits),
        }
    }
}

fn counts(class: &ClassTally) -> Counts {
    Counts {
        offered: class.offered,
        answered: class.answered,
        within: class.within,
        abandoned: class.abandoned,
        short_abandoned: class.short_abandoned,
        late_abandoned: class.late_abandoned,
        turned_away: class.turned_away,
        called_back: class.called_back,
        cut_off: class.cut_off,
        max_over_target: class.max_over_target,
    }
}

impl Counts {
    pub(crate) fn plus(self, other: Counts) -> Counts {
        Counts {
            offered: self.offered + other.offered,
            answered: self.answered + other.answered,
            within: self.within + other.within,
            abandoned: self.abandoned + other.abandoned,
            short_abandoned: self.short_abandoned + other.short_abandoned,
            late_abandoned: self.late_abandoned + other.late_abandoned,
            turned_away: self.turned_away + other.turned_away,
            called_back: self.called_back + other.called_back,
            cut_off: self.cut_off + other.cut_off,
            max_over_target: self.max_over_target.max(other.max_over_target),
        }
    }
}

fn no_waits() -> Waits {
    // Grows as needed, so whatever a class recorded can be added.
    let histogram = hdrhistogram::Histogram::new(3).expect("three digits are allowed");
    Waits { sum_us: 0, max: cabrank_core::Span(0), histogram }
}

fn added(mut sum: Waits, waits: &Waits) -> Waits {
    sum.sum_us += waits.sum_us;
    sum.max = sum.max.max(waits.max);
    sum.histogram.add(&waits.histogram).expect("a histogram that grows takes any other");
    sum
}
