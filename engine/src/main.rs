//! The command line of Cabrank.

use std::io::IsTerminal;
use std::process::ExitCode;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a bug (`EX_SOFTWARE` of sysexits.h).
const BUG: u8 = 70;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    // A log on a full disk loses lines. Complaining of it there would panic, and take the thread along.
    let to = to.log_internal_errors(false);
    let to = to.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).finish();
    to.with(filter_fn(may_be_logged)).init();
    std::panic::catch_unwind(cabrank::cli::run).unwrap_or_else(|_| {
        eprintln!("cabrank: this is a bug; please report what stands above");
        ExitCode::from(BUG)
    })
}

/// Whatever `RUST_LOG` asks for: libraries print whole messages, with numbers, digits and credentials in them, below a warning. The
/// SIP library's INFO lines would also cost two fifths of the SIP path.
fn may_be_logged(line: &Metadata<'_>) -> bool {
    line.target().starts_with("cabrank") || *line.level() <= Level::WARN
}
