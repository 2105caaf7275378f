//! `kill -9`, torn tails and flipped bits: nothing that anyone saw is lost, nothing wrong is believed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::Sipp;
use cabrank_tests::wait::{pause, until};

const LOAD: u32 = 24;

fn usual(desk: Desk) -> Desk {
    desk
}

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
    let mut scene = Scene::with_agents(0, usual);
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
    let mut waiting: Vec<_> = scene.api().calls().into_iter().filter(|call| call["state"] == "waiting").collect();
    waiting.sort_by_key(|call| moment(call["queued_at"].as_str().unwrap_or_default()));
    waiting.iter().map(cabrank_tests::api::id_of).collect()
}

/// A moment as text that sorts: seconds, and as many digits of their fraction as there may be.
fn moment(rfc3339: &str) -> String {
    let (seconds, fraction) = rfc3339.trim_end_matches('Z').split_once('.').unwrap_or((rfc3339.trim_end_matches('Z'), ""));
    format!("{seconds}.{fraction:0<9}")
}

#[test]
fn every_call_goes_on_and_has_a_true_record_after_kill_9_in_mid_load() {
    let mut scene = Scene::with_agents(0, usual);
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

#[test]
fn a_running_engines_journal_can_be_replayed() {
    let mut scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let output = replay(scene.engine.data(), &[]);
    assert!(output.status.success(), "{}", printed(&output));
    scene.engine.must_be_alive();
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
}

/// A stopped engine's data, with a few calls in the journal, and its last segment.
fn stopped() -> (Scene, PathBuf) {
    let mut scene = Scene::with_agents(0, usual);
    for _ in 0..2 {
        scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    }
    scene.api().awaits_outcomes("served_instantly", 2);
    scene.engine.crash();
    let journal = scene.engine.data().join("journal");
    let mut segments: Vec<PathBuf> = fs::read_dir(&journal).expect("a journal").flatten().map(|e| e.path()).collect();
    segments.retain(|segment| segment.extension().is_some_and(|e| e == "seg"));
    segments.sort();
    let last = segments.pop().expect("a segment");
    (scene, last)
}

#[test]
fn a_torn_tail_is_cut_and_told() {
    let (mut scene, segment) = stopped();
    let whole = fs::read(&segment).expect("the segment");
    fs::write(&segment, &whole[..whole.len() - 3]).expect("the segment");
    scene.engine.restart();
    until(Duration::from_secs(5), "a word about the tail", || {
        let log = scene.engine.log().to_lowercase();
        (log.contains("torn") && log.contains("cut")).then_some(())
    });
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
}

#[test]
fn a_flipped_bit_is_refused_with_segment_and_offset() {
    let (scene, segment) = stopped();
    let mut bytes = fs::read(&segment).expect("the segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&segment, bytes).expect("the segment");
    let check = cabrank(&["journal", "check", path(scene.engine.data())]);
    assert_eq!(check.status.code(), Some(1), "{}", printed(&check));
    names_the_place(&printed(&check), &segment);
    let serve = cabrank(&["serve", path(scene.engine.config()), "--data", path(scene.engine.data())]);
    assert!(!serve.status.success(), "it started on a corrupt journal");
    names_the_place(&printed(&serve), &segment);
    assert!(!replay(scene.engine.data(), &["--digest"]).status.success());
}

fn names_the_place(text: &str, segment: &Path) {
    let name = segment.file_stem().expect("a name").to_string_lossy().into_owned();
    assert!(text.contains(&name), "segment {name} is not named:\n{text}");
    assert!(text.contains("at byte ") || text.contains("offset "), "no offset is named:\n{text}");
}

#[test]
fn a_sound_journal_is_found_sound() {
    let (scene, _) = stopped();
    let check = cabrank(&["journal", "check", path(scene.engine.data())]);
    assert_eq!(check.status.code(), Some(0), "{}", printed(&check));
}

#[test]
fn one_data_directory_has_one_engine() {
    let scene = Scene::with_agents(0, usual);
    pause(Duration::from_millis(100));
    let second = cabrank(&["serve", path(scene.engine.config()), "--data", path(scene.engine.data())]);
    assert_eq!(second.status.code(), Some(2), "{}", printed(&second));
}
