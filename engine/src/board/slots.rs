//! The last hour of a line, in slots of ten seconds.

use super::counts::Counts;
use std::collections::VecDeque;

/// How long a slot is, in microseconds.
pub(super) const SLOT_US: i64 = 10_000_000;
/// Slots in an hour.
pub(super) const SLOTS: usize = 360;

/// A line in ten seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    /// Of those who joined in it, so far as they are decided.
    pub(super) joined: Counts,
    /// Decided ones who left the line in it: were connected, or gone.
    pub(super) left: u64,
    /// Of these: were connected.
    pub(super) connected: u64,
}

/// The slots of the last hour; the newest is the present one.
#[derive(Clone, Debug)]
pub(super) struct Hour {
    /// The number of the newest, counted from 1970.
    newest: i64,
    slots: VecDeque<Slot>,
    /// All of `joined` together.
    counts: Counts,
}

impl Hour {
    pub(super) fn until(now_us: i64) -> Hour {
        Hour {
            newest: now_us.div_euclid(SLOT_US),
            slots: VecDeque::from(vec![Slot::default(); SLOTS]),
            counts: Counts::default(),
        }
    }

    /// What is older than an hour is let go.
    pub(super) fn advance(&mut self, now_us: i64) {
        let newest = now_us.div_euclid(SLOT_US);
        let steps = usize::try_from(newest.saturating_sub(self.newest)).unwrap_or(0).min(SLOTS);
        for _ in 0..steps {
            if let Some(old) = self.slots.pop_front() {
                self.counts = self.counts.less(old.joined);
            }
            self.slots.push_back(Slot::default());
        }
        self.newest = self.newest.max(newest);
    }

    /// All who joined in it.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Oldest first.
    pub(super) fn slots(&self) -> impl DoubleEndedIterator<Item = &Slot> {
        self.slots.iter()
    }

    /// Changes the slot at that moment, if it is one of these.
    pub(super) fn change(&mut self, moment_us: i64, change: impl FnOnce(&mut Slot)) {
        let Ok(back) = usize::try_from(self.newest.saturating_sub(moment_us.div_euclid(SLOT_US))) else { return };
        let place = (SLOTS - 1).checked_sub(back);
        let Some(slot) = place.and_then(|place| self.slots.get_mut(place)) else { return };
        let before = slot.joined;
        change(slot);
        self.counts = self.counts.less(before).plus(slot.joined);
    }
}
