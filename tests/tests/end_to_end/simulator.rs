//! A journal that a running engine kept, in the simulator: the same decisions, and a day that can be lived through again.

use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::engine::{cabrank, cabrank_sim, path, printed};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use serde_json::Value;
use std::process::Output;

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", printed(output)))
}

/// One caller is served, another one waits and hangs up; then the engine is killed.
fn a_short_day() -> Scene {
    let mut scene = Scene::with_agents(1, |desk| desk);
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 100).pause(2_500).bye());
    let served = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").expects_bye(30));
    scene.api().awaits_call("talking", |call| call["state"] == "talking");
    let impatient = scene.caller(1, &Scenario::caller(KNOWN).call().keys("2").pause(600).bye());
    scene.awaits_waiting(1);
    impatient.succeeds();
    served.succeeds();
    agent.succeeds();
    scene.api().awaits_outcomes("served_by_agent", 1);
    scene.engine.must_be_alive();
    scene.engine.crash();
    scene
}

#[test]
fn a_real_day_decides_the_same_and_is_lived_through_again() {
    let scene = a_short_day();
    let data = path(scene.engine.data());

    let live = json(&cabrank(&["replay", data, "--json"]));
    let again = json(&cabrank_sim(&["replay", data, "--exact", "--json", "-"]));
    let text = again.to_string();
    for digest in ["digest", "decisions_digest"] {
        let noted = live[digest].as_str().expect("a digest");
        assert!(text.contains(noted), "{digest} {noted} is not in {text}");
    }
    assert_eq!(live["digests_differ"], Value::Array(Vec::new()), "{live}");

    let lived = cabrank_sim(&["replay", data, "--reps", "5"]);
    assert!(lived.status.success(), "{}", printed(&lived));
    let predicted = cabrank_sim(&["replay", data, "--reps", "5", "--set", "queue.booking.wrap_up=60s"]);
    assert!(predicted.status.success(), "{}", printed(&predicted));
    let wrong = cabrank_sim(&["replay", data, "--set", "queue.nowhere.wrap_up=60s"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", printed(&wrong));
}
