//! What others are told of, in whichever database it is: run against each.

use super::super::{case_opened, epoch, on_case, on_record, record, writer};
use super::opened;
use crate::store::{Entry, Message, Store, Writer};
use cabrank_core::{CallId, CaseWord, FollowUp, RecordWord, Tick};
use cabrank_settings::{Event, Hook, SigningKey};
use std::sync::Arc;

const DAY_US: i64 = 24 * 3600 * 1_000_000;

fn hook(name: &str, events: &[Event]) -> Hook {
    Hook {
        name: name.into(),
        url: "http://127.0.0.1:1/".parse().expect("a URL"),
        events: events.to_vec(),
        key: SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key"),
    }
}

fn at(tick: u64) -> i64 {
    epoch().unix_micros(Tick(tick))
}

fn happens() -> Vec<Entry> {
    let follow_up = FollowUp { due: Tick(900), what: "call back".into() };
    vec![
        Entry::Record(Box::new(record(1))),
        case_opened(5, 10, 1),
        on_record(1, 20, vec![RecordWord::FollowUp(Some(follow_up))]),
        on_case(5, 30, vec![CaseWord::Remark("rang twice".into())]),
        on_case(5, 50, vec![CaseWord::Closed { feedback: "thank you".into() }]),
    ]
}

/// Writes what happened, as of that moment.
async fn write(store: &Store, hooks: &[Hook], now: i64) {
    let mut rows = writer(store, &Arc::default()).rows(&happens());
    rows.tell(hooks, now);
    store.put_rows(&rows).await.expect("written");
}

async fn due(store: &Store, hook: &str, now: i64) -> Vec<Message> {
    store.messages_due(hook, now, 99).await.expect("read")
}

#[tokio::test]
async fn everybody_is_told_of_what_he_or_she_wants_when_it_is_time() {
    let (_place, store) = opened().await;
    write(&store, &[hook("crm", &Event::ALL), hook("bi", &[Event::CallEnded])], at(60)).await;
    let events = async |hook, now| due(&store, hook, now).await.iter().map(|message| message.event).collect::<Vec<_>>();
    let by_time = [Event::CallEnded, Event::TaxiDispatched, Event::CaseOpened, Event::CaseClosed];
    assert_eq!(events("crm", at(899)).await, by_time);
    assert_eq!(events("crm", at(900)).await.last(), Some(&Event::FollowUpDue));
    assert_eq!((events("bi", at(900)).await, events("others", at(900)).await), (vec![Event::CallEnded], vec![]));
}

#[tokio::test]
async fn a_ride_is_told_of_at_once_and_not_again_with_its_record() {
    let (_place, store) = opened().await;
    let hooks = [hook("crm", &[Event::TaxiDispatched])];
    let promised = record(1).promise.expect("a promise").made_at;
    let writer = Writer { hooks: Arc::new(hooks.clone()), ..writer(&store, &Arc::default()) };
    let mut rows = writer.rows(&[Entry::Ride { call: CallId(1), at: promised }]);
    rows.tell(&hooks, at(60));
    store.put_rows(&rows).await.expect("written");
    let told = due(&store, "crm", at(60)).await;
    assert_eq!((told.len(), told[0].happened_at), (1, epoch().unix_micros(promised)));
    write(&store, &hooks, at(60)).await;
    assert_eq!(due(&store, "crm", at(60)).await, told);
}

#[tokio::test]
async fn what_was_taken_is_not_told_again_by_a_replay_nor_what_is_no_news() {
    let (_place, store) = opened().await;
    let hooks = [hook("crm", &Event::ALL)];
    write(&store, &hooks, at(60)).await;
    for message in due(&store, "crm", at(900)).await {
        store.message_is_done(&message, at(900)).await.expect("kept");
    }
    write(&store, &hooks, at(1_000)).await;
    assert_eq!(due(&store, "crm", at(1_000)).await, []);
    store.forget_sent(at(1_000) + 9 * DAY_US).await.expect("forgotten");
    write(&store, &hooks, at(1_000) + 9 * DAY_US).await;
    assert_eq!(due(&store, "crm", i64::MAX).await, []);
}

#[tokio::test]
async fn what_fails_waits_for_its_turn_and_what_is_dead_for_somebody_who_asks() {
    let (_place, store) = opened().await;
    write(&store, &[hook("crm", &[Event::CallEnded])], at(60)).await;
    let message = due(&store, "crm", at(60)).await.pop().expect("a message");
    store.message_failed(&message, Some(at(500)), "it answered 500").await.expect("kept");
    assert_eq!(due(&store, "crm", at(499)).await, []);
    let again = due(&store, "crm", at(500)).await.pop().expect("a message");
    assert_eq!((again.id.as_str(), again.attempts, again.failure.as_deref()), (&*message.id, 1, Some("it answered 500")));
    store.message_failed(&again, None, "410 Gone").await.expect("kept");
    assert_eq!(due(&store, "crm", i64::MAX).await, []);
    assert_eq!(store.messages_left().await.expect("read"), [("crm".to_owned(), true, 1)]);
    let dead = store.dead_messages(9).await.expect("read");
    assert_eq!((dead.len(), dead[0].attempts, &*dead[0].id), (1, 2, &*message.id));
    assert_eq!(store.send_again("bi", "", at(600)).await.expect("kept"), 0);
    assert_eq!(store.send_again("crm", &message.id, at(600)).await.expect("kept"), 1);
    assert_eq!(due(&store, "crm", at(600)).await.len(), 1);
    assert_eq!(store.messages_left().await.expect("read"), [("crm".to_owned(), false, 1)]);
}
