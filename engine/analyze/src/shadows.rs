//! Which findings stand for themselves, and which are only there because of a stronger one.
//!
//! The strongest stands. Of the others the one that is furthest from chance among calls alike in all that stands joins it, as
//! long as that is more than chance; what remains are shadows, each of whatever takes most of it away.

use super::strata::{chance_of, excess};
use super::table::{Comparison, Table};

/// The chance that a shadow is taken for a finding of its own, all shadows together.
const ALPHA: f64 = 0.05;
/// Values that so large a share of their calls have in common cannot be told apart.
const SAME: f64 = 0.9;
/// What stands for itself at the most.
const STANDING_MAX: usize = 16;

/// What a finding stands for; findings are known by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// For itself.
    Own,
    /// It is gone among calls alike in this one.
    ShadowOf(usize),
    /// It has nearly the same calls as this one: they cannot be told apart.
    SameAs(usize),
}

/// What each finding stands for, the strongest first. Those that stand for themselves come in the order in which they joined.
pub(super) fn standings(table: &Table, found: &[Comparison]) -> Vec<(usize, Standing)> {
    let mut rest: Vec<usize> = (0..found.len()).collect();
    let mut own: Vec<usize> = rest.drain(..rest.len().min(1)).collect();
    let least = ALPHA / rest.len().max(1) as f64;
    while !rest.is_empty() && own.len() < STANDING_MAX {
        let alike = alike(table, own.iter().map(|place| &found[*place]));
        let left = rest.iter().map(|place| excess(table, &found[*place], &alike, |_| true));
        let strongest = left.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        match strongest {
            Some((place, errors)) if chance_of(errors) < least => own.push(rest.remove(place)),
            Some(_) | None => break,
        }
    }
    let shadows = rest.into_iter().map(|place| (place, shadow(table, found, place, &own)));
    own.iter().map(|place| (*place, Standing::Own)).chain(shadows).collect()
}

fn shadow(table: &Table, found: &[Comparison], place: usize, own: &[usize]) -> Standing {
    if let Some(same) = own.iter().find(|other| common(table, &found[place], &found[**other]) >= SAME) {
        return Standing::SameAs(*same);
    }
    let left = own.iter().map(|other| {
        let alike = alike(table, [&found[*other]]);
        (*other, excess(table, &found[place], &alike, |_| true))
    });
    let darkest = left.min_by(|(_, a), (_, b)| a.total_cmp(b));
    darkest.map_or(Standing::Own, |(other, _)| Standing::ShadowOf(other))
}

/// Rows with the same number are alike in all of these.
fn alike<'c>(table: &Table, all: impl IntoIterator<Item = &'c Comparison>) -> Vec<u64> {
    let mut alike = vec![0; table.calls()];
    for comparison in all {
        for (row, kind) in alike.iter_mut().enumerate() {
            *kind = *kind << 1 | u64::from(table.has(row, comparison) == Some(true));
        }
    }
    alike
}

/// The calls that have both, as a share of those that have either.
fn common(table: &Table, one: &Comparison, other: &Comparison) -> f64 {
    let (mut both, mut either) = (0_u32, 0_u32);
    for row in 0..table.calls() {
        let has = [one, other].map(|comparison| table.has(row, comparison) == Some(true));
        both += u32::from(has[0] && has[1]);
        either += u32::from(has[0] || has[1]);
    }
    super::ratio::share(both, either)
}
