//! Whose turn it is: the orders of service restated as sorting keys of exact fractions. One that is not restated here sorts
//! by its own comparison, so that a new policy is tried with all the rest as soon as it is registered.

use cabrank_core::{Order, Place, Span, Standing, Tick};
use std::cmp::Ordering;

/// A caller, as far as an order of service looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) since: Tick,
    pub(crate) place: Place,
    pub(crate) target: Span,
    pub(crate) max_wait: Span,
    pub(crate) head_start: Span,
}

/// A sorting key of one moment: the lowest comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    order: Order,
    now: Tick,
    claim: Claim,
    measures: Option<Vec<Fraction>>,
}

/// The turn of a caller at a moment.
pub(crate) fn turn(order: Order, claim: Claim, now: Tick) -> Turn {
    Turn { order, now, claim, measures: measures(order, claim, now) }
}

/// What an order goes by, if it is restated.
fn measures(order: Order, claim: Claim, now: Tick) -> Option<Vec<Fraction>> {
    let waited = i128::from(now.0) - i128::from(claim.since.0);
    let (target, head_start) = (i128::from(claim.target.0), i128::from(claim.head_start.0));
    match order.name() {
        "proportional" => Some(vec![Fraction::of(-(waited + head_start), target)]),
        "fifo" => Some(vec![Fraction::whole(-(waited + head_start))]),
        "strict-priority" if waited >= i128::from(claim.max_wait.0 / 2) => Some(vec![Fraction::whole(0)]),
        "strict-priority" => Some(vec![Fraction::whole(1), Fraction::whole(target), Fraction::whole(-(waited + head_start))]),
        "head-start" => Some(vec![Fraction::whole(i128::from(claim.since.0) + target - head_start)]),
        _ => None,
    }
}

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.measures, &other.measures) {
            (Some(measures), Some(others)) => {
                let arrival = |turn: &Turn| (turn.claim.since, turn.claim.place);
                measures.cmp(others).then_with(|| arrival(self).cmp(&arrival(other)))
            }
            (None, _) | (_, None) => self.order.compare(&self.claim.standing(), &other.claim.standing(), self.now),
        }
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Claim {
    fn standing(&self) -> Standing {
        let Claim { since, place, target, max_wait, head_start } = *self;
        Standing { since, place, target, max_wait, head_start }
    }
}

/// An exact fraction; the denominator is more than nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    /// In lowest terms, so that equal fractions are the same.
    fn of(over: i128, under: i128) -> Fraction {
        let divisor = common_divisor(over.abs(), under).max(1);
        Fraction { over: over / divisor, under: under / divisor }
    }

    fn whole(number: i128) -> Fraction {
        Fraction { over: number, under: 1 }
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.over * other.under).cmp(&(other.over * self.under))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
