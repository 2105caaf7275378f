//! A virtual-time world around the production core.
//!
//! Two worlds live here. In that of [`scenario`] and [`simulate`] people behave as people do: it answers what a policy would do to
//! them ([`figures`], [`report`], [`tune`], [`verify`], [`replay`](mod@replay)). In the other one anything may happen: [`World`]
//! is everything outside a desk, drawn by lot from a seed, and [`live_through`] brings it together with a desk for a day. In both
//! the [`Oracle`] looks on, which knows what must be true of any desk and nothing of how this one does it.
//!
//! [`load`] is in neither: it puts a running engine under load, over the network and in real time.

pub mod chance;
pub mod charts;
pub mod cli;
mod desks;
mod draw;
pub mod figures;
pub mod goal;
pub mod load;
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
