//! What the human sees before saying hello: in the INVITE and over HTTP, and what is written down afterwards.

use cabrank_tests::api::id_of;
use cabrank_tests::desk::KNOWN;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::{Scene, user_to_user};
use cabrank_tests::sipp::received;
use cabrank_tests::wait::until;
use serde_json::json;
use std::time::Duration;

#[test]
fn the_agents_telephone_shows_who_calls_and_why() {
    let scene = Scene::with_agents(1, |desk| desk);
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 300).expects_bye(20));
    let caller = scene.caller(0, &Scenario::caller(KNOWN).call().keys("2").pause(2_500).bye());
    let live = scene.api().awaits_call("talking", |call| call["state"] == "talking");
    assert_eq!(live["caller"]["number"], KNOWN, "{live:#}");
    assert_eq!(live["caller"]["name"], "Ms Tan", "{live:#}");
    assert_eq!(live["line"], "taxi", "{live:#}");
    assert_eq!(live["queue"], "booking", "{live:#}");
    assert_eq!(live["pressed"], "2", "{live:#}");
    caller.succeeds();
    let messages = agent.succeeds();
    let invite = received(&messages, "INVITE");
    assert!(invite.header("From").is_some_and(|from| from.contains(KNOWN)), "{}", invite.text);
    let shown = user_to_user(invite);
    assert_eq!(shown["call"], id_of(&live), "{shown:#}");
    assert_eq!(shown["queue"], "booking", "{shown:#}");
    assert_eq!(shown["pressed"], "2", "{shown:#}");
    assert_eq!(shown["reason"], "asked", "{shown:#}");
    assert!(shown["url"].as_str().is_some_and(|url| url.ends_with(&format!("/api/v1/calls/{}", id_of(&live)))), "{shown:#}");
}

#[test]
fn the_next_call_shows_the_last_contacts() {
    let scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    let caller = scene.caller(1, &Scenario::caller(KNOWN).call().keys("2").pause(1_500).bye());
    let live = scene.api().awaits_call("waiting", |call| call["state"] == "waiting");
    assert_eq!(live["caller"]["contacts"][0]["outcome"], "served_instantly", "{live:#}");
    caller.succeeds();
}

#[test]
fn a_record_takes_a_resolution_and_a_promise_its_end() {
    let scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let call = scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    let record = format!("/api/v1/records/{}", id_of(&call));
    let answer = scene.api().patch(&record, &json!({"resolution": "overtaken by events", "promise": "broken"}));
    assert!((200..300).contains(&answer.status), "{answer:?}");
    until(Duration::from_secs(5), "both words to be kept", || {
        let record = scene.api().get(&record).json;
        (record["resolution"] == "overtaken by events" && record["promise"]["settled"] == "broken").then_some(())
    });
}

/// The store follows the desk by some tenths of a second; nobody is told meanwhile that there is no such call.
#[test]
fn a_call_that_has_just_ended_is_known() {
    let scene = Scene::with_agents(0, |desk| desk);
    let caller = scene.caller(0, &Scenario::caller(KNOWN).call().keys("2").pause(1_500).bye());
    let call = id_of(&scene.api().awaits_call("waiting", |call| call["state"] == "waiting"));
    let path = format!("/api/v1/calls/{call}");
    until(Duration::from_secs(20), "the call to be over", || {
        let answer = scene.api().get(&path);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(scene.api().calls().iter().map(id_of).collect::<Vec<_>>(), [call.as_str()], "not in the list");
        (!answer.json["outcome"].is_null()).then_some(())
    });
    caller.succeeds();
}

#[test]
fn whoever_has_no_token_sees_nothing() {
    let scene = Scene::with_agents(0, |desk| desk);
    let stranger = cabrank_tests::api::Api::new(scene.ports.http(0), "wrong");
    assert_eq!(stranger.get("/healthz").status, 200);
    for path in ["/api/v1/calls", "/api/v1/agents", "/api/v1/queues"] {
        let answer = stranger.get(path);
        assert_eq!(answer.status, 401, "{path}: {answer:?}");
        assert!(answer.kind.starts_with("application/problem+json"), "{path}: {answer:?}");
    }
    let missing = scene.api().get("/api/v1/calls/00000000000000ff");
    assert_eq!((missing.status, missing.kind.split(';').next()), (404, Some("application/problem+json")));
}

#[test]
fn the_log_names_no_caller() {
    let scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
    assert!(!scene.engine.log().contains(&KNOWN[1..]), "a full number in the log");
}
