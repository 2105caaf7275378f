//! What is kept of a caller, and that it can be forgotten: in clear, in other notations, after crashes and by other ways in.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::journal::fill;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::traces::{digits, files, found, nowhere};
use serde_json::{Value, json};

/// Of the known caller's profile.
const NAME: &str = "Ms Tan";
const PICKUP: &str = "1 Raffles Place";

/// The smallest segments there are.
fn small(desk: Desk) -> Desk {
    desk.journal_key("segment_kb = 64")
}

/// Served at once, and talking with an agent.
fn calls(scene: &Scene, number: &str) {
    scene.call(&Scenario::caller(number).call().keys("1").expects_bye(20));
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 300).expects_bye(20));
    scene.caller(1, &Scenario::caller(number).call().keys("2").pause(2_500).bye()).succeeds();
    agent.succeeds();
}

/// Whoever else is on the machine sees neither the directory nor any file below it.
fn only_their_owner_may_read(data: &Path) {
    let files = files(data);
    assert!(files.len() > 5, "{files:?}");
    for path in files.iter().flat_map(|file| file.ancestors().take_while(|path| path.starts_with(data))) {
        let mode = std::fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o777);
        // A file may have gone meanwhile.
        assert_eq!(mode & 0o077, 0, "{} may be read by others: {mode:o}", path.display());
    }
}

fn replayed(data: &Path) -> Value {
    let output = cabrank(&["replay", path(data), "--json"]);
    assert!(output.status.success(), "{}", printed(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn journal_and_snapshots_never_name_a_caller_and_an_erased_one_is_nowhere() {
    let mut scene = Scene::with_agents(1, small);
    let data = scene.engine.data().to_owned();
    calls(&scene, KNOWN);
    scene.api().awaits_outcomes("served_by_agent", 1);
    fill(&scene, "a101");
    only_their_owner_may_read(&data);
    scene.engine.crash();
    for room in ["journal", "snapshot"] {
        nowhere(&data.join(room), &[digits(KNOWN), NAME, PICKUP]);
    }
    assert!(!found(&data, digits(KNOWN)).is_empty(), "the search must have something to find");
    scene.engine.restart();
    let call = scene.api().calls().into_iter().find(|call| call["outcome"] == "served_by_agent").expect("a record");
    assert_eq!((call["caller"]["number"].as_str(), call["caller"]["name"].as_str()), (Some(KNOWN), Some(NAME)));
    let answer = scene.api().delete(&format!("/api/v1/profiles/{KNOWN}"));
    assert_eq!(
        (answer.status, &answer.json),
        (200, &json!({"profile": true, "records": 2, "words": 0, "cases": 0, "alias": true}))
    );
    nowhere(&data, &[digits(KNOWN), NAME, PICKUP]);
    scene.engine.crash();
    nowhere(&data, &[digits(KNOWN), NAME, PICKUP]);
    scene.engine.restart();
    assert!(scene.api().calls().iter().all(|call| call["caller"]["number"] == Value::Null), "{:#?}", scene.api().calls());
    assert_eq!(scene.engine.stop(Duration::from_secs(10)).and_then(|status| status.code()), Some(0));
    nowhere(&data, &[digits(KNOWN), NAME, PICKUP]);
    assert_eq!(replayed(&data)["digests_differ"], json!([]));
}

#[test]
fn who_is_on_the_line_is_not_erased_and_keeps_the_number_over_a_crash() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").pause(9_000).bye());
    scene.awaits_waiting(1);
    let data = scene.engine.data().to_owned();
    nowhere(&data.join("journal"), &[digits(STRANGER)]);
    let answer = scene.api().delete(&format!("/api/v1/profiles/{STRANGER}"));
    assert_eq!(answer.status, 409, "{answer:?}");
    scene.engine.crash();
    scene.engine.restart();
    let waiting = scene.api().awaits_call("waiting", |call| call["state"] == "waiting");
    assert_eq!(waiting["caller"]["number"], STRANGER, "{waiting:#}");
    caller.succeeds();
    scene.api().awaits_outcomes("abandoned", 1);
    assert_eq!(scene.api().delete(&format!("/api/v1/profiles/{STRANGER}")).json["alias"], true);
    nowhere(&data, &[digits(STRANGER)]);
}

#[test]
fn without_an_engine_the_command_erases_and_beside_one_it_says_whom_to_ask() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    let data = scene.engine.data().to_owned();
    let erase = ["profiles", "erase", KNOWN, "--data", path(&data)];
    let beside = cabrank(&erase);
    assert!(!beside.status.success() && printed(&beside).contains("DELETE /api/v1/profiles/"), "{}", printed(&beside));
    scene.engine.crash();
    let told = printed(&cabrank(&erase));
    assert!(told.contains("erased the profile, and who called from 1 records") && told.contains("nobody can tell"), "{told}");
    nowhere(&data, &[digits(KNOWN), NAME, PICKUP]);
}
