//! The first minute with Cabrank: the README's calls to the built-in desk, and the demo.

use std::path::PathBuf;
use std::time::Duration;

use cabrank_tests::api::Api;
use cabrank_tests::child::Child;
use cabrank_tests::engine::{binary, path};
use cabrank_tests::namespace::alone;
use cabrank_tests::room::Room;

const HTTP: u16 = 8080;
const LIMIT: Duration = Duration::from_secs(60);

/// `cabrank` without a word, but for where it keeps its data.
fn built_in_desk(room: &Room) -> (Child, Api) {
    let data = room.file("data");
    let mut engine = Child::start(path(binary()), &["--data".into(), path(&data).into()], room.file("engine.log"));
    engine.wait_for_log("Press 1", LIMIT);
    let log = engine.log();
    let token = log.split("admin token").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an admin token");
    let api = Api::new(HTTP, token);
    (engine, api)
}

/// The README's one-line command.
fn call(room: &Room, caller: &str, key: &str) -> Child {
    let scenario = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/calls/press.xml"));
    let words = ["127.0.0.1", "-sf", path(&scenario), "-s", "taxi", "-m", "1", "-key", "caller", caller, "-key", "digit", key];
    Child::start("sipp", &words.map(str::to_owned), room.file(&format!("{caller}.log")))
}

#[test]
fn the_readme_says_how_to_call() {
    let readme = include_str!("../../../README.md");
    for (caller, key) in [("alice", "1"), ("bob", "2")] {
        let command = format!("sipp 127.0.0.1 -sf config/calls/press.xml -s taxi -m 1 -key caller {caller} -key digit {key}");
        assert!(readme.contains(&command), "{command}");
    }
}

#[test]
fn a_known_caller_is_served_and_a_stranger_stands_in_line() {
    alone("a_known_caller_is_served_and_a_stranger_stands_in_line", || {
        let room = Room::new();
        let (mut engine, api) = built_in_desk(&room);
        assert!(call(&room, "alice", "1").wait(LIMIT).success(), "alice's call fails");
        let alice = api.awaits_call("served at once", |call| call["outcome"] == "served_instantly");
        assert_eq!(alice["caller"]["number"], "alice", "{alice:#}");
        let _bob = call(&room, "bob", "2");
        api.awaits_call("waiting", |call| call["caller"]["number"] == "bob" && call["state"] == "waiting");
        engine.signal("TERM");
        engine.signal("TERM");
        assert_eq!(engine.wait(LIMIT).code(), Some(0), "{}", engine.log());
    });
}

#[test]
fn the_demo_is_busy_with_calls_that_all_succeed() {
    alone("the_demo_is_busy_with_calls_that_all_succeed", || {
        let room = Room::new();
        let words = ["demo", "--for", "12s", "--speed", "4", "--data"].map(str::to_owned);
        let words = [words.as_slice(), &[path(&room.file("data")).to_owned()]].concat();
        let mut demo = Child::start(path(binary()), &words, room.file("demo.log"));
        assert_eq!(demo.wait(LIMIT).code(), Some(0), "{}", demo.log());
        let log = demo.log();
        let last = log.lines().rev().find(|line| line.contains("failed")).unwrap_or_default();
        assert!(last.contains(" 0 failed"), "{log}");
        assert!(!last.contains(" 0 answered"), "{log}");
    });
}
