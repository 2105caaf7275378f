//! The wallboard against callers made up: what it counts is held against counting them one by one.

use super::counts::Counts;
use super::ledger::Ledger;
use crate::epoch::Epoch;
use crate::epoch::tests::noon;
use crate::in_force::InForce;
use crate::names::tests::taxi;
use cabrank_core::{CallId, Caller, Keys, LineId, Outcome, QueueId, Record, Said, Settled, Span, Tick, Trust};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::BTreeMap;

const HOURS: u64 = 3;

fn record(call: u64, joined_s: u64, wait_s: u64, outcome: Outcome, settled: Settled) -> Record {
    let (joined, left) = (Tick(joined_s * 1_000_000), Tick((joined_s + wait_s) * 1_000_000));
    let answered = outcome == Outcome::ServedByAgent;
    Record {
        call: CallId(call),
        line: LineId(0),
        caller: Caller { number: None, trust: Trust::Untrusted, token: None, profile: None },
        offered_at: joined,
        queued_at: (outcome != Outcome::ServedInstantly).then_some(joined),
        connected_at: answered.then_some(left),
        ended_at: if answered { left.plus(Span::secs(60)) } else { left },
        queue: (outcome != Outcome::ServedInstantly).then_some(QueueId(0)),
        class: None,
        agent: None,
        pressed: Keys::default(),
        why_human: None,
        outcome,
        promise: None,
        held: Span(0),
        offers: 1,
        quote: Some(Said { at: joined, until: left, settled }),
        callbacks: 0,
        proved: false,
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let outcomes = prop::sample::select(vec![
        Outcome::ServedByAgent,
        Outcome::Abandoned,
        Outcome::WaitedTooLong,
        Outcome::ServedInstantly,
        Outcome::Joined,
    ]);
    let settled = prop::sample::select(vec![Settled::Open, Settled::Kept, Settled::Broken]);
    // Few calls: some are recorded twice, as after a restart or when a fulfilment service answers late.
    let drawn = (0..60_u64, 0..(HOURS * 3_600 - 120), 0..60_u64, outcomes, settled);
    drawn.prop_map(|(call, joined, wait, outcome, settled)| record(call, joined, wait, outcome, settled))
}

/// The same by going through the calls.
fn counted<'a>(records: impl Iterator<Item = &'a Record>) -> (Counts, u64) {
    let (mut counts, mut at_once) = (Counts::default(), 0);
    for record in records {
        if record.outcome == Outcome::ServedInstantly {
            at_once += 1;
        } else if record.outcome != Outcome::Joined {
            one(&mut counts, record);
        }
    }
    (counts, at_once)
}

fn one(counts: &mut Counts, record: &Record) {
    let wait = record.connected_at.unwrap_or(record.ended_at).since(record.queued_at.expect("in line"));
    counts.ends.offered += 1;
    if record.outcome == Outcome::ServedByAgent {
        counts.ends.answered += 1;
        counts.waited += 1;
        counts.waited_us += wait.0;
        counts.ends.within += u64::from(wait <= Span::secs(20));
    }
    if record.outcome == Outcome::Abandoned {
        counts.ends.abandoned += 1;
        counts.ends.abandoned_short += u64::from(wait < Span::secs(5));
        counts.ends.abandoned_late += u64::from(wait > Span::secs(20));
    }
    match record.quote.expect("a quote").settled {
        Settled::Kept => counts.quotes_kept += 1,
        Settled::Broken => counts.quotes_broken += 1,
        Settled::Open => {}
    }
}

proptest! {
    #![proptest_config(Config::with_cases(64))]

    #[test]
    fn the_ledger_counts_as_whoever_goes_through_the_calls(records in prop::collection::vec(any_record(), 0..120)) {
        let epoch = Epoch::new(Timestamp::now() - SignedDuration::from_hours(HOURS as i64));
        let ledger = Ledger::new(InForce::new(taxi().settings().clone(), 0), epoch, noon());
        let mut newest = BTreeMap::new();
        for record in &records {
            ledger.note(record);
            // A call that goes on as a later one is no newer word on itself.
            if record.outcome != Outcome::Joined {
                newest.insert(record.call, record);
            }
        }
        let (today, at_once) = counted(newest.values().copied());
        let hour_began = (HOURS - 1) * 3_600 * 1_000_000;
        let (hour, _) = counted(newest.values().copied().filter(|record| record.offered_at.0 >= hour_began + 15_000_000));
        let (hour_and_a_little, _) = counted(newest.values().copied().filter(|record| record.offered_at.0 + 15_000_000 >= hour_began));
        ledger.read(1, |lines, served_at_once| {
            prop_assert_eq!(lines[0].today, today);
            prop_assert_eq!(served_at_once, at_once);
            let told = lines[0].hour.counts();
            prop_assert!(hour.ends.offered <= told.ends.offered && told.ends.offered <= hour_and_a_little.ends.offered, "{:?}", told);
            prop_assert!(hour.waited_us <= told.waited_us && told.waited_us <= hour_and_a_little.waited_us, "{:?}", told);
            Ok(())
        })?;
    }
}
