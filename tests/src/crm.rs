//! A customer database outside that says who calls, as the test says, good or bad.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::sync::{oneshot, watch};

/// What the service answers every question.
#[derive(Clone, Debug)]
pub enum Says {
    /// 200 with this body.
    This(String),
    /// The same, once [`Crm::speak`] was called.
    Late(String),
    /// Never anything.
    Nothing,
}

/// A question that came in.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its headers.
    pub headers: HeaderMap,
    /// The JSON body; null when it is none.
    pub body: Value,
}

/// A running customer database; it ends with the value.
#[derive(Debug)]
pub struct Crm {
    port: u16,
    speaks: watch::Sender<bool>,
    questions: Arc<Mutex<Vec<Question>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone)]
struct Service {
    says: Says,
    speaks: watch::Receiver<bool>,
    questions: Arc<Mutex<Vec<Question>>>,
}

impl Crm {
    /// Starts the service on a free port of 127.0.0.1.
    pub fn start(says: Says) -> Crm {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        listener.set_nonblocking(true).expect("a listener for tokio");
        let questions: Arc<Mutex<Vec<Question>>> = Arc::default();
        let (speaks, spoken) = watch::channel(false);
        let service = Service { says, speaks: spoken, questions: Arc::clone(&questions) };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || run(listener, service, stopped));
        Crm { port, speaks, questions, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/callers", self.port)
    }

    /// Says now what is late.
    pub fn speak(&self) {
        self.speaks.send_replace(true);
    }

    /// All questions so far.
    pub fn questions(&self) -> Vec<Question> {
        self.questions.lock().expect("questions").clone()
    }
}

impl Drop for Crm {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(listener: TcpListener, service: Service, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        let routes = Router::new().route("/callers", post(who)).with_state(service);
        tokio::select! {
            _ = stopped => {}
            served = axum::serve(listener, routes) => served.expect("the service runs"),
        }
    });
}

async fn who(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let body = serde_json::from_slice(&body).unwrap_or_default();
    service.questions.lock().expect("questions").push(Question { headers, body });
    let answer = match service.says {
        Says::This(answer) => answer,
        Says::Late(answer) => {
            let mut speaks = service.speaks;
            let _ = speaks.wait_for(|speaks| *speaks).await;
            answer
        }
        Says::Nothing => std::future::pending().await,
    };
    Response::new(Body::from(answer))
}
