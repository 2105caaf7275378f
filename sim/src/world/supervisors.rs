//! Supervisors turn thresholds while callers wait: to new values, back to earlier ones, or on outdated knowledge.

use super::World;
use super::agenda::Plan;
use crate::Draw;
use crate::thresholds::changed_thresholds;
use cabrank_core::{Input, QueueId, Settings, Thresholds};

/// What supervisors know.
#[derive(Debug)]
pub(super) struct Supervisors {
    draw: Draw,
    changes: u64,
    /// The thresholds of all queues as they were, the newest last.
    past: Vec<Vec<Thresholds>>,
}

impl Supervisors {
    pub(super) fn new(seed: u64, settings: &Settings) -> Supervisors {
        Supervisors { draw: Draw::new(seed, 7), changes: 0, past: vec![thresholds(settings)] }
    }

    pub(super) fn saw_a_change(&mut self, settings: &Settings) {
        self.changes += 1;
        self.past.push(thresholds(settings));
    }

    /// What was before is of another desk.
    pub(super) fn saw_new_settings(&mut self, settings: &Settings) {
        self.past = vec![thresholds(settings)];
    }

    fn base(&mut self) -> u64 {
        if self.draw.chance(85) { self.changes } else { self.draw.between(0, self.changes + 1) }
    }
}

impl World {
    /// A supervisor changes thresholds, and the plan for the next change.
    pub(super) fn tune(&mut self) -> Input {
        if let Some(every_ms) = self.habits.tune_every_ms {
            let gap = self.supervisors.draw.about(every_ms);
            self.plan_until_closing(gap, Plan::Tune);
        }
        let draw = &mut self.supervisors.draw;
        let queues = if draw.chance(25) {
            let earlier = draw.one_of(&self.supervisors.past).cloned().unwrap_or_default();
            earlier.into_iter().enumerate().map(|(index, thresholds)| (QueueId(index as u16), thresholds)).collect()
        } else {
            changed_thresholds(draw, &self.settings)
        };
        let base = self.supervisors.base();
        Input::ThresholdsChanged { base, queues, by: "supervisor".into(), reason: "it is busy".into() }
    }
}

fn thresholds(settings: &Settings) -> Vec<Thresholds> {
    settings.queues.iter().map(|queue| queue.thresholds.clone()).collect()
}
