//! `kill -9` in the middle of a load: the line is as it was, and every call has one true record.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use cabrank_tests::desk::KNOWN;
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::Sipp;
use cabrank_tests::wait::until;

const LOAD: u32 = 24;

fn replay(data: &Path, flags: &[&str]) -> Output {
    cabrank(&[&["replay", path(data)], flags].concat())
}

/// Two replays agree; the digest they print.
fn digest(data: &Path) -> String {
    let (once, again) = (replay(data, &["--digest"]), replay(data, &["--digest"]));
    assert!(once.status.success(), "{}", printed(&once));
    assert_eq!(printed(&once), printed(&again));
    printed(&once)
}

/// A scene with callers who wait in line for so long and hang up, started but not finished.
fn with_waiting_callers(scene: &Scene, wait_ms: u32) -> cabrank_tests::sipp::Running {
    let callers = Sipp::new("load", scene.ports.sip(12), scene.ports.phone_rtp(3)).times(LOAD, 40, LOAD);
    let waiting = Scenario::caller("+659876[call_number]000").call().info_key('2').pause(wait_ms).bye();
    callers.calls(scene.engine.sip(), "taxi").start(&scene.room, &waiting)
}

#[test]
fn the_line_is_the_same_after_kill_9() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let load = with_waiting_callers(&scene, 60_000);
    scene.awaits_waiting(LOAD as usize);
    let before = line(&scene);
    scene.engine.crash();
    load.unplug();
    digest(scene.engine.data());
    let shown = replay(scene.engine.data(), &["--json"]);
    let after: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap_or_default();
    let kept: Vec<String> =
        after["waiting"].as_array().into_iter().flatten().map(|id| id.as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(kept, before, "{}", printed(&shown));
}

/// The ids of the waiting, in their order.
fn line(scene: &Scene) -> Vec<String> {
    scene.api().line().into_iter().map(|(call, _, _)| call).collect()
}

#[test]
fn every_call_goes_on_and_has_a_true_record_after_kill_9_in_mid_load() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    let load = with_waiting_callers(&scene, 8_000);
    until(Duration::from_secs(10), "a part of the load", || (scene.api().calls().len() > 8).then_some(()));
    scene.engine.crash();
    scene.engine.restart();
    load.succeeds();
    let api = scene.api();
    api.awaits_outcomes("abandoned", LOAD as usize);
    api.awaits_outcomes("served_instantly", 1);
    assert_eq!(api.calls().len(), 1 + LOAD as usize, "somebody was written down twice, or as cut off");
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    api.awaits_outcomes("served_instantly", 2);
    assert_eq!(scene.engine.stop(Duration::from_secs(10)).and_then(|status| status.code()), Some(0));
    digest(scene.engine.data());
}
