//! What replications say together.

use super::{Figures, Path};
use crate::statistics::Interval;
use std::collections::{HashMap, HashSet};

/// How sure an interval is.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A mean over replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// The 95 % interval by Student's t, from low to high; none of fewer than two replications.
    pub ci95: Option<(f64, f64)>,
    /// Replications in which there was such a figure.
    pub replications: usize,
}

impl Estimate {
    /// Of one figure, as it was in each replication.
    pub fn of(samples: &[f64]) -> Estimate {
        let Interval { mean, half_width } = Interval::of(samples, CONFIDENCE);
        let ci95 = (samples.len() > 1).then_some((mean - half_width, mean + half_width));
        Estimate { value: mean, ci95, replications: samples.len() }
    }

    /// How far the interval reaches to either side; none of fewer than two replications.
    pub fn half_width(&self) -> Option<f64> {
        self.ci95.map(|(low, high)| (high - low) / 2.0)
    }
}

/// Estimates of all figures, in the order of the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Estimates(pub Vec<(Path, Estimate)>);

impl Estimates {
    /// Of these replications. A figure that some lack is estimated from the others; but what stands under `fairness.pairs` is
    /// zero where it is lacking.
    pub fn of(replications: &[Figures]) -> Estimates {
        let paths = paths(replications);
        let columns = columns(replications, &paths);
        let estimate =
            |(path, column): (&Path, Column)| (path.clone(), Estimate::of(&column.into_iter().flatten().collect::<Vec<_>>()));
        Estimates(paths.into_iter().zip(columns).map(estimate).collect())
    }

    /// The estimate at this path, if there is one.
    pub fn at(&self, path: &[&str]) -> Option<&Estimate> {
        self.0.iter().find(|(at, _)| at.is(path)).map(|(_, estimate)| estimate)
    }

    /// The estimates under this path, each with the rest of its own.
    pub fn under<'a>(&'a self, path: &'a [&str]) -> impl Iterator<Item = (&'a [String], &'a Estimate)> {
        self.0.iter().filter_map(move |(at, estimate)| Some((at.after(path)?, estimate)))
    }
}

/// All paths that occur, in an order that is each replication's own as far as they agree.
pub(super) fn paths(replications: &[Figures]) -> Vec<&Path> {
    let mut merged: Vec<&Path> = Vec::new();
    for Figures(figures) in replications {
        if !merged.iter().copied().eq(figures.iter().map(|(path, _)| path)) {
            merged = merge(&merged, figures);
        }
    }
    merged
}

/// What is new comes right after what it follows.
fn merge<'a>(known: &[&'a Path], figures: &'a [(Path, f64)]) -> Vec<&'a Path> {
    let places: HashMap<&Path, usize> = known.iter().enumerate().map(|(place, path)| (*path, place)).collect();
    let mut merged = Vec::with_capacity(known.len());
    let mut taken = 0;
    for (path, _) in figures {
        match places.get(path) {
            Some(place) => {
                let upto = taken.max(place + 1);
                merged.extend_from_slice(&known[taken..upto]);
                taken = upto;
            }
            None => merged.push(path),
        }
    }
    merged.extend_from_slice(&known[taken..]);
    let mut seen = HashSet::new();
    merged.retain(|path| seen.insert(*path));
    merged
}

/// A figure in each replication that has it.
pub(super) type Column = Vec<Option<f64>>;

/// For each path its column.
pub(super) fn columns(replications: &[Figures], paths: &[&Path]) -> Vec<Column> {
    let places: HashMap<&Path, usize> = paths.iter().enumerate().map(|(place, path)| (*path, place)).collect();
    let lacking = |path: &&Path| path.after(&["fairness", "pairs"]).map(|_| 0.0);
    let mut columns: Vec<Column> = paths.iter().map(|path| vec![lacking(path); replications.len()]).collect();
    for (n, Figures(figures)) in replications.iter().enumerate() {
        for (path, value) in figures {
            if let Some(place) = places.get(path) {
                columns[*place][n] = Some(*value);
            }
        }
    }
    columns
}
