//! `cabrank-sim verify`: targets, limits, books and rules; exit code 1 with the reasons where one is missed.

use super::crew::CrewArgs;
use super::output::OutputArgs;
use super::progress::Progress;
use super::source::{SourceArgs, sets};
use super::verified::Verified;
use super::watch::watched;
use super::{Outcome, Unusable};
use crate::figures::Figures;
use crate::replications::{Crew, Onlooker, of_scenario};
use crate::scenario::Scenario;
use crate::simulate::Tally;
use crate::verify::{Check, checks};
use cabrank_core::Tick;
use clap::Args;

#[derive(Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// What is otherwise than the files say; several with `;` between them, or the flag several times.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    crew: CrewArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What verification needs of a replication.
struct Day {
    figures: Figures,
    recoveries_differ: u64,
    unexplained: Option<String>,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Outcome, Unusable> {
    let scenario = args.source.open()?.scenario(&sets(&args.set)?)?;
    let outputs = args.output.open()?;
    let crew = args.crew.crew()?;
    let days = days(&scenario, &crew, Progress::new(args.output.quiet))?;
    let mut checks = judge(&scenario, &days);
    if !crew.stopped() {
        checks.extend(watched(&scenario, &crew)?);
    }
    let verified = Verified { scenario: &scenario, replications: days.len(), checks };
    outputs.write(&verified)?;
    let reasons = verified.reasons();
    reasons.iter().for_each(|reason| eprintln!("cabrank-sim: missed: {reason}"));
    Ok(if crew.stopped() {
        Outcome::Interrupted
    } else if reasons.is_empty() {
        Outcome::Done
    } else {
        Outcome::Missed
    })
}

fn days(scenario: &Scenario, crew: &Crew<'_>, mut progress: Progress) -> Result<Vec<Day>, Unusable> {
    progress.begins(u64::from(scenario.replications));
    let lived = crew.run(&of_scenario(scenario), &mut progress, |job, tally| Day::of(job.scenario, &tally));
    progress.ends();
    Ok(lived.map_err(Unusable::because)?.into_iter().flatten().collect())
}

fn judge(scenario: &Scenario, days: &[Day]) -> Vec<Check> {
    let figures: Vec<Figures> = days.iter().map(|day| day.figures.clone()).collect();
    let mut checks = checks(scenario, &figures);
    let first = days.iter().find_map(|day| day.unexplained.clone());
    for check in checks.iter_mut().filter(|check| check.figure == "fairness.unexplained_skips") {
        check.more = first.clone();
    }
    if scenario.trouble.is_some() {
        let differ: Vec<f64> = days.iter().map(|day| day.recoveries_differ as f64).collect();
        checks.push(Check::zero("recoveries that came to another desk than the one that crashed", "recoveries", &differ));
    }
    checks
}

impl Day {
    fn of(scenario: &Scenario, tally: &Tally) -> Day {
        let unexplained = tally.fairness.first_unexplained.as_ref().map(|(at, by, of, agent)| {
            let at = at.since(Tick(0)).0 / 1_000_000;
            format!("the first with seed {}: at second {at} call {by} skipped {of} at agent {agent}", tally.seed)
        });
        Day { figures: tally.figures(scenario), recoveries_differ: tally.recoveries_differ, unexplained }
    }
}
