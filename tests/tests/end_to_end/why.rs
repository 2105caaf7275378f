//! Why a call waited and who served it, as the engine tells while it runs and after it was killed.

use cabrank_tests::api::id_of;
use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use serde_json::Value;

/// `cabrank why` of a call in this scene's journal.
fn why(scene: &Scene, call: &str, flags: &[&str]) -> std::process::Output {
    cabrank(&[&["why", call, "--data", path(scene.engine.data())], flags].concat())
}

#[test]
fn a_call_that_was_declined_once_is_told_to_the_end() {
    let mut scene = Scene::with_agents(2, |desk| desk);
    let first = scene.agent(0, &Scenario::agent().refuses(20, 486, "Busy Here"));
    let second = scene.agent(1, &Scenario::agent().takes_call(20, 100).pause(300).bye());
    scene.call(&Scenario::caller(STRANGER).call().keys("2").expects_bye(20));
    first.succeeds();
    second.succeeds();
    let call = id_of(&scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent"));

    let over_http = scene.api().get(&format!("/api/v1/calls/{call}/why"));
    assert_eq!(over_http.status, 200, "{over_http:?}");
    let sentences = over_http.json["sentences"].to_string();
    for part in ["pressed 2.", "joined booking", "a101 is rung", "a101 was busy with something else.", "a102 answered."] {
        assert!(sentences.contains(part), "no `{part}` in {sentences}");
    }
    assert_eq!(over_http.json["totals"]["missed"], 1, "{sentences}");
    assert_eq!((&over_http.json["agent"], &over_http.json["outcome"]), (&"a102".into(), &"served_by_agent".into()));

    let beside = why(&scene, &call, &["--json"]);
    assert!(beside.status.success(), "{}", printed(&beside));
    let beside: Value = serde_json::from_slice(&beside.stdout).expect("JSON");
    assert_eq!(beside, over_http.json, "the command tells something else than the engine");
    scene.engine.must_be_alive();
    scene.engine.crash();
    let after = why(&scene, &call, &[]);
    assert!(printed(&after).contains("was taken by a102, and ended as served by agent."), "{}", printed(&after));
    assert!(!printed(&after).contains(&STRANGER[1..]), "a number in the story");
}

#[test]
fn a_call_overtaken_by_a_shorter_target_is_told_why() {
    let scene = Scene::with_agents(1, |desk| {
        desk.queue_key("class", "{ regular = \"1s\", visitor = \"10m\" }").queue_key("default_class", "\"visitor\"")
    });
    let talker = Scenario::agent().takes_call(20, 100).pause(3_000).bye();
    let agent = scene.agent(0, &talker);
    let first = scene.caller(0, &Scenario::caller("+6590000001").call().keys("2").expects_bye(30));
    scene.api().awaits_call("talking", |call| call["state"] == "talking");
    let visitor = scene.caller(1, &Scenario::caller(STRANGER).call().keys("2").pause(6_000).bye());
    scene.awaits_waiting(1);
    let regular = scene.caller(2, &Scenario::caller(KNOWN).call().keys("2").pause(5_000).bye());
    scene.awaits_waiting(2);
    first.succeeds();
    agent.succeeds();
    let visitors = |call: &Value| call["caller"]["number"] == STRANGER;
    let call = id_of(&scene.api().awaits_call("of the visitor", visitors));
    regular.succeeds();
    visitor.succeeds();
    scene.api().awaits_call("of the visitor, ended", |call| visitors(call) && call["state"] == "ended");
    let story = scene.api().get(&format!("/api/v1/calls/{call}/why")).json;
    let sentences = story["sentences"].to_string();
    assert!(story["totals"]["overtaken"].as_u64() >= Some(1), "{sentences}");
    assert_eq!(story["totals"]["unexplained"], 0, "{sentences}");
    assert!(sentences.contains("regular, waited") && sentences.contains("by the order of service `proportional`"), "{sentences}");
    assert_eq!(story["class"], "visitor", "{sentences}");
}

#[test]
fn an_unknown_call_is_named_and_a_word_is_no_call() {
    let scene = Scene::with_agents(0, |desk| desk);
    let unknown = why(&scene, "00000000000000ff", &[]);
    assert_eq!(unknown.status.code(), Some(2), "{}", printed(&unknown));
    assert!(printed(&unknown).contains("there is no call 00000000000000ff"), "{}", printed(&unknown));
    assert_eq!(why(&scene, "yesterday", &[]).status.code(), Some(2));
    assert_eq!(scene.api().get("/api/v1/calls/00000000000000ff/why").status, 404);
}
