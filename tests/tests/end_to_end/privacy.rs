//! What is kept of a caller, and that it can be forgotten: in clear, in other notations, after crashes and by other ways in.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE};
use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::journal::fill;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use serde_json::{Value, json};

/// Of the known caller's profile.
const NAME: &str = "Ms Tan";
const PICKUP: &str = "1 Raffles Place";

/// The smallest segments there are.
pub(crate) fn small(desk: Desk) -> Desk {
    desk.journal_key("segment_kb = 64")
}

/// A text as it may stand in a file, each with a word for how.
fn notations(text: &str) -> Vec<(String, Vec<u8>)> {
    let octets = text.as_bytes();
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let wide: Vec<u16> = text.encode_utf16().collect();
    let mut all = vec![
        ("in clear".to_owned(), octets.to_vec()),
        ("in hexadecimal".to_owned(), hex.to_uppercase().into_bytes()),
        ("in hexadecimal".to_owned(), hex.into_bytes()),
        ("in UTF-16".to_owned(), wide.iter().flat_map(|unit| unit.to_le_bytes()).collect()),
        ("in UTF-16".to_owned(), wide.iter().flat_map(|unit| unit.to_be_bytes()).collect()),
    ];
    for alphabet in [STANDARD, URL_SAFE] {
        all.extend((0..3).map(|before| (format!("in base64 after {before}"), base64_of(octets, before, &alphabet))));
    }
    all
}

/// What base64 makes of a text for certain, whatever the octets are around it, of which so many begin its first group.
fn base64_of(octets: &[u8], before: usize, alphabet: &GeneralPurpose) -> Vec<u8> {
    let whole = alphabet.encode([&vec![0; before][..], octets].concat()).into_bytes();
    whole[(before * 8).div_ceil(6)..(before + octets.len()) * 8 / 6].to_vec()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Where a text stands below a directory.
fn found(dir: &Path, text: &str) -> Vec<String> {
    let notations = notations(text);
    let mut found = Vec::new();
    for file in files(dir) {
        let octets = fs::read(&file).unwrap_or_default();
        let holds = |wanted: &[u8]| octets.windows(wanted.len()).any(|some| some == wanted);
        let how = notations.iter().filter(|(_, wanted)| holds(wanted));
        found.extend(how.map(|(how, _)| format!("`{text}` {how} in {}", file.display())));
    }
    found
}

pub(crate) fn nowhere(dir: &Path, texts: &[&str]) {
    let found: Vec<String> = texts.iter().flat_map(|text| found(dir, text)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Without what an international number begins with, which notations may leave out.
fn digits(number: &str) -> &str {
    number.trim_start_matches('+')
}

/// Served at once, and talking with an agent.
fn calls(scene: &Scene, number: &str) {
    scene.call(&Scenario::caller(number).call().keys("1").expects_bye(20));
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 300).expects_bye(20));
    scene.caller(1, &Scenario::caller(number).call().keys("2").pause(2_500).bye()).succeeds();
    agent.succeeds();
}

fn replayed(data: &Path) -> Value {
    let output = cabrank(&["replay", path(data), "--json"]);
    assert!(output.status.success(), "{}", printed(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_search_finds_whatever_there_is_to_find() {
    let dir = tempfile::tempdir().expect("a directory");
    for (how, octets) in notations(digits(KNOWN)) {
        fs::write(dir.path().join("file"), [b"around", &octets[..], b"it"].concat()).expect("written");
        assert!(found(dir.path(), digits(KNOWN)).iter().any(|found| found.contains(&how)), "{how}");
    }
    for before in 0..3 {
        let encoded = STANDARD.encode(format!("{}{KNOWN} and more", "x".repeat(before)));
        fs::write(dir.path().join("file"), encoded).expect("written");
        assert!(!found(dir.path(), digits(KNOWN)).is_empty(), "{before}");
    }
    fs::write(dir.path().join("file"), "+6591234576").expect("written");
    nowhere(dir.path(), &[digits(KNOWN)]);
}

#[test]
fn journal_and_snapshots_never_name_a_caller_and_an_erased_one_is_nowhere() {
    let mut scene = Scene::with_agents(1, small);
    let data = scene.engine.data().to_owned();
    calls(&scene, KNOWN);
    scene.api().awaits_outcomes("served_by_agent", 1);
    fill(&scene, "a101");
    scene.engine.crash();
    for room in ["journal", "snapshot"] {
        nowhere(&data.join(room), &[digits(KNOWN), NAME, PICKUP]);
    }
    assert!(!found(&data, digits(KNOWN)).is_empty(), "the search must have something to find");
    scene.engine.restart();
    let call = scene.api().calls().into_iter().find(|call| call["outcome"] == "served_by_agent").expect("a record");
    assert_eq!((call["caller"]["number"].as_str(), call["caller"]["name"].as_str()), (Some(KNOWN), Some(NAME)));
    let answer = scene.api().delete(&format!("/api/v1/profiles/{KNOWN}"));
    assert_eq!((answer.status, &answer.json), (200, &json!({"profile": true, "records": 2, "alias": true})));
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
