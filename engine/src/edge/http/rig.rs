//! An engine reduced to desk, store and API, for tests over real sockets.

use super::{Api, Hosts, Sessions, Tokens, Ways, serve};
use crate::backlog::Backlog;
use crate::board::Ledger;
use crate::clerk::Clerk;
use crate::directory::Directory;
use crate::door::{Door, Submission};
use crate::epoch::Epoch;
use crate::epoch::tests::noon;
use crate::filing::{Files, InHand};
use crate::foresight::{Aside, Foresight};
use crate::in_force::InForce;
use crate::lane::{Clock, unix_micros_now};
use crate::names::tests::taxi;
use crate::store::{Entry, Patience, Store, Writer};
use crate::veil::Veil;
use crate::voices::Voices;
use cabrank_core::{CallId, Caller, CallerGone, Desk, Digit, Effect, Input, LineId, Number, Outbox, Profile, Tick, Trust};
use cabrank_settings::Records;
use crossbeam::channel::{Receiver, bounded};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

/// An engine reduced to desk, store and API.
pub(super) struct Engine {
    pub(super) url: String,
    pub(super) port: u16,
    pub(super) token: String,
    pub(super) door: Door,
    pub(super) store: Store,
    pub(super) directory: Arc<Directory>,
    pub(super) end: Option<oneshot::Sender<()>>,
    pub(super) served: tokio::task::JoinHandle<std::io::Result<()>>,
    pub(super) dir: TempDir,
}

impl Engine {
    pub(super) async fn start() -> Engine {
        let (lane, submissions) = bounded(64);
        let (entries, queue) = mpsc::channel(64);
        let in_force = InForce::new(taxi().settings().clone(), 0);
        let noted = in_force.clone();
        std::thread::spawn(move || run_desk(&submissions, &entries, &noted));
        Engine::with_door(Door::new(lane, Backlog::new()), queue, in_force).await
    }

    pub(super) async fn with_door(door: Door, queue: mpsc::Receiver<Entry>, in_force: InForce) -> Engine {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(dir.path()).await.expect("a store");
        let directory = Arc::new(Directory::default());
        let epoch = Epoch::new(jiff::Timestamp::now());
        let (tokens, fresh) = Tokens::open(&store).await.expect("tokens");
        let patience = Patience::default();
        let times = Arc::default();
        let in_hand = InHand::default();
        let ledger = Arc::new(Ledger::new(in_force.clone(), epoch, noon()));
        let writer = Writer {
            store: store.clone(),
            directory: Arc::clone(&directory),
            names: taxi(),
            veil: Veil::none(),
            epoch,
            times: Arc::clone(&times),
            ledger: Arc::clone(&ledger),
            hooks: Arc::new([]),
            in_hand: in_hand.clone(),
            patience,
        };
        tokio::spawn(writer.run(queue));
        let (clerk_door, clerk) = Clerk::new(store.clone(), Arc::clone(&directory), Some(0), Voices::silent(), door.clone());
        tokio::spawn(clerk.run());
        let foresight = Foresight::new(dir.path().to_owned(), in_force.clone(), noon(), Aside::Thread);
        let ways = Ways {
            look_ups: None,
            screen_pop: None,
            door: door.clone(),
            in_force,
            names: taxi(),
            epoch,
            clock: Clock::resume(unix_micros_now(), Tick(0)),
            store: store.clone(),
            directory: Arc::clone(&directory),
            times,
            data: dir.path().to_owned(),
            clerk: clerk_door,
            region: "SG".parse().expect("SG"),
            files: Files::new(door.clone(), in_hand, store.clone()),
            records: Records {
                dispositions: vec!["lost-item".into(), "no-show".into()],
                keep: None,
                repeat_within: Duration::from_secs(7 * 24 * 3600),
            },
            ledger,
            foresight,
            desk: "taxi".to_owned(),
            zone: noon(),
            hosts: Hosts::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let sessions = Sessions::open(&store, false, addr.port()).await.expect("sessions");
        let api = Api::new(ways, tokens, sessions);
        let (end, ended) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(listener, api, async { drop(ended.await) }));
        let token = fresh.expect("the first start makes a token").to_string();
        Engine { url: format!("http://{addr}"), port: addr.port(), token, door, store, directory, end: Some(end), served, dir }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        Client::builder()
            .no_proxy()
            .build()
            .expect("a client")
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(&self.token)
    }

    pub(super) async fn read(&self, path: &str) -> Value {
        let response = self.request(Method::GET, path).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.expect("JSON")
    }

    pub(super) async fn tell(&self, input: Input) {
        self.door.ask(input).await.expect("not busy").expect("taken");
    }

    /// A caller who pressed 2 and waits.
    pub(super) async fn caller_waits(&self, call: u64) {
        let number = Some(Number("+6591234567".into()));
        let profile = Some(Arc::new(Profile { name: "Ann".into(), ..Profile::default() }));
        let caller = Caller { number, trust: Trust::Trusted, token: None, profile };
        self.tell(Input::CallOffered { call: CallId(call), line: LineId(0), open: true, caller }).await;
        self.tell(Input::DigitPressed { call: CallId(call), digit: Digit::Number(2) }).await;
    }

    /// The record of a call, once the writer has written it.
    pub(super) async fn recorded(&self, call: u64) {
        for _ in 0..500 {
            if self.store.record(CallId(call)).await.expect("read").is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("call {call} was not recorded within 5 s");
    }

    pub(super) async fn caller_leaves(&self, call: u64) {
        self.tell(Input::CallerHungUp { call: CallId(call), how: CallerGone::HungUp }).await;
        self.recorded(call).await;
    }
}

fn run_desk(submissions: &Receiver<Submission>, entries: &mpsc::Sender<Entry>, in_force: &InForce) {
    let mut desk = Desk::new(taxi().settings().clone(), 1).expect("a desk");
    let since = Instant::now();
    let mut out = Outbox::default();
    for submission in submissions {
        let (input, reply) = match submission {
            Submission::Told { input, .. } => (input, None),
            Submission::Asked { input, reply } => (input, Some(reply)),
            Submission::Look(reply) => {
                let _ = reply.send(desk.view());
                continue;
            }
            Submission::Forget { reply, .. } => {
                let _ = reply.send(Ok(false));
                continue;
            }
            Submission::Noted(_) | Submission::Place { .. } | Submission::Count(_) | Submission::Nudge | Submission::Close => {
                continue;
            }
        };
        out.clear();
        desk.handle(Tick(since.elapsed().as_micros() as u64), input, &mut out);
        for effect in &out.effects {
            if let Effect::Note(change) = effect {
                in_force.note(change);
            }
        }
        for entry in out.effects.drain(..).filter_map(|effect| Entry::try_from(effect).ok()) {
            entries.blocking_send(entry).expect("a writer");
        }
        if let Some(reply) = reply {
            let _ = reply.send(out.refusals.first().map_or(Ok(()), |refusal| Err(*refusal)));
        }
    }
}

pub(super) async fn problem(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = response.json().await.expect("JSON");
    assert_eq!((body["status"].as_u64(), body["type"].as_str()), (Some(u64::from(status)), Some("about:blank")));
    (status, body["detail"].as_str().expect("a detail").to_owned())
}
