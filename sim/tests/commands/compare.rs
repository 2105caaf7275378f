//! `cabrank-sim compare`.

use crate::bench::{Bench, timeless};
use serde_json::Value;

/// The difference of a figure: its value and interval.
fn difference(json: &Value, variant: &str, figure: &str) -> (f64, f64, f64) {
    let at = &json["variants"][variant].pointer(figure).unwrap_or_else(|| panic!("{figure} is not in {json:#}"))["difference"];
    let number = |value: &Value| value.as_f64().expect("a number");
    (number(&at["value"]), number(&at["ci95"][0]), number(&at["ci95"][1]))
}

#[test]
fn a_variant_that_changes_nothing_differs_in_nothing() {
    let bench = Bench::new();
    let told = bench.says("compare plain.toml", &["--set", "", "--set", "queue.main.target=20s", "--json", "-"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert_eq!(difference(&told.json(), "queue.main.target=20s", "/queues/main/asa_s"), (0.0, 0.0, 0.0));
}

#[test]
fn more_agents_are_clearly_better_on_the_same_days() {
    let bench = Bench::new();
    let words = ["--set", "", "--set", "agents.staff.count=14", "--json", "-"];
    let json = bench.says("compare plain.toml --threads 1", &words).json();
    let (better, low, _) = difference(&json, "agents.staff.count=14", "/queues/main/service_level");
    assert!(better > 0.03 && low > 0.0, "{better} from {low}");
    assert_eq!(timeless(json), timeless(bench.says("compare plain.toml --threads 3", &words).json()));
    let told = bench.says("compare plain.toml --html pair.html", &words[..4]);
    assert!(told.out.contains("\u{25cf}") && told.err.is_empty(), "{}{}", told.out, told.err);
    assert!(std::fs::read_to_string(bench.path("pair.html")).expect("a page").contains("<svg"));
}
