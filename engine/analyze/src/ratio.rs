//! How many times as often: the ratio of two rates, and how far off it may be.

use super::table::{Comparison, Table};
use serde::Serialize;

/// The two-sided 95 % point of the normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Calls with a value and calls without, and how many of each are of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Calls with the value.
    pub with: u32,
    /// Of these, calls of the group.
    pub with_in_group: u32,
    /// Calls without it; calls in which the feature means nothing are neither.
    pub without: u32,
    /// Of these, calls of the group.
    pub without_in_group: u32,
}

/// A ratio of rates, with its interval at 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// The ratio; half a call is added to each count when one of them is zero.
    pub value: f64,
    /// Lower and upper end.
    pub ci95: [f64; 2],
}

impl Counts {
    /// Share of the group among calls with the value.
    pub fn rate_with(&self) -> f64 {
        share(self.with_in_group, self.with)
    }

    /// Share of the group among calls without it.
    pub fn rate_without(&self) -> f64 {
        share(self.without_in_group, self.without)
    }

    /// Share of calls with the value in the group.
    pub fn share_in_group(&self) -> f64 {
        share(self.with_in_group, self.with_in_group + self.without_in_group)
    }

    /// Share of calls with the value among the others.
    pub fn share_elsewhere(&self) -> f64 {
        let (with, without) = (self.with - self.with_in_group, self.without - self.without_in_group);
        share(with, with + without)
    }
}

/// Numerator over denominator; nothing of nothing is 0.
pub(super) fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

/// Counts of a comparison, over the rows that are wanted.
pub(super) fn counted(table: &Table, comparison: &Comparison, wanted: impl Fn(usize) -> bool) -> Counts {
    let mut counts = Counts::default();
    for row in (0..table.calls()).filter(|row| wanted(*row)) {
        let of_group = u32::from(table.in_group[row]);
        match table.has(row, comparison) {
            Some(true) => {
                counts.with += 1;
                counts.with_in_group += of_group;
            }
            Some(false) => {
                counts.without += 1;
                counts.without_in_group += of_group;
            }
            None => {}
        }
    }
    counts
}

/// The ratio of the rates with and without. Its logarithm is taken for normal (Katz et al. 1978); what one caller's calls add
/// to its error is added up before it is squared, as they are not independent (Liang and Zeger 1986).
pub(super) fn ratio(table: &Table, comparison: &Comparison, counts: &Counts) -> Ratio {
    let half = if counts.with_in_group == 0 || counts.without_in_group == 0 { 0.5 } else { 0.0 };
    let rate = |part: u32, whole: u32| (f64::from(part) + half) / (f64::from(whole) + 2.0 * half);
    let with = rate(counts.with_in_group, counts.with);
    let without = rate(counts.without_in_group, counts.without);
    let (n_with, n_without) = (f64::from(counts.with.max(1)), f64::from(counts.without.max(1)));
    let adds = |row: usize| {
        let of_group = f64::from(u8::from(table.in_group[row]));
        table.has(row, comparison).map_or(0.0, |has| match has {
            true => (of_group - with) / (n_with * with),
            false => -(of_group - without) / (n_without * without),
        })
    };
    let variance: f64 = table.callers.iter().map(|rows| rows.clone().map(adds).sum::<f64>().powi(2)).sum();
    let off = NORMAL_95 * variance.sqrt();
    let value = with / without;
    Ratio { value, ci95: [value * (-off).exp(), value * off.exp()] }
}
