//! A virtual-time world around the production core.
//!
//! [`World`] is everything outside a desk, drawn by lot from a seed; [`Oracle`] knows what must be true of any desk and
//! nothing of how this one does it; [`live_through`] brings them together for a day. What fails names its seed and step.

pub mod chance;
pub mod charts;
pub mod cli;
mod desks;
mod draw;
pub mod figures;
pub mod goal;
pub(crate) mod oracle;
pub mod phone;
mod reference;
pub mod replay;
pub mod replications;
pub mod report;
mod run;
pub mod scenario;
pub mod simulate;
pub mod statistics;
pub mod study;
mod thresholds;
pub mod tune;
pub mod verify;
mod world;

pub use desks::{any_settings, changed_settings};
pub use draw::Draw;
pub use oracle::{Breach, Oracle, Rule, Seen};
pub use run::{Day, Fault, Step, Wrong, live_through, replay};
pub use world::World;
