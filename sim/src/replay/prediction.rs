//! What another policy would have made of the same day.

use super::hindcast::{Hindcast, Lived, Unit, unit};
use crate::figures::{Difference, Estimate, Estimates, Figures, Path};

/// A figure under another policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Predicted {
    /// Which figure.
    pub path: Path,
    /// What it is counted in.
    pub unit: Unit,
    /// Simulated with unchanged settings, with the others, and the difference seed by seed.
    pub difference: Difference,
    /// Where the difference on one such day lies, at 95 %; none of one replication.
    pub day95: Option<(f64, f64)>,
    /// How far the hindcast is off: simulated less real. What is smaller than that is not worth much.
    pub hindcast_error: f64,
}

/// What another policy would have made of the same day.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The figures that the hindcast compares.
    pub figures: Vec<Predicted>,
}

impl Prediction {
    /// Of the same seeds lived through under both policies.
    pub fn of(hindcast: &Hindcast, unchanged: &Lived, changed: &Lived) -> Prediction {
        let both = unchanged.figures.iter().zip(&changed.figures);
        let (a, b): (Vec<Figures>, Vec<Figures>) = both.filter_map(|(a, b)| a.clone().zip(b.clone())).unzip();
        let predicted = |(path, difference): (Path, Difference)| {
            // What the hindcast does not compare was not held against anything.
            let (unit, hindcast_error) = (unit(&path)?, hindcast.error(&path)?);
            Some(Predicted { path, unit, difference, day95: day(&difference.difference), hindcast_error })
        };
        Prediction { figures: Estimates::paired(&a, &b).0.into_iter().filter_map(predicted).collect() }
    }
}

/// The interval of one more day, wider than that of the mean by √(n + 1).
fn day(difference: &Estimate) -> Option<(f64, f64)> {
    let reach = difference.half_width()? * (difference.replications as f64 + 1.0).sqrt();
    Some((difference.value - reach, difference.value + reach))
}
