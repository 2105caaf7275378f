//! The real day, counted as a simulated one is.

use super::day::{Day, Left, Stand};
use crate::figures::Figures;
use crate::scenario::Scenario;
use crate::simulate::{ClassTally, FairnessTally, QueueTally, Tally, Waits};
use cabrank_core::{Queue, Thresholds};

/// The figures of the real day's queues. Whoever was cut off in line counts as abandoned, since a simulated caller leaves in no
/// other way.
pub(super) fn figures(day: &Day, scenario: &Scenario) -> Figures {
    let mut tally = nothing(day);
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

fn nothing(day: &Day) -> Tally {
    Tally {
        seed: 0,
        calls: day.happened.calls,
        inputs: 0,
        queues: day.settings.queues.iter().map(no_callers).collect(),
        agents: vec![Default::default(); day.agents.len()],
        fairness: FairnessTally::default(),
        idle_in_vain_us: 0,
        cost: 0.0,
        beside_queues: Default::default(),
        facts_lost: 0,
        recoveries: 0,
        recoveries_differ: 0,
        decisions_digest: 0,
        desk_digest: 0,
    }
}

fn no_callers(queue: &Queue) -> QueueTally {
    let class = |_: &cabrank_core::Class| ClassTally {
        offered: 0,
        answered: 0,
        within: 0,
        abandoned: 0,
        short_abandoned: 0,
        late_abandoned: 0,
        turned_away: 0,
        called_back: 0,
        cut_off: 0,
        waits: Waits::new(),
        answered_waits: Waits::new(),
        max_over_target: 0.0,
        quotes: Vec::new(),
    };
    QueueTally {
        classes: queue.thresholds.classes.iter().map(class).collect(),
        in_line_us: 0,
        waited_us: 0,
        in_line_max: 0,
        bins: Vec::new(),
    }
}
