//! What must hold of every report, whatever was simulated.

use crate::family::{failing, vanishing};
use crate::report::{Report, run};

const FILES: [&str; 6] = ["loss", "two-agents", "impatient", "lognormal", "one-agent", "unequal-agents"];

/// A few short days.
fn short(file: &str, words: &[&str]) -> Report {
    run(file, &[&["--reps", "10", "--set", "duration=60h;warm_up=2h"], words].concat())
}

#[test]
fn littles_law_holds_in_every_report() {
    for file in FILES {
        let report = short(file, &[]);
        let length = report.value("queues.main.queue_length.mean");
        assert_eq!(failing(&[vanishing(file, &report, "checks.littles_law_residual", length + 1e-6)], 1), []);
        assert_eq!(report.value("checks.conservation_residual"), 0.0, "{file}");
        // By the figures that are told: as close as the means of a product and of its factors are.
        let by_waits = report.value("queues.main.offered") * report.value("queues.main.wait_s.mean") / report.counted_s();
        assert!((length - by_waits).abs() <= 0.1 * length, "{file}: {length} callers in line, {by_waits} by their waits");
    }
}

#[test]
fn one_replication_has_no_interval() {
    let report = run("two-agents", &["--reps", "1"]);
    for figure in ["queues.main.wait_s.mean", "queues.main.service_level", "agents.occupancy", "checks.littles_law_residual"] {
        assert!(report.estimate(figure).half_width.is_none(), "{figure} has an interval from one replication");
    }
}

#[test]
fn one_thread_finds_what_two_find() {
    for file in FILES {
        let by = |threads| short(file, &["--threads", threads]).timeless();
        assert_eq!(by("1"), by("2"), "{file}");
    }
}
