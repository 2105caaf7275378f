//! Whose target runs out first.

use super::Standing;
use crate::Tick;
use core::cmp::Ordering;

/// By the moment at which the target is missed; then by place.
#[inline]
pub(super) fn compare(one: &Standing, other: &Standing, _now: Tick) -> Ordering {
    due_at(one).cmp(&due_at(other)).then_with(|| one.by_arrival(other))
}

fn due_at(standing: &Standing) -> i128 {
    i128::from(standing.since.0) + i128::from(standing.target.0) - i128::from(standing.head_start.0)
}
