//! What a change makes of the same days.

use super::estimate::{Column, Estimate, columns, paths};
use super::{Estimates, Figures, Path};

/// A figure of two variants over the same seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Of the first variant.
    pub a: Estimate,
    /// Of the second.
    pub b: Estimate,
    /// The second less the first, seed by seed.
    pub difference: Estimate,
}

impl Difference {
    /// Whether the interval of the difference lies on one side of zero: the change is more than chance would make.
    pub fn is_clear(&self) -> bool {
        self.difference.ci95.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }
}

/// The differences of all figures, in the order of the report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences(pub Vec<(Path, Difference)>);

impl Differences {
    /// The difference at this path, if there is one.
    pub fn at(&self, path: &[&str]) -> Option<&Difference> {
        self.0.iter().find(|(at, _)| at.is(path)).map(|(_, difference)| difference)
    }
}

impl Estimates {
    /// The differences of `b` less `a`, whose replications go by the same seeds in the same order. A figure counts where both
    /// have it, for both.
    pub fn paired(a: &[Figures], b: &[Figures]) -> Differences {
        let pairs = a.len().min(b.len());
        let (a, b) = (&a[..pairs], &b[..pairs]);
        let both: Vec<Figures> = a.iter().chain(b).cloned().collect();
        let paths = paths(&both);
        let difference = |(path, (a, b)): (&&Path, (Column, Column))| {
            let (a, b): (Vec<f64>, Vec<f64>) = a.into_iter().zip(b).filter_map(|(a, b)| a.zip(b)).unzip();
            let less: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
            let of = Difference { a: Estimate::of(&a), b: Estimate::of(&b), difference: Estimate::of(&less) };
            (!less.is_empty()).then(|| ((*path).clone(), of))
        };
        let both = columns(a, &paths).into_iter().zip(columns(b, &paths));
        Differences(paths.iter().zip(both).filter_map(difference).collect())
    }
}
