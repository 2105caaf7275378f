//! What is not as it should be, in a sentence each.

use crate::figures::Estimate;
use crate::report::Report;
use crate::report::definitions::aim;
use crate::report::numbers::{Unit, told};

pub(in crate::report) fn misses(report: &Report) -> Vec<String> {
    let levels = report.definitions.queues.iter().filter_map(|queue| {
        let level = report.estimates.at(&["queues", queue.name.as_str(), "service_level"])?;
        let aimed = f64::from(queue.service_level.share.0) / 1e3;
        let sure = sure(level, |end| end < aimed);
        let missed =
            format!("{} misses its aim of {}: {}{sure}.", queue.name, aim(queue.service_level), told(level, Unit::Share));
        (level.value < aimed).then_some(missed)
    });
    let unexplained = report.estimates.at(&["fairness", "unexplained_skips"]).filter(|skips| skips.value > 0.0);
    let unexplained =
        unexplained.map(|skips| format!("Skips that no rule explains: {}. That is a defect.", told(skips, Unit::Count)));
    levels.chain(unexplained).collect()
}

fn sure(estimate: &Estimate, beyond: impl Fn(f64) -> bool) -> &'static str {
    match estimate.ci95 {
        Some((low, high)) if beyond(low) && beyond(high) => ", clear of chance",
        Some(_) => ", which may be chance",
        None => "",
    }
}
