//! `cabrank-sim verify`.

use crate::bench::Bench;

#[test]
fn a_missed_target_is_exit_code_1_with_the_reason() {
    let bench = Bench::new();
    let told = bench.says("verify plain.toml --set agents.staff.count=11", &[]);
    assert_eq!(told.code, Some(1));
    let reason = "missed: main: share answered within 20 s is ";
    assert!(told.err.contains(reason) && told.err.contains("clear of the limit"), "{}", told.err);
    let quiet = bench.says("verify plain.toml --set agents.staff.count=11 --quiet", &[]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err), (Some(1), "", told.err));
}

#[test]
fn what_keeps_everything_is_exit_code_0() {
    let bench = Bench::new();
    let told = bench.says("verify plain.toml --set agents.staff.count=16 --json -", &[]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let checks = told.json()["checks"].as_array().expect("checks").clone();
    assert_eq!(checks.len(), 5, "{checks:#?}");
    assert!(checks.iter().all(|check| check["verdict"] == "kept"), "{checks:#?}");
}

#[test]
fn a_limit_of_the_scenario_is_a_check() {
    let bench = Bench::new();
    let told = bench.says("verify plain.toml --set agents.staff.count=16;verify.max_wait_over_target=0.01", &[]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.contains("the longest wait over its target"), "{}", told.err);
}

#[test]
fn troubles_break_no_rule() {
    let bench = Bench::new();
    let trouble = "trouble.lost=0.002;trouble.doubled=0.002;trouble.crash_every=1h;agents.staff.count=18";
    let told = bench.says("verify plain.toml --json - --set", &[trouble]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let checks = told.json()["checks"].as_array().expect("checks").clone();
    assert!(checks.iter().any(|check| check["figure"] == "recoveries"), "{checks:#?}");
}
