//! Figures over replications, of either simulator, and how far they are apart.

use cabrank_sim::statistics::Interval;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

/// A mean over replications and its standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) mean: f64,
    pub(crate) error: f64,
    pub(crate) replications: usize,
}

/// By name: its parts with dots between them.
pub(crate) struct Figures(BTreeMap<String, Figure>);

/// What one simulator found beside what the other did.
#[derive(Debug)]
pub(crate) struct Difference {
    name: String,
    binary: f64,
    model: f64,
    half_width: f64,
}

/// All figures of a scenario with something set.
pub(crate) fn of_binary(scenario: &str, set: &str) -> Figures {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut binary = Command::new(env!("CARGO_BIN_EXE_cabrank-sim"));
    binary.current_dir(folder).arg("run").arg(format!("{scenario}.toml")).args(["--set", set, "--json", "-"]);
    let output = binary.output().expect("the binary runs");
    assert!(output.status.success(), "{scenario}: {}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let mut figures = BTreeMap::new();
    let replications = report["run"]["replications"].as_u64().expect("a number") as usize;
    collect("queues", &report["queues"], replications, &mut figures);
    Figures(figures)
}

fn collect(name: &str, value: &Value, replications: usize, figures: &mut BTreeMap<String, Figure>) {
    let Some(parts) = value.as_object() else { return };
    if let (Some(mean), Some(low), Some(high)) = (value["value"].as_f64(), value["ci95"][0].as_f64(), value["ci95"][1].as_f64()) {
        let error = (high - low) / 2.0 / quantile(0.95, replications);
        figures.insert(name.to_owned(), Figure { mean, error, replications });
    }
    parts.iter().for_each(|(part, value)| collect(&format!("{name}.{part}"), value, replications, figures));
}

impl Figures {
    pub(crate) fn of(figures: impl Iterator<Item = (String, Figure)>) -> Figures {
        Figures(figures.collect())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Of every figure that the model has.
    pub(crate) fn differences(&self, model: &Figures, confidence: f64) -> Vec<Difference> {
        let difference = |(name, model): (&String, &Figure)| {
            let binary = self.0.get(name).unwrap_or_else(|| panic!("no {name} in the report"));
            let t = quantile(confidence, binary.replications.min(model.replications));
            let half_width = t * binary.error.hypot(model.error);
            Difference { name: name.clone(), binary: binary.mean, model: model.mean, half_width }
        };
        model.0.iter().map(difference).collect()
    }
}

impl Difference {
    pub(crate) fn is_chance(&self) -> bool {
        (self.binary - self.model).abs() <= self.half_width
    }

    /// Half of the interval's width as a share of the figure.
    pub(crate) fn width(&self) -> f64 {
        self.half_width / self.model
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { name, binary, model, half_width } = self;
        write!(f, "{name:<45} cabrank-sim {binary:>10.5}  SimPy {model:>10.5}  apart by {:>8.5} of ± ", (binary - model).abs())?;
        write!(f, "{half_width:.5} ({:.1} %)", self.width() * 100.0)
    }
}

/// Student's two-sided quantile: what multiplies the standard error of so many replications' mean.
fn quantile(confidence: f64, replications: usize) -> f64 {
    let one_error: Vec<f64> = (0..replications).map(|n| n as f64).collect();
    let n = replications as f64;
    // The variance of 0, 1, …, n - 1 is n (n + 1) / 12.
    Interval::of(&one_error, confidence).half_width / ((n + 1.0) / 12.0).sqrt()
}
