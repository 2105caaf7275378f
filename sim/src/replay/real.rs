//! The real day, counted as a simulated one is.

use super::day::{Day, Left, Stand};
use crate::figures::Figures;
use crate::scenario::Scenario;
use crate::simulate::{ClassTally, Tally};
use cabrank_core::Thresholds;

/// The figures of the real day's queues. Whoever was cut off in line counts as abandoned, since a simulated caller leaves in no
/// other way.
pub(super) fn figures(day: &Day, scenario: &Scenario) -> Figures {
    let mut tally = Tally { calls: day.happened.calls, ..Tally::new(&day.settings, 0, 0) };
    for stand in &day.stands {
        let Some(queue) = day.settings.queues.get(usize::from(stand.queue.0)) else { continue };
        let classes = tally.queues.get_mut(usize::from(stand.queue.0)).map(|queue| &mut queue.classes);
        if let Some(class) = classes.and_then(|classes| classes.get_mut(usize::from(stand.class.0))) {
            enter(class, stand, &queue.thresholds);
        }
    }
    let Figures(all) = Figures::of(&tally, scenario);
    Figures(all.into_iter().filter(|(path, _)| path.after(&["queues"]).is_some()).collect())
}

fn enter(class: &mut ClassTally, stand: &Stand, thresholds: &Thresholds) {
    let within = stand.waited <= thresholds.service_level.within;
    class.offered += 1;
    class.waits.add(stand.waited);
    match stand.left {
        Left::Answered => {
            class.answered += 1;
            class.within += u64::from(within);
            class.answered_waits.add(stand.waited);
        }
        Left::HungUp | Left::CutOff => {
            class.abandoned += 1;
            class.short_abandoned += u64::from(stand.waited < thresholds.short_abandon);
            class.late_abandoned += u64::from(!within);
        }
        Left::TurnedAway => class.turned_away += 1,
        Left::CalledBack => {
            class.called_back += 1;
            class.answered += u64::from(stand.talk.is_some());
        }
    }
}
