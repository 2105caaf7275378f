//! Who sees numbers: whatever is asked, the answer holds no more of a caller's number than who asked may see.

use super::page_tests::{signed_in, token_for, with};
use super::rig::Engine;
use cabrank_core::{AgentId, Input};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const NUMBER: &str = "+6591234567";
/// As much of it as agents are not shown.
const HIDDEN: &str = "9123456";
/// Every address under which pages are, as `pages/mod.rs` has them.
const PAGES: &str = include_str!("pages/mod.rs");

/// One call rings at an agent, one waits, one has ended, and there is a case about that one.
async fn busy_engine() -> (Engine, String) {
    let engine = Engine::start().await;
    engine.tell(Input::PhoneReached { agent: AgentId(0) }).await;
    let idle = engine.request(Method::PUT, "/api/v1/agents/a101/state").json(&json!({"state": "idle"}));
    assert_eq!(idle.send().await.expect("an answer").status(), StatusCode::OK);
    for call in [6, 7, 8] {
        engine.caller_waits(call).await;
    }
    engine.caller_leaves(7).await;
    let profile = engine.request(Method::PUT, &format!("/api/v1/profiles/{NUMBER}")).json(&json!({"name": "Ann"}));
    assert_eq!(profile.send().await.expect("an answer").status(), StatusCode::OK);
    let case = json!({"kind": "complaint", "said": "no taxi came", "calls": ["0000000000000007"]});
    let made = engine.request(Method::POST, "/api/v1/cases").json(&case).send().await.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    let case: Value = made.json().await.expect("JSON");
    let id = case["case"].as_str().expect("an id").to_owned();
    (engine, id)
}

/// Everything that can be read, with something there wherever something can be.
async fn addresses(engine: &Engine, case: &str) -> Vec<String> {
    let document = engine.read("/api/v1/openapi.json").await;
    let paths = document["paths"].as_object().expect("paths").iter();
    let read = paths.filter(|(path, methods)| methods.get("get").is_some() && *path != "/api/v1/events");
    let calls = ["0000000000000006", "0000000000000007", "0000000000000008"];
    let mut found: Vec<String> = Vec::new();
    for (path, _) in read {
        let ids: &[&str] = if path.contains("/cases/") { &[case] } else { &calls };
        let names: &[&str] = if path.contains("/agents/") { &["a101"] } else { &["booking"] };
        let values = if path.contains("{id}") { ids } else { names };
        found.extend(values.iter().map(|value| {
            path.replace("{id}", value).replace("{name}", value).replace("{number}", "%2B6591234567").replace("{change}", "1")
        }));
    }
    found.extend(
        ["/api/v1/calls?number=567", "/api/v1/calls?number=%2B6591234567", "/api/v1/calls?limit=1000"].map(str::to_owned),
    );
    found.dedup();
    assert!(found.len() > 25 && found.iter().all(|path| !path.contains('{')), "{found:?}");
    found
}

fn pages() -> Vec<String> {
    let routes = PAGES.split(".route(\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(path, _)| path);
    let found: Vec<String> = routes.map(|path| path.replace("{id}", "0000000000000007").replace("{name}", "a101")).collect();
    assert!(found.len() > 5, "{found:?}");
    found
}

/// What each address answers to who has that token.
async fn answers(engine: &Engine, token: &str, paths: &[String]) -> Vec<(String, String)> {
    let client = Client::builder().no_proxy().build().expect("a client");
    let mut told = Vec::new();
    for path in paths {
        let answer = client.get(format!("{}{path}", engine.url)).bearer_auth(token).send().await.expect("an answer");
        told.push((path.clone(), answer.text().await.expect("a body")));
    }
    let cookie = signed_in(engine, token).await;
    for path in pages() {
        let answer = with(engine, &cookie, Method::GET, &path).send().await.expect("an answer");
        told.push((path, answer.text().await.expect("a body")));
    }
    told
}

fn holding(told: &[(String, String)], part: &str) -> Vec<String> {
    told.iter().filter(|(_, body)| body.contains(part)).map(|(path, _)| path.clone()).collect()
}

#[tokio::test]
async fn no_answer_shows_an_agent_a_number_nor_a_viewer_any_of_it() {
    let (engine, case) = busy_engine().await;
    let paths = addresses(&engine, &case).await;
    for role in ["admin", "supervisor", "integrator"] {
        let whole = holding(&answers(&engine, &token_for(&engine, role).await.0, &paths).await, NUMBER);
        assert!(whole.len() >= 6, "{role}: {whole:?}");
    }
    let (own, _) = token_of(&engine, json!({"role": "agent", "agent": "a101"})).await;
    for token in [token_for(&engine, "agent").await.0, own] {
        let told = answers(&engine, &token, &paths).await;
        assert_eq!(holding(&told, HIDDEN), [""; 0], "an agent sees whole numbers");
        let shown = holding(&told, "•567");
        assert!(shown.len() >= 5 && shown.iter().any(|path| path.ends_with("/desk")), "{shown:?}");
    }
    let told = answers(&engine, &token_for(&engine, "viewer").await.0, &paths).await;
    assert_eq!(holding(&told, "567\""), [""; 0], "a viewer sees a caller");
    assert_eq!(holding(&told, HIDDEN), [""; 0], "a viewer sees a caller");
}

#[tokio::test]
async fn an_agent_cannot_try_numbers_out_and_writes_without_seeing_them() {
    let (engine, _) = busy_engine().await;
    let (agent, _) = token_for(&engine, "agent").await;
    let client = Client::builder().no_proxy().build().expect("a client");
    let ask = |method: Method, path: &str| client.request(method, format!("{}{path}", engine.url)).bearer_auth(&agent);
    for path in
        ["/api/v1/calls?number=567", "/api/v1/calls?number=0", "/api/v1/calls?number=", "/api/v1/calls?number=%2B6591234567"]
    {
        assert_eq!(ask(Method::GET, path).send().await.expect("an answer").status(), StatusCode::FORBIDDEN, "{path}");
    }
    for known_or_not in ["%2B6591234567", "%2B6590000000"] {
        let answer = ask(Method::GET, &format!("/api/v1/profiles/{known_or_not}")).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{known_or_not}");
    }
    let said = ask(Method::PATCH, "/api/v1/records/0000000000000007").json(&json!({"resolution": "sorry"}));
    let said: Value = said.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((&said["resolution"], &said["caller"]["number"]), (&json!("sorry"), &json!("••••••••567")));
}

#[tokio::test]
async fn events_name_nobody() {
    let engine = Engine::start().await;
    let (agent, _) = token_for(&engine, "agent").await;
    let client = Client::builder().no_proxy().build().expect("a client");
    let stream = client.get(format!("{}/api/v1/events", engine.url)).bearer_auth(agent).send();
    let mut stream = stream.await.expect("a stream");
    // What was so before is no news; the first look after this one is.
    tokio::time::sleep(Duration::from_millis(600)).await;
    engine.caller_waits(8).await;
    let heard = heard_until(&mut stream, "\"state\":\"waiting\"").await;
    assert!(!heard.contains("567") && !heard.contains("Ann"), "{heard}");
}

async fn heard_until(stream: &mut Response, word: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(word) {
        let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.expect("in time");
        heard += std::str::from_utf8(&chunk.expect("a stream").expect("no end")).expect("text");
    }
    heard
}

async fn token_of(engine: &Engine, asked: Value) -> (String, String) {
    let made = engine.request(Method::POST, "/api/v1/tokens").json(&asked).send().await.expect("an answer");
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.expect("JSON");
    (made["token"].as_str().expect("a token").to_owned(), made["id"].as_str().expect("an id").to_owned())
}
