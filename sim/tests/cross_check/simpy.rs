//! The model in Python, and SimPy from PyPI.

use crate::figures::{Figure, Figures};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, process};

const VERSION: &str = "4.1.1";

/// So many replications of a model.
pub(crate) fn days(name: &str, replications: u32) -> Figures {
    let model = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cross_check/model.py");
    let mut python = Command::new("python3");
    python.env("PYTHONPATH", installed()).env("PYTHONDONTWRITEBYTECODE", "1");
    let output = python.arg(model).arg(name).arg(replications.to_string()).output().expect("python3 runs");
    assert!(output.status.success(), "model.py {name}: {}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).expect("figures");
    let number = |figure: &Value, key: &str| figure[key].as_f64().unwrap_or_else(|| panic!("no {key} in {figure}"));
    let figure = |(name, figure): (&String, &Value)| {
        let replications = number(figure, "replications") as usize;
        (name.clone(), Figure { mean: number(figure, "mean"), error: number(figure, "error"), replications })
    };
    Figures::of(said.as_object().expect("figures by name").iter().map(figure))
}

/// Where SimPy is, once it is whole there.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("simpy-{VERSION}"));
    if !folder.exists() {
        let unfinished = folder.with_extension(process::id().to_string());
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]).arg(&unfinished);
        let output = pip.arg(format!("simpy=={VERSION}")).output().expect("python3 runs");
        assert!(output.status.success(), "pip install simpy: {}", String::from_utf8_lossy(&output.stderr));
        // Another run of this test may have been faster: then that one is as good.
        assert!(fs::rename(&unfinished, &folder).is_ok() || folder.exists(), "{} cannot be made", folder.display());
    }
    folder
}
