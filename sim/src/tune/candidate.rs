//! A point that is tried, and what is known of it so far.

use super::space::Point;
use crate::figures::Path;
use crate::goal::{Goal, Measured};
use crate::statistics::{Interval, mean};
use std::collections::BTreeMap;

/// A point that is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// What is set.
    pub point: Point,
    /// Its replications, in the order of seeds: those of all candidates are paired.
    pub measured: Vec<Measured>,
    /// Whether it is still raced.
    pub fate: Fate,
}

/// Whether a candidate is still raced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is, or was when the search ended.
    Racing,
    /// It is certainly worse than one that certainly keeps all limits.
    Worse,
    /// It certainly breaks a limit.
    Infeasible,
    /// There is no such scenario, and why.
    Impossible(String),
}

/// What is known of a candidate's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feasibility {
    /// One is broken, for certain.
    SurelyNot,
    /// One is broken on the mean.
    Unlikely,
    /// All are kept on the mean.
    Likely,
    /// All are kept, for certain.
    Surely,
}

/// A limit, by its place in the goal, and a figure that it holds for.
type Held<'a> = (usize, &'a Path);

impl Candidate {
    pub(super) fn new(point: Point) -> Candidate {
        Candidate { point, measured: Vec::new(), fate: Fate::Racing }
    }

    /// The objective's mean; none if there is no such figure.
    pub fn objective(&self) -> Option<f64> {
        let seen = self.objectives();
        (!seen.is_empty()).then(|| mean(&seen))
    }

    /// The objective, by replication.
    pub fn objectives(&self) -> Vec<f64> {
        self.measured.iter().filter_map(|measured| measured.objective).collect()
    }

    /// How much worse it is than the other, replication by replication, so far as both have been lived through.
    pub(super) fn worse_than(&self, other: &Candidate, goal: &Goal) -> Vec<f64> {
        let pairs = self.measured.iter().zip(&other.measured);
        pairs.filter_map(|(one, other)| Some(goal.sense.worse_by(one.objective?, other.objective?))).collect()
    }

    /// How far the limit that is nearest to being broken (or broken worst) is from it, on the mean, as a share of its bound. None
    /// without limits.
    pub fn tightest(&self, goal: &Goal) -> Option<f64> {
        self.tightest_slacks(goal).map(|slacks| mean(&slacks))
    }

    /// The same by replication.
    pub fn tightest_slacks(&self, goal: &Goal) -> Option<Vec<f64>> {
        let slacks = self.slacks(goal).into_iter().map(|((limit, _), slacks)| {
            let scale = scale(goal.limits[limit].bound);
            slacks.into_iter().map(|slack| slack / scale).collect::<Vec<_>>()
        });
        slacks.min_by(|one, other| mean(one).total_cmp(&mean(other)))
    }

    /// Whether the limits are kept, each said with an error of `alpha` at the most.
    pub fn feasibility(&self, goal: &Goal, alpha: f64) -> Feasibility {
        let slacks = self.slacks(goal);
        let alpha_each = alpha / slacks.len().max(1) as f64;
        slacks.values().map(|slack| kept(slack, alpha, alpha_each)).min().unwrap_or(Feasibility::Surely)
    }

    fn slacks(&self, goal: &Goal) -> BTreeMap<Held<'_>, Vec<f64>> {
        let mut slacks: BTreeMap<Held<'_>, Vec<f64>> = BTreeMap::new();
        for seen in self.measured.iter().flat_map(|measured| &measured.slacks) {
            let limit = &goal.limits[seen.limit];
            slacks.entry((seen.limit, &seen.figure)).or_default().push(limit.side.slack(seen.value, limit.bound));
        }
        slacks
    }
}

/// All limits must be kept for a candidate to be feasible, and each may be taken at its word; one broken limit is enough for it not
/// to be, so that each has a share of the error.
fn kept(slack: &[f64], alpha: f64, alpha_each: f64) -> Feasibility {
    let middle = mean(slack);
    if middle < 0.0 {
        return if middle < -margin(slack, alpha_each) { Feasibility::SurelyNot } else { Feasibility::Unlikely };
    }
    if middle >= margin(slack, alpha) { Feasibility::Surely } else { Feasibility::Likely }
}

/// How far the mean of samples may be off to one side, but for an error of `alpha`.
pub(super) fn margin(samples: &[f64], alpha: f64) -> f64 {
    Interval::of(samples, 1.0 - 2.0 * alpha).half_width
}

/// Slacks of limits of all kinds are compared by the share of their bounds.
fn scale(bound: f64) -> f64 {
    if bound == 0.0 { 1.0 } else { bound.abs() }
}
