//! From comparisons to findings: those that are more than chance, what they stand for, and whether one day makes them.

use super::case::Lexicon;
use super::feature::Feature;
use super::ratio::{Counts, Ratio, counted, ratio};
use super::shadows::{Standing, standings};
use super::significance::Measured;
use super::strata::{chance_of, excess};
use super::table::{Comparison, Table};
use std::collections::BTreeMap;

/// Findings of one concern that are told at the most: the surest.
const FINDINGS_MAX: usize = 40;
/// What is left without its strongest day must have no more than this chance.
const ALPHA_OF_REST: f64 = 0.01;

/// A value that is more frequent in the group than chance lets expect.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What is compared.
    pub feature: Feature,
    /// The value, as a person reads it.
    pub value: String,
    /// How many calls.
    pub counts: Counts,
    /// How many times as often calls with the value are of the group.
    pub lift: Ratio,
    /// How many times its own scatter it is above what chance lets expect.
    pub scatters: f64,
    /// Chance of as much in this comparison alone; never told below what the number of deals can show.
    pub p: f64,
    /// Chance of as much in any comparison of the whole analysis.
    pub p_of_all: f64,
    /// Whether a stronger one explains it.
    pub explained: Explained,
    /// The day (since 1970) without which nothing is left of it.
    pub one_day: Option<i32>,
}

/// Whether a finding stands for itself. Others are known by their places in the list of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explained {
    /// It stands for itself.
    No,
    /// Among calls alike in that finding it is no more than chance.
    By(usize),
    /// It and that finding have nearly the same calls.
    SameCallsAs(usize),
}

/// The findings, the strongest first; then those that others explain.
pub(super) fn findings(table: &Table, measured: &[Measured], alpha: f64, lexicon: &Lexicon) -> Vec<Finding> {
    let mut sure: Vec<(&Comparison, &Measured)> =
        table.comparisons.iter().zip(measured).filter(|(_, measured)| measured.p_of_all <= alpha).collect();
    sure.sort_by(|(_, a), (_, b)| b.scatters.total_cmp(&a.scatters));
    sure.truncate(FINDINGS_MAX);
    let comparisons: Vec<Comparison> = sure.iter().map(|(comparison, _)| (*comparison).clone()).collect();
    let standings = standings(table, &comparisons);
    let told_at = |place: usize| standings.iter().position(|(other, _)| *other == place).unwrap_or(0);
    let explained = |standing: Standing| match standing {
        Standing::Own => Explained::No,
        Standing::ShadowOf(place) => Explained::By(told_at(place)),
        Standing::SameAs(place) => Explained::SameCallsAs(told_at(place)),
    };
    let found = standings.iter().map(|(place, standing)| {
        let (comparison, measured) = sure[*place];
        Finding { explained: explained(*standing), ..finding(table, comparison, measured, lexicon) }
    });
    found.collect()
}

fn finding(table: &Table, comparison: &Comparison, measured: &Measured, lexicon: &Lexicon) -> Finding {
    let counts = counted(table, comparison, |_| true);
    Finding {
        feature: comparison.feature,
        value: comparison.feature.told(comparison.value, lexicon),
        counts,
        lift: ratio(table, comparison, &counts),
        scatters: measured.scatters,
        p: measured.p,
        p_of_all: measured.p_of_all,
        explained: Explained::No,
        one_day: one_day(table, comparison, &counts),
    }
}

/// The day that brings the most of a finding, if without it the rest is no more than chance. Calls of one bad day are not
/// independent, and no procedure that takes callers for independent sees that.
fn one_day(table: &Table, comparison: &Comparison, counts: &Counts) -> Option<i32> {
    let mut days: BTreeMap<i32, f64> = BTreeMap::new();
    for row in (0..table.calls()).filter(|row| table.has(*row, comparison) == Some(true)) {
        let excess = f64::from(u8::from(table.in_group[row])) - counts.rate_without();
        *days.entry(table.dates[row]).or_default() += excess;
    }
    let (day, _) = days.into_iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let rest = excess(table, comparison, &vec![0; table.calls()], |row| table.dates[row] != day);
    (chance_of(rest) > ALPHA_OF_REST).then_some(day)
}
