//! Benchmarks of Cabrank; one file a question, see README.md beside this crate.

mod case;
mod floor;

pub use case::{Case, Due, cases};
pub use floor::{Floor, Size};
