//! When a hindcast is off: so far that chance does not explain it, and by so much that it matters.

use super::hindcast::{Compared, Unit};
use std::fmt;
use std::str::FromStr;

/// Means of less than this, in seconds, are not told apart.
const SECONDS_MIN: f64 = 1.0;

/// How far a simulated figure may lie from the real one: a share of it. Waits are allowed a second in any case; shares (the
/// service level, abandonment) half as many points, so 10 % allows a service level of 80 % to come out at 75 to 85 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance(f64);

/// No share of anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no tolerance: write a percentage from 0% to 100%, such as `10%`")]
pub struct UnreadableTolerance(String);

impl Default for Tolerance {
    /// A tenth.
    fn default() -> Tolerance {
        Tolerance(0.1)
    }
}

impl Tolerance {
    /// As a share of 1.
    pub fn share(self) -> f64 {
        self.0
    }

    /// How far a figure may be off.
    pub fn allows(self, unit: Unit, real: f64) -> f64 {
        match unit {
            Unit::Calls => self.0 * real,
            Unit::Seconds => (self.0 * real).max(SECONDS_MIN),
            Unit::Share => self.0 / 2.0,
        }
    }

    /// Whether the figure is off. Beyond the interval alone would condemn a model that errs by a hair, once enough replications
    /// make its interval narrow; beyond the tolerance alone would condemn a short day, of which chance makes what it likes.
    pub fn is_exceeded(self, compared: &Compared) -> bool {
        !compared.within() && compared.error().abs() > self.allows(compared.unit, compared.real)
    }
}

impl FromStr for Tolerance {
    type Err = UnreadableTolerance;

    fn from_str(text: &str) -> Result<Tolerance, UnreadableTolerance> {
        let number = text.trim().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        let share = number.map(|percent| percent / 100.0).filter(|share| (0.0..=1.0).contains(share));
        share.map(Tolerance).ok_or_else(|| UnreadableTolerance(text.to_owned()))
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0 * 100.0)
    }
}
