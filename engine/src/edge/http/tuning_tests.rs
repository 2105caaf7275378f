//! Thresholds changed over HTTP, with a real desk behind it.

use super::rig::{Engine, problem};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const BOOKING: &str = "/api/v1/queues/booking/thresholds";

async fn patch(engine: &Engine, path: &str, if_match: Option<&str>, body: &Value) -> Response {
    let request = engine.request(Method::PATCH, path).json(body);
    let request = if_match.into_iter().fold(request, |request, tag| request.header("if-match", tag));
    request.send().await.expect("an answer")
}

async fn revert(engine: &Engine, number: u64, reason: &str) -> Response {
    let path = format!("/api/v1/changes/{number}/revert");
    engine.request(Method::POST, &path).json(&json!({"reason": reason})).send().await.expect("an answer")
}

/// The changes, once the store has so many.
async fn changes(engine: &Engine, count: usize) -> Value {
    for _ in 0..500 {
        let list = engine.read("/api/v1/changes").await;
        if list["changes"].as_array().is_some_and(|changes| changes.len() == count) {
            return list;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the store did not have {count} changes within 5 s");
}

fn asked(set: Value) -> Value {
    json!({"set": set, "reason": "rain"})
}

#[tokio::test]
async fn a_change_is_in_force_when_the_answer_comes_and_is_kept() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    let response = engine.request(Method::GET, "/api/v1/queues").send().await.expect("an answer");
    assert_eq!(response.headers()["etag"], "\"0\"");
    let response = patch(&engine, BOOKING, Some("\"0\""), &asked(json!({"target": "45s", "quote": {"every": "30s"}}))).await;
    assert_eq!((response.status(), response.headers()["etag"].clone()), (StatusCode::OK, "\"1\"".parse().expect("a tag")));
    let change: Value = response.json().await.expect("JSON");
    assert_eq!((&change["number"], &change["by"], &change["reason"]), (&json!(1), &json!("admin"), &json!("rain")));
    assert_eq!(change["queues"][0]["what"][1], "target: 20s -> 45s");
    let queue = engine.read("/api/v1/queues/booking").await;
    assert_eq!((&queue["thresholds"]["target"], &queue["thresholds"]["quote"]["every"]), (&json!("45s"), &json!("30s")));
    assert_eq!((&queue["thresholds"]["ring_for"], &queue["waiting"]), (&json!("15s"), &json!(1)));
    assert_eq!(changes(&engine, 1).await["changes"][0], change);
}

#[tokio::test]
async fn a_change_is_taken_back_by_another_one() {
    let engine = Engine::start().await;
    let before = engine.read("/api/v1/queues/booking").await["thresholds"].clone();
    let set = json!({"class": {"regular": "10s"}, "offer_callback_over": "3m", "overflow": ""});
    assert_eq!(patch(&engine, BOOKING, Some("\"0\""), &asked(set)).await.status(), StatusCode::OK);
    assert_ne!(engine.read("/api/v1/queues/booking").await["thresholds"], before);
    let back = revert(&engine, 1, "the rain is over").await;
    assert_eq!((back.status(), back.headers()["etag"].clone()), (StatusCode::OK, "\"2\"".parse().expect("a tag")));
    assert_eq!(engine.read("/api/v1/queues/booking").await["thresholds"], before);
    let list = changes(&engine, 2).await;
    assert_eq!((&list["changes"][0]["number"], &list["changes"][0]["reason"]), (&json!(2), &json!("the rain is over")));
    let older = engine.read("/api/v1/changes?before=2&limit=1").await;
    assert_eq!((&older["changes"][0]["number"], &older["more"]), (&json!(1), &json!(false)));
    let (status, detail) = problem(revert(&engine, 1, "again").await).await;
    assert!(status == 422 && detail.contains("already"), "{detail}");
}

#[tokio::test]
async fn whoever_saw_something_older_changes_nothing() {
    let engine = Engine::start().await;
    let wish = asked(json!({"target": "45s"}));
    assert_eq!(problem(patch(&engine, BOOKING, None, &wish).await).await.0, 428);
    for outdated in ["\"7\"", "0", "W/\"0\"", "\"1\", \"2\""] {
        assert_eq!(problem(patch(&engine, BOOKING, Some(outdated), &wish).await).await.0, 412, "{outdated}");
    }
    assert_eq!(patch(&engine, BOOKING, Some("\"9\", \"0\""), &wish).await.status(), StatusCode::OK);
    assert_eq!(problem(patch(&engine, BOOKING, Some("\"0\""), &asked(json!({"target": "50s"}))).await).await.0, 412);
    assert_eq!(patch(&engine, BOOKING, Some("*"), &asked(json!({"target": "50s"}))).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn of_many_at_once_one_changes_and_the_others_are_told() {
    let engine = Engine::start().await;
    let wishes = (1..=8).map(|seconds| asked(json!({"target": format!("{}s", 30 + seconds)}))).collect::<Vec<_>>();
    let answers = wishes.iter().map(|wish| patch(&engine, BOOKING, Some("\"0\""), wish));
    let mut statuses: Vec<u16> = Vec::new();
    for answer in futures_in_turn(answers).await {
        statuses.push(answer.status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 412)), "{statuses:?}");
}

/// All under way at the same time.
async fn futures_in_turn<F: Future<Output = Response>>(all: impl Iterator<Item = F>) -> Vec<Response> {
    let mut waiting: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Response> = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|answer| match answer.as_mut().poll(context) {
            std::task::Poll::Ready(response) => {
                done.push(response);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn every_fault_is_named_and_nothing_changes() {
    let engine = Engine::start().await;
    let response = patch(&engine, BOOKING, Some("\"0\""), &asked(json!({"ring_for": "2h", "targte": "1s"}))).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["faults"].as_array().map(Vec::len), Some(2), "{body}");
    for (path, body, status, said) in [
        ("/api/v1/queues/nowhere/thresholds", asked(json!({"target": "1s"})), 404, "queue"),
        (BOOKING, asked(json!({})), 422, "no key"),
        (BOOKING, asked(json!({"target": "20s"})), 422, "already"),
        (BOOKING, asked(json!({"target": null})), 422, ""),
        (BOOKING, json!({"set": {"target": "30s"}, "reason": " "}), 422, "reason"),
        (BOOKING, json!({"set": {"target": "30s"}}), 422, "reason"),
        (BOOKING, asked(json!({"reserve": 2})), 422, "reserve"),
    ] {
        let (answered, detail) = problem(patch(&engine, path, Some("\"0\""), &body).await).await;
        assert_eq!(answered, status, "{path} {body}: {detail}");
        assert!(detail.contains(said), "{path} {body}: {detail}");
    }
    let dry = patch(&engine, &format!("{BOOKING}?dry_run=true"), Some("\"0\""), &asked(json!({"target": "1s"}))).await;
    assert_eq!(problem(dry).await.0, 503, "there is no journal here to foresee anything from");
    assert_eq!(problem(revert(&engine, 3, "never was").await).await.0, 404);
    assert_eq!(engine.read("/api/v1/queues").await["changes"], 0);
}

#[tokio::test]
async fn times_through_the_menu_are_counted_and_shown() {
    let engine = Engine::start().await;
    engine.caller_waits(7).await;
    engine.caller_leaves(7).await;
    let figures = engine.read("/api/v1/calls/0000000000000007").await;
    assert!(figures["menu_s"].is_number() && figures["to_human_s"].is_null(), "{figures}");
}
