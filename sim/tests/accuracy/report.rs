//! The binary run on a scenario's file, and its report.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The report of a run, or of one side of a comparison.
pub(crate) struct Report {
    json: Value,
    /// What stands between a figure's name and its estimate.
    side: Option<&'static str>,
}

/// A figure over the replications.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    /// Half the width of the 95 % interval; none from one replication.
    pub(crate) half_width: Option<f64>,
}

/// Runs a scenario of `tests/files` with these words besides.
pub(crate) fn run(scenario: &str, words: &[&str]) -> Report {
    Report { json: said("run", scenario, words), side: None }
}

/// Runs it with each of these settings against the first, in pairs: a report of each, and of what it differs from the first.
pub(crate) fn compare(scenario: &str, settings: &[&str]) -> Vec<Pair> {
    let words: Vec<&str> = settings.iter().flat_map(|set| ["--set", *set]).collect();
    let json = said("compare", scenario, &words);
    settings[1..].iter().map(|variant| Pair::of(&json, variant)).collect()
}

/// Two settings on the same days.
pub(crate) struct Pair {
    pub(crate) base: Report,
    pub(crate) variant: Report,
    pub(crate) difference: Report,
}

impl Pair {
    fn of(json: &Value, variant: &str) -> Pair {
        let side = |side| {
            let mut figures = json["variants"][variant].clone();
            figures["run"] = json["run"].clone();
            Report { json: figures, side: Some(side) }
        };
        Pair { base: side("base"), variant: side("variant"), difference: side("difference") }
    }
}

fn said(command: &str, scenario: &str, words: &[&str]) -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut binary = Command::new(env!("CARGO_BIN_EXE_cabrank-sim"));
    binary.current_dir(folder).arg(command).arg(format!("{scenario}.toml")).args(words).args(["--json", "-"]);
    let output = binary.stdin(Stdio::null()).output().expect("the binary runs");
    assert!(output.status.success(), "{command} {scenario}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("a report")
}

impl Report {
    /// The estimate of that name: its parts with dots between them.
    pub(crate) fn estimate(&self, name: &str) -> Estimate {
        let pointer = format!("/{}", name.replace('.', "/"));
        let found = self.json.pointer(&pointer).unwrap_or_else(|| panic!("no {name} in {:#}", self.json));
        let found = self.side.map_or(found, |side| &found[side]);
        let value = found["value"].as_f64().unwrap_or_else(|| panic!("{name} has no value: {found}"));
        let bound = |n: usize| found["ci95"][n].as_f64();
        Estimate { value, half_width: bound(0).zip(bound(1)).map(|(low, high)| (high - low) / 2.0) }
    }

    pub(crate) fn value(&self, name: &str) -> f64 {
        self.estimate(name).value
    }

    /// How many replications there were.
    pub(crate) fn replications(&self) -> usize {
        self.json["run"]["replications"].as_u64().expect("a number") as usize
    }

    /// The time of a replication that counts, in seconds.
    pub(crate) fn counted_s(&self) -> f64 {
        let time = |name| self.json["run"][name].as_f64().expect("a time");
        time("duration_s") - time("warm_up_s")
    }

    /// All of it but how long it took.
    pub(crate) fn timeless(mut self) -> Value {
        let run = self.json["run"].as_object_mut().expect("run is an object");
        run.remove("wall_s").expect("the time is told");
        run.remove("calls_per_s");
        self.json
    }
}
