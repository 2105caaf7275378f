//! The dispatcher against services that accept, refuse, hang and talk nonsense.

use super::{Backend, Dispatcher};
use crate::backlog::Backlog;
use crate::door::{Door, Submission};
use crate::epoch::{Epoch, timestamp};
use crate::names::Names;
use crate::names::tests::taxi;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use cabrank_core::{
    CallId, Caller, Dispatch, DispatchAnswer, DispatchFailure, Input, LineId, Number, Profile, ServiceId, Settings, Span, Text,
    Tick, Trust,
};
use crossbeam::channel::Receiver;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every request a fake service got: idempotency key and body.
type Seen = Arc<Mutex<Vec<(String, Value)>>>;

/// A service on loopback that answers the n-th request (from 0) so.
async fn service<F>(answer: impl Fn(usize) -> F + Clone + Send + Sync + 'static) -> (Backend, Seen)
where
    F: Future<Output = Response> + Send,
{
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let handler = move |headers: HeaderMap, body: Bytes| async move {
        let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
        let nth = {
            let mut notes = notes.lock().expect("notes");
            notes.push((key, serde_json::from_slice(&body).expect("JSON")));
            notes.len() - 1
        };
        answer(nth).await
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/ride", listener.local_addr().expect("an address")).parse().expect("a URL");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/ride", post(handler))).await });
    (Backend::Webhook(url), seen)
}

fn names(timeout: Span) -> Names {
    let mut settings: Settings = taxi().settings().clone();
    settings.services[0].timeout = timeout;
    Names::new(Arc::new(settings))
}

fn order(call: u64) -> Box<Dispatch> {
    let fields: Vec<(Text, Text)> = vec![("pickup".into(), "12 Ann Siang Road".into())];
    let profile = Profile { name: "Ann".into(), fields, ..Profile::default() };
    let number = Some(Number("+6591234567".into()));
    let caller = Caller { number, trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) };
    Box::new(Dispatch { call: CallId(call), service: ServiceId(0), line: LineId(0), caller, asked_at: Tick(1_500_000) })
}

/// Runs a dispatcher over these orders to its end and returns what the desk was told.
async fn told(backend: Backend, timeout: Span, orders: Vec<Dispatch>) -> Vec<Input> {
    let (lane, inbox) = crossbeam::channel::bounded(64);
    let (desk, queue) = tokio::sync::mpsc::channel(64);
    let dispatcher = Dispatcher::new(Door::new(lane, Backlog::new()), &names(timeout), Epoch::new(timestamp(0)), &[backend])
        .expect("a dispatcher");
    for order in orders {
        desk.try_send(Box::new(order)).expect("room");
    }
    drop(desk);
    dispatcher.run(queue).await;
    inputs(&inbox)
}

fn inputs(inbox: &Receiver<Submission>) -> Vec<Input> {
    let input = |submission| match submission {
        Submission::Told { input, .. } | Submission::Asked { input, .. } => Some(input),
        Submission::Noted(_)
        | Submission::Look(_)
        | Submission::Place { .. }
        | Submission::Forget { .. }
        | Submission::Count(_)
        | Submission::Nudge
        | Submission::Close => None,
    };
    inbox.try_iter().filter_map(input).collect()
}

async fn answer_of(backend: Backend, timeout: Span) -> DispatchAnswer {
    match told(backend, timeout, vec![*order(7)]).await.as_slice() {
        [Input::DispatchAnswered { call: CallId(7), answer }] => answer.clone(),
        other => panic!("told {other:?}"),
    }
}

const PATIENT: Span = Span::secs(20);

async fn answer_to_body(status: StatusCode, body: impl Into<String>) -> (DispatchAnswer, usize) {
    let body = body.into();
    let (backend, seen) = service(move |_| {
        let response = (status, body.clone()).into_response();
        async move { response }
    })
    .await;
    let answer = answer_of(backend, PATIENT).await;
    let asked = seen.lock().expect("notes").len();
    (answer, asked)
}

fn failed(failure: DispatchFailure) -> DispatchAnswer {
    DispatchAnswer::Failed(failure)
}

#[tokio::test]
async fn an_accepted_order_brings_eta_and_reference_and_the_request_says_it_all() {
    let (backend, seen) =
        service(|_| async { axum::Json(json!({"accepted": true, "eta_s": 420, "reference": "R1"})).into_response() }).await;
    let accepted = DispatchAnswer::Accepted { eta: Span::secs(420), reference: "R1".into() };
    assert_eq!(answer_of(backend, PATIENT).await, accepted);
    let body = json!({
        "call": "0000000000000007", "service": "taxi-now", "line": "+6565521111",
        "caller": {"number": "+6591234567", "name": "Ann"}, "profile": {"pickup": "12 Ann Siang Road"},
        "requested_at": "1970-01-01T00:00:01.5Z",
    });
    assert_eq!(*seen.lock().expect("notes"), [("0000000000000007".to_owned(), body)]);
}

#[tokio::test]
async fn an_order_whose_caller_is_known_no_longer_is_not_sent() {
    let (backend, seen) = service(|_| async { axum::Json(json!({"accepted": true, "eta_s": 420})).into_response() }).await;
    let mut order = *order(7);
    order.caller.profile = Some(Arc::default());
    let answer = DispatchAnswer::Failed(DispatchFailure::Unreachable);
    assert_eq!(told(backend, PATIENT, vec![order]).await, [Input::DispatchAnswered { call: CallId(7), answer }]);
    assert_eq!(seen.lock().expect("notes").len(), 0);
}

#[tokio::test]
async fn a_refusal_keeps_its_reason_in_one_line_of_bearable_length() {
    let (answer, _) = answer_to_body(StatusCode::OK, json!({"accepted": false, "reason": "no\ncars"}).to_string()).await;
    assert_eq!(answer, DispatchAnswer::Refused { reason: "no cars".into() });
    let (answer, asked) = answer_to_body(StatusCode::OK, json!({"accepted": false, "reason": "x".repeat(999)}).to_string()).await;
    assert_eq!((answer, asked), (DispatchAnswer::Refused { reason: "x".repeat(200).into() }, 1));
}

#[tokio::test]
async fn nonsense_is_a_failure_and_not_asked_again() {
    let too_long = format!("{{\"accepted\":true,\"eta_s\":1,\"reference\":\"{}\"}}", "x".repeat(70_000));
    for body in [
        "",
        "sure",
        "[]",
        "{}",
        r#"{"accepted":true}"#,
        r#"{"accepted":true,"eta_s":-1}"#,
        r#"{"accepted":true,"eta_s":86401}"#,
        r#"{"accepted":true,"eta_s":"7 minutes"}"#,
        r#"{"accepted":"yes","eta_s":1}"#,
        &too_long,
    ] {
        assert_eq!(
            answer_to_body(StatusCode::OK, body).await,
            (failed(DispatchFailure::Nonsense), 1),
            "{}",
            &body[..body.len().min(50)]
        );
    }
    let accepted = r#"{"accepted":true,"eta_s":1,"reference":"R"}"#;
    assert_eq!(answer_to_body(StatusCode::CREATED, accepted).await, (failed(DispatchFailure::Nonsense), 1));
    assert_eq!(answer_to_body(StatusCode::FORBIDDEN, accepted).await, (failed(DispatchFailure::Nonsense), 1));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (elsewhere, followed) = service(|_| async { StatusCode::OK.into_response() }).await;
    let Backend::Webhook(elsewhere) = elsewhere else { panic!("a webhook") };
    let (backend, _) = service(move |_| {
        let response = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, elsewhere.to_string())]).into_response();
        async move { response }
    })
    .await;
    assert_eq!(answer_of(backend, PATIENT).await, failed(DispatchFailure::Nonsense));
    assert_eq!(*followed.lock().expect("notes"), []);
}

#[tokio::test]
async fn a_failing_service_is_asked_twice_with_one_key() {
    let (answer, asked) = answer_to_body(StatusCode::BAD_GATEWAY, "").await;
    assert_eq!((answer, asked), (failed(DispatchFailure::Nonsense), 2));
    let (backend, seen) = service(|nth| async move {
        match nth {
            0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            _ => axum::Json(json!({"accepted": true, "eta_s": 60.5, "reference": "R"})).into_response(),
        }
    })
    .await;
    let accepted = DispatchAnswer::Accepted { eta: Span::secs(61), reference: "R".into() };
    assert_eq!(answer_of(backend, PATIENT).await, accepted);
    let keys: Vec<_> = seen.lock().expect("notes").iter().map(|(key, _)| key.clone()).collect();
    assert_eq!(keys, ["0000000000000007", "0000000000000007"]);
}

#[tokio::test]
async fn a_service_that_hangs_is_asked_again_and_then_given_up_in_time() {
    let (backend, seen) = service(|_| std::future::pending()).await;
    assert_eq!(answer_of(backend, Span::millis(300)).await, failed(DispatchFailure::TimedOut));
    assert_eq!(seen.lock().expect("notes").len(), 2);
}

#[tokio::test]
async fn the_second_asking_may_answer_while_the_first_hangs() {
    let (backend, _) = service(|nth| async move {
        if nth == 0 {
            std::future::pending::<()>().await;
        }
        axum::Json(json!({"accepted": true, "eta_s": 0})).into_response()
    })
    .await;
    let accepted = DispatchAnswer::Accepted { eta: Span(0), reference: "".into() };
    assert_eq!(answer_of(backend, Span::secs(4)).await, accepted);
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
    drop(listener);
    assert_eq!(answer_of(Backend::Webhook(url), PATIENT).await, failed(DispatchFailure::Unreachable));
}

#[tokio::test]
async fn a_service_that_is_not_set_up_is_unreachable() {
    let unknown = Dispatch { service: ServiceId(9), ..*order(7) };
    let told = told(Backend::DemoFleet, PATIENT, vec![unknown]).await;
    let answer = failed(DispatchFailure::Unreachable);
    assert_eq!(told, [Input::DispatchAnswered { call: CallId(7), answer }]);
}

#[tokio::test]
async fn the_fleet_reports_its_arrivals_in_the_desks_own_time() {
    let (lane, inbox) = crossbeam::channel::bounded(64);
    let (desk, queue) = tokio::sync::mpsc::channel(2);
    let dispatcher =
        Dispatcher::new(Door::new(lane, Backlog::new()), &names(PATIENT), Epoch::new(timestamp(0)), &[Backend::DemoFleet]);
    let running = tokio::spawn(dispatcher.expect("a dispatcher").run(queue));
    desk.send(order(7)).await.expect("taken");
    desk.send(Box::new(Dispatch { asked_at: Tick(Span::secs(7_200).0), ..*order(8) })).await.expect("taken");
    let settled =
        |input: &Input| matches!(input, Input::PromiseSettled { call: CallId(7), kept: true, by } if &**by == "demo-fleet");
    let mut told = Vec::new();
    for _ in 0..500 {
        told.extend(inputs(&inbox));
        if told.iter().any(settled) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(told.iter().any(settled), "{told:?}");
    drop(desk);
    running.await.expect("ended");
}

#[tokio::test]
async fn a_busy_desk_is_told_again() {
    let (lane, inbox) = crossbeam::channel::bounded(1);
    let door = Door::new(lane, Backlog::new());
    door.submit(Input::Woke).expect("room");
    let (desk, queue) = tokio::sync::mpsc::channel(1);
    let dispatcher =
        Dispatcher::new(door, &names(PATIENT), Epoch::new(timestamp(0)), &[Backend::DemoFleet]).expect("a dispatcher");
    let running = tokio::spawn(dispatcher.run(queue));
    desk.send(order(7)).await.expect("taken");
    drop(desk);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(inputs(&inbox), [Input::Woke]);
    running.await.expect("ended");
    assert!(matches!(inputs(&inbox).as_slice(), [Input::DispatchAnswered { .. }]));
}
