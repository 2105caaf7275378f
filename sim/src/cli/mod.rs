//! The commands.

mod compare;
mod crew;
mod interrupt;
mod journal;
mod load;
mod output;
mod progress;
mod replay;
mod replayed;
mod run;
mod source;
mod tune;
mod tuned;
mod verified;
mod verify;
mod watch;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// What every command can come to, as exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0: done.
    Done,
    /// 1: a target or a check was missed; it has been said which.
    Missed,
    /// 130: somebody interrupted it; what there was so far has been said.
    Interrupted,
}

/// Why a command could not do its work: one short paragraph, exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unusable(String);

impl Unusable {
    /// What, where, and what to do.
    pub fn because(why: impl std::fmt::Display) -> Unusable {
        Unusable(why.to_string())
    }
}

#[derive(Parser)]
#[command(
    name = "cabrank-sim",
    version,
    about = "Cabrank's router in virtual time: the production core, with callers and agents drawn by lot.",
    after_help = "Example: cabrank-sim run config/scenarios/clinic.toml"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Live through a scenario, and report what it came to.
    #[command(after_help = "Example: cabrank-sim run config/scenarios/rainy-friday.toml --reps 50 --html friday.html\n         \
                      cabrank-sim run config/scenarios/clinic.toml --set 'queue.*.target=30s' --json -")]
    Run(run::RunArgs),
    /// Hold variants of a scenario against each other over the same days: paired differences with intervals.
    #[command(
        after_help = "Example: cabrank-sim compare config/scenarios/clinic.toml --set '' --set 'queue.*.order=fifo' --set agents.0.count=3"
    )]
    Compare(compare::CompareArgs),
    /// Hold a scenario against its targets and limits and against the rules; exit code 1 and the reasons if one is missed.
    #[command(after_help = "Example: cabrank-sim verify config/scenarios/clinic.toml --reps 30")]
    Verify(verify::VerifyArgs),
    /// Run a journal through the core again, live through its day with unchanged settings, and predict it with others.
    ///
    /// The simulated day is held against the real one first; exit code 1, and no prediction, if it is another one.
    #[command(after_help = "Example: cabrank-sim replay cabrank-data --set queue.booking.wrap_up=10s")]
    Replay(replay::ReplayArgs),
    /// Put a running desk under load: callers by a Poisson schedule, agents who answer, latencies from the moments at which calls were due.
    #[command(after_long_help = load::AFTER_HELP)]
    Load(Box<load::LoadArgs>),
    /// Search thresholds (or anything else that --set can change) toward a goal.
    #[command(after_help = tune::AFTER_HELP)]
    Tune(tune::TuneArgs),
}

/// Runs the command that the arguments name, and says how it went.
pub fn run() -> ExitCode {
    match execute(&Cli::parse().command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Missed) => ExitCode::from(1),
        Ok(Outcome::Interrupted) => ExitCode::from(interrupt::INTERRUPTED),
        Err(error) => {
            eprintln!("cabrank-sim: {error}");
            ExitCode::from(2)
        }
    }
}

fn execute(command: &Command) -> Result<Outcome, Unusable> {
    match command {
        Command::Run(args) => run::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Load(args) => load::run(args),
        Command::Tune(args) => tune::run(args),
    }
}
