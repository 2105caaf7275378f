//! What the desk is told to do: its settings, and the changes of thresholds during the day.

use super::day::Day;
use crate::scenario::PlannedChange;
use cabrank_core::{Settings, Thresholds};

/// What the desk is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The settings with which the day begins.
    pub settings: Settings,
    /// Changes of thresholds, in the order of time; moments are those of the journal.
    pub changes: Vec<PlannedChange>,
}

impl Policy {
    /// As it was.
    pub fn as_it_was(day: &Day) -> Policy {
        Policy { settings: day.settings.clone(), changes: day.changes.clone() }
    }

    /// The same with something else in force all day: where thresholds were changed during the day, that holds for what they
    /// were changed to as well.
    ///
    /// # Errors
    /// The first that `amend` refuses.
    pub fn with<E>(&self, amend: impl Fn(&Settings) -> Result<Settings, E>) -> Result<Policy, E> {
        let settings = amend(&self.settings)?;
        let mut in_force = self.settings.clone();
        let mut changes = Vec::new();
        for change in &self.changes {
            for (queue, after) in &change.queues {
                if let Some(queue) = in_force.queues.get_mut(usize::from(queue.0)) {
                    queue.thresholds = after.clone();
                }
            }
            let amended = amend(&in_force)?;
            let after = |queue: &cabrank_core::QueueId| -> Option<Thresholds> {
                amended.queues.get(usize::from(queue.0)).map(|queue| queue.thresholds.clone())
            };
            let queues = change.queues.iter().filter_map(|(queue, _)| after(queue).map(|after| (*queue, after)));
            changes.push(PlannedChange { at: change.at, queues: queues.collect() });
        }
        Ok(Policy { settings, changes })
    }
}
