//! What a search came to.

use super::candidate::{Candidate, Fate};
use super::field::Field;
use super::space::Point;
use crate::goal::{Goal, Measured};

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// All that was tried, in the order in which it was thought of.
    pub candidates: Vec<Candidate>,
    /// Who tried to prove to be the best, on fresh days; all but the last have failed.
    pub confirmed: Vec<Confirmed>,
    /// Replications lived through.
    pub spent: u64,
    /// Why the search ended.
    pub end: End,
}

/// A candidate on days that the search had not seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    /// What is set.
    pub point: Point,
    /// The fresh replications.
    pub measured: Vec<Measured>,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There was nothing better left in reach.
    Exhausted,
    /// No replications were left.
    Budget,
    /// Somebody stopped it.
    Interrupted,
}

impl Confirmed {
    /// Whether all limits were kept, on the mean.
    pub fn keeps_limits(&self, goal: &Goal) -> bool {
        let seen = self.as_candidate();
        seen.objective().is_some() && seen.tightest(goal).is_none_or(|slack| slack >= 0.0)
    }

    /// The same, as a candidate that was tried on the fresh days alone.
    pub fn as_candidate(&self) -> Candidate {
        Candidate { point: self.point.clone(), measured: self.measured.clone(), fate: Fate::Racing }
    }
}

impl Tuned {
    /// The best that keeps all limits, on fresh days; none if nothing does, or if no fresh days were left.
    pub fn best(&self, goal: &Goal) -> Option<&Confirmed> {
        self.confirmed.last().filter(|last| last.keeps_limits(goal))
    }

    /// Why the first candidate is impossible, if all are.
    pub fn all_impossible(&self) -> Option<&str> {
        let why = self.candidates.iter().map(|one| match &one.fate {
            Fate::Impossible(why) => Some(why.as_str()),
            Fate::Racing | Fate::Worse | Fate::Infeasible => None,
        });
        why.collect::<Option<Vec<_>>>()?.first().copied()
    }

    /// Replications that a search without races would have taken for the same candidates.
    pub fn saved(&self, each: u32) -> u64 {
        let raced = self.candidates.iter().filter(|one| !one.measured.is_empty());
        raced.map(|one| u64::from(each).saturating_sub(one.measured.len() as u64)).sum()
    }

    /// The trade-off: those to which none is better both in the objective and in what is left to the tightest limit, by objective,
    /// the best first.
    pub fn front(&self, goal: &Goal) -> Vec<&Candidate> {
        let field = Field::of(&self.candidates, goal);
        let tried = self.candidates.iter().map(|one| (field.cost(one), one.tightest(goal).unwrap_or(0.0), one));
        let mut tried: Vec<_> = tried.filter(|(cost, _, _)| cost.is_finite()).collect();
        tried.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)));
        let mut front = Vec::new();
        let mut most = f64::NEG_INFINITY;
        for (_, slack, one) in tried {
            if slack > most {
                most = slack;
                front.push(one);
            }
        }
        front
    }
}
