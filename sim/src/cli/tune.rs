//! `cabrank-sim tune`: thresholds searched toward a goal.

use super::crew::CrewArgs;
use super::output::OutputArgs;
use super::progress::Progress;
use super::source::{Source, SourceArgs, sets};
use super::tuned::Finding;
use super::{Outcome, Unusable};
use crate::figures::{Estimates, Path};
use crate::goal::Goal;
use crate::replications::{Alone, Crew, Job};
use crate::scenario::{Scenario, Set};
use crate::tune::{End, KEYS_MAX, Plan, Point, Simulated, Space, Vary, search};
use clap::Args;
use std::time::Instant;

/// Replications of a candidate that a scenario with fewer gets: with less the races drop nobody.
const EACH_MIN: u32 = 12;

/// An example, and how a goal is written.
pub(super) const AFTER_HELP: &str = "\
Example: cabrank-sim tune config/scenarios/clinic.toml --vary 'queue.*.target=10s..60s' --vary agents.0.count=2..6 \
         --goal 'min agents.cost subject to queues.*.service_level >= 80%, fairness.max_wait_over_target <= 3'

GOAL is: min|max FIGURE [subject to FIGURE >=|<= NUMBER[, ...]]
  FIGURE  a path in the JSON report, such as agents.cost or queues.booking.wait_s.p90; * stands for any part, and
          \"...\" for a part with a dot in it. A limit on a FIGURE with * must hold for each; of several FIGUREs to
          minimise or maximise the worst one counts.
  NUMBER  plain, or 80%, or a length of time in seconds, such as 20s or 1.5m

The first candidates lie all over the ranges, the next nearer and nearer around the best. All live through the same days (common
random numbers); who certainly breaks a limit, or is certainly worse than one that certainly keeps all, is dropped (paired t, 5 % for the
whole race). The best then proves itself on fresh days. Exit code 1 if nothing keeps the limits.";

#[derive(Args)]
pub(super) struct TuneArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// A key of --set and between which values to look: KEY=3..8, KEY=10s..2m, KEY=0.2..0.8, or KEY=ONE|OTHER|THIRD. Lengths of time
    /// go in steps of a second (or a millisecond), other numbers by one digit more than they are written with if they have decimals.
    #[arg(long, value_name = "KEY=LOW..HIGH", required = true)]
    vary: Vec<Vary>,
    /// What is looked for, such as `min agents.cost subject to queues.*.service_level >= 80%`; --help has the grammar.
    #[arg(long)]
    goal: Goal,
    /// Replications in all, at the most. Of one candidate there are --reps at the most, and as many on fresh days for the best.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    budget: u64,
    /// What is otherwise than the files say for all candidates; several with `;` between them, or the flag several times.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    crew: CrewArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &TuneArgs) -> Result<Outcome, Unusable> {
    let began = Instant::now();
    let (source, fixed) = (args.source.open()?, sets(&args.set)?);
    let scenario = source.scenario(&fixed)?;
    let space = space(args)?;
    let plan = plan(args, &scenario)?;
    let outputs = args.output.open()?;
    let crew = args.crew.crew()?;
    look_up(&args.goal, &scenario, &crew)?;
    let build = |point: &Point| candidate(&source, &fixed, &space, point);
    let mut trials = Simulated::new(crew, &args.goal, scenario.seed, plan.each, build, Progress::new(args.output.quiet));
    let tuned = search(&space, &args.goal, plan, &mut trials);
    if let Some(refusal) = trials.refused() {
        return Err(Unusable::because(refusal));
    }
    if let Some(why) = tuned.all_impossible() {
        return Err(Unusable::because(format!("none of the candidates is possible; the first: {why}")));
    }
    let figures = tuned.best(&args.goal).map(|best| Estimates::of(trials.kept(&best.point))).unwrap_or_default();
    let (scenario, space, goal) = (&scenario, &space, &args.goal);
    let finding = Finding { scenario, space, goal, plan, tuned: &tuned, figures: &figures, wall: began.elapsed() };
    outputs.write(&finding)?;
    Ok(match (tuned.end, tuned.best(&args.goal)) {
        (End::Interrupted, _) => Outcome::Interrupted,
        (End::Exhausted | End::Budget, Some(_)) => Outcome::Done,
        (End::Exhausted | End::Budget, None) => Outcome::Missed,
    })
}

fn space(args: &TuneArgs) -> Result<Space, Unusable> {
    let keys: Vec<&str> = args.vary.iter().map(|vary| vary.key.as_str()).collect();
    if keys.len() > KEYS_MAX {
        return Err(Unusable::because(format!("--vary: {} keys are more than can be searched: at most {KEYS_MAX}", keys.len())));
    }
    if let Some(twice) = keys.iter().enumerate().find(|(place, key)| keys[..*place].contains(key)) {
        return Err(Unusable::because(format!("--vary: {} is varied twice: give it one range", twice.1)));
    }
    Ok(Space(args.vary.clone()))
}

fn plan(args: &TuneArgs, scenario: &Scenario) -> Result<Plan, Unusable> {
    let each = args.source.reps().unwrap_or(scenario.replications.max(EACH_MIN));
    let plan = Plan { seed: scenario.seed, budget: args.budget, each };
    if each < 2 {
        return Err(Unusable::because("--reps 1: one replication has no interval, so that nothing can be told apart: take more"));
    }
    if args.budget < plan.budget_min() {
        let least = plan.budget_min();
        return Err(Unusable::because(format!(
            "--budget {}: too few for {each} replications of the best: at least {least}",
            args.budget
        )));
    }
    Ok(plan)
}

/// A goal that names no figure is told before the search rather than after it.
fn look_up(goal: &Goal, scenario: &Scenario, crew: &Crew<'_>) -> Result<(), Unusable> {
    let job = Job { scenario, seed: scenario.seed };
    let lived = crew.run(&[job], &mut Alone, |job, tally| tally.figures(job.scenario)).map_err(Unusable::because)?;
    let Some(Some(figures)) = lived.into_iter().next() else { return Ok(()) };
    let paths: Vec<Path> = figures.0.into_iter().map(|(path, _)| path).collect();
    let unknown = goal.fits_nothing(&paths).next().map(|pattern| {
        let nearest = pattern.nearest(&paths).map(|path| format!("; did you mean {path}?")).unwrap_or_default();
        Unusable::because(format!("--goal: there is no figure {pattern}{nearest}"))
    });
    unknown.map_or(Ok(()), Err)
}

fn candidate(source: &Source<'_>, fixed: &[Set], space: &Space, point: &Point) -> Result<Scenario, String> {
    let varied = space.assignments(point).into_iter().map(|(key, value)| Set::new(&key, &value));
    let varied = varied.collect::<Result<Vec<_>, _>>().map_err(|fault| fault.to_string())?;
    source.candidate(&[fixed, &varied].concat())
}
