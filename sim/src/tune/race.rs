//! The race: candidates live through more and more days together, and drop out when it is certain that they are not the best.

use super::candidate::{Candidate, Fate, Feasibility, margin};
use super::field::Field;
use crate::goal::Goal;

/// Replications of the first round: fewer say too little of how much they scatter.
pub const FIRST_ROUND: u32 = 6;

/// The chance that the best is dropped by mistake, at the most.
pub(super) const ERROR: f64 = 0.05;

/// After how many replications candidates are judged: half as many again each time, until `most`.
pub(super) fn rounds(most: u32) -> Vec<u32> {
    let mut rounds = vec![most.min(FIRST_ROUND)];
    while let Some(last) = rounds.last().copied().filter(|last| *last < most) {
        rounds.push((last + last / 2).min(most));
    }
    rounds
}

/// Drops whoever certainly breaks a limit, or is certainly worse than the best of those who certainly keep all. The best itself can be
/// dropped in two ways in each round; each has its share of the error (Bonferroni).
pub(super) fn judge(candidates: &mut [Candidate], goal: &Goal, rounds: usize) {
    let alpha = ERROR / (2 * rounds) as f64;
    let racing = |candidate: &Candidate| candidate.fate == Fate::Racing && !candidate.measured.is_empty();
    let feasibility: Vec<_> = candidates.iter().map(|one| racing(one).then(|| one.feasibility(goal, alpha))).collect();
    let sure = candidates.iter().zip(&feasibility).filter(|(_, known)| **known == Some(Feasibility::Surely));
    let field = Field::of(candidates, goal);
    let sure = sure.map(|(one, _)| (field.cost(one), one)).filter(|(cost, _)| cost.is_finite());
    let reference = sure.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, best)| best.clone());
    for (one, known) in candidates.iter_mut().zip(feasibility) {
        if known == Some(Feasibility::SurelyNot) {
            one.fate = Fate::Infeasible;
        } else if known.is_some() && reference.as_ref().is_some_and(|best| surely_worse(one, best, goal, alpha)) {
            one.fate = Fate::Worse;
        }
    }
}

fn surely_worse(one: &Candidate, best: &Candidate, goal: &Goal, alpha: f64) -> bool {
    let worse_by = one.worse_than(best, goal);
    crate::statistics::mean(&worse_by) > margin(&worse_by, alpha)
}
