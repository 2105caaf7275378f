//! What a search is after: one figure as small or as great as can be, while others keep to limits.

mod measure;
mod pattern;
mod read;

pub use measure::{Measured, Slack};
pub use pattern::Pattern;
pub use read::GoalFault;

use std::fmt;

/// What a search is after.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Which way is better.
    pub sense: Sense,
    /// Of which figure; if the pattern fits several, of the worst.
    pub objective: Pattern,
    /// What must hold meanwhile.
    pub limits: Vec<Limit>,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// Less is better.
    Min,
    /// More is better.
    Max,
}

/// What must hold, for each figure that the pattern fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The figures.
    pub figure: Pattern,
    /// On which side of the bound they must be.
    pub side: Side,
    /// The bound, which is allowed.
    pub bound: f64,
}

/// A side of a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Not above.
    AtMost,
    /// Not below.
    AtLeast,
}

impl Sense {
    /// How much worse the one is than the other: negative if it is better.
    pub fn worse_by(self, one: f64, other: f64) -> f64 {
        match self {
            Sense::Min => one - other,
            Sense::Max => other - one,
        }
    }
}

impl Side {
    /// How far on the right side a value is: negative on the wrong one.
    pub fn slack(self, value: f64, bound: f64) -> f64 {
        match self {
            Side::AtMost => bound - value,
            Side::AtLeast => value - bound,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sense, self.objective)?;
        for (place, limit) in self.limits.iter().enumerate() {
            write!(f, "{}{limit}", if place == 0 { " subject to " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.figure, self.side, self.bound)
    }
}

impl fmt::Display for Sense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sense::Min => "min",
            Sense::Max => "max",
        })
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::AtMost => "<=",
            Side::AtLeast => ">=",
        })
    }
}
