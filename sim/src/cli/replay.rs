//! `cabrank-sim replay`: a journal of real calls as the scenario.

use super::crew::CrewArgs;
use super::output::OutputArgs;
use super::progress::Progress;
use super::replayed::{Again, Replayed};
use super::source::explained;
use super::{Outcome, Unusable};
use crate::replay::{Compared, Hindcast, Lived, Policy, Prediction, Tolerance, exact, stage};
use crate::replications::Onlooker;
use crate::scenario::{Set, amended};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct ReplayArgs {
    /// The data directory of an engine; a running one is not disturbed.
    dir: PathBuf,
    /// Predict the day with another threshold in force: `queue.<name>.<key>=value`. Given more than once, all hold together.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// How often the day is lived through; twice at least.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    reps: u32,
    /// The seed of the first replication; each further one has the next number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How far the hindcast may be off where chance does not explain it: a share of calls and mean waits (a second in any case), half
    /// as many points of service level and abandonment.
    #[arg(long, value_name = "PERCENT", default_value_t = Tolerance::default())]
    tolerance: Tolerance,
    /// Predict even though the hindcast is off; the exit code is 1 all the same.
    #[arg(long)]
    anyway: bool,
    /// Run the exact inputs through the core again, and nothing else.
    #[arg(long, conflicts_with_all = ["set", "anyway"])]
    exact: bool,
    #[command(flatten)]
    crew: CrewArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &ReplayArgs) -> Result<Outcome, Unusable> {
    if args.exact {
        let outputs = args.output.open()?;
        outputs.write(&Again(&exact(&args.dir).map_err(Unusable::because)?))?;
        return Ok(Outcome::Done);
    }
    let sets = sets(&args.set)?;
    let (exact, stage) = stage(&args.dir).map_err(Unusable::because)?;
    let unchanged = Policy::as_it_was(stage.day());
    let changed = unchanged.with(|settings| amended(settings, &sets)).map_err(explained)?;
    let outputs = args.output.open()?;
    let crew = args.crew.crew()?;
    let mut progress = Progress::new(args.output.quiet);
    let live = |policy: &Policy, progress: &mut Progress| {
        Lived::of(&stage, policy, args.seed, args.reps, &crew, progress).map_err(Unusable::because)
    };
    let lived = live(&unchanged, &mut progress)?;
    let hindcast = Hindcast::of(&stage, &lived);
    let off: Vec<Compared> = hindcast.off(args.tolerance).into_iter().cloned().collect();
    let predicts = !sets.is_empty() && (off.is_empty() || args.anyway) && !crew.stopped();
    let prediction = match predicts {
        true => Some(Prediction::of(&hindcast, &lived, &live(&changed, &mut progress)?)),
        false => None,
    };
    progress.ends();
    let (asked, tolerance) = (args.reps as usize, args.tolerance);
    let replayed = Replayed { exact: &exact, stage: &stage, hindcast, tolerance, off, asked, sets: &args.set, prediction };
    outputs.write(&replayed)?;
    replayed.reasons().iter().for_each(|reason| eprintln!("cabrank-sim: {reason}"));
    Ok(match (crew.stopped(), replayed.off.is_empty()) {
        (true, _) => Outcome::Interrupted,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Missed,
    })
}

fn sets(texts: &[String]) -> Result<Vec<Set>, Unusable> {
    let many = texts.iter().map(|text| Set::parse_many(text)).collect::<Result<Vec<_>, _>>();
    many.map(|sets| sets.concat()).map_err(|fault| Unusable::because(format!("--set: {fault}")))
}
