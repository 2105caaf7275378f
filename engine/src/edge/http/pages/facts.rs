//! What is known of a call, as people read it: on the call's page and on an agent's desk.

use super::texts::ENGLISH;
use super::times;
use crate::context::{CallDocument, CallerDocument};
use jiff::tz::TimeZone;

/// Those that are known, each with its name.
pub(super) fn known<const N: usize>(facts: [(&'static str, Option<String>); N]) -> Vec<(String, String)> {
    let facts = facts.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact.filter(|fact| !fact.is_empty())?)));
    facts.collect()
}

/// What the company keeps of the caller.
pub(super) fn profile(caller: &CallerDocument) -> impl Iterator<Item = (String, String)> {
    caller.profile.iter().map(|(field, value)| (field.clone(), value.clone()))
}

/// By when the wait was said to be over, and what became of that.
pub(super) fn quote(call: &CallDocument, zone: &TimeZone) -> Option<String> {
    let quote = call.quote.as_ref()?;
    Some(format!("{}: {}", times::time(&quote.until, zone), ENGLISH.word(quote.settled)))
}

/// By when what was promised was due, its reference, and what became of that.
pub(super) fn promise(call: &CallDocument, zone: &TimeZone) -> Option<String> {
    let promise = call.promise.as_ref()?;
    Some(format!("{} ({}): {}", times::time(&promise.due_at, zone), promise.reference, ENGLISH.word(promise.settled)))
}
