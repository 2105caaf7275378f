//! The store on a real file.

use super::{AmendmentRow, Entry, Patience, RecordRow, Rows, Store, StoreError, Writer, Written};
use crate::directory::Directory;
use crate::epoch::{Epoch, timestamp};
use crate::names::tests::taxi;
use cabrank_core::{
    AgentId, Amendment, CallId, Caller, Change, Digit, DispatchFailure, Keys, LineId, Number, Outcome, Profile, Promise, QueueId,
    Record, Said, Settled, Span, Thresholds, Tick, Trust, WhyHuman,
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
            token: None,
            profile: Some(Arc::new(Profile { name: "Ann".into(), ..Profile::default() })),
        },
        offered_at: Tick(call),
        queued_at: Some(Tick(call + 1)),
        connected_at: None,
        ended_at: Tick(call + 2),
        queue: Some(QueueId(0)),
        agent: Some(AgentId(1)),
        pressed: Keys::from_iter([Digit::Number(1), Digit::Number(0)]),
        why_human: Some(WhyHuman::DispatchFailed(DispatchFailure::TimedOut)),
        outcome: Outcome::ServedByAgent,
        promise: Some(Promise { made_at: Tick(5), due_at: Tick(9), reference: "cab 7".into(), settled: Settled::Open }),
        held: Span(3),
        offers: 2,
        class: Some("regular".into()),
        quote: Some(Said { at: Tick(6), until: Tick(60), settled: Settled::Kept }),
        callbacks: 0,
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
    writer(store, directory).run(queue).await
}

fn writer(store: &Store, directory: &Arc<Directory>) -> Writer {
    let patience = Patience { attempts_max: 3, pause_min: Duration::from_millis(1), ..Patience::default() };
    Writer {
        store: store.clone(),
        directory: Arc::clone(directory),
        names: taxi(),
        epoch: epoch(),
        times: Arc::default(),
        patience,
    }
}

#[tokio::test]
async fn what_is_lacking_is_made_up_for_and_what_is_kept_stays() {
    let (_dir, store) = opened().await;
    let kept = Record { pressed: Keys::default(), ..record(1) };
    store.put_rows(&Rows { records: vec![row(&kept)], ..Rows::default() }).await.expect("written");
    let before = store.record(CallId(1)).await.expect("read");
    let writer = writer(&store, &Arc::default());
    let entries: Vec<Entry> = (1..=1_500).map(|call| Entry::Record(Box::new(record(call)))).collect();
    assert_eq!(writer.make_up(&entries).await.expect("written"), 1_499);
    assert_eq!(store.record(CallId(1)).await.expect("read"), before, "the record that was there");
    for call in [2, 511, 512, 513, 1_024, 1_500] {
        assert!(store.record(CallId(call)).await.expect("read").is_some(), "the record of call {call}");
    }
    assert_eq!(writer.make_up(&entries).await.expect("read"), 0);
    let said = [resolution(1, 40, "taxi sent")];
    writer.make_up(&said).await.expect("written");
    writer.make_up(&said).await.expect("written");
    assert_eq!(store.record(CallId(1)).await.expect("read").expect("there").resolution.as_deref(), Some("taxi sent"));
    store.close().await;
    assert!(writer.make_up(&entries).await.is_err(), "nothing is said to be kept that is not");
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
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written");
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
    store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("written");
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
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written");
    let erased = store.erase(&ann()).await.expect("erased");
    assert!(erased.profile && erased.records == 1);
    store.put_rows(&Rows { records: vec![row(&record(1))], ..Rows::default() }).await.expect("written again");
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
    let writer = Writer { store: store.clone(), directory, names: taxi(), epoch: epoch(), times: Arc::default(), patience };
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

#[tokio::test]
async fn class_quote_and_callbacks_come_back_as_they_were() {
    let (_dir, store) = opened().await;
    let record = Record { callbacks: 2, ..record(1) };
    store.put_rows(&Rows { records: vec![row(&record)], ..Rows::default() }).await.expect("written");
    let kept = store.record(CallId(1)).await.expect("read").expect("there");
    assert_eq!((kept.class.as_deref(), kept.callbacks), (Some("regular"), 2));
    let quote = kept.quote.expect("a quote");
    let at = |tick| epoch().unix_micros(Tick(tick));
    assert_eq!((quote.said_at, quote.until, quote.settled), (at(6), at(60), Settled::Kept));
}

fn change(number: u64) -> Entry {
    let (before, after) = (Thresholds::default(), Thresholds { ring_for: Span::secs(20), ..Thresholds::default() });
    let queues = vec![(QueueId(0), before, after)];
    Entry::Change(Box::new(Change { number, at: Tick(number), queues, by: "admin".into(), reason: "longer".into() }))
}

#[tokio::test]
async fn changes_are_listed_newest_first_and_a_replay_writes_the_same() {
    let (_dir, store) = opened().await;
    let entries: Vec<Entry> = (1..=3).map(change).collect();
    run_writer(&store, &Arc::default(), entries.clone()).await;
    let once = store.changes(u64::MAX, 10).await.expect("read");
    run_writer(&store, &Arc::default(), entries).await;
    assert_eq!(store.changes(u64::MAX, 10).await.expect("read"), once);
    assert_eq!(once.iter().map(|change| change.number).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(store.changes(3, 1).await.expect("read"), once[1..2]);
    let second = store.change(2).await.expect("read").expect("there");
    assert_eq!((&*second.by, &*second.reason, second.made_at), ("admin", "longer", epoch().unix_micros(Tick(2))));
    assert_eq!(second.queues[0].queue, "booking");
    assert_eq!((&second.queues[0].before["ring_for"], &second.queues[0].after["ring_for"]), (&"15s".into(), &"20s".into()));
    assert_eq!(store.change(4).await.expect("read"), None);
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
