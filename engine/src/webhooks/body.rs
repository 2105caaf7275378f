//! What is told of an event: looked up when it is sent, so that an erased caller is not told of any more.

use super::{Teller, Untold};
use crate::context::CallDocument;
use crate::epoch::timestamp;
use crate::store::{KeptCase, KeptWord, Message, Store, StoreError};
use crate::words::case_kind;
use cabrank_core::{CallId, CaseId};
use cabrank_settings::Event;
use serde::Serialize;

/// A message's body, by Standard Webhooks.
#[derive(Serialize)]
struct Told<T> {
    #[serde(rename = "type")]
    event: &'static str,
    /// When it happened.
    timestamp: String,
    data: T,
}

#[derive(Serialize)]
struct CaseTold {
    case: String,
    kind: &'static str,
    state: &'static str,
    said: String,
    owner: Option<String>,
    level: u8,
    opened_at: String,
    /// What the customer is to be told.
    feedback: Option<String>,
    /// The calls that it is about, and who called.
    calls: Vec<CallTold>,
}

#[derive(Serialize)]
struct CallTold {
    call: String,
    number: Option<String>,
}

#[derive(Serialize)]
struct FollowUpTold {
    call: String,
    number: Option<String>,
    due: String,
    what: String,
    owner: Option<String>,
}

/// The body of a message; nothing if it has become pointless: its record is not there any more, or its follow-up was done.
pub(super) async fn of(message: &Message, teller: &Teller) -> Result<Option<Vec<u8>>, Untold> {
    let store = &teller.store;
    let body = match message.event {
        Event::CallEnded => ended(message, teller).await?,
        Event::TaxiDispatched => dispatched(message, teller).await?,
        Event::CaseOpened | Event::CaseClosed => case(message, store).await?.map(|case| json(message, case)),
        Event::FollowUpDue => follow_up(message, store).await?.map(|follow_up| json(message, follow_up)),
    };
    Ok(body)
}

fn json(message: &Message, data: impl Serialize) -> Vec<u8> {
    let told = Told { event: message.event.word(), timestamp: timestamp(message.happened_at).to_string(), data };
    // Texts, numbers, lists and objects only: there is no way for this to fail.
    serde_json::to_vec(&told).unwrap_or_default()
}

async fn ended(message: &Message, teller: &Teller) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(call) = call(message) else { return Ok(None) };
    let record = teller.store.record(call).await?;
    Ok(record.map(|record| json(message, CallDocument::ended(&record, &teller.directory))))
}

/// The call goes on, or has a record by now, or its record is on its way.
async fn dispatched(message: &Message, teller: &Teller) -> Result<Option<Vec<u8>>, Untold> {
    let Some(call) = call(message) else { return Ok(None) };
    let view = teller.glance.recent().await?;
    if let Some(live) = view.calls.iter().find(|live| live.call == call) {
        let document = CallDocument::live(live, view.at, &teller.names, teller.epoch, &teller.directory);
        return Ok(Some(json(message, document)));
    }
    ended(message, teller).await?.map(Some).ok_or(Untold::NotRecorded)
}

fn call(message: &Message) -> Option<CallId> {
    message.subject.parse().ok()
}

async fn case(message: &Message, store: &Store) -> Result<Option<CaseTold>, StoreError> {
    let Ok(id) = message.subject.parse::<CaseId>() else { return Ok(None) };
    let Some(case) = store.case(id).await? else { return Ok(None) };
    let mut calls = Vec::new();
    for call in &case.calls {
        calls.push(CallTold { call: call.to_string(), number: number(*call, store).await? });
    }
    Ok(Some(CaseTold::new(case, calls)))
}

async fn follow_up(message: &Message, store: &Store) -> Result<Option<FollowUpTold>, StoreError> {
    let Some(call) = call(message) else { return Ok(None) };
    let said = store.words_of_record(call).await?;
    let still = KeptWord::newest(&said, "follow_up").filter(|word| word.due_at == Some(message.happened_at));
    let Some(word) = still else { return Ok(None) };
    let owner = KeptWord::newest(&said, "owner").map(|word| word.word.clone());
    let due = timestamp(message.happened_at).to_string();
    Ok(Some(FollowUpTold { call: call.to_string(), number: number(call, store).await?, due, what: word.word.clone(), owner }))
}

async fn number(call: CallId, store: &Store) -> Result<Option<String>, StoreError> {
    let record = store.record(call).await?;
    Ok(record.and_then(|record| record.number).map(|number| number.0.to_string()))
}

impl CaseTold {
    fn new(case: KeptCase, calls: Vec<CallTold>) -> CaseTold {
        CaseTold {
            case: case.case.to_string(),
            kind: case_kind(case.kind),
            state: if case.open { "open" } else { "closed" },
            said: case.said,
            owner: case.owner,
            level: case.level,
            opened_at: timestamp(case.opened_at).to_string(),
            feedback: case.feedback,
            calls,
        }
    }
}
