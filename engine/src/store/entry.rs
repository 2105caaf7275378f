//! What the lane wants kept, and the rows that it becomes.

use crate::epoch::Epoch;
use crate::names::Names;
use crate::words;
use cabrank_core::{Amendment, CallId, Effect, Promise, Record, Settled, Tick, Trust};

/// Something to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A call's record.
    Record(Box<Record>),
    /// A later word on one.
    Amendment {
        /// The record's call.
        call: CallId,
        /// When it was said.
        at: Tick,
        /// What was said.
        amendment: Amendment,
    },
}

impl TryFrom<Effect> for Entry {
    type Error = Effect;

    /// Takes the orders that are the store's; any other comes back.
    fn try_from(effect: Effect) -> Result<Self, Effect> {
        if let Effect::Write(record) = effect {
            Ok(Entry::Record(record))
        } else if let Effect::Amend { call, at, amendment } = effect {
            Ok(Entry::Amendment { call, at, amendment })
        } else {
            Err(effect)
        }
    }
}

/// A record as a row: names for ids, the time of day for ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    pub(super) call: String,
    pub(super) line: String,
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
    pub(super) trusted: bool,
    pub(super) offered_at: i64,
    pub(super) queued_at: Option<i64>,
    pub(super) connected_at: Option<i64>,
    pub(super) ended_at: i64,
    pub(super) queue: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) pressed: String,
    pub(super) why: Option<&'static str>,
    pub(super) why_detail: Option<String>,
    pub(super) outcome: &'static str,
    pub(super) promise: Option<PromiseRow>,
    pub(super) held_us: i64,
    pub(super) offers: i64,
}

/// A promise as part of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PromiseRow {
    pub(super) made_at: i64,
    pub(super) due_at: i64,
    pub(super) reference: String,
    pub(super) settled: &'static str,
}

impl RecordRow {
    /// The row of a record.
    pub fn new(record: &Record, names: &Names, epoch: Epoch) -> RecordRow {
        let at = |tick| epoch.unix_micros(tick);
        let why = record.why_human.as_ref().map(words::why);
        let name = record.caller.profile.as_ref().map(|profile| profile.name.to_string());
        RecordRow {
            call: record.call.to_string(),
            line: names.line(record.line).to_owned(),
            number: record.caller.number.as_ref().map(|number| number.0.to_string()),
            name: name.filter(|name| !name.is_empty()),
            trusted: record.caller.trust == Trust::Trusted,
            offered_at: at(record.offered_at),
            queued_at: record.queued_at.map(at),
            connected_at: record.connected_at.map(at),
            ended_at: at(record.ended_at),
            queue: record.queue.map(|queue| names.queue(queue).to_owned()),
            agent: record.agent.map(|agent| names.agent(agent).to_owned()),
            pressed: words::pressed(&record.pressed),
            why: why.map(|(word, _)| word),
            why_detail: why.and_then(|(_, detail)| detail).map(str::to_owned),
            outcome: words::outcome(record.outcome),
            promise: record.promise.as_ref().map(|promise| PromiseRow::new(promise, epoch)),
            held_us: i64::try_from(record.held.0).unwrap_or(i64::MAX),
            offers: i64::from(record.offers),
        }
    }
}

impl PromiseRow {
    fn new(promise: &Promise, epoch: Epoch) -> PromiseRow {
        PromiseRow {
            made_at: epoch.unix_micros(promise.made_at),
            due_at: epoch.unix_micros(promise.due_at),
            reference: promise.reference.to_string(),
            settled: words::settled(promise.settled),
        }
    }
}

/// A later word on a record as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendmentRow {
    pub(super) call: String,
    pub(super) said_at: i64,
    pub(super) kind: &'static str,
    pub(super) word: String,
    pub(super) said_by: String,
}

impl AmendmentRow {
    /// The row of an amendment.
    pub fn new(call: CallId, at: Tick, amendment: &Amendment, epoch: Epoch) -> AmendmentRow {
        let (kind, word, by) = match amendment {
            Amendment::Promise { kept, by } => {
                ("promise", words::settled(if *kept { Settled::Kept } else { Settled::Broken }), by)
            }
            Amendment::Resolution { resolution, by } => ("resolution", &**resolution, by),
        };
        AmendmentRow {
            call: call.to_string(),
            said_at: epoch.unix_micros(at),
            kind,
            word: word.to_owned(),
            said_by: by.to_string(),
        }
    }
}
