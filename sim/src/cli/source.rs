//! The scenario that a command is about.

use super::Unusable;
use crate::scenario::{Faults, Scenario, Set, Written, read_written};
use clap::Args;
use std::path::Path;

#[derive(Args)]
pub(super) struct SourceArgs {
    /// The scenario; `-` is the standard input.
    scenario: String,
    /// The seed of the first replication, instead of the scenario's; each further one has the next number.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many replications, instead of the scenario's number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reps: Option<u32>,
}

/// A scenario that is read, to be changed.
pub(super) struct Source<'a> {
    args: &'a SourceArgs,
    written: Written,
}

impl SourceArgs {
    pub(super) fn open(&self) -> Result<Source<'_>, Unusable> {
        let written = if self.scenario == "-" {
            Written::hear("standard input", std::io::stdin().lock())
        } else {
            Written::open(Path::new(&self.scenario))
        };
        Ok(Source { args: self, written: written.map_err(explained)? })
    }

    /// How many replications were asked for, if it was said.
    pub(super) fn reps(&self) -> Option<u32> {
        self.reps
    }
}

impl Source<'_> {
    /// The scenario with these changes.
    pub(super) fn scenario(&self, sets: &[Set]) -> Result<Scenario, Unusable> {
        let scenario = read_written(&self.written, sets).map_err(explained)?;
        Ok(Scenario {
            seed: self.args.seed.unwrap_or(scenario.seed),
            replications: self.args.reps.unwrap_or(scenario.replications),
            ..scenario
        })
    }

    /// The same for whoever tries many: why there is no such scenario, in one line.
    pub(super) fn candidate(&self, sets: &[Set]) -> Result<Scenario, String> {
        read_written(&self.written, sets).map_err(|faults| {
            faults.iter().next().map_or_else(|| faults.to_string(), |fault| format!("{}: {}", fault.what, fault.right))
        })
    }
}

/// Assignments, each of which may be several with `;` between them.
pub(super) fn sets(texts: &[String]) -> Result<Vec<Set>, Unusable> {
    let each = texts.iter().map(|text| Set::parse_many(text)).collect::<Result<Vec<_>, _>>();
    Ok(each.map_err(|fault| Unusable::because(format!("--set: {fault}")))?.concat())
}

/// The faults as a person reads them: each with its line, the place marked, and what would be right.
pub(super) fn explained(faults: Faults) -> Unusable {
    Unusable::because(format!("{:?}", miette::Report::new(faults)))
}
