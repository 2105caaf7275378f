//! The search for thresholds: tried by simulation, dropped as soon as it is certain that they are not the best.

mod candidate;
mod design;
mod field;
mod race;
mod search;
mod simulated;
mod space;
mod tuned;

#[cfg(test)]
mod known;

pub use candidate::{Candidate, Fate, Feasibility};
pub use design::KEYS_MAX;
pub use field::Field;
pub use race::FIRST_ROUND;
pub use search::{Answer, Asked, Plan, Trials, search};
pub use simulated::Simulated;
pub use space::{Point, Range, Space, Vary, VaryFault};
pub use tuned::{Confirmed, End, Tuned};
