//! The thresholds in force, for all who show or change them. What stands here has its cause on the disk.

use cabrank_core::{Change, Settings};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;

/// Changes that are remembered here; the store has all of them.
const RECENT_MAX: usize = 64;

/// What is in force. Cheap to clone.
#[derive(Clone, Debug)]
pub struct InForce {
    now: watch::Sender<Now>,
}

/// What is in force at one moment.
#[derive(Clone, Debug)]
pub struct Now {
    /// How often thresholds were changed: the number of the newest change.
    pub changes: u64,
    /// The settings, as changed.
    pub settings: Arc<Settings>,
    /// The newest changes of this run, oldest first.
    recent: VecDeque<Arc<Change>>,
}

impl InForce {
    /// What is in force when a desk starts.
    pub fn new(settings: Settings, changes: u64) -> InForce {
        InForce { now: watch::Sender::new(Now { changes, settings: Arc::new(settings), recent: VecDeque::new() }) }
    }

    /// What is in force.
    pub fn now(&self) -> Now {
        self.now.borrow().clone()
    }

    /// A change came into force.
    pub fn note(&self, change: &Change) {
        self.now.send_modify(|now| now.note(change));
    }

    /// Whole settings came into force.
    pub fn replace(&self, settings: Settings) {
        self.now.send_modify(|now| now.settings = Arc::new(settings));
    }

    /// Comes back once the change of that number is on the disk and in force.
    pub async fn awaits(&self, number: u64) -> Now {
        let mut changes = self.now.subscribe();
        match changes.wait_for(|now| now.changes >= number).await {
            Ok(now) => now.clone(),
            // The sender lives as long as this does.
            Err(_) => self.now(),
        }
    }
}

impl Now {
    /// A change of this run, unless there were too many since.
    pub fn change(&self, number: u64) -> Option<Arc<Change>> {
        self.recent.iter().find(|change| change.number == number).cloned()
    }

    fn note(&mut self, change: &Change) {
        let mut settings = Settings::clone(&self.settings);
        for (queue, _, after) in &change.queues {
            if let Some(slot) = settings.queues.get_mut(usize::from(queue.0)) {
                slot.thresholds = after.clone();
            }
        }
        self.settings = Arc::new(settings);
        self.changes = change.number;
        self.recent.push_back(Arc::new(change.clone()));
        if self.recent.len() > RECENT_MAX {
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InForce;
    use crate::names::tests::taxi;
    use cabrank_core::{Change, QueueId, Thresholds, Tick};

    fn change(number: u64) -> Change {
        let before = Thresholds::default();
        let after = Thresholds { reserve: number as u32, ..before.clone() };
        let queues = vec![(QueueId(0), before, after)];
        Change { number, at: Tick(number), queues, by: "admin".into(), reason: "trial".into() }
    }

    #[tokio::test]
    async fn whoever_awaits_a_change_sees_it_in_force() {
        let in_force = InForce::new(taxi().settings().clone(), 4);
        let awaiting = tokio::spawn({
            let in_force = in_force.clone();
            async move { in_force.awaits(5).await }
        });
        in_force.note(&change(5));
        let now = awaiting.await.expect("no panic");
        assert_eq!((now.changes, now.settings.queues[0].thresholds.reserve), (5, 5));
        assert_eq!(now.change(5).map(|change| change.number), Some(5));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let in_force = InForce::new(taxi().settings().clone(), 0);
        (1..=1_000).for_each(|number| in_force.note(&change(number)));
        let now = in_force.now();
        assert!(now.change(1).is_none() && now.change(1_000).is_some() && now.recent.len() == super::RECENT_MAX);
    }
}
