//! The greatest share of the target waited first.

use super::Standing;
use crate::Tick;
use core::cmp::Ordering;

/// Compares waited / target by cross-multiplication: exact, and no division.
#[inline]
pub(super) fn compare(one: &Standing, other: &Standing, now: Tick) -> Ordering {
    share(other, one, now).cmp(&share(one, other, now)).then_with(|| one.by_arrival(other))
}

fn share(of: &Standing, against: &Standing, now: Tick) -> u128 {
    u128::from(of.waited(now).0) * u128::from(against.target.0)
}
