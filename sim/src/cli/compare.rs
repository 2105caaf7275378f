//! `cabrank-sim compare`: variants of a scenario on the same days.

use super::crew::CrewArgs;
use super::output::OutputArgs;
use super::progress::Progress;
use super::source::SourceArgs;
use super::{Outcome, Unusable};
use crate::replications::{Crew, Job, Onlooker};
use crate::report::{Comparison, Replication};
use crate::scenario::{Scenario, Set};
use clap::Args;
use std::time::Instant;

#[derive(Args)]
pub(super) struct CompareArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// A variant: assignments with `;` between them; empty, the scenario as it is. The first variant is what the others are held against.
    #[arg(long, value_name = "KEY=VALUE;...", required = true)]
    set: Vec<String>,
    #[command(flatten)]
    crew: CrewArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &CompareArgs) -> Result<Outcome, Unusable> {
    let source = args.source.open()?;
    if args.set.len() < 2 {
        return Err(Unusable::because(
            "compare needs two variants: --set '' --set KEY=VALUE holds one against the scenario as it is",
        ));
    }
    let twice = |(place, set): (usize, &String)| args.set[..place].iter().any(|other| named_as(other) == named_as(set));
    if args.set.iter().enumerate().any(twice) {
        return Err(Unusable::because("two variants of compare are the same: leave one out, or set something else"));
    }
    let scenarios = args.set.iter().map(|text| source.scenario(&variant(text)?)).collect::<Result<Vec<_>, _>>()?;
    let replications = scenarios.iter().map(|scenario| scenario.replications).min().unwrap_or(0);
    if replications < 2 {
        return Err(Unusable::because("one replication has no interval: a difference could be chance; take --reps 20"));
    }
    let outputs = args.output.open()?;
    let crew = args.crew.crew()?;
    let began = Instant::now();
    let lived = live(&scenarios, replications, &crew, Progress::new(args.output.quiet))?;
    let named = args.set.iter().zip(&scenarios).zip(&lived);
    let named: Vec<_> = named.map(|((set, scenario), days)| (named_as(set), scenario, days.as_slice())).collect();
    if let Some((base, variants)) = named.split_first() {
        outputs.write(&Comparison::of(*base, variants, began.elapsed()))?;
    }
    Ok(if crew.stopped() { Outcome::Interrupted } else { Outcome::Done })
}

fn variant(text: &str) -> Result<Vec<Set>, Unusable> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    Set::parse_many(text).map_err(|fault| Unusable::because(format!("--set: {fault}")))
}

fn named_as(set: &str) -> &str {
    if set.trim().is_empty() { "as it is" } else { set.trim() }
}

/// The replications of each variant that are complete in all: the same seeds in the same order.
fn live(
    scenarios: &[Scenario],
    replications: u32,
    crew: &Crew<'_>,
    mut progress: Progress,
) -> Result<Vec<Vec<Replication>>, Unusable> {
    let seed = scenarios.first().map_or(0, |base| base.seed);
    let seeds = (0..u64::from(replications)).map(|n| seed.wrapping_add(n));
    // Seed by seed, so that whoever interrupts has pairs.
    let jobs: Vec<Job<'_>> = seeds.flat_map(|seed| scenarios.iter().map(move |scenario| Job { scenario, seed })).collect();
    progress.begins(jobs.len() as u64);
    let lived = crew.run(&jobs, &mut progress, |job, tally| Replication::of(&tally, job.scenario));
    progress.ends();
    let mut variants: Vec<Vec<Replication>> = scenarios.iter().map(|_| Vec::new()).collect();
    let mut lived = lived.map_err(Unusable::because)?.into_iter();
    loop {
        let pair: Vec<Option<Replication>> = lived.by_ref().take(scenarios.len()).collect();
        if pair.is_empty() {
            return Ok(variants);
        }
        if let Some(pair) = pair.into_iter().collect::<Option<Vec<_>>>() {
            variants.iter_mut().zip(pair).for_each(|(variant, one)| variant.push(one));
        }
    }
}
