//! Tokens of one agent, and what that agent sees: real sockets, a real desk.

use super::auth::Tokens;
use super::rig::{Engine, problem};
use cabrank_core::{AgentId, AgentState, CallId, CallerGone, Input, OfferId};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

/// Someone with a token.
struct Somebody<'a> {
    engine: &'a Engine,
    token: String,
}

impl<'a> Somebody<'a> {
    async fn new(engine: &'a Engine, asked: Value) -> Somebody<'a> {
        let made = engine.request(Method::POST, "/api/v1/tokens").json(&asked).send().await.expect("an answer");
        assert_eq!(made.status(), StatusCode::CREATED, "{asked}");
        let made: Value = made.json().await.expect("JSON");
        for (key, value) in asked.as_object().expect("an object") {
            assert_eq!(made[key], *value, "{key}");
        }
        Somebody { engine, token: made["token"].as_str().expect("a token").to_owned() }
    }

    fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.engine.url);
        reqwest::Client::builder().no_proxy().build().expect("a client").request(method, url).bearer_auth(&self.token)
    }

    async fn status(&self, method: Method, path: &str, body: &Value) -> u16 {
        self.asks(method, path).json(body).send().await.expect("an answer").status().as_u16()
    }

    async fn reads(&self, path: &str) -> Value {
        self.asks(Method::GET, path).send().await.expect("an answer").json().await.expect("JSON")
    }
}

async fn ann(engine: &Engine) -> Somebody<'_> {
    Somebody::new(engine, json!({"role": "agent", "agent": "a101", "name": "Ann"})).await
}

/// The ringing of an agent's phone.
async fn ringing(engine: &Engine, agent: AgentId) -> OfferId {
    let view = engine.door.look().await.expect("a look");
    let found = view.agents.iter().find(|one| one.agent == agent).expect("an agent");
    let AgentState::Offered { offer, .. } = found.state else { panic!("{found:?} is not rung") };
    offer
}

/// A call that agent 0 took, and that has ended.
async fn taken(engine: &Engine, call: u64) {
    engine.tell(Input::PhoneReached { agent: AgentId(0) }).await;
    engine.caller_waits(call).await;
    engine.tell(Input::AgentAnswered { offer: ringing(engine, AgentId(0)).await }).await;
    engine.tell(Input::CallerHungUp { call: CallId(call), how: CallerGone::HungUp }).await;
    engine.recorded(call).await;
}

#[tokio::test]
async fn a_token_says_whose_it_is_over_a_restart_and_nobody_takes_anothers_name() {
    let engine = Engine::start().await;
    let ann = ann(&engine).await;
    for (asked, status) in [
        (json!({"role": "viewer", "agent": "a101"}), 422),
        (json!({"role": "agent", "agent": "a999"}), 422),
        (json!({"role": "agent", "agent": "a101", "name": "a102"}), 422),
        (json!({"role": "viewer", "name": "admin"}), 422),
        (json!({"role": "viewer", "name": " "}), 422),
        (json!({"role": "agent", "agent": "a102", "name": "Ann"}), 409),
        (json!({"role": "agent", "agent": "a101", "name": "a101"}), 201),
        (json!({"role": "agent"}), 201),
    ] {
        let answer = engine.request(Method::POST, "/api/v1/tokens").json(&asked).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{asked}");
    }
    let listed = engine.read("/api/v1/tokens").await["tokens"].clone();
    let whose = |n: usize| (listed[n]["role"].clone(), listed[n]["agent"].clone(), listed[n]["name"].clone());
    assert_eq!([whose(1), whose(3)], [(json!("agent"), json!("a101"), json!("Ann")), (json!("agent"), json!(null), json!(null))]);
    let (again, _) = Tokens::open(&engine.store).await.expect("tokens");
    let bearer = again.bearer(&ann.token).expect("known");
    assert_eq!((bearer.role.as_str(), bearer.agent.as_deref(), &*bearer.by()), ("agent", Some("a101"), "Ann"));
}

#[tokio::test]
async fn an_agents_token_is_good_for_that_agents_desk_alone() {
    let engine = Engine::start().await;
    for agent in [0, 1] {
        engine.tell(Input::PhoneReached { agent: AgentId(agent) }).await;
    }
    let (ann, old) = (ann(&engine).await, Somebody::new(&engine, json!({"role": "agent"})).await);
    let pause = json!({"state": "paused"});
    for (who, path, status) in [
        (&ann, "/api/v1/agents/a101/state", 200),
        (&ann, "/api/v1/agents/a102/state", 403),
        (&old, "/api/v1/agents/a102/state", 200),
        (&ann, "/api/v1/agents/a999/state", 404),
    ] {
        assert_eq!(who.status(Method::PUT, path, &pause).await, status, "{path}");
    }
    for (who, path, status) in [
        (&ann, "/api/v1/agents/a101/desk", 200),
        (&ann, "/api/v1/agents/a102/desk", 403),
        (&ann, "/api/v1/agents/a999/desk", 404),
        (&ann, "/api/v1/events?agent=a102", 403),
        (&ann, "/api/v1/events?agent=a999", 404),
        (&old, "/api/v1/agents/a102/desk", 200),
    ] {
        assert_eq!(who.status(Method::GET, path, &json!(null)).await, status, "{path}");
    }
    let viewer = Somebody::new(&engine, json!({"role": "viewer"})).await;
    assert_eq!(viewer.status(Method::GET, "/api/v1/events?agent=a101", &json!(null)).await, 403);
    assert_eq!(problem(ann.asks(Method::GET, "/api/v1/tokens").send().await.expect("an answer")).await.0, 403);
}

#[tokio::test]
async fn an_agent_writes_on_own_calls_and_cases_and_is_their_author() {
    let engine = Engine::start().await;
    taken(&engine, 7).await;
    engine.caller_waits(8).await;
    engine.caller_leaves(8).await;
    let (own, other) = ("/api/v1/records/0000000000000007", "/api/v1/records/0000000000000008");
    let (ann, said) = (ann(&engine).await, json!({"disposition": "lost-item"}));
    assert_eq!(ann.status(Method::PATCH, other, &said).await, 403);
    assert_eq!(ann.status(Method::PATCH, own, &said).await, 200);
    assert_eq!(ann.reads(own).await["history"][0]["by"], "Ann");
    let case = |call: &str, owner: Value| json!({"kind": "complaint", "said": "late", "calls": [call], "owner": owner});
    assert_eq!(ann.status(Method::POST, "/api/v1/cases", &case("0000000000000008", json!("a101"))).await, 403);
    let mut paths = Vec::new();
    for asked in
        [case("0000000000000007", json!(null)), case("0000000000000008", json!("a101")), case("0000000000000008", json!("ben"))]
    {
        let opened = engine.request(Method::POST, "/api/v1/cases").json(&asked).send().await.expect("an answer");
        let opened: Value = opened.json().await.expect("JSON");
        paths.push((
            format!("/api/v1/cases/{}", opened["case"].as_str().expect("an id")),
            opened["history"].as_array().map_or(0, Vec::len),
        ));
    }
    for ((path, seen), status) in paths.iter().zip([200, 200, 403]) {
        let said =
            ann.asks(Method::PATCH, path).header("if-match", format!("\"{seen}\"")).json(&json!({"remark": "called back"}));
        assert_eq!(said.send().await.expect("an answer").status().as_u16(), status, "{path}");
    }
    assert_eq!(ann.status(Method::POST, "/api/v1/cases", &case("0000000000000007", json!(null))).await, 201);
}

#[tokio::test]
async fn a_desk_shows_who_calls_then_what_to_write_and_no_whole_number() {
    let engine = Engine::start().await;
    let ann = ann(&engine).await;
    let desk = async || {
        // A look is shared by all who ask within 50 ms.
        tokio::time::sleep(Duration::from_millis(60)).await;
        ann.reads("/api/v1/agents/a101/desk").await
    };
    engine.tell(Input::PhoneReached { agent: AgentId(0) }).await;
    let free = desk().await;
    assert_eq!((&free["agent"]["state"], &free["call"], &free["record"]), (&json!("idle"), &json!(null), &json!(null)));
    assert_eq!((&free["ahead"][0]["queue"], &free["ahead"][0]["level"]), (&json!("booking"), &json!(1)));
    assert_eq!(free["dispositions"], json!(["lost-item", "no-show"]));
    engine.caller_waits(7).await;
    let rung = desk().await;
    assert_eq!((&rung["agent"]["state"], &rung["call"]["caller"]["name"]), (&json!("offered"), &json!("Ann")));
    assert_eq!((&rung["call"]["caller"]["number"], &rung["call"]["why"]["reason"]), (&json!("••••••••567"), &json!("asked")));
    assert_eq!(rung["record"], json!(null));
    engine.tell(Input::AgentAnswered { offer: ringing(&engine, AgentId(0)).await }).await;
    assert_eq!(ann.status(Method::PATCH, "/api/v1/records/0000000000000007", &json!({"resolution": "found"})).await, 200);
    let talk = desk().await;
    assert_eq!((&talk["record"]["call"], &talk["record"]["resolution"]), (&json!("0000000000000007"), &json!("found")));
    engine.tell(Input::CallerHungUp { call: CallId(7), how: CallerGone::HungUp }).await;
    engine.recorded(7).await;
    let last = desk().await;
    assert_eq!(
        (&last["call"], &last["record"]["state"], &last["record"]["resolution"]),
        (&json!(null), &json!("ended"), &json!("found"))
    );
    assert_eq!(last["record"]["caller"]["number"], "••••••••567");
    assert!(
        ![free, rung, talk, last].iter().any(|desk| desk.to_string().contains("6591234567") || desk.to_string().contains("a102"))
    );
    let seen_by_admin = engine.read("/api/v1/agents/a101/desk").await;
    assert_eq!(seen_by_admin["record"]["caller"]["number"], "+6591234567");
}

#[tokio::test]
async fn who_follows_an_agent_hears_of_each_state_and_of_nobody_else() {
    let engine = Engine::start().await;
    let ann = ann(&engine).await;
    let mut stream = ann.asks(Method::GET, "/api/v1/events?agent=a101").send().await.expect("a stream");
    // What was so before is no news; the first look after this one is.
    tokio::time::sleep(Duration::from_millis(600)).await;
    for agent in [1, 0] {
        engine.tell(Input::PhoneReached { agent: AgentId(agent) }).await;
    }
    engine.caller_waits(7).await;
    engine.caller_waits(8).await;
    let mut told = String::new();
    let heard = async {
        while !told.contains("\"state\":\"offered\"") {
            told += std::str::from_utf8(&stream.chunk().await.expect("a stream").expect("no end")).expect("text");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), heard).await.expect("in time");
    assert!(told.contains("event: agent") && !told.contains("a102") && !told.contains("event: board"), "{told}");
}
