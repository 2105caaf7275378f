//! What a process costs: CPU time by thread, and memory.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::ops::Sub;

/// CPU time a process has used, in milliseconds, by the names of its threads.
#[derive(Clone, Debug, Default)]
pub struct Cpu(BTreeMap<String, f64>);

impl Cpu {
    /// What it has used so far.
    pub fn of(process: u32) -> Cpu {
        let mut threads = BTreeMap::new();
        let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("a running process");
        for task in tasks.flatten() {
            let read = |file: &str| fs::read_to_string(task.path().join(file)).unwrap_or_default();
            *threads.entry(read("comm").trim().to_owned()).or_insert(0.0) += used_ms(&read("schedstat"));
        }
        Cpu(threads)
    }

    /// Of all threads together.
    pub fn sum_ms(&self) -> f64 {
        self.0.values().sum()
    }

    /// A share of it.
    pub fn each(&self, parts: u32) -> Cpu {
        Cpu(self.0.iter().map(|(name, ms)| (name.clone(), ms / f64::from(parts))).collect())
    }
}

impl Sub for Cpu {
    type Output = Cpu;

    fn sub(self, before: Cpu) -> Cpu {
        let since = |(name, ms): (String, f64)| {
            let then = before.0.get(&name).copied().unwrap_or_default();
            (name, ms - then)
        };
        Cpu(self.0.into_iter().map(since).collect())
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ms (", self.sum_ms())?;
        let mut threads: Vec<_> = self.0.iter().collect();
        threads.sort_by(|a, b| b.1.total_cmp(a.1));
        let named: Vec<String> = threads.iter().map(|(name, ms)| format!("{name} {ms:.3}")).collect();
        write!(f, "{})", named.join(", "))
    }
}

/// The first field of `schedstat`: nanoseconds on a processor.
fn used_ms(schedstat: &str) -> f64 {
    schedstat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

/// Memory a process holds, in KiB.
pub fn resident_kib(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a running process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).expect("VmRSS in KiB")
}
