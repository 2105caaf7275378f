//! Profiles that a look-up found: in memory alone, and of so many numbers.

use cabrank_core::{Number, Profile};
use crossbeam::queue::ArrayQueue;
use dashmap::DashMap;
use std::sync::Arc;

/// Profiles by number; beyond so many whoever was found longest ago makes room.
#[derive(Debug)]
pub(super) struct Found {
    profiles: DashMap<Number, Arc<Profile>>,
    oldest_first: ArrayQueue<Number>,
}

impl Found {
    /// Room for so many; at least one.
    pub(super) fn with_room_for(numbers_max: usize) -> Found {
        Found { profiles: DashMap::new(), oldest_first: ArrayQueue::new(numbers_max.max(1)) }
    }

    pub(super) fn profile(&self, number: &Number) -> Option<Arc<Profile>> {
        self.profiles.get(number).map(|found| Arc::clone(&found))
    }

    pub(super) fn keep(&self, number: &Number, profile: &Arc<Profile>) {
        let is_new = self.profiles.insert(number.clone(), Arc::clone(profile)).is_none();
        if is_new
            && let Some(oldest) = self.oldest_first.force_push(number.clone())
            && oldest != *number
        {
            self.profiles.remove(&oldest);
        }
    }

    /// Drops this very profile; what was found of the number since stays.
    pub(super) fn drop_this(&self, number: &Number, profile: &Arc<Profile>) {
        self.profiles.remove_if(number, |_, found| Arc::ptr_eq(found, profile));
    }

    pub(super) fn drop_any(&self, number: &Number) {
        self.profiles.remove(number);
    }
}
