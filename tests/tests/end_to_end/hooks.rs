//! Other systems that are told of what happens: at least once, with an id that stays, signed, and in nobody's way.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use cabrank_tests::api::{Answer, id_of};
use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::dispatch::{Dispatch, Mode as Fleet};
use cabrank_tests::engine::Engine;
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::postgres::Server;
use cabrank_tests::receiver::{Mode, Receiver};
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until};

const PATIENCE: Duration = Duration::from_secs(15);
const ALL: [&str; 5] = ["call.ended", "taxi.dispatched", "case.opened", "case.closed", "follow-up.due"];

fn desk(ports: &Block, receivers: &[&Receiver]) -> Desk {
    let desk = Desk::new(ports).direct_line().agent_at("a101", ports.sip(2));
    receivers.iter().fold(desk, |desk, receiver| desk.table(receiver.table()))
}

fn handset(ports: &Block, engine: &Engine, n: u16) -> Handset {
    Handset::new(ports.sip(12 + n), ports.phone_rtp(n), engine.sip())
}

/// A call that was made and ended.
fn call(engine: &Engine, ports: &Block) -> Value {
    let before = engine.api().calls().len();
    let mut handset = handset(ports, engine, 0);
    handset.get_through_as(KNOWN, "direct");
    assert_eq!(handset.hang_up(), 200);
    until(PATIENCE, "the record", || {
        let calls = engine.api().calls();
        (calls.len() > before && calls[0]["state"] == "ended").then(|| calls[0].clone())
    })
}

fn good(answer: Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.json
}

/// A case about that call, opened and closed; its id.
fn case(engine: &Engine, call: &Value) -> String {
    let asked = json!({"kind": "complaint", "said": "no taxi came", "calls": [id_of(call)]});
    let case = good(engine.api().post("/api/v1/cases", &asked))["case"].as_str().expect("an id").to_owned();
    good(engine.api().say(&format!("/api/v1/cases/{case}"), 2, &json!({"close": "A taxi was sent; thank you."})));
    case
}

#[test]
fn everybody_is_told_until_it_is_taken_and_nobody_waits_for_who_never_answers() {
    let (room, ports) = (Room::new(), Block::claim());
    let crm = Receiver::start("crm", ports.http(1), &ALL, Mode::FailsFirst);
    let figures = Receiver::start("figures", ports.http(2), &["call.ended"], Mode::RedirectsFirst);
    let deaf = Receiver::start("deaf", ports.http(3), &ALL, Mode::Hangs);
    let engine = Engine::start(&room, &ports, &desk(&ports, &[&crm, &figures, &deaf]));
    let ended = call(&engine, &ports);
    let case = case(&engine, &ended);
    // Due at once: as early as it could have been said.
    let follow_up = json!({"follow_up": {"due": ended["ended_at"], "what": "ask whether it came"}});
    good(engine.api().patch(&format!("/api/v1/records/{}", id_of(&ended)), &follow_up));
    until(PATIENCE, "a message without an answer", || (!deaf.told().is_empty()).then_some(()));
    let since = Instant::now();
    let second = call(&engine, &ports);
    assert!(since.elapsed() < Duration::from_secs(5), "a call waited for a webhook: {:?}", since.elapsed());

    let told = crm.takes("call.ended", 2);
    assert!(told.iter().all(|told| crm.times(&told.id) == 2), "{:#?}", crm.told());
    let calls: Vec<&Value> = told.iter().map(|told| &told.data["call"]).collect();
    assert!(calls.contains(&&ended["call"]) && calls.contains(&&second["call"]), "{told:#?}");
    assert_eq!(told[0].data["caller"]["number"], KNOWN);
    let opened = &crm.takes("case.opened", 1)[0].data;
    assert_eq!(
        (&opened["case"], &opened["said"], &opened["calls"][0]["number"]),
        (&json!(case), &json!("no taxi came"), &json!(KNOWN))
    );
    let closed = &crm.takes("case.closed", 1)[0].data;
    assert_eq!((&closed["state"], &closed["feedback"]), (&json!("closed"), &json!("A taxi was sent; thank you.")));
    let due = &crm.takes("follow-up.due", 1)[0].data;
    assert_eq!((&due["call"], &due["what"]), (&ended["call"], &json!("ask whether it came")));
    figures.takes("call.ended", 2);
    assert!(figures.told().iter().all(|told| told.event == "call.ended"));
    assert!(deaf.taken("call.ended").is_empty());
}

#[test]
fn a_taxi_is_told_of_while_its_call_goes_on_over_a_crash_and_not_again_when_it_ends() {
    let (room, ports) = (Room::new(), Block::claim());
    let fleet = Dispatch::start(ports.http(1), Fleet::Accepts(420));
    let crm = Receiver::start("crm", ports.http(2), &["taxi.dispatched", "call.ended"], Mode::Hangs);
    let desk = desk(&ports, &[&crm]).webhook(&fleet.url(), "2s");
    let mut engine = Engine::start(&room, &ports, &desk);
    let mut handset = handset(&ports, &engine, 0);
    handset.get_through_as(KNOWN, "taxi");
    assert_eq!(handset.press('1'), 200);
    engine.api().awaits_call("that was promised a taxi", |call| !call["promise"].is_null());
    // Who wants to talk about it waits for an agent, and none is there.
    assert_eq!(handset.press('2'), 200);
    engine.api().awaits_call("that waits", |call| call["state"] == "waiting");
    let begun = until(PATIENCE, "a message", || crm.told().pop());
    engine.crash();
    crm.becomes(Mode::Takes);
    engine.restart();
    let told = crm.takes("taxi.dispatched", 1).remove(0);
    assert_eq!(told.id, begun.id);
    assert_ne!(told.data["state"], "ended", "{told:#?}");
    assert_eq!((&told.data["promise"]["eta_s"], &told.data["caller"]["number"]), (&json!(420), &json!(KNOWN)));
    assert!(crm.taken("call.ended").is_empty());
    assert_eq!(handset.hang_up(), 200);
    crm.takes("call.ended", 1);
    pause(Duration::from_millis(1_500));
    assert_eq!(crm.taken("taxi.dispatched").len(), 1);
    engine.must_be_alive();
}

#[test]
fn what_a_crash_left_untold_is_told_after_it_under_the_same_id() {
    let (room, ports) = (Room::new(), Block::claim());
    let crm = Receiver::start("crm", ports.http(1), &["call.ended"], Mode::Hangs);
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &[&crm]));
    let first = call(&engine, &ports);
    let begun = until(PATIENCE, "a message", || crm.told().pop());
    let mut handset = handset(&ports, &engine, 1);
    handset.get_through_as(KNOWN, "direct");
    assert_eq!(handset.hang_up(), 200);
    let is_over = || (engine.api().get("/api/v1/calls?state=live").json["calls"] == json!([])).then_some(());
    until(PATIENCE, "the desk to let go of the call", is_over);
    // The journal alone may know of this call by now.
    engine.crash();
    crm.becomes(Mode::Takes);
    engine.restart();
    let told = crm.takes("call.ended", 2);
    let again = told.iter().find(|told| told.data["call"] == first["call"]).expect("the first call");
    assert_eq!(again.id, begun.id);
}

#[test]
fn what_nobody_takes_is_shown_and_sent_again_on_demand() {
    let (room, ports) = (Room::new(), Block::claim());
    let crm = Receiver::start("crm", ports.http(1), &["call.ended"], Mode::IsGone);
    let engine = Engine::start(&room, &ports, &desk(&ports, &[&crm]));
    let api = engine.api();
    let ended = call(&engine, &ports);
    let dead = until(PATIENCE, "a dead message", || api.get("/api/v1/webhooks/dead").json["messages"].get(0).cloned());
    let id = dead["id"].as_str().expect("an id");
    assert_eq!((&dead["webhook"], &dead["subject"], &dead["attempts"]), (&json!("crm"), &ended["call"], &json!(1)));
    assert_eq!(api.metric("cabrank_webhook_messages_dead{webhook=\"crm\"}"), Some(1.0));
    crm.becomes(Mode::Takes);
    let nobodys = good(api.post("/api/v1/webhooks/dead:send", &json!({"webhook": "others"})));
    assert_eq!(nobodys["messages"], 0);
    assert_eq!(good(api.post("/api/v1/webhooks/dead:send", &json!({"id": id})))["messages"], 1);
    assert_eq!(crm.takes("call.ended", 1)[0].id, id);
    assert_eq!(api.get("/api/v1/webhooks/dead").json["messages"], json!([]));
}

#[test]
fn what_happens_while_the_database_is_away_is_told_when_it_is_back() {
    let (room, ports, server) = (Room::new(), Block::claim(), Server::start());
    let crm = Receiver::start("crm", ports.http(1), &ALL, Mode::Takes);
    let store = format!("[store]\nurl = \"{}\"\n", server.database());
    let mut engine = Engine::start(&room, &ports, &desk(&ports, &[&crm]).table(&store));
    let (mut stays, mut leaves) = (handset(&ports, &engine, 0), handset(&ports, &engine, 1));
    stays.get_through_as(KNOWN, "direct");
    leaves.get_through("direct");
    let api = engine.api();
    let about = api.awaits_call("of the known caller", |call| call["caller"]["number"] == KNOWN);
    let asked = json!({"kind": "complaint", "said": "no taxi came", "calls": [id_of(&about)]});
    server.stop();
    assert_eq!(leaves.hang_up(), 200);
    let unsaid = api.post_once("/api/v1/cases", "ticket-17", &asked).status;
    assert!(unsaid == 503 || unsaid == 0, "{unsaid}");
    assert!(crm.told().is_empty());
    server.resume();
    let said = until(Duration::from_secs(30), "the case to be opened", || {
        Some(api.post_once("/api/v1/cases", "ticket-17", &asked)).filter(|answer| answer.status == 201)
    });
    assert_eq!(crm.takes("case.opened", 1)[0].data["case"], said.json["case"]);
    crm.takes("call.ended", 1);
    assert_eq!(stays.hang_up(), 200);
    crm.takes("call.ended", 2);
    assert_eq!(crm.taken("case.opened").len(), 1);
    engine.must_be_alive();
}
