//! What people wrote down, in whichever database it is: run against each.

use super::super::{ann, case_opened, epoch, on_case, on_record, record, run_writer, writer};
use super::opened;
use crate::store::{Entry, KeptCase, KeptWord, Store, WhichCases, Written};
use cabrank_core::{CallId, CaseId, CaseWord, Escalation, FollowUp, Number, Record, RecordWord, Tick};
use proptest::prelude::*;
use std::sync::Arc;

fn at(tick: u64) -> i64 {
    epoch().unix_micros(Tick(tick))
}

async fn write(store: &Store, entries: Vec<Entry>) {
    let count = entries.len() as u64;
    assert_eq!(run_writer(store, &Arc::default(), entries).await, Written { kept: count, given_up: 0 });
}

/// A case's life, and words on a record, in the order of the journal.
fn life() -> Vec<Entry> {
    let escalation = Escalation { level: 2, why: "again".into() };
    vec![
        Entry::Record(Box::new(record(1))),
        case_opened(5, 10, 1),
        on_case(5, 20, vec![CaseWord::Owner(Some("ben".into())), CaseWord::Linked(CallId(2))]),
        on_record(1, 25, vec![RecordWord::Owner(Some("ann".into())), RecordWord::Escalated(escalation.clone())]),
        on_case(5, 30, vec![CaseWord::Escalated(escalation), CaseWord::Remark("rang twice".into())]),
        on_case(5, 40, vec![CaseWord::Late { due: Tick(110), level: 3 }]),
        on_record(1, 45, vec![RecordWord::FollowUp(Some(FollowUp { due: Tick(900), what: "call back".into() }))]),
        on_case(5, 50, vec![CaseWord::Closed { feedback: "thank you".into() }]),
        on_case(5, 60, vec![CaseWord::Reopened { why: "not so".into() }, CaseWord::Due(Some(Tick(500)))]),
        on_record(1, 65, vec![RecordWord::Owner(None), RecordWord::Resolution("taxi sent".into())]),
    ]
}

async fn state(store: &Store) -> (Option<KeptCase>, Vec<KeptWord>, Vec<KeptWord>, Option<String>) {
    let case = store.case(CaseId(5)).await.expect("read");
    let (of_case, of_record) = (store.words_of_case(CaseId(5)).await, store.words_of_record(CallId(1)).await);
    let resolution = store.record(CallId(1)).await.expect("read").and_then(|record| record.resolution);
    (case, of_case.expect("read"), of_record.expect("read"), resolution)
}

#[tokio::test]
async fn a_case_is_what_was_said_of_it() {
    let (_place, store) = opened().await;
    write(&store, life()).await;
    let (case, words, of_record, resolution) = state(&store).await;
    let case = case.expect("there");
    assert_eq!((case.open, case.owner.as_deref(), case.level, case.revision), (true, Some("ben"), 3, 12));
    assert_eq!((case.due_at, case.late_of, case.feedback.as_deref()), (Some(at(500)), Some(at(110)), None));
    assert_eq!((case.opened_at, case.changed_at, case.calls), (at(10), at(60), vec![CallId(1), CallId(2)]));
    assert_eq!(words.len(), 12);
    assert_eq!(KeptWord::newest(&of_record, "owner"), None);
    assert_eq!(KeptWord::newest(&of_record, "escalated").map(|word| (word.level(), &*word.detail)), Some((2, "again")));
    assert_eq!(KeptWord::newest(&of_record, "follow_up").and_then(|word| word.due_at), Some(at(900)));
    assert_eq!(resolution.as_deref(), Some("taxi sent"));
}

/// What a replay writes, whole or in part, again and in whatever order, comes to what was written live.
async fn replayed(order: &[usize]) -> Result<(), TestCaseError> {
    let ((_one, live), (_other, again)) = (opened().await, opened().await);
    write(&live, life()).await;
    let writer = writer(&again, &Arc::default());
    for chunk in order.chunks(3) {
        let entries: Vec<Entry> = chunk.iter().map(|place| life()[*place].clone()).collect();
        writer.make_up(&entries).await.expect("written");
    }
    writer.make_up(&life()).await.expect("written");
    prop_assert_eq!(state(&again).await, state(&live).await);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_replay_in_any_order_comes_to_the_same(order in proptest::collection::vec(0..10_usize, 0..20)) {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime").block_on(replayed(&order))?;
    }
}

#[tokio::test]
async fn a_case_whose_opening_is_on_its_way_appears_with_it() {
    let (_place, store) = opened().await;
    write(&store, life().split_off(2)).await;
    assert_eq!(store.case(CaseId(5)).await.expect("read"), None);
    write(&store, life()).await;
    assert_eq!(store.case(CaseId(5)).await.expect("read").expect("there").revision, 12);
}

#[tokio::test]
async fn cases_are_found_by_what_they_are() {
    let (_place, store) = opened().await;
    write(&store, (1..=4).map(|case| case_opened(case, case, case % 2)).collect()).await;
    write(&store, vec![on_case(4, 9, vec![CaseWord::Closed { feedback: "thank you".into() }])]).await;
    let ids = async |which: WhichCases, count_max| {
        store.cases(&which, count_max).await.expect("read").iter().map(|case| case.case.0).collect::<Vec<_>>()
    };
    let any = WhichCases::default;
    assert_eq!(ids(any(), 3).await, [4, 3, 2]);
    assert_eq!(ids(WhichCases { behind: Some((at(2), CaseId(2))), ..any() }, 3).await, [1]);
    assert_eq!(ids(WhichCases { open: Some(true), ..any() }, 9).await, [3, 2, 1]);
    assert_eq!(ids(WhichCases { open: Some(false), ..any() }, 9).await, [4]);
    assert_eq!(ids(WhichCases { owner: Some("ann".into()), since: Some(at(3)), ..any() }, 9).await, [4, 3]);
    assert_eq!(ids(WhichCases { owner: Some("ben".into()), ..any() }, 9).await, [] as [u64; 0]);
    assert_eq!(ids(WhichCases { call: Some(CallId(1)), ..any() }, 9).await, [3, 1]);
    assert_eq!(ids(WhichCases { due_before: Some(at(102)), ..any() }, 9).await, [1]);
}

#[tokio::test]
async fn a_case_is_late_once_for_each_time_that_passes() {
    let (_place, store) = opened().await;
    write(&store, vec![case_opened(1, 1, 1), case_opened(2, 2, 1)]).await;
    let late = async |now| store.late_cases(at(now), 9).await.expect("read").iter().map(|case| case.case.0).collect::<Vec<_>>();
    assert_eq!((late(101).await, late(102).await, late(900).await), (vec![], vec![1], vec![1, 2]));
    write(&store, vec![on_case(1, 200, vec![CaseWord::Late { due: Tick(101), level: 1 }])]).await;
    assert_eq!(late(900).await, [2]);
    write(&store, vec![on_case(1, 300, vec![CaseWord::Due(Some(Tick(400)))])]).await;
    assert_eq!((late(400).await, late(401).await), (vec![2], vec![2, 1]));
    write(&store, vec![on_case(1, 500, vec![CaseWord::Closed { feedback: "thank you".into() }])]).await;
    assert_eq!(late(900).await, [2]);
}

#[tokio::test]
async fn a_callers_open_cases_and_last_call_are_found_by_number_until_it_is_erased() {
    let (_place, store) = opened().await;
    let other = Number("bea".into());
    let mut stranger = record(3);
    stranger.caller.number = Some(other.clone());
    let later = |call: u64, offered: u64| Record { call: CallId(call), offered_at: Tick(offered), ..record(call) };
    let records = [record(1), later(2, 50), stranger, later(4, 2_000)];
    write(&store, records.into_iter().map(|record| Entry::Record(Box::new(record))).collect()).await;
    write(&store, vec![case_opened(1, 10, 1), case_opened(2, 20, 3)]).await;
    let cases = async |number: &Number| {
        store.open_cases_of(number, 9).await.expect("read").iter().map(|case| case.case.0).collect::<Vec<_>>()
    };
    assert_eq!((cases(&ann()).await, cases(&other).await), (vec![1], vec![2]));
    let before = async |call| store.call_before(CallId(call), 1_000).await.expect("read").map(|earlier| earlier.call);
    assert_eq!(
        (before(2).await, before(1).await, before(3).await, before(4).await),
        (Some(CallId(1).to_string()), None, None, None)
    );
    store.erase(&ann()).await.expect("erased");
    assert_eq!((cases(&ann()).await, before(2).await), (vec![], None));
}
