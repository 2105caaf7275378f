//! The store in a PostgreSQL database: what callers and clerks see of one that comes and goes.

use std::time::Duration;

use serde_json::json;

use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::{Engine, cabrank, path, printed};
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::postgres::{Server, shared};
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until};

fn desk(ports: &Block, url: &str) -> Desk {
    Desk::new(ports).direct_line().agent_at("a101", ports.sip(2)).table(&format!("[store]\nurl = \"{url}\"\n"))
}

fn handset(ports: &Block, engine: &Engine, n: u16) -> Handset {
    Handset::new(ports.sip(12 + n), ports.phone_rtp(n), engine.sip())
}

fn ended(engine: &Engine) -> usize {
    engine.api().get("/api/v1/calls?state=ended").json["calls"].as_array().map_or(0, Vec::len)
}

#[test]
fn calls_go_on_while_the_database_is_away_and_their_records_come_when_it_is_back() {
    let (room, ports, server) = (Room::new(), Block::claim(), Server::start());
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &server.database()));
    let (mut stays, mut comes) = (handset(&ports, &engine, 0), handset(&ports, &engine, 1));
    stays.get_through_as(KNOWN, "direct");
    server.stop();
    stays.ear.forget();
    comes.get_through("direct");
    pause(Duration::from_secs(1));
    assert!(stays.ear.gaps().len() > 30, "the music stopped: {:?}", stays.ear.gaps());
    assert_eq!((comes.hang_up(), stays.hang_up()), (200, 200));
    let ready = engine.api().get("/readyz");
    assert_eq!((ready.status, &ready.json["beside"]), (200, &json!(["the store does not answer: records wait"])));
    assert_eq!(engine.api().put("/api/v1/profiles/bob", &json!({"name": "Bob"})).status, 503);
    server.resume();
    until(Duration::from_secs(30), "both records", || (ended(&engine) == 2).then_some(()));
    let knows_bob = || (engine.api().put("/api/v1/profiles/bob", &json!({"name": "Bob"})).status == 200).then_some(());
    until(Duration::from_secs(10), "profiles to be kept again", knows_bob);
    engine.must_be_alive();
}

#[test]
fn a_call_that_the_database_missed_is_in_it_after_a_crash() {
    let (room, ports, server) = (Room::new(), Block::claim(), Server::start());
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &server.database()));
    let mut comes = handset(&ports, &engine, 0);
    server.stop();
    comes.get_through_as(KNOWN, "direct");
    assert_eq!(comes.hang_up(), 200);
    pause(Duration::from_millis(500));
    engine.crash();
    server.resume();
    engine.restart();
    until(Duration::from_secs(10), "the record", || (ended(&engine) == 1).then_some(()));
    assert_eq!(engine.api().calls()[0]["caller"]["number"], KNOWN);
}

#[test]
fn without_its_database_the_engine_says_so_and_ends() {
    let (room, ports) = (Room::new(), Block::claim());
    let config = Desk::new(&ports).agent_at("a101", ports.sip(2)).write(&room);
    let data = room.file("data");
    for command in [vec!["serve", path(&config)], vec!["profiles", "export"]] {
        let store = ["--data", path(&data), "--store", "postgres://me:hunter2@127.0.0.1:1/calls"];
        let output = cabrank(&command.iter().copied().chain(store).collect::<Vec<_>>());
        let told = printed(&output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("the store postgres://me@127.0.0.1:1/calls cannot be used") && told.contains("refused"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn profiles_go_in_and_out_of_a_database() {
    let (room, url) = (Room::new(), shared().database());
    let (file, data) = (room.file("callers.csv"), room.file("data"));
    std::fs::write(&file, "number;name\nalice;Alice\n@;Nobody\nbea;Béa\n").expect("a file");
    let place = ["--data", path(&data), "--store", &url];
    let run = |command: &[&str]| {
        let output = cabrank(&[command, &place].concat());
        (output.status.code(), printed(&output))
    };
    let (code, told) = run(&["profiles", "import", path(&file)]);
    assert!(code == Some(2) && told.contains("line 3, column `number`"), "{told}");
    let (code, told) = run(&["profiles", "import", path(&file), "--skip-bad"]);
    assert!(code == Some(0) && told.contains("2 profiles imported, 1 bad rows left out"), "{told}");
    let (_, told) = run(&["profiles", "export"]);
    assert_eq!(told, "number,name,language,class,preferred_agent\nalice,Alice,,,\nbea,Béa,,,\n");
    let (_, told) = run(&["profiles", "erase", "bea"]);
    assert!(told.contains("erased the profile"), "{told}");
    assert!(!data.join("cabrank.db").exists());
}
