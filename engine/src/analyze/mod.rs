//! `cabrank analyze`: from records to [cases](cabrank_analyze) in which nobody can be recognised, and from findings to a report.

mod intake;
mod region;
mod report;

pub use intake::Intake;
pub use report::{document, json};
