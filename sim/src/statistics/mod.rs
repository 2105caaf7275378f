//! Figures from samples: means with their intervals, quantiles, Jain's index, survival, how good a bound was.

mod bound;
mod interval;
mod samples;
mod student;
mod survival;

pub use bound::pinball;
pub use interval::Interval;
pub use samples::{jain, mean, quantile, variance};
pub use survival::{Ended, KaplanMeier};
