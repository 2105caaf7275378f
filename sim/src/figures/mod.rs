//! Figures: what a tally comes to, by name, and what many of them say together.
//!
//! A figure's name is its path in the JSON report (`queues.booking.classes.regular.wait_s.mean`). Every report, comparison,
//! goal and limit reads the same figures.

mod agents;
mod checks;
mod estimate;
mod fairness;
mod paired;
mod path;
mod queues;
mod quotes;
mod sheet;
#[cfg(test)]
pub(crate) mod tallies;
#[cfg(test)]
mod tests;

pub use estimate::{Estimate, Estimates};
pub use fairness::RULES;
pub use paired::{Difference, Differences};
pub use path::Path;
pub(crate) use queues::{Counts, service_level};
pub use quotes::LINE_BINS;

use crate::scenario::Scenario;
use crate::simulate::Tally;
use sheet::Sheet;

/// The figures of one replication, in the order of the report. What cannot be said (a mean of nothing) is left out. Under
/// `fairness.pairs` stands only what happened: what is not there happened zero times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(pub Vec<(Path, f64)>);

impl Figures {
    /// The figures of a replication of this scenario.
    pub fn of(tally: &Tally, scenario: &Scenario) -> Figures {
        let mut figures = Figures::default();
        let mut sheet = Sheet::over(&mut figures);
        queues::write(&mut sheet.under("queues"), tally, scenario);
        agents::write(&mut sheet.under("agents"), tally, scenario);
        fairness::write(&mut sheet.under("fairness"), tally, scenario);
        quotes::write(&mut sheet.under("quotes"), tally, scenario);
        checks::write(&mut sheet.under("checks"), tally, scenario);
        figures
    }

    /// The figure at this path, if there is one.
    pub fn value(&self, path: &[&str]) -> Option<f64> {
        self.0.iter().find(|(at, _)| at.is(path)).map(|(_, value)| *value)
    }
}

impl Tally {
    /// What the replication comes to.
    pub fn figures(&self, scenario: &Scenario) -> Figures {
        Figures::of(self, scenario)
    }
}

/// In seconds.
fn secs(us: f64) -> f64 {
    us / 1e6
}

/// The share of `part` in `whole`; none of nothing.
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The name in the report of a queue or class, or its number if it has none.
pub(crate) fn named(name: &str, number: usize) -> String {
    if name.is_empty() { number.to_string() } else { name.to_owned() }
}
