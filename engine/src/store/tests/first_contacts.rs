//! Who called once and needed no more, in whichever database it is: run against each.

use super::super::{epoch, record, writer};
use super::opened;
use crate::store::{Entry, Store};
use cabrank_core::{CallId, Number, Outcome, QueueId, Record, Tick};
use std::sync::Arc;

const WITHIN: u64 = 100;

/// A call: when, whose, whether in a queue, and whether it was served.
fn call(call: u64, (at, whose, queued, served): (u64, Option<&str>, bool, bool)) -> Entry {
    let outcome = if served { Outcome::ServedByAgent } else { Outcome::Abandoned };
    let queue = queued.then_some(QueueId(0));
    let mut record = Record { call: CallId(call), offered_at: Tick(at), queue, outcome, ..record(call) };
    record.caller.number = whose.map(|whose| Number(whose.into()));
    Entry::Record(Box::new(record))
}

async fn first_contacts(store: &Store, since: u64, until: u64) -> Vec<(bool, i64, i64)> {
    let (since, until) = (epoch().unix_micros(Tick(since)), epoch().unix_micros(Tick(until)));
    let found = store.first_contacts(since, until, WITHIN as i64).await.expect("read");
    found.iter().map(|queue| (queue.queue.is_some(), queue.contacts, queue.resolved)).collect()
}

#[tokio::test]
async fn who_calls_again_was_not_served_the_first_time() {
    let (_place, store) = opened().await;
    let (ann, bea, cid, dan) = (Some("ann"), Some("bea"), Some("cid"), Some("dan"));
    let calls = [
        (1_000, ann, true, true),
        // In time: not resolved, and itself no first contact.
        (1_000 + WITHIN, ann, true, true),
        (1_001, bea, true, true),
        // Too late: a first contact of its own.
        (1_002 + WITHIN, bea, true, true),
        (1_003, cid, true, false),
        (1_004, None, true, true),
        (1_005, dan, false, true),
    ];
    let entries: Vec<Entry> = (1..).zip(calls).map(|(id, what)| call(id, what)).collect();
    store.put_rows(&writer(&store, &Arc::default()).rows(&entries)).await.expect("written");
    let mut all = first_contacts(&store, 0, 10_000).await;
    all.sort_unstable();
    assert_eq!(all, [(false, 1, 1), (true, 3, 2)]);
    assert_eq!(first_contacts(&store, 1_001, 1_002).await, [(true, 1, 1)]);
    assert_eq!(first_contacts(&store, 1_006, 1_007).await, []);
}
