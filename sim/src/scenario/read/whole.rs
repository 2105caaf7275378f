//! What a whole scenario contradicts itself in: callers whom nobody serves, agents who are never there.

use super::agents::Staff;
use super::house::House;
use crate::scenario::{Callers, Entrance};
use cabrank_core::{Agent, QueueId, Settings};
use cabrank_settings::contradictions;
use cabrank_settings::reading::Section;

/// Looks at the whole; only where no part of it has a fault, which may be the reason.
pub(super) fn check(root: &Section<'_>, house: &House, callers: &[Callers], staff: &Staff) {
    let Some(desk) = house.settings().filter(|_| root.report.count() == 0) else { return };
    let settings = Settings { agents: staff.agents.clone(), ..desk.clone() };
    for fault in contradictions(&settings) {
        root.report.wrong(staff.at.clone(), fault.what, fault.right);
    }
    if root.report.count() > 0 {
        return;
    }
    for callers in callers {
        if let Some(queue) = straight_into(callers).filter(|queue| !is_served(&settings, *queue)) {
            let name = house.about(queue).map(|queue| queue.name.clone()).unwrap_or_default();
            let what = format!("nobody serves queue `{name}`, into which `{}` come", callers.name);
            root.report.wrong(staff.at.clone(), what, format!("give agents the skill: `skills = {{ {name} = 1 }}`"));
        }
    }
    if staff.rosters.iter().all(|roster| roster.present.is_empty()) {
        let what = "none of the agents is ever there while the scenario lasts";
        root.report.wrong(staff.at.clone(), what, "see `begins`, `duration` and the hours in which they are `present`");
    }
}

fn straight_into(callers: &Callers) -> Option<QueueId> {
    match &callers.to {
        Entrance::Queue(queue, _) => Some(*queue),
        Entrance::Line(..) => None,
    }
}

/// Whether an agent may ever take the queue's callers: by a level that opens, or by the queue's overflow.
fn is_served(settings: &Settings, queue: QueueId) -> bool {
    let Some(thresholds) = settings.queues.get(usize::from(queue.0)).map(|queue| &queue.thresholds) else { return true };
    let serves = |agent: &Agent| agent.level(queue).is_some_and(|level| thresholds.opens_after(level).is_some());
    let helps = |agent: &Agent| thresholds.overflow.is_some_and(|overflow| agent.level(overflow.queue).is_some());
    settings.agents.iter().any(|agent| serves(agent) || helps(agent))
}
