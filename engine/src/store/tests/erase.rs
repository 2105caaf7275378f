//! Of an erased caller nothing is kept, whenever the erasure comes and in whichever database: run against each.

use super::super::{ann, case_opened, epoch, on_case, on_record, record, run_writer, writer};
use super::{LOCK, opened};
use crate::directory::Directory;
use crate::filing::said::ERASED;
use crate::store::{Entry, KeptWord, Store, Writer};
use crate::vault::Vault;
use crate::veil::Veil;
use cabrank_core::{CallId, Caller, CaseId, CaseWord, Escalation, Filing, FollowUp, Input, LineId, Record, RecordWord, Tick};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// What is said in [`life`], and who called.
const WORDS: [&str; 10] =
    ["no taxi came", "again", "rang twice", "call back", "thank you", "not so", "taxi sent", "a voucher", "+6591234567", "Ann"];

/// All that can be written of a call and a case, the record somewhere among it.
fn life() -> Vec<Entry> {
    let escalation = Escalation { level: 2, why: "again".into() };
    vec![
        on_record(1, 8, vec![RecordWord::Owner(Some("ann".into())), RecordWord::Escalated(escalation.clone())]),
        case_opened(5, 10, 1),
        Entry::Record(Box::new(record(1))),
        on_case(5, 30, vec![CaseWord::Escalated(escalation), CaseWord::Remark("rang twice".into())]),
        on_record(1, 45, vec![RecordWord::FollowUp(Some(FollowUp { due: Tick(900), what: "call back".into() }))]),
        on_case(5, 50, vec![CaseWord::Closed { feedback: "thank you".into() }]),
        on_case(5, 60, vec![CaseWord::Reopened { why: "not so".into() }, CaseWord::Thanked { how: "a voucher".into() }]),
        on_record(1, 65, vec![RecordWord::Resolution("taxi sent".into())]),
    ]
}

/// Everything that is kept of it.
async fn kept(store: &Store) -> String {
    let (record, of_record) = (store.record(CallId(1)).await, store.words_of_record(CallId(1)).await);
    let (case, of_case) = (store.case(CaseId(5)).await, store.words_of_case(CaseId(5)).await);
    // A number's own `Debug` is masked.
    let number = store.number_of(CallId(1)).await.expect("read").flatten().map(|number| number.0);
    format!("{record:?} {of_record:?} {case:?} {of_case:?} {number:?}")
}

async fn holds(store: &Store) -> Vec<&'static str> {
    let kept = kept(store).await;
    WORDS.into_iter().filter(|word| kept.contains(&format!("\"{word}\""))).collect()
}

#[tokio::test]
async fn what_was_said_goes_with_the_caller_and_the_case_stays() {
    let (_place, store) = opened().await;
    run_writer(&store, &Arc::default(), life()).await;
    assert_eq!(holds(&store).await, WORDS, "so that the search can fail");
    let erased = store.erase(&ann()).await.expect("erased");
    assert_eq!((erased.records, erased.words, erased.cases), (1, 9, 1));
    assert_eq!(holds(&store).await, [] as [&str; 0]);
    let case = store.case(CaseId(5)).await.expect("read").expect("it stays");
    assert_eq!((&*case.said, case.open, case.level, case.owner.as_deref()), (ERASED, true, 2, Some("ann")));
    let follow_up = store.words_of_record(CallId(1)).await.expect("read");
    assert!(KeptWord::newest(&follow_up, "follow_up").is_some_and(|word| word.due_at == Some(epoch().unix_micros(Tick(900)))));
    let again = store.erase(&ann()).await.expect("erased");
    assert_eq!((again.records, again.words, again.cases), (0, 0, 0));
}

#[tokio::test]
async fn only_who_is_erased_is_erased() {
    let (_place, store) = opened().await;
    run_writer(&store, &Arc::default(), life()).await;
    store.erase(&cabrank_core::Number("bea".into())).await.expect("erased");
    assert_eq!(holds(&store).await, WORDS);
}

/// A desk's journal, whose callers a vault knows.
struct Journal {
    _dir: tempfile::TempDir,
    veil: Veil,
    entries: Vec<Entry>,
}

impl Journal {
    fn new() -> Journal {
        let dir = tempfile::tempdir().expect("a directory");
        let veil = Veil::new(Arc::new(Vault::open(dir.path()).expect("a vault")), Arc::new(Directory::default()));
        let call = Input::CallOffered { call: CallId(1), line: LineId(0), open: true, caller: record(1).caller };
        let Input::CallOffered { caller, .. } = veil.input(call) else { panic!("another fact") };
        let entries = life().into_iter().map(|entry| journalled(&veil, &caller, entry)).collect();
        Journal { _dir: dir, veil, entries }
    }

    fn writer(&self, store: &Store) -> Writer {
        Writer { veil: self.veil.clone(), ..writer(store, &Arc::default()) }
    }
}

fn journalled(veil: &Veil, caller: &Caller, entry: Entry) -> Entry {
    match entry {
        Entry::Record(record) => Entry::Record(Box::new(Record { caller: caller.clone(), ..*record })),
        Entry::Filing(filing) => {
            let Filing { at, matter, by } = *filing;
            let matter = veil.seal_matter(&[ann()], matter).expect("sealed");
            Entry::Filing(Box::new(Filing { at, matter, by }))
        }
        Entry::Amendment { .. } | Entry::Change(_) | Entry::Ride { .. } => entry,
    }
}

/// Writes the journal while the caller is erased after so many entries and so long, and somebody may hold up the store.
async fn erased_after(entries: usize, pause: Duration, held: bool) -> Result<(), TestCaseError> {
    let ((place, store), journal) = (opened().await, Journal::new());
    let (lane, queue) = tokio::sync::mpsc::channel(16);
    let writing = tokio::spawn(journal.writer(&store).run(queue));
    for entry in &journal.entries[..entries] {
        lane.send(entry.clone()).await.expect("taken");
    }
    let holding = if held { Some(place.again().await) } else { None };
    let mut other = None;
    if let Some(holding) = &holding {
        let mut connection = holding.writes.acquire().await.expect("a connection");
        for statement in LOCK {
            sqlx::query(statement).execute(&mut *connection).await.expect("locked");
        }
        other = Some(connection);
    }
    tokio::time::sleep(pause).await;
    prop_assert!(journal.veil.forget(&ann()).expect("written"));
    let eraser = store.clone();
    let erasing = tokio::spawn(async move { eraser.erase(&ann()).await });
    for entry in &journal.entries[entries..] {
        lane.send(entry.clone()).await.expect("taken");
    }
    tokio::time::sleep(pause).await;
    if let Some(mut connection) = other {
        sqlx::query("ROLLBACK").execute(&mut *connection).await.expect("let go");
    }
    drop(lane);
    erasing.await.expect("no panic").expect("erased");
    prop_assert_eq!(writing.await.expect("no panic").given_up, 0);
    prop_assert_eq!(holds(&store).await, [] as [&str; 0]);
    journal.writer(&store).make_up(&journal.entries).await.expect("replayed");
    prop_assert_eq!(holds(&store).await, [] as [&str; 0]);
    let case = store.case(CaseId(5)).await.expect("read").expect("there");
    prop_assert_eq!((case.revision, &*case.said), (9, ERASED));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whenever_the_erasure_comes_nothing_is_left(entries in 0..=8_usize, pause_ms in 0..450_u64, held: bool) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(erased_after(entries, Duration::from_millis(pause_ms), held))?;
    }
}
