//! Moments of a load, counted from its beginning; and what is due when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// A moment: nanoseconds since the load's clock began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Moment {
    /// Beyond every other moment.
    pub const NEVER: Moment = Moment(u64::MAX);

    /// So much later.
    #[must_use]
    pub fn after(self, length: Duration) -> Moment {
        Moment(self.0.saturating_add(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// How long after `earlier`; nothing, if it was before.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// Seconds since the clock began.
    #[must_use]
    pub fn secs(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// What is due when; what is due at the same moment comes in the order in which it was noted.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    noted: u64,
}

#[derive(Debug)]
struct Entry<T> {
    due: Moment,
    number: u64,
    what: T,
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Entry<T>) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Entry<T>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Entry<T>) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Agenda<T> {
        Agenda { heap: BinaryHeap::new(), noted: 0 }
    }
}

impl<T> Agenda<T> {
    /// Notes something.
    pub(super) fn note(&mut self, due: Moment, what: T) {
        self.noted += 1;
        self.heap.push(Reverse(Entry { due, number: self.noted, what }));
    }

    /// When the next thing is due.
    #[must_use]
    pub(super) fn next(&self) -> Moment {
        self.heap.peek().map_or(Moment::NEVER, |Reverse(entry)| entry.due)
    }

    /// The next thing that is due by now, and when it was due.
    pub(super) fn take_due(&mut self, now: Moment) -> Option<(Moment, T)> {
        if self.next() > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| (entry.due, entry.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_comes_in_its_order_and_none_too_early(dues in prop::collection::vec(0..50_u64, 0..60), now in 0..60_u64) {
            let mut agenda = Agenda::default();
            dues.iter().enumerate().for_each(|(n, due)| agenda.note(Moment(*due), n));
            let mut expected: Vec<(Moment, usize)> = dues.iter().enumerate().map(|(n, due)| (Moment(*due), n)).collect();
            expected.sort();
            expected.retain(|(due, _)| due.0 <= now);
            let taken: Vec<(Moment, usize)> = std::iter::from_fn(|| agenda.take_due(Moment(now))).collect();
            prop_assert_eq!(taken, expected);
        }
    }
}
