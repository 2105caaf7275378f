//! What Cabrank's benchmarks share; they are one file a question, see README.md beside this crate.

pub mod callers;
mod case;
pub mod fairness;
mod floor;
pub mod hand_off;
pub mod journalled;
pub mod memory;
pub mod messages;
pub mod open_loop;
pub mod quinn_echo;
pub mod recovered;
pub mod served;
pub mod taxi;

pub use case::{Case, Due, cases};
pub use floor::{Floor, Size};
