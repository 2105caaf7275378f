//! The look-up against services that know, hang, lie, send elsewhere and answer 50 MB.

use super::{Crm, LookUps, Outcome, Tally, Wanted};
use crate::backlog::Backlog;
use crate::directory::Directory;
use crate::door::{Door, Submission};
use crate::in_force::InForce;
use crate::names::tests::taxi;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use cabrank_core::{CallId, Input, LineId, Number, Profile, Refusal, Span};
use cabrank_settings::{LookUp, SigningKey};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

const PATIENT: Duration = Duration::from_secs(30);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Seen = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// A service on loopback that answers every question so.
async fn service<F>(answer: impl Fn() -> F + Clone + Send + Sync + 'static) -> (String, Seen)
where
    F: Future<Output = Response> + Send,
{
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let handler = move |headers: HeaderMap, body: Bytes| async move {
        notes.lock().expect("notes").push((headers, serde_json::from_slice(&body).expect("JSON")));
        answer().await
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/callers", listener.local_addr().expect("an address"));
    let elsewhere = || async { axum::Json(json!({"name": "Mallory"})) };
    let routes = Router::new().route("/callers", post(handler)).route("/elsewhere", post(elsewhere).get(elsewhere));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, seen)
}

fn ann() -> Number {
    Number("+6591234567".into())
}

fn wanted(call: u64) -> Wanted {
    Wanted { call: CallId(call), line: LineId(0), number: ann() }
}

/// A look-up, and a desk that says this of all that is found.
struct Rig {
    look_ups: LookUps,
    told: Arc<Mutex<Vec<Input>>>,
}

impl Rig {
    fn new(url: &str, deadline: Duration, word: Result<(), Refusal>) -> Rig {
        let (lane, inbox) = crossbeam::channel::bounded(256);
        let told: Arc<Mutex<Vec<Input>>> = Arc::default();
        let notes = Arc::clone(&told);
        std::thread::spawn(move || {
            for submission in inbox {
                let Submission::Asked { input, reply } = submission else { panic!("{submission:?}") };
                notes.lock().expect("notes").push(input);
                let _ = reply.send(word);
            }
        });
        let key = Some(SigningKey::parse(SECRET).expect("a key"));
        let settings = LookUp { url: url.parse().expect("a URL"), deadline, key };
        let in_force = InForce::new(taxi().settings().clone(), 0);
        let look_ups = LookUps {
            door: Door::new(lane, Backlog::new()),
            crm: Arc::new(Crm::new(settings, taxi()).expect("a client")),
            directory: Arc::default(),
            in_force,
            tally: Arc::default(),
        };
        Rig { look_ups, told }
    }

    /// What comes of looking one up.
    async fn look_up(&self) -> Outcome {
        let before = self.counts();
        self.look_ups.find(wanted(7)).await;
        let after = self.counts();
        let counted = |at: &usize| after[*at] == before[*at] + 1;
        Outcome::ALL[(0..after.len()).find(counted).expect("one more of something")]
    }

    fn counts(&self) -> [u64; Outcome::ALL.len()] {
        Outcome::ALL.map(|outcome| self.tally().of(outcome))
    }

    async fn awaits(&self, outcome: Outcome, count: u64) {
        while self.tally().of(outcome) < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn tally(&self) -> &Tally {
        &self.look_ups.tally
    }

    fn found(&self) -> Option<Arc<Profile>> {
        self.look_ups.directory.profile_or_found(&ann())
    }

    fn told(&self) -> Vec<Input> {
        self.told.lock().expect("notes").clone()
    }
}

#[tokio::test]
async fn who_is_known_there_is_told_to_the_desk_and_kept_for_the_call() {
    let (url, seen) = service(|| async {
        let answer =
            json!({"name": "Ann", "class": "regular", "preferred_agent": "a101", "fields": {"pickup": "12 Orchard Road"}});
        axum::Json(answer).into_response()
    })
    .await;
    let rig = Rig::new(&url, PATIENT, Ok(()));
    assert_eq!(rig.look_up().await, Outcome::Found);
    let fields = vec![("pickup".into(), "12 Orchard Road".into())];
    let preferred_agent = "a101".into();
    let profile = Arc::new(Profile { name: "Ann".into(), preferred_agent, fields, ..Profile::default() });
    let found = Input::CallerFound { call: CallId(7), profile: Arc::clone(&profile), within: Span::secs(30) };
    assert_eq!(rig.told(), [found], "and a class that no queue has is none");
    assert_eq!(rig.found(), Some(profile));
    let (headers, question) = seen.lock().expect("notes")[0].clone();
    assert_eq!(question, json!({"call": "0000000000000007", "line": "+6565521111", "number": "+6591234567"}));
    let signed = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| headers.get(name).is_some());
    assert_eq!(signed, [true; 3]);
    assert!(headers.get("authorization").is_none());
}

#[tokio::test]
async fn who_is_known_nowhere_is_nobody() {
    for status in [StatusCode::NOT_FOUND, StatusCode::NO_CONTENT] {
        let (url, _) = service(move || async move { status.into_response() }).await;
        let rig = Rig::new(&url, PATIENT, Ok(()));
        assert_eq!((rig.look_up().await, rig.told(), rig.found()), (Outcome::Nobody, vec![], None));
    }
}

#[tokio::test]
async fn what_the_desk_has_no_use_for_is_not_kept() {
    for refusal in [Refusal::FoundTooLate, Refusal::UnknownCall] {
        let (url, _) = service(|| async { axum::Json(json!({"name": "Ann"})).into_response() }).await;
        let rig = Rig::new(&url, PATIENT, Err(refusal));
        assert_eq!((rig.look_up().await, rig.told().len(), rig.found()), (Outcome::TooLate, 1, None));
    }
}

#[tokio::test]
async fn a_service_that_sends_elsewhere_breaks_or_lies_finds_nobody() {
    let redirect = |status: StatusCode| (status, [("location", "/elsewhere")], r#"{"name":"Mallory"}"#).into_response();
    let huge = || Body::from(vec![b' '; 50_000_000]).into_response();
    let cases: Vec<(Outcome, Box<dyn Fn() -> Response + Send + Sync>)> = vec![
        (Outcome::Redirected, Box::new(move || redirect(StatusCode::TEMPORARY_REDIRECT))),
        (Outcome::Redirected, Box::new(move || redirect(StatusCode::SEE_OTHER))),
        (Outcome::Failed, Box::new(|| (StatusCode::INTERNAL_SERVER_ERROR, r#"{"name":"Ann"}"#).into_response())),
        (Outcome::Failed, Box::new(|| (StatusCode::CREATED, r#"{"name":"Ann"}"#).into_response())),
        (Outcome::TooLong, Box::new(huge)),
        (Outcome::Nonsense, Box::new(|| "Ann, perhaps".into_response())),
        (Outcome::Nonsense, Box::new(|| r#"{"number":"+6598765432","name":"Bob"}"#.into_response())),
        (Outcome::Nonsense, Box::new(|| r#"{"name":7e999}"#.into_response())),
    ];
    for (outcome, answer) in cases {
        let answer = Arc::new(answer);
        let (url, _) = service(move || {
            let answer = answer();
            async move { answer }
        })
        .await;
        let rig = Rig::new(&url, PATIENT, Ok(()));
        assert_eq!((rig.look_up().await, rig.told(), rig.found()), (outcome, vec![], None));
    }
}

#[tokio::test]
async fn a_service_that_hangs_or_is_not_there_finds_nobody() {
    let (url, _) = service(std::future::pending).await;
    let rig = Rig::new(&url, Duration::from_millis(20), Ok(()));
    assert_eq!((rig.look_up().await, rig.told()), (Outcome::Silent, vec![]));
    let rig = Rig::new("http://127.0.0.1:1/callers", PATIENT, Ok(()));
    assert_eq!((rig.look_up().await, rig.told()), (Outcome::Unreachable, vec![]));
}

#[tokio::test]
async fn who_comes_when_all_are_busy_is_not_looked_up() {
    let gate = Arc::new(Notify::new());
    let opens = Arc::clone(&gate);
    let (url, _) = service(move || {
        let gate = Arc::clone(&opens);
        async move {
            gate.notified().await;
            axum::Json(json!({"name": "Ann"})).into_response()
        }
    })
    .await;
    let rig = Rig::new(&url, PATIENT, Ok(()));
    let (to, orders) = mpsc::channel(1_024);
    let running = tokio::spawn(rig.look_ups.clone().run(orders));
    let at_once = super::AT_ONCE_MAX as u64;
    (0..at_once + 6).for_each(|call| to.try_send(wanted(call)).expect("room"));
    rig.awaits(Outcome::Skipped, 6).await;
    (0..at_once).for_each(|_| gate.notify_one());
    while rig.tally().of(Outcome::Found) < at_once {
        gate.notify_waiters();
        gate.notify_one();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!((rig.tally().of(Outcome::Skipped), rig.told().len() as u64), (6, at_once));
    drop(to);
    running.await.expect("it ends");
}
