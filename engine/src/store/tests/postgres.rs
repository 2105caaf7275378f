//! The store in a PostgreSQL database.

#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "aging.rs"]
mod aging;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "erase.rs"]
mod erase;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "first_contacts.rs"]
mod first_contacts;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "outbox.rs"]
mod outbox;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "predictions.rs"]
mod predictions;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "said.rs"]
mod said;
#[expect(unreachable_pub, reason = "it is also a part of the end-to-end tests")]
#[path = "../../../../tests/src/postgres.rs"]
mod server;
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "suite.rs"]
mod suite;

use super::{record, run_writer, writer};
use crate::store::{Entry, Patience, Store, StoreError, WhichRecords, Writer, Written};
use cabrank_core::CallId;
use cabrank_settings::StoreUrl;
use server::{Server, shared};
use std::sync::Arc;
use std::time::Duration;

/// Holds up everybody who writes.
const LOCK: [&str; 2] = ["BEGIN", "LOCK TABLE records, amendments IN EXCLUSIVE MODE"];

struct Place(StoreUrl);

impl Place {
    fn at(url: &str) -> Place {
        Place(url.parse().expect("an address"))
    }

    async fn again(&self) -> Store {
        Store::connect(&self.0).await.expect("opened again")
    }
}

async fn opened() -> (Place, Store) {
    let place = Place::at(&shared().database());
    let store = place.again().await;
    (place, store)
}

async fn refusal(url: &str) -> String {
    let error = Store::connect(&url.parse().expect("an address")).await.expect_err("no store");
    assert!(matches!(error, StoreError::NotReached { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let server = shared();
    let missing = refusal(&server.address("nowhere")).await;
    assert!(missing.contains("/nowhere cannot be used: ") && missing.contains("does not exist"), "{missing}");
    let wrong = refusal(&server.address("postgres").replace("let%20me", "guess%20me")).await;
    assert!(wrong.contains("password authentication failed"), "{wrong}");
    let nobody = refusal("postgres://me:secret@127.0.0.1:1/calls").await;
    assert!(nobody.contains("refused"), "{nobody}");
    for told in [missing, wrong, nobody] {
        assert!(!["me%20in", "me in", "secret"].iter().any(|word| told.contains(word)), "{told}");
    }
}

#[tokio::test]
async fn a_database_of_another_encoding_is_refused() {
    let server = shared();
    server.sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    let told = refusal(&server.address("latin")).await;
    assert!(told.contains("its encoding is LATIN1; make it with ENCODING 'UTF8'"), "{told}");
}

#[tokio::test]
async fn records_catch_up_when_the_database_is_back() {
    let server = Server::start();
    let store = Place::at(&server.database()).again().await;
    run_writer(&store, &Arc::default(), vec![Entry::Record(Box::new(record(1)))]).await;
    server.stop();
    let (lane, queue) = tokio::sync::mpsc::channel(4);
    let patience = Patience { attempts_max: 1, pause_min: Duration::from_millis(1), pause_max: Duration::from_millis(50) };
    let writing = tokio::spawn(Writer { patience, ..writer(&store, &Arc::default()) }.run(queue));
    for call in 2..=500 {
        lane.send(Entry::Record(Box::new(record(call)))).await.expect("taken");
    }
    assert!(store.record(CallId(1)).await.expect_err("no answer").may_pass());
    assert!(!store.is_well().await);
    server.resume();
    drop(lane);
    assert_eq!(writing.await.expect("ended"), Written { kept: 499, given_up: 0 });
    assert_eq!(store.records(&WhichRecords::default(), 1_000).await.expect("read").len(), 500);
    assert!(store.is_well().await);
}
