use super::{Behind, Files, InHand, Subject, Unfiled};
use crate::backlog::Backlog;
use crate::door::{Door, Submission};
use crate::store::tests::record;
use crate::store::{Entry, Store};
use cabrank_core::{CallId, Filing, Input, Matter, RecordWord, Refusal, Tick};
use crossbeam::channel::{Receiver, bounded};
use std::time::Duration;
use tokio::time::timeout;

const SOON: Duration = Duration::from_millis(50);
const RECORD: Subject = Subject::Record(CallId(7));

fn matter(call: u64) -> Matter {
    Matter::Record { call: CallId(call), words: vec![RecordWord::Owner(Some("ann".into()))] }
}

fn entry(call: u64) -> Entry {
    Entry::Filing(Box::new(Filing { at: Tick(1), matter: matter(call), by: "ann".into() }))
}

/// Files whose lane is the other end.
async fn files() -> (Files, InHand, Receiver<Submission>) {
    let (lane, submissions) = bounded(8);
    let (in_hand, dir) = (InHand::default(), tempfile::tempdir().expect("a directory"));
    // An open file needs no name.
    let store = Store::open(dir.path()).await.expect("a store");
    (Files::new(Door::new(lane, Backlog::new()), in_hand.clone(), store), in_hand, submissions)
}

/// A desk that gives everybody who asks this word.
fn answer_all(submissions: Receiver<Submission>, word: Result<(), Refusal>) {
    std::thread::spawn(move || {
        for submission in submissions {
            if let Submission::Asked { input: Input::Filed { .. }, reply } = submission {
                let _ = reply.send(word);
            }
        }
    });
}

#[tokio::test]
async fn one_has_it_and_others_wait_until_it_is_let_go() {
    let (files, _, _lane) = files().await;
    let held = files.take(RECORD).await.expect("nobody has it");
    assert!(files.take(Subject::Record(CallId(8))).await.is_ok(), "another record is free");
    let other = files.clone();
    let waiting = tokio::spawn(async move { other.take(RECORD).await.map(drop) });
    assert!(timeout(SOON, files.take(RECORD)).await.is_err());
    drop(held);
    assert_eq!(waiting.await.expect("no panic"), Ok(()));
}

#[tokio::test]
async fn what_is_filed_is_in_hand_until_the_store_has_it() {
    let (files, in_hand, lane) = files().await;
    answer_all(lane, Ok(()));
    let held = files.take(RECORD).await.expect("free");
    let filing = tokio::spawn(held.file(matter(7), "ann".into()));
    tokio::time::sleep(SOON).await;
    assert!(!filing.is_finished() && timeout(SOON, files.take(RECORD)).await.is_err());
    in_hand.is_kept(&entry(7));
    assert_eq!(filing.await.expect("no panic"), Ok(()));
    assert!(files.take(RECORD).await.is_ok());
}

#[tokio::test]
async fn whoever_goes_away_after_filing_lets_nobody_in_before_the_store_has_it() {
    let (files, in_hand, lane) = files().await;
    let held = files.take(RECORD).await.expect("free");
    let filing = tokio::spawn(held.file(matter(7), "ann".into()));
    let Ok(Ok(Submission::Asked { reply, .. })) = tokio::task::spawn_blocking(move || lane.recv()).await else {
        panic!("nothing was filed")
    };
    filing.abort();
    let _ = filing.await;
    reply.send(Ok(())).expect("awaited");
    tokio::time::sleep(SOON).await;
    assert!(timeout(SOON, files.take(RECORD)).await.is_err());
    in_hand.is_kept(&entry(7));
    assert!(files.take(RECORD).await.is_ok());
}

#[tokio::test]
async fn what_the_desk_did_not_take_is_nobodys() {
    let (refusing, _, lane) = files().await;
    answer_all(lane, Err(Refusal::OutOfPlace));
    let held = refusing.take(RECORD).await.expect("free");
    assert_eq!(held.file(matter(7), "ann".into()).await, Err(Unfiled::Busy));
    assert!(refusing.take(RECORD).await.is_ok());
}

#[tokio::test]
async fn what_a_crash_left_is_in_hand_until_all_of_it_is_kept() {
    let (files, in_hand, _lane) = files().await;
    (0..2).for_each(|_| in_hand.is_coming(&entry(7)));
    for _ in 0..2 {
        assert!(timeout(SOON, files.take(RECORD)).await.is_err());
        in_hand.is_kept(&entry(7));
    }
    assert!(files.take(RECORD).await.is_ok());
}

#[tokio::test]
async fn who_looks_for_calls_that_have_just_ended_waits_for_their_records() {
    let (files, in_hand, _lane) = files().await;
    let kept = Entry::Record(Box::new(record(7)));
    assert_eq!(files.caught_up().await, Ok(()), "nothing is on its way");
    (0..2).for_each(|_| in_hand.record_is_coming());
    in_hand.is_kept(&kept);
    assert!(timeout(SOON, files.caught_up()).await.is_err());
    let looking = files.clone();
    let looking = tokio::spawn(async move { looking.caught_up().await });
    tokio::time::sleep(SOON).await;
    in_hand.record_is_coming();
    in_hand.is_kept(&kept);
    assert_eq!(looking.await.expect("no panic"), Ok(()), "it waits for what came later");
    assert_eq!(files.caught_up().await, Err(Behind));
}
