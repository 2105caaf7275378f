//! Is the production core fair, and does it keep its times? The table for the README.
//!
//! Exit code 1 if a rule of fairness is broken; a target that is missed is shown and no fault. A word on the command line
//! chooses scenarios by name; `--test` looks at little of each.

use cabrank_benches::fairness::{Effort, Judged, caption, judge, markdown, scenarios};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const WHOLE: Effort = Effort { replications: 10, looks: 4_000_000 };
const TEST: Effort = Effort { replications: 1, looks: 20_000 };

fn main() -> ExitCode {
    let (flags, words): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|argument| argument.starts_with('-'));
    let effort = if flags.iter().any(|flag| flag == "--test") { TEST } else { WHOLE };
    let chosen = |file: &PathBuf| words.is_empty() || words.iter().any(|word| name(file).contains(word));
    let judged: Result<Vec<Judged>, String> = scenarios().into_iter().filter(chosen).map(|file| told(&file, effort)).collect();
    let judged = match judged {
        Ok(judged) => judged,
        Err(fault) => {
            eprintln!("fairness: {fault}");
            return ExitCode::from(2);
        }
    };
    println!("{}\n{}", markdown(&judged), caption(&judged, effort));
    let fair = judged.iter().all(|judged| judged.broken().next().is_none());
    if fair { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn told(file: &Path, effort: Effort) -> Result<Judged, String> {
    eprintln!("{} ...", name(file));
    judge(file, effort)
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
