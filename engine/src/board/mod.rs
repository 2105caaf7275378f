//! The wallboard: how the desk fares now, today and in the last hour, as one picture that is made once for all who look.
//!
//! Calls in line, agents and warnings come from the desk itself ([`View`](cabrank_core::View)); what became of calls comes from their
//! records ([`Ledger`]). Nothing here names a caller.

mod agents;
mod calls;
mod counts;
mod curve;
mod figures;
mod ledger;
mod maker;
mod outlook;
mod picture;
mod slots;

pub use agents::AgentChange;
pub use calls::CallChange;
pub use counts::{Counts, Ends};
pub use curve::{Curve, Moment};
pub use ledger::Ledger;
pub(crate) use maker::EVERY;
pub use maker::{Board, Shown, Sources};
pub use picture::{Agents, Aim, Figures, Longest, Mood, Overall, Picture, QueuePicture, Warning};

#[cfg(test)]
mod tests;
