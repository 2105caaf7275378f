//! Thresholds changed while callers wait: over HTTP, by the configuration file, and over restarts.

use std::fs;
use std::time::Duration;

use cabrank_tests::desk::STRANGER;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(10);

fn booking(scene: &Scene) -> Value {
    scene.api().get("/api/v1/queues/booking").json
}

/// Waits until the log says so, and returns all of it.
fn awaits_log(scene: &Scene, part: &str) -> String {
    until(PATIENCE, &format!("`{part}` in the log"), || {
        let log = scene.engine.log();
        log.contains(part).then_some(log)
    })
}

/// Writes `to` in place of `from` in the configuration, and has it read again.
fn reload_with(scene: &Scene, from: &str, to: &str) {
    let text = fs::read_to_string(scene.engine.config()).expect("the configuration");
    assert!(text.contains(from), "no `{from}` in {text}");
    fs::write(scene.engine.config(), text.replacen(from, to, 1)).expect("the configuration");
    scene.engine.signal("HUP");
}

#[test]
fn a_change_reaches_whoever_waits_and_outlives_kill_9() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").expects_bye(30));
    scene.awaits_waiting(1);
    let answer = scene.api().tune(0, &json!({"max_wait": "1s"}), "closing early");
    assert_eq!(answer.status, 200, "{answer:?}");
    caller.succeeds();
    scene.api().awaits_outcomes("waited_too_long", 1);
    scene.engine.crash();
    scene.engine.restart();
    assert_eq!(booking(&scene)["thresholds"]["max_wait"], "1s");
    let changes = scene.api().get("/api/v1/changes").json;
    assert_eq!(changes["changes"].as_array().map(Vec::len), Some(1), "{changes:#}");
    assert_eq!(changes["changes"][0]["reason"], "closing early", "{changes:#}");
    let back = scene.api().post("/api/v1/changes/1/revert", &json!({"reason": "open again"}));
    assert_eq!((back.status, &back.json["number"]), (200, &json!(2)), "{back:?}");
    assert_eq!(booking(&scene)["thresholds"]["max_wait"], "5m");
}

#[test]
fn a_reload_changes_thresholds_while_a_caller_waits() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").expects_bye(30));
    scene.awaits_waiting(1);
    reload_with(&scene, "max_wait = \"5m\"", "max_wait = \"1s\"");
    caller.succeeds();
    let changes = until(PATIENCE, "the change to be kept", || {
        let changes = scene.api().get("/api/v1/changes").json;
        changes["changes"][0].is_object().then_some(changes)
    });
    assert_eq!(changes["changes"][0]["by"], "configuration file", "{changes:#}");
    scene.engine.crash();
    scene.engine.restart();
    assert_eq!(booking(&scene)["thresholds"]["max_wait"], "1s");
    scene.engine.must_be_alive();
}

#[test]
fn what_only_a_restart_can_change_is_named_and_faults_change_nothing() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    reload_with(&scene, "number = \"taxi\"", "number = \"cabs\"");
    let log = awaits_log(&scene, "can change only with a restart");
    assert!(log.contains("the names of lines"), "{log}");
    reload_with(&scene, "max_wait = \"5m\"", "max_wiat = \"5m\"");
    awaits_log(&scene, "the configuration is not taken, nothing has changed");
    assert_eq!(scene.api().get("/api/v1/queues").json["changes"], 0);
    assert_eq!(booking(&scene)["name"], "booking");
    scene.engine.must_be_alive();
}

#[test]
fn a_live_change_stays_when_the_file_says_the_same_and_ends_when_it_says_something_new() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    assert_eq!(scene.api().tune(0, &json!({"ring_for": "7s", "max_wait": "2m"}), "trial").status, 200);
    scene.engine.restart();
    assert_eq!(booking(&scene)["thresholds"]["ring_for"], "7s");
    let text = fs::read_to_string(scene.engine.config()).expect("the configuration");
    fs::write(scene.engine.config(), text.replacen("max_wait = \"5m\"", "max_wait = \"6m\"", 1)).expect("the configuration");
    scene.engine.restart();
    let thresholds = &booking(&scene)["thresholds"];
    assert_eq!((&thresholds["max_wait"], &thresholds["ring_for"]), (&json!("6m"), &json!("15s")));
}
