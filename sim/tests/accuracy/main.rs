//! The binary, on scenarios as people write them, against what theory knows exactly.
//!
//! All comparisons are one family: an exact value must lie within the interval of its estimate at a confidence of
//! 1 - 0.001 / (number of comparisons) each, so that a simulator without a fault fails once in a thousand families
//! (Bonferroni); and half of that interval must be less than 3 % of the value, so that one with a fault fails. The report's
//! intervals are of 95 %: they are widened by the ratio of Student's quantiles. Seeds are fixed: a run is the same everywhere.

mod books;
mod closed_forms;
mod family;
#[path = "../closed_forms/formulas.rs"]
mod formulas;
#[path = "../closed_forms/markov.rs"]
mod markov;
mod report;
