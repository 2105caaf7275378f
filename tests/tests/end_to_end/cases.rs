//! What is written down of calls and cases: kept once it is acknowledged, whatever happens to the engine and its database.

use std::time::Duration;

use serde_json::{Value, json};

use cabrank_tests::api::{Answer, id_of};
use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::Engine;
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::postgres::{Server, shared};
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until};

const PATIENCE: Duration = Duration::from_secs(15);

fn desk(ports: &Block) -> Desk {
    Desk::new(ports)
        .direct_line()
        .agent_at("a101", ports.sip(2))
        .table("[records]\ndispositions = [\"lost-item\", \"no-show\"]\n")
}

/// A call that was made and ended, and its record's path.
fn call(engine: &Engine, ports: &Block) -> (String, String) {
    let mut handset = Handset::new(ports.sip(12), ports.phone_rtp(0), engine.sip());
    handset.get_through_as(KNOWN, "direct");
    assert_eq!(handset.hang_up(), 200);
    let id = id_of(&engine.api().awaits_call("that ended", |call| call["state"] == "ended"));
    (id.clone(), format!("/api/v1/records/{id}"))
}

fn good(answer: Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.json
}

fn words(document: &Value) -> usize {
    document["history"].as_array().map_or(0, Vec::len)
}

#[test]
fn what_was_acknowledged_outlives_the_engine_and_its_database() {
    let (room, ports, server) = (Room::new(), Block::claim(), Server::start());
    let url = server.database();
    let mut engine = Engine::start(&room, &ports, &desk(&ports).table(&format!("[store]\nurl = \"{url}\"\n")));
    let (id, record) = call(&engine, &ports);
    let said =
        json!({"owner": "ann", "disposition": "no-show", "follow_up": {"due": "2999-01-01T10:00:00Z", "what": "call back"}});
    let seen = good(engine.api().patch(&record, &said));
    let case = good(engine.api().post("/api/v1/cases", &json!({"kind": "complaint", "said": "no taxi came", "calls": [id]})));
    let path = format!("/api/v1/cases/{}", case["case"].as_str().expect("an id"));
    let closed = good(engine.api().say(&path, words(&case), &json!({"owner": "ben", "close": "A taxi was sent; thank you."})));
    engine.crash();
    let name = url.rsplit('/').next().expect("a name");
    for table in ["cases", "case_words", "case_calls", "amendments", "records"] {
        server.sql(name, &format!("DELETE FROM {table}"));
    }
    engine.restart();
    let api = engine.api();
    until(PATIENCE, "the case", || (api.get(&path).status == 200).then_some(()));
    until(PATIENCE, "the record", || (api.get(&record).status == 200).then_some(()));
    assert_eq!(good(api.get(&path)), closed);
    assert_eq!(good(api.get(&record)), seen);
}

#[test]
fn a_case_that_is_not_closed_in_time_is_raised_once() {
    raised_once_whatever_happens("");
}

#[test]
fn a_case_in_a_database_that_is_not_closed_in_time_is_raised_once() {
    raised_once_whatever_happens(&format!("[store]\nurl = \"{}\"\n", shared().database()));
}

fn raised_once_whatever_happens(store: &str) {
    let (room, ports) = (Room::new(), Block::claim());
    let mut engine = Engine::start(&room, &ports, &desk(&ports).table(store));
    let (id, _) = call(&engine, &ports);
    let asked = json!({"kind": "opinion", "said": "too slow", "calls": [id], "due": "2000-01-01T00:00:00Z"});
    let open = |engine: &Engine| {
        let case = good(engine.api().post("/api/v1/cases", &asked));
        format!("/api/v1/cases/{}", case["case"].as_str().expect("an id"))
    };
    let is_raised = |engine: &Engine, path: &str| {
        until(PATIENCE, "the rise", || Some(engine.api().get(path).json).filter(|case| case["level"] == 1))
    };
    let first = open(&engine);
    let raised = is_raised(&engine, &first);
    assert_eq!((&raised["late"], &raised["history"][3]["by"]), (&json!(true), &json!("engine")), "{raised:#}");
    // Its time is over, and it is raised before the crash or after it.
    let second = open(&engine);
    engine.crash();
    engine.restart();
    is_raised(&engine, &second);
    pause(Duration::from_secs(6));
    assert_eq!(engine.api().get(&first).json, raised);
    assert_eq!(engine.api().get(&second).json["level"], 1);
    let context = engine.api().call(&id);
    assert_eq!(context["cases"].as_array().map(Vec::len), Some(2), "{context:#}");
}

#[test]
fn a_request_for_a_case_is_good_once_over_a_crash() {
    let (room, ports) = (Room::new(), Block::claim());
    let mut engine = Engine::start(&room, &ports, &desk(&ports));
    let (id, _) = call(&engine, &ports);
    let asked = json!({"kind": "complaint", "said": "no taxi came", "calls": [id]});
    let case = good(engine.api().post_once("/api/v1/cases", "ticket-17", &asked));
    engine.crash();
    engine.restart();
    assert_eq!(good(engine.api().post_once("/api/v1/cases", "ticket-17", &asked)), case);
    let other = json!({"kind": "praise", "said": "a taxi came", "calls": [id]});
    assert_eq!(engine.api().post_once("/api/v1/cases", "ticket-17", &other).status, 422);
    assert_eq!(engine.api().get("/api/v1/cases").json["cases"].as_array().map(Vec::len), Some(1));
}

#[test]
fn of_two_clerks_who_edit_one_case_one_is_told() {
    let (room, ports) = (Room::new(), Block::claim());
    let engine = Engine::start(&room, &ports, &desk(&ports));
    let (id, _) = call(&engine, &ports);
    let case = good(engine.api().post("/api/v1/cases", &json!({"kind": "praise", "said": "well done", "calls": [id]})));
    let path = format!("/api/v1/cases/{}", case["case"].as_str().expect("an id"));
    let (api, seen) = (engine.api(), words(&case));
    let clerk = |name: &'static str| {
        let (api, path) = (api.clone(), path.clone());
        std::thread::spawn(move || api.say(&path, seen, &json!({"owner": name})).status)
    };
    let clerks = [clerk("ann"), clerk("ben")];
    let mut told = clerks.map(|clerk| clerk.join().expect("a clerk"));
    told.sort_unstable();
    assert_eq!(told, [200, 412]);
}
