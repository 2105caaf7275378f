//! A replication's figures held against a goal.

use super::{Goal, Sense};
use crate::figures::{Figures, Path};

/// What one replication came to, as the goal sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The objective, if the replication has such a figure.
    pub objective: Option<f64>,
    /// How the limits were kept, in the order of limits and figures; a figure that cannot be said is left out.
    pub slacks: Vec<Slack>,
}

/// How a limit was kept by one figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Slack {
    /// Which limit of the goal.
    pub limit: usize,
    /// Which figure.
    pub figure: Path,
    /// The figure's value.
    pub value: f64,
}

impl Goal {
    /// What the goal sees of these figures.
    pub fn measure(&self, figures: &Figures) -> Measured {
        let fitting = figures.0.iter().filter(|(path, _)| self.objective.fits(path)).map(|(_, value)| *value);
        let objective = match self.sense {
            Sense::Min => fitting.max_by(f64::total_cmp),
            Sense::Max => fitting.min_by(f64::total_cmp),
        };
        let slacks = self.limits.iter().enumerate().flat_map(|(limit, kept)| {
            let fitting = figures.0.iter().filter(move |(path, _)| kept.figure.fits(path));
            fitting.map(move |(path, value)| Slack { limit, figure: path.clone(), value: *value })
        });
        Measured { objective, slacks: slacks.collect() }
    }

    /// The patterns of the goal that fit none of these paths: mistyped, most likely.
    pub fn fits_nothing<'a>(&'a self, paths: &'a [Path]) -> impl Iterator<Item = &'a super::Pattern> {
        let patterns = std::iter::once(&self.objective).chain(self.limits.iter().map(|limit| &limit.figure));
        patterns.filter(move |pattern| !paths.iter().any(|path| pattern.fits(path)))
    }
}
