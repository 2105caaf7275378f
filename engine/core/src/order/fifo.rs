//! First come, first served.

use super::Standing;
use crate::Tick;
use core::cmp::Ordering;

/// By the time waited, a head start included; then by place.
#[inline]
pub(super) fn compare(one: &Standing, other: &Standing, now: Tick) -> Ordering {
    other.waited(now).cmp(&one.waited(now)).then_with(|| one.by_arrival(other))
}
