//! What a person or a program is told of a load: tables, JSON, and a page with pictures.

mod json;
mod page;
mod pictures;
#[cfg(test)]
mod tests;

use super::bounds::Bounds;
use super::figures::Figures;
use super::limit::Found;
use super::schedule::Phase;
use super::stage::Performed;
use crate::report::Look;
use std::io::{self, Write};
use std::time::Duration;

/// How a load came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// What was put under load, as it was written.
    pub target: String,
    /// Fixes due moments, callers, and lengths of time.
    pub seed: u64,
    /// How many calls a second, for how long; of a search, the first rate.
    pub phases: Vec<Phase>,
    /// Agents who were signed in.
    pub agents: usize,
}

/// How much of one processor's time was taken while a load lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// By the generator, if the system says so.
    pub generator: Option<f64>,
    /// By the process that was to be watched, if one was.
    pub watched: Option<f64>,
}

/// One rate of a search, and what it came to.
#[derive(Clone, Debug)]
pub struct Step {
    /// The figures.
    pub performed: Performed,
    /// Processor time.
    pub cpu: Shares,
}

/// What a load came to.
#[derive(Clone, Debug)]
pub struct LoadReport {
    /// How it came about.
    pub setting: Setting,
    /// The load; of a search, its last step at the highest rate that was sustained, or the last of all.
    pub performed: Performed,
    /// Processor time.
    pub cpu: Shares,
    /// What the protocol counted.
    pub counts: Vec<(&'static str, u64)>,
    /// The search, if it was one, and what it asked for.
    pub search: Option<(Found<Step>, Bounds)>,
}

impl LoadReport {
    /// Of a search: the figures are those of the highest rate that was sustained, or of the last that was tried; nothing, if none was.
    #[must_use]
    pub fn of_search(
        setting: Setting,
        found: Found<Step>,
        bounds: Bounds,
        counts: Vec<(&'static str, u64)>,
    ) -> Option<LoadReport> {
        let best = found.steps.iter().rev().find(|(rate, _, _)| Some(*rate) == found.sustained).or(found.steps.last())?;
        let Step { performed, cpu } = best.2.clone();
        Some(LoadReport { setting, performed, cpu, counts, search: Some((found, bounds)) })
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::of(self)
    }

    /// As tables.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn print(&self, out: &mut impl Write, look: Look) -> io::Result<()> {
        page::document(self).print(out, look)
    }

    /// As a page that needs nothing else.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::document(self).to_html()
    }

    fn figures(&self) -> &Figures {
        &self.performed.figures
    }
}

/// The part of the time in which callers came, in seconds: nothing is divided by the time in which the last ones left.
fn in_load_s(performed: &Performed, lasting: Duration) -> f64 {
    performed.lasted.min(lasting).as_secs_f64().max(1e-9)
}

/// The figures of every latency: their names and shares.
const SHARES: [(&str, f64); 4] = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999)];
