//! What `kill -9` leaves of a journal, what a person finds in it, and damage.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cabrank_tests::desk::KNOWN;
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::{pause, until};

#[test]
fn a_running_engines_journal_can_be_replayed() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let output = cabrank(&["replay", path(scene.engine.data())]);
    assert!(output.status.success(), "{}", printed(&output));
    scene.engine.must_be_alive();
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
}

/// A stopped engine's data, with a few calls in the journal, and its last segment.
fn stopped() -> (Scene, PathBuf) {
    let mut scene = Scene::with_agents(0, |desk| desk);
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
    assert!(!cabrank(&["replay", path(scene.engine.data()), "--digest"]).status.success());
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
    let scene = Scene::with_agents(0, |desk| desk);
    pause(Duration::from_millis(100));
    let second = cabrank(&["serve", path(scene.engine.config()), "--data", path(scene.engine.data())]);
    assert_eq!(second.status.code(), Some(2), "{}", printed(&second));
}
