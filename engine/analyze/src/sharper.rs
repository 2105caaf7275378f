//! What makes a finding stronger still: long waits are bad everywhere, but above all on one line.

use super::ratio::{Counts, Ratio, counted, ratio};
use super::strata::{chance_of, excess};
use super::table::{Comparison, EXPECTED_MIN, Table};

/// The chance of telling one where there is none, for each finding.
const ALPHA: f64 = 0.01;
/// Values that are looked at more closely: those that are sharpest at a glance.
const LOOKED_AT: usize = 3;

/// Where a finding is at its strongest: among its calls the rate is that much higher with another value than without it, and
/// what that value does elsewhere does not account for it.
#[derive(Clone, Debug)]
pub(super) struct Sharper {
    /// Its place among the table's comparisons.
    pub(super) place: usize,
    /// Of the finding's calls only.
    pub(super) counts: Counts,
    /// Of the finding's calls only.
    pub(super) lift: Ratio,
    /// How many standard errors it is above none, and above what it is elsewhere: the lesser of the two.
    errors: f64,
}

/// The sharpest other value of a finding, if there is one.
pub(super) fn sharper(table: &Table, finding: &Comparison) -> Option<Sharper> {
    let has: Vec<bool> = (0..table.calls()).map(|row| table.has(row, finding) == Some(true)).collect();
    let (inside, outside) = (Tallies::of(table, |row| has[row]), Tallies::of(table, |row| !has[row]));
    let others = table.comparisons.iter().enumerate().filter(|(_, other)| other.column != finding.column);
    let mut tried: Vec<(f64, usize)> = others
        .map(|(place, other)| (place, inside.counts(table, other), outside.counts(table, other)))
        .filter(|(_, counts, elsewhere)| can_tell(counts) && can_tell(elsewhere))
        .map(|(place, counts, elsewhere)| (at_a_glance(&counts, &elsewhere), place))
        .collect();
    let least = ALPHA / tried.len().max(1) as f64;
    tried.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let looked_at = tried.iter().take(LOOKED_AT).map(|(_, place)| closely(table, *place, &has));
    let sharpest = looked_at.max_by(|a, b| a.errors.total_cmp(&b.errors))?;
    (chance_of(sharpest.errors) < least).then_some(sharpest)
}

/// As if calls were independent.
fn at_a_glance(counts: &Counts, elsewhere: &Counts) -> f64 {
    let lift = |counts: &Counts| (counts.rate_with() / counts.rate_without()).ln();
    let error = |counts: &Counts| {
        let part = |of_group: u32, all: u32| 1.0 / f64::from(of_group) - 1.0 / f64::from(all);
        (part(counts.with_in_group, counts.with) + part(counts.without_in_group, counts.without)).sqrt()
    };
    let errors = (lift(counts) / error(counts)).min((lift(counts) - lift(elsewhere)) / error(counts).hypot(error(elsewhere)));
    if errors.is_finite() { errors } else { 0.0 }
}

fn closely(table: &Table, place: usize, has: &[bool]) -> Sharper {
    let other = &table.comparisons[place];
    let (inside, outside) = (|row: usize| has[row], |row: usize| !has[row]);
    let counts = counted(table, other, inside);
    let lift = ratio(table, other, &counts, inside);
    let of_elsewhere = ratio(table, other, &counted(table, other, outside), outside);
    let above = (lift.value / of_elsewhere.value).ln() / lift.error().hypot(of_elsewhere.error());
    let errors = excess(table, other, &vec![0; table.calls()], inside).min(above);
    Sharper { place, counts, lift, errors }
}

fn can_tell(counts: &Counts) -> bool {
    let (with, without) = (f64::from(counts.with), f64::from(counts.without));
    let in_group = f64::from(counts.with_in_group + counts.without_in_group);
    let all = with + without;
    with.min(without) * in_group.min(all - in_group) / all.max(1.0) >= EXPECTED_MIN
}

/// Some of the calls, counted by slot: all of them, and those of the group.
struct Tallies(Vec<[u32; 2]>);

impl Tallies {
    fn of(table: &Table, wanted: impl Fn(usize) -> bool) -> Tallies {
        let mut tallies = vec![[0; 2]; table.slots];
        for row in (0..table.calls()).filter(|row| wanted(*row)) {
            for cell in &table.cells[row * table.width..(row + 1) * table.width] {
                let [calls, group] = &mut tallies[usize::from(*cell)];
                *calls += 1;
                *group += u32::from(table.in_group[row]);
            }
        }
        Tallies(tallies)
    }

    fn counts(&self, table: &Table, comparison: &Comparison) -> Counts {
        let sum = |slots: std::ops::Range<u16>| {
            let slots = &self.0[usize::from(slots.start)..usize::from(slots.end)];
            slots.iter().fold([0; 2], |sum, tally| [sum[0] + tally[0], sum[1] + tally[1]])
        };
        let [with, with_in_group] = sum(comparison.slots.clone());
        let [known, known_in_group] = sum(table.columns[comparison.column].known_slots.clone());
        Counts { with, with_in_group, without: known - with, without_in_group: known_in_group - with_in_group }
    }
}
