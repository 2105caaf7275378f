//! What is too old goes with all that was said of it, and nothing else, in whichever database it is: run against each.

use super::super::{case_opened, epoch, on_case, on_record, record, run_writer};
use super::opened;
use crate::store::Entry;
use cabrank_core::{CallId, CaseId, CaseWord, Record, RecordWord, Tick};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const DAY: u64 = 24 * 3_600 * 1_000_000;

/// A call on some day, and perhaps a case about it, opened and perhaps closed so many days later.
#[derive(Clone, Copy, Debug)]
struct Lived {
    day: u64,
    case: Option<Option<u64>>,
}

fn lives() -> impl Strategy<Value = Vec<Lived>> {
    let case = prop::option::of(prop::option::of(0..40_u64));
    prop::collection::vec((0..100_u64, case).prop_map(|(day, case)| Lived { day, case }), 1..12)
}

fn entries(lived: &[Lived]) -> Vec<Entry> {
    let numbered = (1..).zip(lived);
    numbered
        .flat_map(|(id, lived)| {
            let at = lived.day * DAY + id;
            let call = Record { call: CallId(id), offered_at: Tick(at), ..record(id) };
            let mut told = vec![Entry::Record(Box::new(call)), on_record(id, at, vec![RecordWord::Resolution("sent".into())])];
            if let Some(closed) = lived.case {
                told.push(case_opened(id, at, id));
                let feedback = CaseWord::Closed { feedback: "thanks".into() };
                told.extend(closed.map(|days| on_case(id, at + days * DAY + 1, vec![feedback])));
            }
            told
        })
        .collect()
}

impl Lived {
    fn case_stays(self, from: u64) -> bool {
        self.case.is_some_and(|closed| closed.is_none_or(|days| self.day + days >= from))
    }

    fn record_stays(self, from: u64) -> bool {
        self.day >= from || self.case_stays(from)
    }
}

async fn only_what_is_old_goes(lived: Vec<Lived>, from: u64) -> Result<(), TestCaseError> {
    let (_place, store) = opened().await;
    run_writer(&store, &Arc::default(), entries(&lived)).await;
    let moment = epoch().unix_micros(Tick(from * DAY));
    let aged = store.remove_before(moment).await.expect("removed");
    let (mut records, mut cases) = (BTreeSet::new(), BTreeSet::new());
    for (id, lived) in (1..).zip(&lived) {
        let (record, case) = (store.record(CallId(id)).await.expect("read"), store.case(CaseId(id)).await.expect("read"));
        let (of_record, of_case) = (store.words_of_record(CallId(id)).await, store.words_of_case(CaseId(id)).await);
        prop_assert_eq!((record.is_some(), case.is_some()), (lived.record_stays(from), lived.case_stays(from)), "{}", id);
        prop_assert_eq!(
            (of_record.expect("read").is_empty(), of_case.expect("read").is_empty()),
            (record.is_none(), case.is_none())
        );
        records.extend(record.is_none().then_some(id));
        cases.extend((lived.case.is_some() && case.is_none()).then_some(id));
    }
    prop_assert_eq!((aged.records, aged.cases), (records.len() as u64, cases.len() as u64));
    // What a replay brings back of it goes again.
    run_writer(&store, &Arc::default(), entries(&lived)).await;
    prop_assert_eq!(store.remove_before(moment).await.expect("removed"), aged);
    prop_assert_eq!(store.remove_before(moment).await.expect("looked").records, 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn records_and_closed_cases_are_kept_so_long_and_what_is_in_hand_for_ever(lived in lives(), from in 0..140_u64) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(only_what_is_old_goes(lived, from))?;
    }
}
