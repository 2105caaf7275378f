//! The shortest target first, with a guard against starvation.

use super::Standing;
use crate::Tick;
use core::cmp::Ordering;

/// Who has waited too long, then by target, then by arrival.
#[inline]
pub(super) fn compare(one: &Standing, other: &Standing, now: Tick) -> Ordering {
    match (starves(one, now), starves(other, now)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (true, true) => one.by_arrival(other),
        (false, false) => one.target.cmp(&other.target).then_with(|| super::fifo::compare(one, other, now)),
    }
}

fn starves(standing: &Standing, now: Tick) -> bool {
    now.since(standing.since).0 >= standing.max_wait.0 / 2
}
