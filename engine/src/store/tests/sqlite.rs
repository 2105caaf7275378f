//! The store in an SQLite file.

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
#[allow(clippy::duplicate_mod, reason = "one suite for each database")]
#[path = "suite.rs"]
mod suite;

use crate::store::{Store, StoreError};
use cabrank_core::CallId;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// Holds up everybody who writes.
const LOCK: [&str; 1] = ["BEGIN IMMEDIATE"];

struct Place(TempDir);

impl Place {
    async fn again(&self) -> Store {
        Store::open(self.0.path()).await.expect("opened again")
    }
}

async fn opened() -> (Place, Store) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a store");
    (Place(dir), store)
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    let (Place(dir), _store) = opened().await;
    for entry in std::fs::read_dir(dir.path()).expect("a directory") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("cabrank.db"), "no database at all, but long enough to be read as one").expect("written");
    let error = Store::open(dir.path()).await.expect_err("no store");
    assert!(matches!(&error, StoreError::NotOpened { .. }) && error.to_string().contains("cabrank.db"), "{error}");
}

#[tokio::test]
async fn a_store_of_before_is_brought_up_to_date() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("cabrank.db")).create_if_missing(true);
    let old = sqlx::SqlitePool::connect_with(options).await.expect("a file");
    let migrator = sqlx::migrate!("./migrations");
    let mut first = sqlx::migrate::Migrator::DEFAULT;
    first.migrations = migrator.migrations[..1].to_vec().into();
    first.run(&old).await.expect("the first form");
    let insert = "INSERT INTO records (call, line, trusted, offered_at, ended_at, pressed, outcome, held_us, offers) \
                  VALUES ('0000000000000001', 'taxi', TRUE, 1, 2, '', 'abandoned', 0, 0)";
    sqlx::query(insert).execute(&old).await.expect("a record of before");
    old.close().await;
    let store = Store::open(dir.path()).await.expect("opened");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.class, kept.quote, kept.callbacks), (None, None, 0));
}

#[tokio::test]
async fn a_directory_may_have_any_name() {
    let dir = tempfile::tempdir().expect("a directory");
    let odd = dir.path().join("50% of what? #1 \u{e9}");
    Store::open(&odd).await.expect("opened").close().await;
    assert!(odd.join("cabrank.db").is_file());
}
