//! The command line of the simulator.

use std::process::ExitCode;

/// The exit code of a bug (`EX_SOFTWARE` of sysexits.h).
const BUG: u8 = 70;

fn main() -> ExitCode {
    std::panic::catch_unwind(cabrank_sim::cli::run).unwrap_or_else(|_| {
        eprintln!("cabrank-sim: this is a bug; please report what stands above");
        ExitCode::from(BUG)
    })
}
