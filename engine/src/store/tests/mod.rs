//! The store in each of its databases, by one suite.

mod postgres;
mod sqlite;

use super::{AmendmentRow, Entry, Patience, RecordRow, Store, Writer, Written};
use crate::board::Ledger;
use crate::directory::Directory;
use crate::epoch::{Epoch, timestamp};
use crate::filing::InHand;
use crate::in_force::InForce;
use crate::names::tests::taxi;
use crate::veil::Veil;
use cabrank_core::{
    AgentId, Amendment, CallId, Caller, CaseId, CaseKind, CaseWord, Change, Digit, DispatchFailure, Filing, Keys, LineId, Matter,
    Number, Outcome, Profile, Promise, QueueId, Record, RecordWord, Said, Settled, Span, Thresholds, Tick, Trust, WhyHuman,
};
use cabrank_settings::Hook;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn epoch() -> Epoch {
    Epoch::new(timestamp(1_700_000_000_000_000))
}

fn ann() -> Number {
    Number("+6591234567".into())
}

pub(crate) fn record(call: u64) -> Record {
    Record {
        call: CallId(call),
        line: LineId(0),
        proved: false,
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
        veil: Veil::none(),
        epoch: epoch(),
        times: Arc::default(),
        ledger: Arc::new(Ledger::new(InForce::new(taxi().settings().clone(), 0), epoch(), TimeZone::UTC)),
        hooks: Arc::new([]),
        in_hand: InHand::default(),
        patience,
    }
}

fn change(number: u64) -> Entry {
    let (before, after) = (Thresholds::default(), Thresholds { ring_for: Span::secs(20), ..Thresholds::default() });
    let queues = vec![(QueueId(0), before, after)];
    Entry::Change(Box::new(Change { number, at: Tick(number), queues, by: "admin".into(), reason: "longer".into() }))
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

fn on_case(case: u64, at: u64, words: Vec<CaseWord>) -> Entry {
    filed(at, Matter::Case { case: CaseId(case), words })
}

fn case_opened(case: u64, at: u64, call: u64) -> Entry {
    let words = vec![CaseWord::Owner(Some("ann".into())), CaseWord::Due(Some(Tick(at + 100)))];
    let (case, calls) = (CaseId(case), vec![CallId(call)]);
    filed(at, Matter::CaseOpened { case, kind: CaseKind::Complaint, said: "no taxi came".into(), calls, words })
}

fn on_record(call: u64, at: u64, words: Vec<RecordWord>) -> Entry {
    filed(at, Matter::Record { call: CallId(call), words })
}

fn filed(at: u64, matter: Matter) -> Entry {
    Entry::Filing(Box::new(Filing { at: Tick(at), matter, by: "admin".into() }))
}

/// Keeps the record of call 1, which had no promise, and what that webhook is told of it at once.
pub(crate) async fn ended_just_now(store: &Store, hook: &Hook) {
    let mut rows = writer(store, &Arc::default()).rows(&[Entry::Record(Box::new(Record { promise: None, ..record(1) }))]);
    rows.tell(std::slice::from_ref(hook), epoch().unix_micros(Tick(1_000)));
    store.put_rows(&rows).await.expect("written");
}
