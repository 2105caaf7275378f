//! The command line of Cabrank.

use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a bug (`EX_SOFTWARE` of sysexits.h).
const BUG: u8 = 70;

fn main() -> ExitCode {
    // The SIP library's own INFO lines cost two fifths of the SIP path.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,rsipstack=warn,sqlx=warn"));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
    // A log on a full disk loses lines. Complaining of it there would panic, and take the thread along.
    let to = to.log_internal_errors(false);
    to.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init();
    std::panic::catch_unwind(cabrank::cli::run).unwrap_or_else(|_| {
        eprintln!("cabrank: this is a bug; please report what stands above");
        ExitCode::from(BUG)
    })
}
