//! `cabrank journal check|repair`.

use super::{Outcome, Unusable};
use cabrank_journal::repair;
use clap::Subcommand;
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub(super) enum JournalCommand {
    /// Verify every entry and snapshot; exit code 1 if there is a fault.
    #[command(after_help = "Example: cabrank journal check cabrank-data")]
    Check {
        /// The data directory.
        dir: PathBuf,
    },
    /// Show what a repair would give up; with --apply, do it.
    #[command(after_help = "Example: cabrank journal repair cabrank-data\n         cabrank journal repair cabrank-data --apply")]
    Repair {
        /// The data directory.
        dir: PathBuf,
        /// Do it. What is cut off is kept in files beside the journal.
        #[arg(long)]
        apply: bool,
    },
}

pub(super) fn run(command: &JournalCommand) -> Result<Outcome, Unusable> {
    match command {
        JournalCommand::Check { dir } => check(dir),
        JournalCommand::Repair { dir, apply } => repair(dir, *apply),
    }
}

fn check(dir: &Path) -> Result<Outcome, Unusable> {
    let report = cabrank_journal::check(dir).map_err(Unusable::because)?;
    println!("{report}");
    let sound = report.finding.is_none() && report.passed_over.is_empty();
    Ok(if sound { Outcome::Done } else { Outcome::Missed })
}

fn repair(dir: &Path, apply: bool) -> Result<Outcome, Unusable> {
    let Some(plan) = repair::plan(dir).map_err(Unusable::because)? else {
        println!("no fault: nothing to repair");
        return Ok(Outcome::Done);
    };
    println!("{plan}");
    if !apply {
        println!("Nothing was changed. To do this: cabrank journal repair {} --apply", dir.display());
        return Ok(Outcome::Missed);
    }
    for file in plan.apply().map_err(Unusable::because)? {
        println!("kept {}", file.display());
    }
    println!("repaired");
    Ok(Outcome::Done)
}
