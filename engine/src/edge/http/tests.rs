//! The API over real sockets, with a real desk behind it.

use super::Tokens;
use super::rig::{Engine, problem};
use crate::backlog::Backlog;
use crate::door::Door;
use crate::in_force::InForce;
use crate::names::tests::taxi;
use cabrank_core::{AgentId, Input, Number};
use crossbeam::channel::bounded;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc;

#[tokio::test]
async fn a_live_call_is_shown_with_everything_and_listed_by_state() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    let call = engine.read("/api/v1/calls/0000000000000007").await;
    assert_eq!((&call["state"], &call["queue"], &call["pressed"]), (&json!("waiting"), &json!("booking"), &json!("2")));
    assert_eq!((&call["caller"]["name"], &call["caller"]["number"]), (&json!("Ann"), &json!("+6591234567")));
    assert_eq!(call["why"]["reason"], "asked");
    let listed = engine.read("/api/v1/calls?state=waiting").await;
    assert_eq!((&listed["calls"][0]["call"], &listed["more"]), (&json!("0000000000000007"), &json!(false)));
    assert_eq!(engine.read("/api/v1/calls?state=talking").await["calls"], json!([]));
    let queues = engine.read("/api/v1/queues").await;
    assert_eq!((&queues["queues"][0]["name"], &queues["queues"][0]["waiting"]), (&json!("booking"), &json!(1)));
    assert_eq!(engine.read("/api/v1/queues/booking").await["waiting"], 1);
}

#[tokio::test]
async fn an_ended_call_is_shown_from_its_record_and_can_be_resolved() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    engine.caller_leaves(7).await;
    let call = engine.read("/api/v1/calls/0000000000000007").await;
    assert_eq!((&call["state"], &call["outcome"], &call["resolution"]), (&json!("ended"), &json!("abandoned"), &json!(null)));
    let listed = engine.read("/api/v1/calls?state=ended").await;
    assert_eq!((listed["calls"].as_array().map(Vec::len), &listed["calls"][0]["call"]), (Some(1), &call["call"]));

    let path = "/api/v1/records/0000000000000007";
    let patched = engine.request(Method::PATCH, path).json(&json!({"resolution": " overtaken by events "}));
    let patched: Value = patched.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(patched["resolution"], "overtaken by events");
    for _ in 0..500 {
        if engine.read(path).await["resolution"] == "overtaken by events" {
            let known = engine.directory.contacts(&Number("+6591234567".into()));
            assert_eq!(known.len(), 1);
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the resolution was not stored within 5 s");
}

#[tokio::test]
async fn calls_are_listed_newest_first_from_a_moment_on_and_up_to_a_limit() {
    let engine = Engine::start().await;
    for call in 1..=3 {
        engine.caller_waits(call).await;
    }
    engine.caller_leaves(2).await;
    let ids = |list: &Value| -> Vec<String> {
        list["calls"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|call| call["call"].as_str().expect("an id")[15..].to_owned())
            .collect()
    };
    let listed = engine.read("/api/v1/calls?limit=2").await;
    assert_eq!((ids(&listed).len(), &listed["more"]), (2, &json!(true)));
    let all = engine.read("/api/v1/calls").await;
    assert_eq!((ids(&all), &all["more"]), (vec!["3".to_owned(), "2".to_owned(), "1".to_owned()], &json!(false)));
    assert_eq!(engine.read("/api/v1/calls?since=2999-01-01T00:00:00Z").await["calls"], json!([]));
}

#[tokio::test]
async fn an_agent_is_asked_into_states() {
    let engine = Engine::start().await;
    engine.tell(Input::PhoneReached { agent: AgentId(0) }).await;
    let agents = engine.read("/api/v1/agents").await;
    assert_eq!((&agents["agents"][0]["name"], &agents["agents"][0]["skills"]), (&json!("a101"), &json!({"booking": 1})));
    for (asked, state, reason) in [
        (json!({"state": "paused", "reason": "lunch"}), "paused", json!("lunch")),
        (json!({"state": "idle"}), "idle", json!(null)),
        (json!({"state": "signed_out"}), "signed_out", json!(null)),
    ] {
        let response = engine.request(Method::PUT, "/api/v1/agents/a101/state").json(&asked).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{asked}");
        let agent: Value = response.json().await.expect("JSON");
        assert_eq!((&agent["state"], &agent["reason"]), (&json!(state), &reason));
        assert_eq!(engine.read("/api/v1/agents/a101").await["state"], state);
    }
}

#[tokio::test]
async fn only_a_bearer_of_a_token_is_let_in_and_health_needs_none() {
    let engine = Engine::start().await;
    let client = Client::builder().no_proxy().build().expect("a client");
    for header in ["", "Bearer", "Bearer ", "Bearer 0", "Basic Zm9vOmJhcg=="] {
        let response = client.get(format!("{}/api/v1/agents", engine.url)).header("authorization", header).send().await;
        let response = response.expect("an answer");
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"cabrank\"");
        assert_eq!(problem(response).await.0, 401, "{header:?}");
    }
    let lower = client.get(format!("{}/api/v1/agents", engine.url)).header("authorization", format!("bearer {}", engine.token));
    assert_eq!(lower.send().await.expect("an answer").status(), StatusCode::OK);
    for open in ["/healthz", "/readyz", "/api/v1/openapi.json"] {
        assert_eq!(
            client.get(format!("{}{open}", engine.url)).send().await.expect("an answer").status(),
            StatusCode::OK,
            "{open}"
        );
    }
}

#[tokio::test]
async fn the_token_is_shown_once_and_only_its_digest_is_stored() {
    let engine = Engine::start().await;
    let (again, fresh) = Tokens::open(&engine.store).await.expect("tokens");
    assert!(fresh.is_none());
    assert!(!format!("{again:?}").contains(&engine.token));
    assert!(again.bearer(&engine.token).is_some() && again.bearer("0").is_none());
}

#[tokio::test]
async fn every_error_is_a_problem_that_says_what_would_be_right() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    let seven = "/api/v1/records/0000000000000007";
    let state = "/api/v1/agents/a101/state";
    for (method, path, body, status, said) in [
        (Method::GET, "/nothing", "", 404, "openapi.json"),
        (Method::DELETE, "/api/v1/calls", "", 405, "Allow"),
        (Method::GET, "/api/v1/calls/7", "", 400, "sixteen"),
        (Method::GET, "/api/v1/calls/+000000000000007", "", 400, "sixteen"),
        (Method::GET, "/api/v1/calls/0000000000000009", "", 404, "no such call"),
        (Method::GET, "/api/v1/calls/%ff", "", 400, "UTF-8"),
        (Method::GET, "/api/v1/calls?state=asleep", "", 400, "live, ended"),
        (Method::GET, "/api/v1/calls?since=yesterday", "", 400, "RFC 3339"),
        (Method::GET, "/api/v1/calls?limit=0", "", 400, "1 to 1000"),
        (Method::GET, "/api/v1/calls?colour=red", "", 400, "colour"),
        (Method::GET, "/api/v1/queues/nowhere", "", 404, "/api/v1/queues"),
        (Method::PUT, "/api/v1/agents/a999/state", r#"{"state":"idle"}"#, 404, "/api/v1/agents"),
        (Method::PUT, state, r#"{"state":"asleep"}"#, 422, "asleep"),
        (Method::PUT, state, r#"{"state":"idle","reason":"lunch"}"#, 422, "paused"),
        (Method::PUT, state, r#"{"state":"paused","reason":"  "}"#, 422, "reason"),
        (Method::PUT, state, "{", 400, "JSON"),
        (Method::PATCH, seven, "{}", 422, "resolution"),
        (Method::PATCH, seven, r#"{"promise":"kept"}"#, 422, "Nothing was promised"),
        (Method::PATCH, seven, r#"{"resolution":"a","mood":"b"}"#, 422, "mood"),
        (Method::PATCH, "/api/v1/records/0000000000000009", r#"{"resolution":"a"}"#, 404, "no such call"),
    ] {
        let request = engine.request(method.clone(), path).header("content-type", "application/json").body(body);
        let response = request.send().await.expect("an answer");
        let (answered, detail) = problem(response).await;
        assert_eq!(answered, status, "{method} {path} {body}: {detail}");
        assert!(detail.contains(said), "{method} {path} {body}: {detail}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let engine = Engine::start().await;
    let large = json!({"resolution": "x".repeat(20_000)}).to_string();
    let request = |kind: &'static str, body: String| {
        engine.request(Method::PATCH, "/api/v1/records/0000000000000007").header("content-type", kind).body(body).send()
    };
    assert_eq!(problem(request("application/json", large).await.expect("an answer")).await.0, 413);
    assert_eq!(problem(request("text/plain", "{}".to_owned()).await.expect("an answer")).await.0, 415);
}

#[tokio::test]
async fn a_busy_desk_is_503_with_retry_after_and_not_ready() {
    let (lane, submissions) = bounded(0);
    let (_entries, queue) = mpsc::channel(1);
    drop(submissions);
    let engine = Engine::with_door(Door::new(lane, Backlog::new()), queue, InForce::new(taxi().settings().clone(), 0)).await;
    for path in ["/api/v1/agents", "/api/v1/queues", "/api/v1/calls"] {
        let response = engine.request(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(problem(response).await.0, 503);
    }
    let response = engine.request(Method::GET, "/readyz").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body, json!({"ready": false, "why": ["the desk is busy"]}));
}

#[tokio::test]
async fn a_draining_desk_is_not_ready() {
    let engine = Engine::start().await;
    engine.tell(Input::DrainAsked { by: "test".into() }).await;
    let response = engine.request(Method::GET, "/readyz").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_description_names_every_route() {
    let engine = Engine::start().await;
    let document = engine.read("/api/v1/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths");
    let served: Vec<&str> = include_str!("server.rs")
        .split('"')
        .filter(|text| text.starts_with('/') && !text.contains(char::is_whitespace))
        .collect();
    assert!(served.len() > 20, "{served:?}");
    for path in served.iter().filter(|path| **path != "/api/v1/openapi.json") {
        assert!(paths.contains_key(*path), "{path} is served, and not described");
    }
    for (path, methods) in paths {
        for method in methods.as_object().expect("methods").keys() {
            let method = method.to_uppercase().parse().expect("a method");
            let answer = engine.request(method, path).send().await.expect("an answer");
            let status = answer.status();
            // What went well says no such thing, and a stream of events has no end.
            let told = if status.is_success() { String::new() } else { answer.text().await.expect("a body") };
            let nowhere = status == StatusCode::METHOD_NOT_ALLOWED || told.contains("There is nothing here");
            assert!(!nowhere, "{path} is described, and not served so: {told}");
        }
    }
    assert!(document["components"]["schemas"].get("Problem").is_some());
}

#[tokio::test]
async fn the_server_ends_when_asked_even_with_a_connection_open() {
    let mut engine = Engine::start().await;
    let address = engine.url.trim_start_matches("http://").to_owned();
    let idle = tokio::net::TcpStream::connect(address).await.expect("connected");
    engine.end.take().expect("running").send(()).expect("listening");
    let served = tokio::time::timeout(Duration::from_secs(30), &mut engine.served).await;
    served.expect("ended in time").expect("no panic").expect("no error");
    drop(idle);
}
