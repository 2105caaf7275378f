//! `cabrank-sim tune`, where the answer is known.

use crate::bench::{Bench, timeless, value};

/// The share of callers of an M/M/c queue who wait no longer than `t` services, at a load of `a` (Erlang C).
fn answered_within(agents: u32, a: f64, t: f64) -> f64 {
    let blocked = (1..=agents).fold(1.0, |blocked, n| a * blocked / (f64::from(n) + a * blocked));
    let free = f64::from(agents) - a;
    let waits = f64::from(agents) * blocked / (f64::from(agents) - a * (1.0 - blocked));
    1.0 - waits * (-free * t).exp()
}

#[test]
fn the_least_number_of_agents_is_that_of_erlang_c() {
    let bench = Bench::new();
    let wanted = 0.85;
    let by_formula = (11..20).find(|agents| answered_within(*agents, 10.0, 20.0 / 180.0) >= wanted).expect("there is one");
    let goal = format!("min agents.cost subject to queues.*.service_level >= {wanted}");
    let vary = ["--vary", "agents.staff.count=11..19", "--goal", &goal, "--json", "-"];
    let told = bench.says("tune plain.toml --set duration=20h --reps 15 --budget 400 --threads 2", &vary);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let json = told.json();
    assert_eq!(json["best"]["set"]["agents.staff.count"], by_formula.to_string(), "{json:#}");
    let level = json["best"]["limits"][0]["value"].as_f64().expect("a number");
    assert!((level - answered_within(by_formula, 10.0, 20.0 / 180.0)).abs() < 0.03, "{level}");
    assert!(json["run"]["replications_saved"].as_u64() > Some(30), "{json:#}");
    assert!(
        (value(&json, "/best/objective") - 19.5 * f64::from(by_formula)).abs() < 1e-6,
        "what an hour costs, without the warm-up"
    );
    let alone = bench.says("tune plain.toml --set duration=20h --reps 15 --budget 400 --threads 1", &vary).json();
    assert_eq!(timeless(json), timeless(alone));
}

#[test]
fn where_nothing_is_feasible_that_is_said() {
    let bench = Bench::new();
    let goal = ["--goal", "min agents.cost subject to queues.main.service_level >= 99.9%", "--vary", "agents.staff.count=8..11"];
    let told = bench.says("tune plain.toml --budget 200 --html front.html", &goal);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.out.contains("Nothing is feasible"), "{}", told.out);
    assert!(std::fs::read_to_string(bench.path("front.html")).expect("a page").contains("<svg"));
}

#[test]
fn words_and_lengths_are_searched() {
    let bench = Bench::new();
    let words = [
        "--goal",
        "min queues.main.asa_s",
        "--vary",
        "queue.main.order=fifo|proportional",
        "--vary",
        "queue.main.wrap_up=0s..30s",
    ];
    let told = bench.says("tune plain.toml --budget 300 --json - --reps 6 --set duration=3h", &words);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let wrap_up = told.json()["best"]["set"]["queue.main.wrap_up"].as_str().expect("a length").to_owned();
    assert!(["0s", "1s", "2s"].contains(&wrap_up.as_str()), "{wrap_up}");
}
