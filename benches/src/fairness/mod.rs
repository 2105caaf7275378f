//! Whether the production core is fair and keeps its times: scenarios lived through, and what came of them.
//!
//! What `cabrank-sim verify` looks at, for many scenarios at once. A rule that is broken is a fault of the core; a target that is
//! missed says something of the scenario: too few agents for so many callers.

mod table;

pub use table::{caption, markdown};

use cabrank_core::{Desk, Input, Outbox, Tick};
use cabrank_sim::figures::{Estimates, Figures};
use cabrank_sim::replications::{Alone, Crew, of_scenario};
use cabrank_sim::scenario::{Scenario, read};
use cabrank_sim::simulate::{Watched, Witness, settings_of, simulate};
use cabrank_sim::verify::{Check, checks};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// What a rule is counted from: that all skips are explained, that nobody idles while a caller waits, that the oracle agrees.
const RULES: [&str; 3] = ["fairness.unexplained_skips", "checks.conservation_residual", "oracle"];

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Replications of each scenario, whatever number it names itself.
    pub replications: u32,
    /// What the oracle looks at in each scenario: steps times agents.
    pub looks: u64,
}

/// A scenario that was lived through.
pub struct Judged {
    /// The scenario.
    pub scenario: Scenario,
    /// What the replications say together.
    pub seen: Estimates,
    /// What must be so, and whether it is.
    pub checks: Vec<Check>,
    /// Steps that the oracle looked at.
    pub steps: u64,
}

/// The scenarios that the project keeps, by name: those of the configuration's examples and those for speed.
///
/// # Panics
/// A directory of this project is not there.
pub fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["config/scenarios", "benches/scenarios"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(|folder| folder.read_dir().expect("the folder stands"));
    let mut files: Vec<PathBuf> =
        files.map(|file| file.expect("it can be read").path()).filter(|file| is_scenario(file)).collect();
    files.sort();
    files
}

/// Beside a scenario may lie the desk that it is about, and files of calls.
fn is_scenario(file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.extension().is_some_and(|extension| extension == "toml") && !stem.ends_with("-desk")
}

/// Lives through the scenario of a file.
///
/// # Errors
/// The faults of the scenario, or what its desk refuses, in words.
pub fn judge(file: &Path, effort: Effort) -> Result<Judged, String> {
    let scenario = read(file, &[]).map_err(|faults| faults.to_string())?;
    let scenario = Scenario { replications: effort.replications, ..scenario };
    let figures = lived(&scenario)?;
    let mut watch = Watch::of(&scenario, effort);
    simulate(&scenario, scenario.seed, &mut watch).map_err(|refusal| refusal.to_string())?;
    let (steps, oracle) = watch.said();
    let mut checks = checks(&scenario, &figures);
    checks.push(oracle);
    Ok(Judged { seen: Estimates::of(&figures), scenario, checks, steps })
}

/// All replications, on all cores.
fn lived(scenario: &Scenario) -> Result<Vec<Figures>, String> {
    let (threads, never) = (std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN), AtomicBool::new(false));
    let crew = Crew::new(threads, &never);
    let lived = crew.run(&of_scenario(scenario), &mut Alone, |job, tally| tally.figures(job.scenario));
    Ok(lived.map_err(|refusal| refusal.to_string())?.into_iter().flatten().collect())
}

impl Judged {
    /// The rules of fairness that were broken.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| is_rule(check) && check.verdict.is_miss())
    }

    /// The targets and limits that were missed.
    pub fn missed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !is_rule(check) && check.verdict.is_miss())
    }
}

fn is_rule(check: &Check) -> bool {
    RULES.contains(&check.figure.as_str())
}

/// The oracle, as long as it has time.
struct Watch {
    oracle: Watched,
    steps_max: u64,
}

impl Watch {
    fn of(scenario: &Scenario, effort: Effort) -> Watch {
        let agents = (scenario.agents.len() as u64).max(1);
        Watch { oracle: Watched::new(settings_of(scenario)), steps_max: effort.looks / agents }
    }

    /// How many steps it saw, and whether a rule was broken in them.
    fn said(self) -> (u64, Check) {
        let steps = self.oracle.steps();
        let breach = self.oracle.breach().map(ToString::to_string);
        let broken = if breach.is_some() { 1.0 } else { 0.0 };
        let check = Check::zero("rules of the desk that the oracle saw broken", "oracle", &[broken]);
        (steps, Check { more: breach, ..check })
    }
}

impl Witness for Watch {
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        if self.oracle.steps() < self.steps_max {
            self.oracle.told(at, input, out, desk);
        }
    }

    fn goes_on(&mut self) -> bool {
        self.oracle.steps() < self.steps_max && self.oracle.goes_on()
    }
}
