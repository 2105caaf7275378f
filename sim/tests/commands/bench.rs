//! A folder with a plain desk and scenario, and the binary.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// One queue, first come, first served: M/M/c.
const DESK: &str = r#"
[desk]
name = "plain"
region = "SG"
timezone = "Asia/Singapore"

[sip]
listen = ["udp:127.0.0.1:5060"]

[[line]]
number = "main"
press.1 = { queue = "main" }

[[queue]]
name = "main"
order = "fifo"
target = "20s"
service_level = "80% in 20s"
short_abandon = "0s"
wrap_up = "0s"
max_wait = "3h"
max_waiting = 10000

[[agent]]
name = "a1"
skills = { main = 1 }
contact = "sip:a1@127.0.0.1:5071"
"#;

/// Ten agents' worth of load.
const SCENARIO: &str = r#"
desk = "desk.toml"
warm_up = "30m"
duration = "6h"
replications = 4

[[callers]]
queue = "main"
arrivals = { poisson = { per_hour = 200 } }
handle = { exponential = { mean = "180s" } }
patience = "never"

[[agents]]
name = "staff"
count = 13
skills = { main = 1 }
"#;

/// A folder of its own.
pub(crate) struct Bench {
    folder: TempDir,
}

/// What a command came to.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("desk.toml"), DESK).expect("the desk is written");
        fs::write(folder.path().join("plain.toml"), SCENARIO).expect("the scenario is written");
        Bench { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the file is written");
    }

    /// The binary with these words, between blanks; what needs blanks is in `more`.
    pub(crate) fn command(&self, words: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cabrank-sim"));
        command.current_dir(self.folder.path()).args(words.split_whitespace()).args(more);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn says(&self, words: &str, more: &[&str]) -> Told {
        self.command(words, more).output().expect("the binary runs").into()
    }

    /// The same, with the plain scenario at the standard input.
    pub(crate) fn hears(&self, words: &str) -> Told {
        let mut child = self.command(words, &[]).stdin(Stdio::piped()).spawn().expect("the binary runs");
        let mut stdin = child.stdin.take().expect("it was piped");
        stdin.write_all(SCENARIO.as_bytes()).expect("it is heard");
        drop(stdin);
        child.wait_with_output().expect("it ends").into()
    }
}

impl From<Output> for Told {
    fn from(output: Output) -> Told {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it says text");
        Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}\n{}", self.out, self.err))
    }
}

/// The value of an estimate somewhere in a report.
pub(crate) fn value(json: &Value, path: &str) -> f64 {
    json.pointer(path).unwrap_or_else(|| panic!("{path} is not in {json:#}"))["value"].as_f64().expect("a number")
}

/// A report without what differs from run to run.
pub(crate) fn timeless(mut json: Value) -> Value {
    let run = json["run"].as_object_mut().expect("run is an object");
    run.remove("wall_s").expect("the time is told");
    run.remove("calls_per_s");
    json
}
