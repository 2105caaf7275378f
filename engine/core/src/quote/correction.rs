//! What experience corrects: each bound is stretched until as many hold as should.
//!
//! Quantile tracking (Gibbs and Candès 2021; Angelopoulos, Candès and Tibshirani 2023): a broken bound lengthens the next
//! ones by a step times the confidence, a kept one shortens them by a step times the rest. Over any stretch of calls the
//! share of kept bounds then differs from the confidence by no more than the distance walked over steps taken, whatever
//! the load does. It is done apart for each level, and by length of line ([`super::mark`]).
//!
//! Of who left before the bound was over nobody knows whether it would have held. They count for nothing, and those who
//! waited as long as it took count for as many as they stand for: 1 / (the share who wait so long).

use super::mark::{MARKS, Mark, around};
use super::normal::Level;
use super::survival::Survival;
use super::{BOUNDS, CONFIGURED, Estimate, Expected, Fixed};
use crate::Span;
use alloc::vec;
use alloc::vec::Vec;

/// Nobody stands for more callers than this: so long a wait is bounded by too little experience to count for more.
const WEIGHT_MAX: u64 = 64;

/// What one class of callers taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Correction {
    /// By place in [`MARKS`].
    marks: Vec<Mark>,
}

/// What is known of a wait that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    /// This long, until an agent answered.
    Answered(Span),
    /// Longer than that: the caller left.
    Longer(Span),
}

impl Correction {
    pub(super) fn new() -> Correction {
        Correction { marks: vec![Mark::default(); MARKS.len()] }
    }

    /// The bounds for a caller of whom this is expected. A higher confidence never has a lower bound.
    pub(super) fn estimate(&self, levels: &[Level; BOUNDS], in_line: u32, expected: &Expected) -> Estimate {
        let shifts = self.shifts(in_line);
        let stretched: [Fixed; BOUNDS] = core::array::from_fn(|n| expected.bounds_s[n] * shifts[n].exp());
        Estimate::new(core::array::from_fn(|n| at_least(levels, n, |n| stretched[n])), in_line, expected.spread)
    }

    /// The one bound at the configured confidence.
    pub(super) fn bound(&self, levels: &[Level; BOUNDS], in_line: u32, expected: &Expected) -> Span {
        let shifts = self.shifts(in_line);
        Estimate::rounded(at_least(levels, CONFIGURED, |n| expected.bounds_s[n] * shifts[n].exp()))
    }

    /// Learns from what came of an estimate.
    pub(super) fn learn(&mut self, levels: &[Level; BOUNDS], estimate: &Estimate, waited: Waited, patience: &Survival) {
        let mut weights = Weights::of(patience);
        let pushes = core::array::from_fn(|n| push(&levels[n], estimate.at(n), waited, &mut weights));
        for (place, nearness) in around(estimate.in_line()) {
            let neighbour = *self.nearest(place);
            if let Some(mark) = self.marks.get_mut(place).filter(|_| nearness > Fixed::ZERO) {
                mark.begin_like(&neighbour);
                mark.learn(place, nearness, estimate.spread(), &pushes);
            }
        }
    }

    /// Logarithms of the factors, by level.
    fn shifts(&self, in_line: u32) -> [Fixed; BOUNDS] {
        let marks = around(in_line).map(|(place, nearness)| (self.nearest(place), nearness));
        core::array::from_fn(|n| marks.iter().fold(Fixed::ZERO, |sum, (mark, nearness)| sum + mark.shift(n) * *nearness))
    }

    /// The nearest mark that has learned anything.
    fn nearest(&self, place: usize) -> &Mark {
        if let Some(mark) = self.marks.get(place).filter(|mark| mark.has_learned()) {
            return mark;
        }
        let learned = self.marks.iter().enumerate().filter(|(_, mark)| mark.has_learned());
        learned.min_by_key(|(n, _)| n.abs_diff(place)).map_or(&Mark::NEW, |(_, mark)| mark)
    }
}

/// The highest of the bounds at one level and at those below it.
fn at_least(levels: &[Level; BOUNDS], level: usize, bound_s: impl Fn(usize) -> Fixed) -> Fixed {
    let lower = (0..BOUNDS).filter(|n| levels[*n].share <= levels[level].share);
    lower.map(bound_s).fold(Fixed::ZERO, Fixed::max)
}

impl Waited {
    /// How long this wait was seen to go on, of the time until `bound`.
    fn until(self, bound: Span) -> Span {
        match self {
            Waited::Answered(span) | Waited::Longer(span) => span.min(bound),
        }
    }
}

/// Which way, and how hard, an outcome pushes the bound of a level: nowhere if nobody knows whether it held.
fn push(level: &Level, bound: Span, waited: Waited, weights: &mut Weights<'_>) -> Fixed {
    let broken = match waited {
        Waited::Answered(span) => span > bound,
        Waited::Longer(span) if span >= bound => true,
        Waited::Longer(_) => return Fixed::ZERO,
    };
    let surprise = if broken { level.kept } else { level.kept - Fixed::ONE };
    level.slope * surprise * weights.after(waited.until(bound))
}

/// For how many callers one stands who waited so long. Of one outcome it is mostly asked for the same wait, level by level.
struct Weights<'a> {
    patience: &'a Survival,
    latest: Option<(Span, Fixed)>,
}

impl Weights<'_> {
    fn of(patience: &Survival) -> Weights<'_> {
        Weights { patience, latest: None }
    }

    fn after(&mut self, waited: Span) -> Fixed {
        match self.latest {
            Some((same, weight)) if same == waited => weight,
            Some(_) | None => {
                let weight = self.patience.after(waited).inverse().clamp(Fixed::ONE, Fixed::whole(WEIGHT_MAX));
                self.latest = Some((waited, weight));
                weight
            }
        }
    }
}

crate::code::code_struct! {
    Correction { marks }
}
