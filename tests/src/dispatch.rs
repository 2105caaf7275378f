//! A fulfilment service that does what the test says, good or bad.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use serde_json::Value;

use crate::service::Service;

/// What the service does with every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Accepts, with this many seconds to go.
    Accepts(u32),
    /// Accepts, with this many seconds to go, after up to a third of a second.
    Dawdles(u32),
    /// Says no.
    Refuses,
    /// Never answers.
    Hangs,
    /// Closes the first connection with an error and accepts the second request.
    FailsOnce(u32),
    /// Answers something that is not JSON.
    Nonsense,
    /// Accepts, with a negative time to go.
    NegativeEta,
    /// Accepts, and does not say when.
    NoEta,
    /// Accepts in a body of more than 64 kB.
    HugeBody,
    /// Sends the client elsewhere.
    Redirects,
    /// Answers 500.
    Breaks,
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Request {
    /// The `Idempotency-Key`.
    pub key: String,
    /// The JSON body; null when it is none.
    pub body: Value,
}

/// A running fulfilment service; it ends with the value.
#[derive(Debug)]
pub struct Dispatch {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    _service: Service,
}

#[derive(Clone)]
struct Fleet {
    mode: Mode,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Dispatch {
    /// Starts the service on a port of 127.0.0.1.
    pub fn start(port: u16, mode: Mode) -> Dispatch {
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let fleet = Fleet { mode, requests: Arc::clone(&requests) };
        let service = Service::start(port, Router::new().route("/ride", post(ride)).with_state(fleet));
        Dispatch { port, requests, _service: service }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/ride", self.port)
    }

    /// The rides it has sent, by key, and for whom: to a service that keeps its side, requests with one key are one ride.
    pub fn rides(&self) -> BTreeMap<String, String> {
        let caller = |body: &Value| body["caller"]["number"].as_str().unwrap_or_default().to_owned();
        self.requests().into_iter().map(|request| (request.key, caller(&request.body))).collect()
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("requests").clone()
    }
}

async fn ride(State(fleet): State<Fleet>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let key = headers.get("idempotency-key").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let nth = {
        let mut requests = fleet.requests.lock().expect("requests");
        requests.push(Request { key, body });
        requests.len()
    };
    answer(fleet.mode, nth).await
}

async fn answer(mode: Mode, nth: usize) -> Response<Body> {
    match mode {
        Mode::Accepts(eta_s) => accepted(&eta_s.to_string()),
        Mode::Dawdles(eta_s) => {
            // Ever different, and the same in every run.
            tokio::time::sleep(Duration::from_millis(nth as u64 * 97 % 331)).await;
            accepted(&eta_s.to_string())
        }
        Mode::Refuses => json(200, r#"{"accepted":false,"reason":"no cab is free"}"#.to_owned()),
        Mode::Hangs => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            accepted("60")
        }
        Mode::FailsOnce(_) if nth == 1 => json(503, "{}".to_owned()),
        Mode::FailsOnce(eta_s) => accepted(&eta_s.to_string()),
        Mode::Nonsense => json(200, "a taxi, perhaps".to_owned()),
        Mode::NegativeEta => accepted("-5"),
        Mode::NoEta => json(200, r#"{"accepted":true,"reference":"R1"}"#.to_owned()),
        Mode::HugeBody => {
            let padding = "x".repeat(70_000);
            json(200, format!(r#"{{"accepted":true,"eta_s":60,"reference":"R1","padding":"{padding}"}}"#))
        }
        Mode::Redirects => {
            Response::builder().status(307).header("location", "/elsewhere").body(Body::empty()).expect("a response")
        }
        Mode::Breaks => json(500, "{}".to_owned()),
    }
}

fn accepted(eta_s: &str) -> Response<Body> {
    json(200, format!(r#"{{"accepted":true,"eta_s":{eta_s},"reference":"R1"}}"#))
}

fn json(status: u16, body: String) -> Response<Body> {
    Response::builder().status(status).header("content-type", "application/json").body(Body::from(body)).expect("a response")
}
