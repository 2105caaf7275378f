//! A folder with a small desk and a good scenario to spoil.

use cabrank_sim::scenario::{Faults, Scenario, Set, read};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Two queues, of classes and without, a line with a menu and one without.
pub(crate) const DESK: &str = r#"
[desk]
name = "small"
region = "SG"
timezone = "Asia/Singapore"

[sip]
listen = ["udp:127.0.0.1:5060"]

[[line]]
number = "taxi"
hours = "Mon-Fri 08:00-18:00"
press.1 = { instant = "taxi-now", otherwise = "booking" }

[[line]]
number = "+6565521111"
press.1 = { queue = "booking" }
press.2 = { queue = "tours" }

[[service]]
name = "taxi-now"
builtin = "demo-fleet"

[[queue]]
name = "booking"
class.regular = "20s"
class.visitor = "40s"
default_class = "visitor"

[[queue]]
name = "tours"
target = "1m"

[[agent]]
name = "a101"
skills = { booking = 1, tours = 2 }
contact = "sip:a101@127.0.0.1:5071"

[[agent]]
name = "a102"
skills = { tours = 1 }
contact = "sip:a102@127.0.0.1:5072"
"#;

/// One of everything.
pub(crate) const GOOD: &str = r#"
desk = "desk.toml"
seed = 3
begins = "2026-11-20 07:30"
warm_up = "30m"
duration = "8h"
replications = 5
prompt = "3s"

[[callers]]
name = "regulars"
queue = "booking"
class = "regular"
arrivals = { poisson = { per_hour = 120 } }
handle = { lognormal = { mean = "180s", sd = "150s" } }
patience = { exponential = { mean = "120s" } }
redial = { chance = 0.4, after = { exponential = { mean = "5m" } } }
regulars = 2000
callback = { accepted = 0.5, reached = 0.9, picks_up_after = { constant = "4s" } }
cut_off = 0.001

[[callers]]
line = "+6565521111"
arrivals = { profile = { per_hour = [60, 90.5, 30], every = "30m" } }
handle = { erlang = { mean = "2m", phases = 4 } }
patience = "never"
known = 0.6
press = { 1 = 0.7, 2 = 0.2, other = 0.05, after = { gamma = { mean = "3s", sd = "1s" } } }

[[callers]]
name = "tourists"
queue = "tours"
arrivals = { trace = "calls.csv" }
handle = { empirical = "handle.csv" }

[[agents]]
name = "day"
count = 12
skills = { booking = 1 }
present = ["07:00-12:00", "12:30-16:00"]
breaks = ["10:15-10:30", { at = "13:30-15:00", for = "10m" }]
late = { chance = 0.1, by = { exponential = { mean = "5m" } } }
speed = 1.1
picks_up_after = { constant = "2s" }
unanswered = 0.01
declined = 0.01
dropped = 0.002
cost_per_hour = 25

[[agents]]
count = 3
skills = { booking = 2, tours = 1 }

[[service]]
name = "taxi-now"
answers_after = { exponential = { mean = "400ms" } }
eta = { constant = "5m" }
refused = 0.1
failed = 0.05
silent = 0.01

[trouble]
lost = 0.001
late = 0.01
late_by = { exponential = { mean = "2s" } }
doubled = 0.01
crash_every = "4h"

[verify]
max_wait_over_target = 3
abandoned = 0.05
quote_error = 0.05
"#;

/// A folder of its own.
pub(crate) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// With the desk, a trace and some handle times.
    pub(crate) fn new() -> Bench {
        let bench = Bench { folder: TempDir::new().expect("a folder") };
        bench.write("desk.toml", DESK);
        bench.write("calls.csv", "at,class,handle_s,patience_s,number\n60,,30.5,,+6591234567\n07:30:10,,,45,\n3600,,,,\n");
        bench.write("handle.csv", "seconds\n30\n60.5\n 90\n");
        bench
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    }

    /// Reads that text as a scenario.
    pub(crate) fn read(&self, text: &str) -> Result<Scenario, Faults> {
        read(&self.write("scenario.toml", text), &[])
    }

    /// The same after these assignments, `;` between them.
    pub(crate) fn read_with(&self, text: &str, sets: &str) -> Result<Scenario, Faults> {
        read(&self.write("scenario.toml", text), &Set::parse_many(sets).expect("assignments"))
    }

    /// The good one after these assignments.
    pub(crate) fn good_with(&self, sets: &str) -> Scenario {
        self.read_with(GOOD, sets).unwrap_or_else(|faults| panic!("{sets}: {}", told(&faults)))
    }
}

/// All faults, a line each.
pub(crate) fn told(faults: &Faults) -> String {
    faults.iter().map(|fault| format!("{fault} ({})\n", fault.right)).collect()
}
