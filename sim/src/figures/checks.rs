//! Whether the books balance.

use super::sheet::Sheet;
use super::{named, share};
use crate::scenario::Scenario;
use crate::simulate::{QueueTally, Tally};

pub(super) fn write(sheet: &mut Sheet<'_>, tally: &Tally, scenario: &Scenario) {
    let counted_us = scenario.duration.0.saturating_sub(scenario.warm_up.0) as f64;
    let residual = |queue: &QueueTally| (queue.in_line_us as f64 - queue.waited_us as f64) / counted_us;
    sheet.put("littles_law_residual", tally.queues.iter().map(residual).sum::<f64>());
    let present = tally.agents.iter().map(|agent| agent.present_us).sum();
    sheet.put("conservation_residual", share(tally.idle_in_vain_us, present));
    // What one queue has too much of must not hide what another lacks.
    let mut by_queue = sheet.under("littles_law_by_queue");
    for (n, (queue, settings)) in tally.queues.iter().zip(&scenario.settings.queues).enumerate() {
        by_queue.put(named(&settings.name, n), residual(queue));
    }
}
