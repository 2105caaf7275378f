//! What was foreseen of changes, and what came of their queues' calls: in each database.

use super::super::{epoch, record, run_writer};
use super::opened;
use crate::board::Ends;
use crate::foresight::{Foreseen, Hindcasted};
use crate::store::{Entry, LineCounts, WhichLine};
use cabrank_core::{CallId, Outcome, Record, Tick};
use std::sync::Arc;

fn foreseen(calls: u64) -> Foreseen {
    let hindcast = Hindcasted { holds: true, off: Vec::new() };
    Foreseen { from: "then".into(), until: "now".into(), calls, seeds: 9, took_ms: 1, hindcast, figures: Vec::new() }
}

#[tokio::test]
async fn what_was_foreseen_of_a_change_is_kept_once() {
    let (place, store) = opened().await;
    for (number, calls) in [(2, 20), (3, 30), (7, 70), (3, 31)] {
        store.put_prediction(number, &foreseen(calls)).await.expect("kept");
    }
    assert_eq!(store.predictions(3, 6).await.expect("read"), [(3, foreseen(30))]);
    store.close().await;
    let store = place.again().await;
    let all = store.predictions(0, u64::MAX).await.expect("read");
    assert_eq!(all.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [7, 3, 2]);
}

/// A call that joined at that second, and was answered or gone after so long.
fn joined(call: u64, at_s: u64, wait_s: u64, outcome: Outcome, callbacks: u8) -> Entry {
    let (queued_at, left_at) = (Tick(at_s * 1_000_000), Tick((at_s + wait_s) * 1_000_000));
    let answered = outcome == Outcome::ServedByAgent;
    Entry::Record(Box::new(Record {
        call: CallId(call),
        queued_at: Some(queued_at),
        connected_at: answered.then_some(left_at),
        ended_at: Tick(left_at.0 + 60_000_000 * u64::from(answered)),
        outcome,
        callbacks,
        ..record(call)
    }))
}

#[tokio::test]
async fn the_calls_of_a_line_are_counted_from_one_moment_to_another() {
    let (_place, store) = opened().await;
    let entries = vec![
        joined(1, 99, 5, Outcome::ServedByAgent, 0),
        joined(2, 100, 5, Outcome::ServedByAgent, 0),
        joined(3, 110, 20, Outcome::ServedByAgent, 0),
        joined(4, 120, 25, Outcome::ServedByAgent, 0),
        joined(5, 130, 3, Outcome::Abandoned, 0),
        joined(6, 140, 30, Outcome::Abandoned, 0),
        joined(7, 150, 60, Outcome::WaitedTooLong, 0),
        joined(8, 160, 500, Outcome::ServedByAgent, 1),
        joined(9, 170, 10, Outcome::Joined, 0),
        joined(10, 200, 5, Outcome::ServedByAgent, 0),
    ];
    run_writer(&store, &Arc::default(), entries).await;
    let at = |second: u64| epoch().unix_micros(Tick(second * 1_000_000));
    let which = |queue: &str| WhichLine {
        queue: queue.to_owned(),
        from: at(100),
        until: at(200),
        within_us: 20_000_000,
        short_us: 5_000_000,
    };
    let counts = LineCounts {
        ends: Ends { offered: 7, answered: 4, within: 2, abandoned: 2, abandoned_short: 1, abandoned_late: 1 },
        waited: 6,
        waited_us: 143_000_000,
    };
    assert_eq!(store.line_counts(&which("booking")).await.expect("counted"), counts);
    assert_eq!(store.line_counts(&which("elsewhere")).await.expect("counted"), LineCounts::default());
}
