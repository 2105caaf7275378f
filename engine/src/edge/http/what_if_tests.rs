//! What changes would do, asked over HTTP and on the page, on a desk with a day behind it.

use super::page_tests::{csrf, signed_in, token_for, with};
use super::rig::{Engine, problem};
use crate::foresight::tests::a_day;
use crate::names::tests::taxi;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const BOOKING: &str = "/api/v1/queues/booking/thresholds";
const WHAT_IF: &str = "/api/v1/what-if";

async fn with_a_day() -> Engine {
    let engine = Engine::start().await;
    a_day(engine.dir.path(), taxi().settings(), 80.0, 5);
    engine
}

async fn ask(engine: &Engine, body: &Value) -> Response {
    engine.request(Method::POST, WHAT_IF).json(body).send().await.expect("an answer")
}

#[tokio::test]
async fn what_a_change_would_do_is_told_and_nothing_is_changed() {
    let engine = with_a_day().await;
    let answer = ask(&engine, &json!({"set": {"booking": {"wrap_up": "1s"}}, "window": "today"})).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told: Value = answer.json().await.expect("JSON");
    let wait = told["figures"].as_array().expect("figures").iter().find(|figure| figure["figure"] == "wait_mean").expect("it");
    assert_eq!((&wait["queue"], &wait["effect"], &wait["clear"]), (&json!("booking"), &json!("better"), &json!(true)));
    assert!(told["seeds"].as_u64() >= Some(2) && told["calls"].as_u64() > Some(300), "{told}");
    let dry = engine.request(Method::PATCH, &format!("{BOOKING}?dry_run=true")).header("if-match", "\"0\"");
    let dry = dry.json(&json!({"set": {"wrap_up": "1s"}, "reason": "trial"})).send().await.expect("an answer");
    assert_eq!((dry.status(), dry.headers()["etag"].as_bytes()), (StatusCode::OK, b"\"0\"".as_slice()));
    let dry: Value = dry.json().await.expect("JSON");
    assert_eq!(dry["figures"].as_array().map(Vec::len), told["figures"].as_array().map(Vec::len));
    let same: Value = ask(&engine, &json!({"set": {}})).await.json().await.expect("JSON");
    assert!(same["figures"].as_array().expect("figures").iter().all(|figure| figure["effect"] == "same"), "{same}");
    assert_eq!(engine.read("/api/v1/queues").await["changes"], 0);
}

#[tokio::test]
async fn what_cannot_be_asked_is_said_to_be_so() {
    let engine = with_a_day().await;
    for (body, status, said) in [
        (json!({"set": {"nowhere": {}}}), 404, "queue"),
        (json!({"set": {"booking": {"targte": "1s"}}}), 422, "targte"),
        (json!({"set": {"booking": {"reserve": 2}}}), 422, "reserve"),
        (json!({"set": {"booking": {"class": {"vip": "5s"}}}}), 422, ""),
        (json!({"set": {}, "window": "tomorrow"}), 422, "window"),
        (json!({"set": "target"}), 422, ""),
        (json!({}), 422, "set"),
    ] {
        let (answered, detail) = problem(ask(&engine, &body).await).await;
        assert!(answered == status && detail.contains(said), "{body}: {answered} {detail}");
    }
    for role in ["agent", "integrator", "viewer"] {
        let cookie = signed_in(&engine, &token_for(&engine, role).await.0).await;
        let page = with(&engine, &cookie, Method::GET, "/tune").send().await.expect("an answer");
        assert_eq!(page.status(), StatusCode::FORBIDDEN, "{role}");
        let csrf = csrf(&engine, &cookie).await;
        let asked = with(&engine, &cookie, Method::POST, WHAT_IF).header("origin", &engine.url).header("x-csrf-token", csrf);
        let (status, _) = problem(asked.json(&json!({"set": {}})).send().await.expect("an answer")).await;
        assert_eq!(status, 403, "{role}");
    }
}

#[tokio::test]
async fn a_change_keeps_what_was_foreseen_of_it() {
    let engine = with_a_day().await;
    let change = engine.request(Method::PATCH, BOOKING).header("if-match", "\"0\"");
    let change = change.json(&json!({"set": {"wrap_up": "1s"}, "reason": "rush"})).send().await.expect("an answer");
    assert_eq!(change.status(), StatusCode::OK);
    for _ in 0..1_000 {
        let aftermath = engine.read("/api/v1/changes").await["changes"][0]["queues"][0]["aftermath"].clone();
        if aftermath.is_object() {
            assert_eq!((&aftermath["verdict"], &aftermath["calls"]), (&json!("too_early"), &json!(0)));
            assert_eq!(aftermath["figures"].as_array().map(Vec::len), Some(3), "{aftermath}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nothing was foreseen of the change within 20 s");
}

async fn send(engine: &Engine, cookie: &str, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let request = with(engine, cookie, Method::POST, path).header("origin", &engine.url);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.join("&"));
    let answer = request.send().await.expect("an answer");
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    (answer.status(), to, answer.text().await.expect("a page"))
}

#[tokio::test]
async fn a_supervisor_tunes_by_forms_alone_and_who_was_slower_is_told() {
    let engine = with_a_day().await;
    let (token, _) = token_for(&engine, "supervisor").await;
    let cookie = signed_in(&engine, &token).await;
    let csrf = csrf(&engine, &cookie).await;
    let page = with(&engine, &cookie, Method::GET, "/tune?queue=booking").send().await.expect("an answer");
    let page = page.text().await.expect("a page");
    assert!(page.contains("name=\"set.wrap_up\"") && page.contains("name=\"seen\" value=\"0\""), "{page}");
    let mine = [("csrf", csrf.as_str()), ("queue", "booking"), ("seen", "0"), ("was.wrap_up", "15s"), ("set.wrap_up", "1s")];
    let with_do = |how: &'static str, reason: &'static str| [&mine[..], &[("do", how), ("reason", reason)]].concat();
    let (status, _, told) = send(&engine, &cookie, "/tune/foresight", &mine).await;
    assert!(status == StatusCode::OK && told.contains("better") && told.contains("<svg"), "{status}: {told}");
    let (status, _, told) = send(&engine, &cookie, "/tune", &with_do("foresee", "")).await;
    assert!(status == StatusCode::OK && told.contains("better") && told.contains("value=\"1s\""), "{status}: {told}");
    assert_eq!(send(&engine, &cookie, "/tune", &with_do("apply", "")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, to, _) = send(&engine, &cookie, "/tune", &with_do("apply", "rush hour")).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/tune?queue=booking&done=1"));
    let page = with(&engine, &cookie, Method::GET, &to).send().await.expect("an answer").text().await.expect("a page");
    assert!(page.contains("rush hour") && page.contains("wrap_up: 15s -&#62; 1s"), "{page}");
    // The same form once more: it was made before the change.
    let (status, _, page) = send(&engine, &cookie, "/tune", &with_do("apply", "once more")).await;
    assert!(status == StatusCode::PRECONDITION_FAILED && page.contains("somebody else was faster") && page.contains("rush hour"));
    assert!(page.contains("name=\"seen\" value=\"1\"") && page.contains("value=\"once more\""), "{page}");
    let back = [("csrf", csrf.as_str()), ("queue", "booking"), ("number", "1"), ("reason", "it is over")];
    assert_eq!(send(&engine, &cookie, "/tune/revert", &back).await.1, "/tune?queue=booking&done=2");
    let again = send(&engine, &cookie, "/tune/revert", &back).await;
    assert!(again.0 == StatusCode::UNPROCESSABLE_ENTITY && again.2.contains("already"), "{}", again.2);
    let forged = [("csrf", "0"), ("queue", "booking"), ("number", "1"), ("reason", "x")];
    assert_eq!(send(&engine, &cookie, "/tune/revert", &forged).await.0, StatusCode::FORBIDDEN);
    assert_eq!(engine.read("/api/v1/queues/booking").await["thresholds"]["wrap_up"], "15s");
}
