//! What a person or a program is told of a simulation: tables on a terminal, JSON, and a page with pictures.
//!
//! Each report says what it has to say once, as a [`Document`]; terminal and page are two ways to show it. The JSON holds every
//! figure under its path.

mod comparison;
mod curves;
mod definitions;
mod document;
mod front;
mod json;
mod numbers;
mod parts;
mod replication;
mod run;
#[cfg(test)]
mod tests;

pub use comparison::{Comparison, Variant};
pub use curves::{Band, Curves, QueueCurves};
pub use definitions::{Definitions, QueueDefinition};
pub use document::{Cell, Document, Figure, Look, Section, Table, Tone};
pub use front::{Candidate, Front};
pub(crate) use json::Tree;
pub(crate) use numbers::grouped;
pub use numbers::{Unit, told};
pub use replication::Replication;
pub use run::Run;

use crate::figures::{Estimates, Figures};
use crate::scenario::Scenario;
use std::io::{self, Write};
use std::time::Duration;

/// What a scenario comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What was simulated, how often and how fast.
    pub run: Run,
    /// Every figure.
    pub estimates: Estimates,
    /// What runs over the day and over waits.
    pub curves: Curves,
    /// What the figures mean.
    pub definitions: Definitions,
}

impl Report {
    /// Of these replications, in the order of their seeds, which took so long together.
    pub fn of(scenario: &Scenario, replications: &[Replication], wall: Duration) -> Report {
        let figures: Vec<Figures> = replications.iter().map(|one| one.figures.clone()).collect();
        Report {
            run: Run::of(scenario, replications, wall),
            estimates: Estimates::of(&figures),
            curves: Curves::of(scenario, replications),
            definitions: Definitions::of(scenario),
        }
    }

    /// As JSON: each figure at its path, as `{"value", "ci95"}`.
    pub fn to_json(&self) -> String {
        json::of_report(self)
    }

    /// As tables.
    ///
    /// # Errors
    /// Whatever `out` says.
    pub fn print(&self, out: &mut impl Write, look: Look) -> io::Result<()> {
        self.document().print(out, look)
    }

    /// As a page that needs nothing else.
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// What there is to tell, for whoever adds to it.
    pub fn document(&self) -> Document {
        Document {
            title: self.run.scenario.clone(),
            facts: self.run.facts(),
            remarks: self.run.remarks().into_iter().chain(parts::misses(self)).collect(),
            sections: vec![
                parts::queues(self),
                parts::waits(self),
                parts::lines(self),
                parts::agents(self),
                parts::fairness(self),
                parts::quotes(self),
                parts::checks(self),
            ],
        }
    }
}
