//! The menu: whoever is known is served at once, everyone else and every doubt reaches a human.

use cabrank_tests::desk::{Desk, INCOMPLETE, KNOWN, STRANGER};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;

const SAY_HELLO_MS: u32 = 600;

fn usual(desk: Desk) -> Desk {
    desk
}

/// An agent's telephone that takes a call, talks for a moment and hangs up.
fn obliging_agent() -> Scenario {
    Scenario::agent().takes_call(20, 100).pause(SAY_HELLO_MS).bye()
}

/// The caller does as `scenario` says and must end with the agent, for the stated reason.
fn reaches_a_human(scene: &Scene, scenario: Scenario, reason: &str) {
    let agent = scene.agent(0, &obliging_agent());
    scene.call(&scenario.expects_bye(20));
    agent.succeeds();
    let call = scene.api().awaits_call("served by the agent", |call| call["outcome"] == "served_by_agent");
    assert_eq!(call["why"]["reason"], reason, "{call:#}");
}

#[test]
fn a_known_caller_who_presses_1_is_served_at_once() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let call = scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert!(call["promise"]["eta_s"].as_f64().is_some_and(|eta| eta > 0.0), "{call:#}");
}

#[test]
fn a_known_caller_by_user_name_is_served_at_once() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller("alice").call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn a_key_sent_by_info_counts() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().info_key('1').expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn a_key_sent_by_info_in_its_short_form_counts() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().info("application/dtmf", "1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn a_key_whose_first_packets_are_lost_counts_once() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().lossy_key('1', |packet| packet > 4).expects_bye(20));
    let call = scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!(call["pressed"], "1", "{call:#}");
}

#[test]
fn a_key_whose_end_is_lost_counts_once() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().lossy_key('1', |packet| packet < 5).expects_bye(20));
    let call = scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!(call["pressed"], "1", "{call:#}");
}

#[test]
fn a_stranger_who_presses_1_reaches_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(STRANGER).call().keys("1"), "unknown_caller");
}

#[test]
fn a_profile_without_pickup_reaches_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(INCOMPLETE).call().keys("1"), "missing_detail");
}

#[test]
fn a_number_that_is_not_trusted_reaches_a_human() {
    let scene = Scene::with_agents(1, |desk| desk.identity("untrusted"));
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("1"), "untrusted_number");
}

#[test]
fn a_number_yet_to_be_attested_reaches_a_human() {
    let scene = Scene::with_agents(1, |desk| desk.identity("attested"));
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("1"), "untrusted_number");
}

#[test]
fn pressing_2_reaches_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("2"), "asked");
}

#[test]
fn pressing_0_reaches_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("0"), "pressed_zero");
}

#[test]
fn silence_reaches_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(KNOWN).call(), "silence");
}

#[test]
fn wrong_keys_reach_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("7").pause(600).keys("#"), "mistakes");
}

#[test]
fn one_wrong_key_is_forgiven() {
    let scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().keys("7").pause(200).keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn whoever_was_served_may_still_talk_with_a_human() {
    let scene = Scene::with_agents(1, usual);
    reaches_a_human(&scene, Scenario::caller(KNOWN).call().keys("1").pause(300).keys("2"), "asked_after_service");
}
