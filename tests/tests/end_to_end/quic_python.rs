//! A call routed from Python: another implementation of QUIC, and messages made from the schema alone.

use std::path::Path;
use std::process::ExitStatus;
use std::sync::OnceLock;
use std::time::Duration;

use cabrank_tests::child::Child;
use cabrank_tests::desk::{KNOWN, STRANGER};
use cabrank_tests::python::Program;
use cabrank_tests::quic::{gateway as rust, ready_agent, run, scene, talking};
use cabrank_tests::scene::Scene;
use cabrank_wire::Fingerprint;
use cabrank_wire::client::Trust;

const PATIENCE: Duration = Duration::from_secs(30);

/// The example that people read, as it is.
fn example() -> &'static Program {
    static EXAMPLE: OnceLock<Program> = OnceLock::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/wire/python/route_a_call.py");
    EXAMPLE.get_or_init(|| Program::new(path, Path::new(env!("CARGO_TARGET_TMPDIR"))))
}

fn fingerprint(scene: &Scene) -> String {
    match scene.engine.quic().trust {
        Trust::Fingerprint(fingerprint) => fingerprint.to_string(),
        Trust::Roots(_) => unreachable!("the test's engine is pinned"),
    }
}

/// Starts the example as the gateway `pbx`, whose agents talk for 0.3 s; later arguments count.
fn gateway(scene: &Scene, more: &[&str]) -> Child {
    let (engine, fingerprint) = (format!("quic://{}", scene.engine.quic().address), fingerprint(scene));
    let token = scene.room.file("config/secrets/quic-pbx").display().to_string();
    let usual = [engine.as_str(), "--fingerprint", &fingerprint, "--name", "pbx", "--token-file", &token, "--talk", "0.3"];
    example().start(&scene.room, &[&usual, more].concat())
}

/// What the example prints after `word`, the first time.
fn said(log: &str, word: &str) -> String {
    let found = log.lines().find_map(|line| line.strip_prefix(word));
    found.unwrap_or_else(|| panic!("no {word:?} in\n{log}")).trim().to_owned()
}

/// Panics unless the example printed lines that begin so, in this order.
fn printed_in_order(log: &str, beginnings: &[&str]) {
    let mut lines = log.lines();
    for beginning in beginnings {
        assert!(lines.any(|line| line.starts_with(beginning)), "no {beginning:?} where it should be in\n{log}");
    }
}

#[test]
fn a_caller_waits_and_is_served_by_an_agent() {
    let scene = scene(|desk| desk.queue_key("quote", "{ every = \"1s\" }"));
    let log = run(async {
        let _agent = ready_agent(&scene, "a101").await;
        let (mut other, _, offer) = talking(&rust(&scene).await, KNOWN).await;
        let mut python = gateway(&scene, &["--caller", STRANGER, "--press", "2"]);
        python.wait_for_log("place in booking: 0 ahead", PATIENCE);
        other.agent_hung_up(offer).await.expect("heard");
        assert!(python.wait(PATIENCE).success(), "{}", python.log());
        python.log()
    });
    let rung = format!("ring a101 for {STRANGER}: ");
    let expected = ["let in by taxi", "call ", "answer", "play WELCOME", "press 2", "play PLEASE_WAIT", "place", &rung];
    printed_in_order(&log, &[&expected[..], &["connect", "hang up"]].concat());
    let id = said(&log, "call ");
    // The record is kept a moment after the last word.
    let call = scene.api().awaits_call("ended", |call| call["call"] == id.as_str() && call["state"] == "ended");
    let fields = ["state", "agent", "outcome"].map(|key| call[key].as_str().unwrap_or_default().to_owned());
    assert_eq!(fields, ["ended", "a101", "served_by_agent"], "{call:#}");
}

#[test]
fn who_is_known_presses_1_and_is_served_at_once() {
    let scene = scene(|desk| desk);
    let mut python = gateway(&scene, &["--caller", KNOWN, "--press", "1"]);
    assert!(python.wait(PATIENCE).success(), "{}", python.log());
    let log = python.log();
    printed_in_order(&log, &["play WELCOME", "press 1", "play SENT", "quote", "play GOODBYE", "hang up"]);
    let id = said(&log, "call ");
    // The record is kept a moment after the last word.
    let call = scene.api().awaits_call("ended", |call| call["call"] == id.as_str() && call["state"] == "ended");
    assert_eq!((&call["state"], &call["outcome"]), (&"ended".into(), &"served_instantly".into()), "{call:#}");
}

#[test]
fn who_is_not_believed_or_not_let_in_is_told_so() {
    let scene = scene(|desk| desk);
    let ends = |sentence: &str, more: &[&str]| {
        let mut python = gateway(&scene, more);
        let status: ExitStatus = python.wait(PATIENCE);
        let log = python.log();
        assert!(status.code() == Some(1) && log.contains(sentence), "{sentence}: {status}\n{log}");
    };
    let wrong = scene.room.write("wrong-token", "guessed\n").display().to_string();
    ends("not let in", &["--token-file", &wrong]);
    ends("not let in", &["--name", "boss"]);
    ends("NO_SUCH_LINE", &["--line", "pizza"]);
    ends("another fingerprint", &["--fingerprint", &Fingerprint::of(b"another").to_string()]);
    assert!(scene.api().calls().is_empty(), "no call came of that");
}
