//! The commands.

mod analyze;
mod check;
mod journal;
mod profiles;
mod replay;
mod serve;
mod tokens;
mod why;

use crate::assets::Source;
use cabrank_settings::StoreUrl;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// What every command can come to, as exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0: done.
    Done,
    /// 1: a target or a check was missed; it has been said which.
    Missed,
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
    name = "cabrank",
    version,
    about = "A telephone call router: first in line is served next, and nobody is turned away unexplained.",
    args_conflicts_with_subcommands = true,
    after_help = "Example: cabrank                       the built-in taxi desk on loopback\n         \
                  cabrank serve taxi.toml --data /var/lib/cabrank"
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Run the engine (what happens without a command, too).
    #[command(after_help = "Example: cabrank serve taxi.toml --bind 192.0.2.1 --data /var/lib/cabrank")]
    Serve(ServeArgs),
    /// Name every fault of a configuration, each with its line; exit code 2 if there is one.
    #[command(after_help = "Example: cabrank check taxi.toml")]
    Check {
        /// The configuration.
        config: PathBuf,
    },
    /// Serve, with simulated callers and agents over real SIP and RTP on loopback.
    #[command(after_help = "Example: cabrank demo --speed 4")]
    Demo(crate::demo::DemoArgs),
    /// Run a journal through the core again; prints counts and the digest, exit code 1 if it differs from what was noted.
    #[command(after_help = "Example: cabrank replay cabrank-data --digest")]
    Replay(replay::ReplayArgs),
    /// Why a call waited and who served it: every decision about it, in plain words.
    #[command(after_help = "Example: cabrank why 00000000000000a7 --data /var/lib/cabrank")]
    Why(why::WhyArgs),
    /// Verify a journal, or repair one.
    #[command(subcommand, after_help = "Example: cabrank journal check cabrank-data")]
    Journal(journal::JournalCommand),
    /// What repeat calls, abandons and broken promises have in common against everyone else.
    #[command(after_help = analyze::AFTER_HELP)]
    Analyze(analyze::AnalyzeArgs),
    /// Caller profiles: import, export, erase.
    #[command(subcommand, after_help = "Example: cabrank profiles import callers.csv")]
    Profiles(profiles::ProfilesCommand),
    /// Tokens of a running engine: who has one, one more, one less.
    #[command(subcommand, after_help = "Example: cabrank tokens make agent --agent a101 --name Ann")]
    Tokens(tokens::TokensCommand),
    /// What a running engine starts to foresee what changes would do; it asks on the input, and the output answers.
    #[command(hide = true)]
    Foresee {
        /// The data directory.
        data: PathBuf,
    },
}

#[derive(Args, Clone)]
pub(crate) struct ServeArgs {
    /// The configuration, one desk a file; without one, the built-in taxi desk.
    config: Vec<PathBuf>,
    /// Serve SIP and QUIC on this address instead of the configured ones, at the configured ports.
    #[arg(long, value_name = "IP")]
    bind: Option<std::net::IpAddr>,
    /// Where journal and database are kept.
    #[arg(long, value_name = "DIR", default_value = "cabrank-data")]
    data: PathBuf,
    /// Keep profiles and records in this PostgreSQL database instead of a file in the data directory. What the address does not say
    /// comes from libpq's variables: the password from PGPASSWORD, PGPASSFILE or ~/.pgpass.
    #[arg(long, value_name = "postgres://...")]
    store: Option<StoreUrl>,
    /// Say nothing at start.
    #[arg(long)]
    quiet: bool,
}

/// Runs the command that the arguments name, and says how it went.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Missed) => ExitCode::from(1),
        Err(error) => {
            eprintln!("cabrank: {error}");
            ExitCode::from(2)
        }
    }
}

fn execute(cli: Cli) -> Result<Outcome, Unusable> {
    match cli.command {
        None => serve::run(cli.serve),
        Some(Command::Serve(args)) => serve::run(args),
        Some(Command::Check { config }) => check::run(&Source::File(config)),
        Some(Command::Demo(args)) => crate::demo::run(args),
        Some(Command::Replay(args)) => replay::run(&args),
        Some(Command::Why(args)) => why::run(&args),
        Some(Command::Journal(command)) => journal::run(&command),
        Some(Command::Analyze(args)) => analyze::run(&args),
        Some(Command::Profiles(command)) => profiles::run(command),
        Some(Command::Tokens(command)) => tokens::run(command),
        Some(Command::Foresee { data }) => crate::foresight::see(data).map(|()| Outcome::Done).map_err(Unusable::because),
    }
}
