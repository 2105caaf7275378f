//! The store on a real file.

use super::{AmendmentRow, Entry, Patience, RecordRow, Store, StoreError, Writer, Written};
use crate::directory::Directory;
use crate::epoch::{Epoch, timestamp};
use crate::names::tests::taxi;
use cabrank_core::{
    AgentId, Amendment, CallId, Caller, Digit, DispatchFailure, LineId, Number, Outcome, Profile, Promise, QueueId, Record,
    Settled, Span, Tick, Trust, WhyHuman,
};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

async fn opened() -> (TempDir, Store) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = Store::open(dir.path()).await.expect("a store");
    (dir, store)
}

fn epoch() -> Epoch {
    Epoch::new(timestamp(1_700_000_000_000_000))
}

fn ann() -> Number {
    Number("+6591234567".into())
}

fn record(call: u64) -> Record {
    Record {
        call: CallId(call),
        line: LineId(0),
        caller: Caller {
            number: Some(ann()),
            trust: Trust::Trusted,
            profile: Some(Arc::new(Profile { name: "Ann".into(), ..Profile::default() })),
        },
        offered_at: Tick(call),
        queued_at: Some(Tick(call + 1)),
        connected_at: None,
        ended_at: Tick(call + 2),
        queue: Some(QueueId(0)),
        agent: Some(AgentId(1)),
        pressed: vec![Digit::Number(1), Digit::Number(0)],
        why_human: Some(WhyHuman::DispatchFailed(DispatchFailure::TimedOut)),
        outcome: Outcome::ServedByAgent,
        promise: Some(Promise { made_at: Tick(5), due_at: Tick(9), reference: "cab 7".into(), settled: Settled::Open }),
        held: Span(3),
        offers: 2,
    }
}

fn row(record: &Record) -> RecordRow {
    RecordRow::new(record, &taxi(), epoch())
}

fn resolution(call: u64, at: u64, word: &str) -> Entry {
    let amendment = Amendment::Resolution { resolution: word.into(), by: "admin".into() };
    Entry::Amendment { call: CallId(call), at: Tick(at), amendment }
}

fn settled(call: u64, at: u64, kept: bool) -> Entry {
    Entry::Amendment { call: CallId(call), at: Tick(at), amendment: Amendment::Promise { kept, by: "fleet".into() } }
}

async fn run_writer(store: &Store, directory: &Arc<Directory>, entries: Vec<Entry>) -> Written {
    let (lane, queue) = tokio::sync::mpsc::channel(entries.len().max(1));
    for entry in entries {
        lane.try_send(entry).expect("room");
    }
    drop(lane);
    let patience = Patience { attempts_max: 3, pause_min: Duration::from_millis(1), ..Patience::default() };
    let writer = Writer { store: store.clone(), directory: Arc::clone(directory), names: taxi(), epoch: epoch(), patience };
    writer.run(queue).await
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    let (dir, _store) = opened().await;
    for entry in std::fs::read_dir(dir.path()).expect("a directory") {
        let entry = entry.expect("an entry");
        let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_told() {
    let (_dir, store) = opened().await;
    store.put_rows(&[row(&record(1))], &[]).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!(
        (kept.line.as_str(), kept.queue.as_deref(), kept.agent.as_deref()),
        ("+6565521111", Some("booking"), Some("a102"))
    );
    assert_eq!((kept.number, kept.name.as_deref(), kept.trust), (Some(ann()), Some("Ann"), Trust::Trusted));
    assert_eq!((kept.why, kept.outcome, &*kept.pressed), (record(1).why_human, Outcome::ServedByAgent, "10"));
    assert_eq!((kept.offered_at, kept.ended_at, kept.connected_at), (1_700_000_000_000_001, 1_700_000_000_000_003, None));
    let promise = kept.promise.expect("promised");
    assert_eq!((promise.reference.as_str(), promise.settled), ("cab 7", Settled::Open));
    assert_eq!(store.record(CallId(2)).await.expect("read"), None);
}

#[tokio::test]
async fn what_a_replay_writes_again_changes_nothing() {
    let (_dir, store) = opened().await;
    let directory = Arc::new(Directory::default());
    let entries = vec![Entry::Record(Box::new(record(1))), settled(1, 20, true), resolution(1, 30, "taxi sent")];
    run_writer(&store, &directory, entries.clone()).await;
    let once = store.record(CallId(1)).await.expect("read");
    assert_eq!(run_writer(&store, &directory, entries).await, Written { kept: 3, given_up: 0 });
    assert_eq!(store.record(CallId(1)).await.expect("read"), once);
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM amendments").fetch_one(&store.reads).await.expect("counted");
    assert_eq!(rows, 2);
}

#[tokio::test]
async fn the_newest_word_counts_in_whatever_order_it_arrives() {
    let (_dir, store) = opened().await;
    let entries = vec![
        resolution(1, 40, "overtaken by events"),
        resolution(1, 30, "taxi sent"),
        settled(1, 35, true),
        settled(1, 36, false),
        Entry::Record(Box::new(record(1))),
    ];
    run_writer(&store, &Arc::new(Directory::default()), entries).await;
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!(kept.resolution.as_deref(), Some("overtaken by events"));
    assert_eq!(kept.promise.map(|promise| promise.settled), Some(Settled::Broken));
}

#[tokio::test]
async fn records_are_listed_newest_first_from_a_moment_on() {
    let (_dir, store) = opened().await;
    let rows: Vec<_> = (1..=5).map(|call| row(&record(call))).collect();
    store.put_rows(&rows, &[]).await.expect("written");
    let listed = store.records_since(epoch().unix_micros(Tick(2)), 3).await.expect("read");
    assert_eq!(listed.iter().map(|kept| kept.call.0).collect::<Vec<_>>(), [5, 4, 3]);
}

#[tokio::test]
async fn the_directory_learns_of_contacts_at_once_and_again_after_a_restart() {
    let (_dir, store) = opened().await;
    let directory = Arc::new(Directory::default());
    let mut entries: Vec<_> = (1..=4).map(|call| Entry::Record(Box::new(record(call)))).collect();
    entries.push(resolution(4, 50, "taxi sent"));
    run_writer(&store, &directory, entries).await;
    let known = directory.contacts(&ann());
    assert_eq!(known.iter().map(|contact| contact.call.0).collect::<Vec<_>>(), [4, 3, 2]);
    assert_eq!(known[0].resolution.as_deref(), Some("taxi sent"));

    let after_restart = Directory::default();
    after_restart.load(&store, epoch().at(Tick(100))).await.expect("loaded");
    assert_eq!(after_restart.contacts(&ann()), known);
}

#[tokio::test]
async fn an_erased_caller_stays_erased_when_the_record_is_written_again() {
    let (_dir, store) = opened().await;
    store.put_profiles(&[(ann(), Profile::default())]).await.expect("kept");
    store.put_rows(&[row(&record(1))], &[]).await.expect("written");
    let erased = store.erase(&ann()).await.expect("erased");
    assert!(erased.profile && erased.records == 1);
    store.put_rows(&[row(&record(1))], &[]).await.expect("written again");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.number, kept.name), (None, None));
    let again = store.erase(&ann()).await.expect("erased");
    assert!(!again.profile && again.records == 0);
}

#[tokio::test]
async fn profiles_come_back_and_every_change_counts() {
    let (dir, store) = opened().await;
    let fields = vec![("door".into(), "B".into()), ("pickup".into(), "12 \"Ann\" Road".into())];
    let profile = Profile { name: "Ann".into(), class: "regular".into(), fields, ..Profile::default() };
    let before = store.profiles_revision().await.expect("read");
    store.put_profiles(&[(ann(), profile.clone())]).await.expect("kept");
    assert!(store.profiles_revision().await.expect("read") > before);
    store.close().await;
    let store = Store::open(dir.path()).await.expect("opened again");
    assert_eq!(store.profiles().await.expect("read"), [(ann(), profile)]);
}

#[tokio::test]
async fn a_locked_store_is_tried_again() {
    let (_dir, store) = opened().await;
    let mut lock = store.reads.acquire().await.expect("a connection");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lock).await.expect("locked");
    let writing = tokio::spawn({
        let store = store.clone();
        async move { run_writer(&store, &Arc::new(Directory::default()), vec![Entry::Record(Box::new(record(1)))]).await }
    });
    sqlx::query("ROLLBACK").execute(&mut *lock).await.expect("unlocked");
    assert_eq!(writing.await.expect("ended"), Written { kept: 1, given_up: 0 });
}

#[tokio::test]
async fn a_store_that_keeps_failing_is_given_up_and_counted() {
    let (_dir, store) = opened().await;
    store.close().await;
    let written = run_writer(&store, &Arc::new(Directory::default()), vec![settled(1, 1, true)]).await;
    assert_eq!(written, Written { kept: 0, given_up: 1 });
}

#[tokio::test]
async fn who_hands_records_in_never_waits_for_the_store() {
    let (_dir, store) = opened().await;
    let mut lock = store.reads.acquire().await.expect("a connection");
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lock).await.expect("locked");
    let (lane, queue) = tokio::sync::mpsc::channel(4);
    let directory = Arc::new(Directory::default());
    let patience = Patience::default();
    let writer = Writer { store: store.clone(), directory, names: taxi(), epoch: epoch(), patience };
    let writing = tokio::spawn(writer.run(queue));
    for call in 0..1_000 {
        lane.send(Entry::Record(Box::new(record(call)))).await.expect("taken");
    }
    assert_eq!(store.record(CallId(0)).await.expect("read"), None);
    sqlx::query("ROLLBACK").execute(&mut *lock).await.expect("unlocked");
    drop(lane);
    assert_eq!(writing.await.expect("ended"), Written { kept: 1_000, given_up: 0 });
}

#[tokio::test]
async fn a_file_that_is_no_store_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("cabrank.db"), "no database at all, but long enough to be read as one").expect("written");
    let error = Store::open(dir.path()).await.expect_err("no store");
    assert!(matches!(&error, StoreError::NotOpened { .. }) && error.to_string().contains("cabrank.db"), "{error}");
}

#[test]
fn only_the_stores_orders_become_entries() {
    use cabrank_core::Effect;
    assert!(Entry::try_from(Effect::Write(Box::new(record(1)))).is_ok());
    assert_eq!(Entry::try_from(Effect::Answer { call: CallId(1) }), Err(Effect::Answer { call: CallId(1) }));
}

#[test]
fn an_amendment_row_says_kept_or_broken() {
    let amendment = Amendment::Promise { kept: false, by: "fleet".into() };
    let row = AmendmentRow::new(CallId(1), Tick(0), &amendment, epoch());
    assert_eq!((row.kind, row.word.as_str(), row.said_by.as_str()), ("promise", "broken", "fleet"));
}
