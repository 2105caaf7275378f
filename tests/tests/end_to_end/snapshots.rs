//! Snapshots of the journal, made by a running engine: a restart reads only what follows the newest one, and what is older than
//! that may go.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use cabrank_tests::api::id_of;
use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::journal::{fill, segments, snapshots};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use serde_json::{Value, json};

/// The smallest segments there are.
fn small(desk: Desk) -> Desk {
    desk.journal_key("segment_kb = 64")
}

fn replay(data: &Path) -> (Output, Value) {
    let output = cabrank(&["replay", path(data), "--json"]);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output, json)
}

/// The last entry of the snapshot with which the engine began when it was started again for the `nth` time. The log is written when
/// there is time for it.
fn began_behind(scene: &Scene, nth: usize) -> u64 {
    let told = until(Duration::from_secs(10), "that the journal was replayed", || {
        scene.engine.log().lines().filter(|line| line.contains("journal replayed")).nth(nth - 1).map(str::to_owned)
    });
    let digits = told.split("behind=").nth(1).unwrap_or_default().chars();
    // Colours may stand around the name, not within the number.
    digits.skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}

fn stop(scene: &mut Scene) {
    assert_eq!(scene.engine.stop(Duration::from_secs(10)).and_then(|status| status.code()), Some(0));
}

#[test]
fn a_restart_behind_a_snapshot_comes_to_the_same_desk() {
    let mut scene = Scene::with_agents(1, small);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    fill(&scene, "a101");
    scene.engine.crash();
    scene.engine.restart();
    let behind = began_behind(&scene, 1);
    assert!(behind > 100, "it began behind entry {behind}");
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 2);
    fill(&scene, "a101");
    scene.engine.crash();
    scene.engine.restart();
    assert!(began_behind(&scene, 2) > behind);
    stop(&mut scene);
    // From the first entry on, without any snapshot, against the digests noted by three engines of which two began with one.
    let (output, replayed) = replay(scene.engine.data());
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(replayed["goes_on_at"], Value::Null);
    assert!(replayed["digests_noted"].as_u64() >= Some(1), "{replayed}");
    assert_eq!(replayed["digests_differ"], json!([]));
}

#[test]
fn a_snapshot_that_cannot_be_believed_is_told_and_done_without() {
    let mut scene = Scene::with_agents(1, small);
    fill(&scene, "a101");
    scene.engine.crash();
    let data = scene.engine.data().to_owned();
    for snapshot in snapshots(&data) {
        fs::write(snapshot, "nothing").expect("written");
    }
    let check = cabrank(&["journal", "check", path(&data)]);
    assert!(printed(&check).contains("is passed over: it is damaged"), "{}", printed(&check));
    assert_eq!(check.status.code(), Some(1));
    scene.engine.restart();
    assert_eq!(began_behind(&scene, 1), 0);
    assert!(scene.engine.log().contains("is passed over: it is damaged"), "nothing was told");
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
}

#[test]
fn what_stands_behind_a_snapshot_is_enough_for_everybody() {
    let mut scene = Scene::with_agents(1, small);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    let early = id_of(&scene.api().calls()[0]);
    fill(&scene, "a101");
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 2);
    let late = id_of(scene.api().calls().iter().find(|call| id_of(call) != early).expect("another call"));
    scene.engine.crash();
    let data = scene.engine.data().to_owned();
    for segment in &segments(&data)[..2] {
        fs::remove_file(segment).expect("a segment");
    }
    let check = cabrank(&["journal", "check", path(&data)]);
    assert_eq!(check.status.code(), Some(0), "{}", printed(&check));
    let (output, replayed) = replay(&data);
    assert!(output.status.success() && replayed["goes_on_at"].as_u64() > Some(1), "{}", printed(&output));
    let why = |call: &str| cabrank(&["why", call, "--data", path(&data)]);
    assert!(why(&late).status.success(), "{}", printed(&why(&late)));
    assert!(printed(&why(&early)).contains("what came before was removed"), "{}", printed(&why(&early)));
    scene.engine.restart();
    assert!(began_behind(&scene, 1) > 0);
    scene.api().awaits_outcomes("served_instantly", 2);
    stop(&mut scene);
    let (output, replayed) = replay(&data);
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(replayed["digests_differ"], json!([]));
}
