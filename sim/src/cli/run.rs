//! `cabrank-sim run`: a scenario lived through, and what it came to.

use super::crew::CrewArgs;
use super::journal;
use super::output::OutputArgs;
use super::progress::Progress;
use super::source::{SourceArgs, sets};
use super::{Outcome, Unusable};
use crate::replications::{Crew, Onlooker, of_scenario};
use crate::report::{Replication, Report};
use crate::scenario::Scenario;
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// What is otherwise than the files say; several with `;` between them, or the flag several times.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Keep what the desk is told in the first replication as a journal, for `cabrank replay` and `cabrank why`.
    #[arg(long, value_name = "DIR")]
    journal: Option<PathBuf>,
    #[command(flatten)]
    crew: CrewArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &RunArgs) -> Result<Outcome, Unusable> {
    let scenario = args.source.open()?.scenario(&sets(&args.set)?)?;
    let outputs = args.output.open()?;
    let crew = args.crew.crew()?;
    if let Some(dir) = &args.journal {
        journal::keep(&scenario, dir, &crew)?;
    }
    let began = Instant::now();
    let replications = live(&scenario, &crew, Progress::new(args.output.quiet))?;
    outputs.write(&Report::of(&scenario, &replications, began.elapsed()))?;
    Ok(if crew.stopped() { Outcome::Interrupted } else { Outcome::Done })
}

/// All replications of a scenario that are not interrupted, as reports keep them.
pub(super) fn live(scenario: &Scenario, crew: &Crew<'_>, mut progress: Progress) -> Result<Vec<Replication>, Unusable> {
    progress.begins(u64::from(scenario.replications));
    let lived = crew.run(&of_scenario(scenario), &mut progress, |job, tally| Replication::of(&tally, job.scenario));
    progress.ends();
    Ok(lived.map_err(Unusable::because)?.into_iter().flatten().collect())
}
