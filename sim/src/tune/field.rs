//! All candidates on the same days, though some have lived through fewer.

use super::candidate::Candidate;
use crate::figures::Estimate;
use crate::goal::Goal;
use crate::statistics::{Interval, mean};
use std::cmp::Ordering;

/// All candidates, compared as if each had lived through as many days as the one with most: how the days that it shares with
/// that one differ from all of them is taken off by regression (control variates).
pub struct Field<'a> {
    goal: &'a Goal,
    /// The objective of the candidate with most days, by day; empty if there is none.
    control: Vec<Option<f64>>,
}

impl<'a> Field<'a> {
    /// Of these candidates.
    pub fn of(candidates: &[Candidate], goal: &'a Goal) -> Field<'a> {
        let longest = candidates.iter().rev().max_by_key(|one| one.measured.len());
        let control = longest.map(|longest| longest.measured.iter().map(|day| day.objective).collect());
        Field { goal, control: control.unwrap_or_default() }
    }

    /// What the objective would be on the mean of all days, with the interval of those that were lived through; none if there is
    /// no such figure.
    pub fn objective(&self, one: &Candidate) -> Option<Estimate> {
        let own = one.objectives();
        let shared = one.measured.iter().zip(&self.control).filter_map(|(day, control)| Some((day.objective?, (*control)?)));
        let (samples, controls): (Vec<f64>, Vec<f64>) = shared.unzip();
        let known: Vec<f64> = self.control.iter().copied().flatten().collect();
        let plain = (!own.is_empty()).then(|| Estimate::of(&own))?;
        if samples.len() < own.len() || samples.len() >= known.len() {
            return Some(plain);
        }
        let value = Interval::controlled(&samples, &controls, mean(&known), 0.95).mean;
        let ci95 = plain.ci95.map(|(low, high)| (value + low - plain.value, value + high - plain.value));
        Some(Estimate { value, ci95, ..plain })
    }

    /// The objective turned so that less is better; infinite without one.
    pub(super) fn cost(&self, one: &Candidate) -> f64 {
        self.objective(one).map_or(f64::INFINITY, |objective| self.goal.sense.worse_by(objective.value, 0.0))
    }

    pub(super) fn promise(&self, one: &Candidate) -> Promise {
        Promise { slack: one.tightest(self.goal).unwrap_or(0.0), cost: self.cost(one) }
    }
}

/// How good a candidate looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Promise {
    /// What is left to the tightest limit.
    pub(super) slack: f64,
    cost: f64,
}

impl Promise {
    /// The better one comes first: who keeps all limits on the mean, by objective, then by what is left to the limits; then the
    /// others, by how little they break them.
    pub(super) fn before(&self, other: &Promise) -> Ordering {
        let by_slack = other.slack.total_cmp(&self.slack);
        match (self.slack >= 0.0, other.slack >= 0.0) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => self.cost.total_cmp(&other.cost).then(by_slack),
            (false, false) => by_slack,
        }
    }

    /// Whether there is an objective, and so much is left to the limits.
    pub(super) fn spares(&self, needed: f64) -> bool {
        self.cost.is_finite() && self.slack >= needed
    }
}
