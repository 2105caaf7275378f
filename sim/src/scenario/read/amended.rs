//! What `--set` makes of a desk that comes from elsewhere than a scenario's file.

use super::desk;
use crate::scenario::{Faults, Set};
use cabrank_core::Settings;
use cabrank_settings::contradictions;
use cabrank_settings::reading::Report;
use std::ops::Range;

/// The settings with what these assignments say of the queues.
///
/// # Errors
/// All that is wrong with the assignments: one that is about no queue, too, since nothing else of such a desk can be set; and what
/// the desk would contradict itself in.
pub fn amended(settings: &Settings, sets: &[Set]) -> Result<Settings, Faults> {
    let text = sets.iter().map(Set::to_string).collect::<Vec<_>>().join("\n");
    let report = Report::new(&text);
    let placed = placed(sets);
    for (set, at) in placed.iter().filter(|(set, _)| set.of_queue().is_none()) {
        let what = format!("`{set}` is no threshold of a queue: callers and agents are as they were");
        report.wrong(at.clone(), what, "such as `queue.booking.target=30s`");
    }
    let of_queues: Vec<_> = placed.into_iter().filter(|(set, _)| set.of_queue().is_some()).collect();
    let amended = desk::amended(&report, settings, &of_queues);
    if report.count() == 0 {
        // What was contradictory before is none of theirs.
        let before: Vec<String> = contradictions(settings).into_iter().map(|fault| fault.what).collect();
        let new = contradictions(&amended).into_iter().filter(|fault| !before.contains(&fault.what));
        new.for_each(|fault| report.wrong(0..text.len(), fault.what, fault.right));
    }
    report.close("--set", &text).map(|_| amended).map_err(Faults::of)
}

fn placed(sets: &[Set]) -> Vec<(&Set, Range<usize>)> {
    let mut start = 0;
    let placed = sets.iter().map(|set| {
        let at = start..start + set.to_string().len();
        start = at.end + 1;
        (set, at)
    });
    placed.collect()
}
