//! Of whom a matter speaks: that decides whose secret seals it.

use super::{Unfiled, said};
use crate::door::Door;
use crate::store::{Store, StoreError};
use cabrank_core::{CallId, CaseWord, Matter, Number};

/// The numbers of the calls that a matter is about. None of them matters where nothing is said.
pub(super) async fn callers(store: &Store, door: &Door, matter: &Matter) -> Result<Vec<Number>, Unfiled> {
    if !said::says_something(matter) {
        return Ok(Vec::new());
    }
    let (named, before) = match matter {
        Matter::Record { call, .. } => (vec![*call], Vec::new()),
        Matter::CaseOpened { calls, words, .. } => (calls.iter().copied().chain(linked(words)).collect(), Vec::new()),
        Matter::Case { case, words } => {
            (linked(words).collect(), kept(store.case(*case).await)?.map_or(Vec::new(), |case| case.calls))
        }
    };
    let mut numbers = Vec::new();
    for call in before {
        // Its record may be too old to be there.
        numbers.extend(kept(store.number_of(call).await)?.flatten());
    }
    for call in named {
        numbers.extend(number_of(store, door, call).await?);
    }
    Ok(numbers)
}

/// Of a call that is live, or was a moment ago. The desk is asked first: a call leaves it before it comes to the store.
async fn number_of(store: &Store, door: &Door, call: CallId) -> Result<Option<Number>, Unfiled> {
    let view = door.look().await.map_err(|_| Unfiled::Busy)?;
    if let Some(live) = view.calls.into_iter().find(|live| live.call == call) {
        return Ok(live.caller.number);
    }
    // One that is on its way to the store belongs to somebody who may yet want it erased.
    kept(store.number_of(call).await)?.ok_or(Unfiled::InHand)
}

fn linked(words: &[CaseWord]) -> impl Iterator<Item = CallId> + '_ {
    words.iter().filter_map(|word| if let CaseWord::Linked(call) = word { Some(*call) } else { None })
}

fn kept<T>(read: Result<T, StoreError>) -> Result<T, Unfiled> {
    read.map_err(|failure| {
        tracing::warn!(%failure, "nobody knows of whom a matter speaks, and so it is not filed");
        Unfiled::InHand
    })
}
