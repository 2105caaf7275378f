use super::{Known, Teller, signature};
use crate::backlog::Backlog;
use crate::door::{Door, Submission};
use crate::store::Store;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use cabrank_settings::{Event, Hook, SigningKey};
use serde_json::Value;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// A receiver that answers this, and shows what it was told.
async fn receiver(
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (Arc<Hook>, mpsc::Receiver<(HeaderMap, Bytes)>) {
    let (told, tellings) = mpsc::channel(64);
    let take = move |headers: HeaderMap, body: Bytes| async move {
        told.send((headers, body)).await.expect("somebody looks");
        answer()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(take))).await });
    let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
    let hook = Hook { name: "crm".into(), url: url.parse().expect("a URL"), events: Event::ALL.to_vec(), key };
    (Arc::new(hook), tellings)
}

/// A store with the record of one call that ended just now.
async fn with_a_call(hook: &Hook) -> (TempDir, Store, Arc<Teller>) {
    crate::dispatch::install_crypto();
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a store");
    crate::store::tests::ended_just_now(&store, hook).await;
    let door = Door::new(crossbeam::channel::bounded::<Submission>(1).0, Backlog::new());
    let (directory, names, epoch) = (Arc::default(), crate::names::tests::taxi(), crate::store::tests::epoch());
    let webhooks = Teller::new(Known { store: store.clone(), directory, door, names, epoch }).expect("a client");
    (dir, store, Arc::new(webhooks))
}

#[tokio::test]
async fn what_happened_is_told_once_signed_and_with_its_id() {
    let (hook, mut tellings) = receiver(|| StatusCode::NO_CONTENT.into_response()).await;
    let (_dir, _store, webhooks) = with_a_call(&hook).await;
    assert_eq!(webhooks.look(&hook).await.expect("looked"), 1);
    let (headers, body) = tellings.try_recv().expect("told");
    let text = |name: &str| headers[name].to_str().expect("ASCII").to_owned();
    let (id, sent_at) = (text("webhook-id"), text("webhook-timestamp").parse().expect("a number"));
    assert_eq!(text("webhook-signature"), signature::signature(hook.key.expose(), &id, sent_at, &body));
    let told: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!((&told["type"], &told["data"]["call"]), (&"call.ended".into(), &"0000000000000001".into()));
    assert_eq!(webhooks.look(&hook).await.expect("looked"), 0);
}

#[tokio::test]
async fn what_is_not_taken_waits_and_what_is_gone_is_dead() {
    let elsewhere = || Redirect::temporary("/elsewhere").into_response();
    let broken = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    let long = || (StatusCode::BAD_GATEWAY, vec![b'x'; 50 << 20]).into_response();
    for answer in [elsewhere as fn() -> Response, broken, long] {
        let (hook, _tellings) = receiver(answer).await;
        let (_dir, store, webhooks) = with_a_call(&hook).await;
        webhooks.look(&hook).await.expect("looked");
        assert_eq!(store.messages_due("crm", crate::epoch::now_micros(), 9).await.expect("read"), []);
        let later = store.messages_due("crm", crate::epoch::now_micros() + 10_000_000, 9).await.expect("read");
        assert_eq!((later.len(), later[0].attempts), (1, 1));
        assert_eq!(store.dead_messages(9).await.expect("read"), []);
    }
    let (hook, _tellings) = receiver(|| StatusCode::GONE.into_response()).await;
    let (_dir, store, webhooks) = with_a_call(&hook).await;
    webhooks.look(&hook).await.expect("looked");
    assert_eq!(store.dead_messages(9).await.expect("read").len(), 1);
}
