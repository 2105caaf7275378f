//! What people wrote down of a caller, and what others were to be told: gone with the caller, whichever database keeps it.

use cabrank_tests::api::id_of;
use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::Engine;
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::postgres::Server;
use cabrank_tests::room::Room;
use cabrank_tests::traces::{digits, found, nowhere};
use serde_json::{Value, json};

/// Said of the caller, beside the number.
const SAID: [&str; 4] = ["umbrella", "angry", "Ms Tan", "sorry"];
/// Every table that speaks of callers.
const TABLES: [&str; 6] = ["profiles", "records", "amendments", "cases", "case_words", "outbox"];

/// A desk whose webhook nobody answers.
fn desk(ports: &Block, room: &Room) -> Desk {
    room.write("config/secrets/crm", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
    let hook = format!(
        "[[webhook]]\nname = \"crm\"\nurl = \"http://127.0.0.1:{}/\"\nsecret_file = \"secrets/crm\"\n\
         events = [\"call.ended\", \"case.opened\", \"case.closed\", \"follow-up.due\"]\n",
        ports.http(1)
    );
    Desk::new(ports).direct_line().agent_at("a101", ports.sip(2)).table(&hook)
}

/// A call by the known caller, and all that can be said of it and of a case about it. The case's path.
fn spoken_of(engine: &Engine, ports: &Block) -> String {
    let mut handset = Handset::new(ports.sip(12), ports.phone_rtp(0), engine.sip());
    handset.get_through_as(KNOWN, "direct");
    assert_eq!(handset.hang_up(), 200);
    let api = engine.api();
    let id = id_of(&api.awaits_call("that ended", |call| call["state"] == "ended"));
    let about = |what: &str| format!("{what}, says Ms Tan of {KNOWN}");
    let follow_up = json!({"due": "2020-01-01T10:00:00Z", "what": about("bring the umbrella")});
    let words = json!({"resolution": about("angry"), "escalate": {"level": 1, "why": about("angry")}, "follow_up": follow_up});
    assert_eq!(api.patch(&format!("/api/v1/records/{id}"), &words).status, 200);
    let opened = api.post("/api/v1/cases", &json!({"kind": "complaint", "said": about("an umbrella was lost"), "calls": [id]}));
    assert_eq!(opened.status, 201, "{opened:?}");
    let path = format!("/api/v1/cases/{}", opened.json["case"].as_str().expect("an id"));
    let more = json!({"remark": about("still angry"), "close": about("sorry"), "escalate": {"level": 1, "why": about("angry")}});
    assert_eq!(api.say(&path, history(&opened.json).len(), &more).status, 200);
    path
}

fn history(case: &Value) -> Vec<Value> {
    case["history"].as_array().cloned().unwrap_or_default()
}

/// What a database says of whatever is searched for.
fn told(server: &Server, name: &str) -> String {
    TABLES.map(|table| server.sql(name, &format!("SELECT * FROM {table}"))).join("\n")
}

fn is_erased(engine: &mut Engine, path: &str) {
    let answer = engine.api().delete(&format!("/api/v1/profiles/{KNOWN}"));
    let expected = json!({"profile": true, "records": 1, "words": 7, "cases": 1, "alias": true});
    assert_eq!((answer.status, &answer.json), (200, &expected));
    let case = engine.api().get(path).json;
    assert_eq!((&case["said"], &case["feedback"], &case["state"]), (&json!("(erased)"), &json!("(erased)"), &json!("closed")));
    engine.crash();
    engine.restart();
    assert_eq!(engine.api().get(path).json, case, "a replay brings nothing back");
}

#[test]
fn what_was_said_of_an_erased_caller_is_nowhere_and_the_case_stays() {
    let (room, ports) = (Room::new(), Block::claim());
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &room));
    let data = engine.data().to_owned();
    let path = spoken_of(&engine, &ports);
    let searched = [&[digits(KNOWN)], &SAID[..]].concat();
    nowhere(&data.join("journal"), &searched);
    assert!(searched.iter().all(|text| !found(&data, text).is_empty()), "the search must have something to find");
    is_erased(&mut engine, &path);
    nowhere(&data, &searched);
}

#[test]
fn in_a_database_it_is_gone_as_well_also_when_records_are_rebuilt() {
    let (room, ports, server) = (Room::new(), Block::claim(), Server::start());
    let url = server.database();
    let name = url.rsplit('/').next().expect("a name");
    let store = format!("[store]\nurl = \"{url}\"\n");
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &room).table(&store));
    let path = spoken_of(&engine, &ports);
    let searched = [&[digits(KNOWN)], &SAID[..]].concat();
    assert!(searched.iter().all(|text| told(&server, name).contains(text)), "the search must have something to find");
    is_erased(&mut engine, &path);
    assert!(searched.iter().all(|text| !told(&server, name).contains(text)), "{}", told(&server, name));
    engine.crash();
    for table in TABLES {
        server.sql(name, &format!("DELETE FROM {table}"));
    }
    engine.restart();
    cabrank_tests::wait::until(std::time::Duration::from_secs(15), "the case", || {
        (engine.api().get(&path).status == 200 && told(&server, name).contains("resolution")).then_some(())
    });
    assert!(searched.iter().all(|text| !told(&server, name).contains(text)), "{}", told(&server, name));
    nowhere(engine.data(), &searched);
}
