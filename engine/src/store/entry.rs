//! What the lane wants kept, and the rows that it becomes.

use super::outbox::OutboxRow;
use super::said::CaseWordRow;
use crate::epoch::Epoch;
use crate::names::Names;
use crate::thresholds::{Keys, shown};
use crate::veil::Veil;
use crate::words;
use cabrank_core::{Amendment, CallId, Change, Effect, Filing, Matter, Promise, Record, RecordWord, Said, Settled, Text, Tick};
use serde::{Deserialize, Serialize};

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
    /// A change of thresholds.
    Change(Box<Change>),
    /// What somebody wrote down of a call or a case.
    Filing(Box<Filing>),
    /// A ride is on its way: others are told, and the record will say it.
    Ride {
        /// The call.
        call: CallId,
        /// When it was promised.
        at: Tick,
    },
}

impl Entry {
    /// How a call's matter was resolved, if that is what it says.
    pub(super) fn resolution(&self, veil: &Veil) -> Option<(CallId, Text)> {
        match self {
            Entry::Amendment { call, amendment: Amendment::Resolution { resolution, .. }, .. } => {
                Some((*call, resolution.clone()))
            }
            Entry::Filing(filing) => {
                let Matter::Record { call, words } = veil.filing(filing).matter else { return None };
                words.into_iter().find_map(|word| if let RecordWord::Resolution(said) = word { Some((call, said)) } else { None })
            }
            Entry::Amendment { amendment: Amendment::Promise { .. }, .. }
            | Entry::Record(_)
            | Entry::Change(_)
            | Entry::Ride { .. } => None,
        }
    }
}

impl TryFrom<Effect> for Entry {
    type Error = Effect;

    /// Takes the orders that are the store's; any other comes back.
    fn try_from(effect: Effect) -> Result<Self, Effect> {
        if let Effect::Write(record) = effect {
            Ok(Entry::Record(record))
        } else if let Effect::Amend { call, at, amendment } = effect {
            Ok(Entry::Amendment { call, at, amendment })
        } else if let Effect::Note(change) = effect {
            Ok(Entry::Change(change))
        } else if let Effect::File(filing) = effect {
            Ok(Entry::Filing(filing))
        } else if let Effect::Announce { call, at } = effect {
            Ok(Entry::Ride { call, at })
        } else {
            Err(effect)
        }
    }
}

/// Rows that are written together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Records.
    pub records: Vec<RecordRow>,
    /// Later words on records.
    pub amendments: Vec<AmendmentRow>,
    /// Changes of thresholds.
    pub changes: Vec<ChangeRow>,
    /// Words on cases.
    pub case_words: Vec<CaseWordRow>,
    /// Calls whose callers were forgotten: nothing that was said of them is kept.
    pub forgotten: Vec<String>,
    /// Rides that are on their way: the call, and when it was promised. They are told of, and nothing else.
    pub rides: Vec<(String, i64)>,
    /// What others are told of all that.
    pub outbox: Vec<OutboxRow>,
}

impl Rows {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.records.len() + self.amendments.len() + self.changes.len() + self.case_words.len()
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
    pub(super) class: Option<String>,
    pub(super) quote: Option<QuoteRow>,
    pub(super) callbacks: i64,
}

/// What was said about a wait, as part of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuoteRow {
    pub(super) said_at: i64,
    pub(super) until: i64,
    pub(super) settled: &'static str,
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
        let name = record.caller.profile.as_ref().map(|profile| storable(&profile.name));
        RecordRow {
            call: record.call.to_string(),
            line: names.line(record.line).to_owned(),
            number: record.caller.number.as_ref().map(|number| storable(&number.0)),
            name: name.filter(|name| !name.is_empty()),
            trusted: record.caller.trust.is_sure(),
            offered_at: at(record.offered_at),
            queued_at: record.queued_at.map(at),
            connected_at: record.connected_at.map(at),
            ended_at: at(record.ended_at),
            queue: record.queue.map(|queue| names.queue(queue).to_owned()),
            agent: record.agent.map(|agent| names.agent(agent).to_owned()),
            pressed: words::pressed(record.pressed.as_slice()),
            why: why.map(|(word, _)| word),
            why_detail: why.and_then(|(_, detail)| detail).map(storable),
            outcome: words::outcome(record.outcome),
            promise: record.promise.as_ref().map(|promise| PromiseRow::new(promise, epoch)),
            held_us: i64::try_from(record.held.0).unwrap_or(i64::MAX),
            offers: i64::from(record.offers),
            class: record.class.as_ref().map(|class| class.to_string()),
            quote: record.quote.as_ref().map(|said| QuoteRow::new(said, epoch)),
            callbacks: i64::from(record.callbacks),
        }
    }
}

impl QuoteRow {
    fn new(said: &Said, epoch: Epoch) -> QuoteRow {
        QuoteRow {
            said_at: epoch.unix_micros(said.at),
            until: epoch.unix_micros(said.until),
            settled: words::settled(said.settled),
        }
    }
}

impl PromiseRow {
    fn new(promise: &Promise, epoch: Epoch) -> PromiseRow {
        PromiseRow {
            made_at: epoch.unix_micros(promise.made_at),
            due_at: epoch.unix_micros(promise.due_at),
            reference: storable(&promise.reference),
            settled: words::settled(promise.settled),
        }
    }
}

/// PostgreSQL takes any text but one with a NUL in it, which a caller's number or a service's answer may have.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A later word on a record as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendmentRow {
    pub(super) call: String,
    pub(super) said_at: i64,
    pub(super) kind: &'static str,
    pub(super) word: String,
    /// What goes with it: why, or what exactly.
    pub(super) detail: String,
    /// The time that goes with it.
    pub(super) due_at: Option<i64>,
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
            word: storable(word),
            detail: String::new(),
            due_at: None,
            said_by: storable(by),
        }
    }
}

/// A change of thresholds as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    pub(super) number: i64,
    pub(super) made_at: i64,
    pub(super) made_by: String,
    pub(super) reason: String,
    /// A JSON list of [`ChangedQueue`].
    pub(super) queues: String,
}

/// One queue of a change: its thresholds before and after, under the keys of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedQueue {
    /// The queue's name.
    pub queue: String,
    /// As it was.
    pub before: Keys,
    /// As it became.
    pub after: Keys,
}

impl ChangeRow {
    /// The row of a change.
    pub fn new(change: &Change, names: &Names, epoch: Epoch) -> ChangeRow {
        // Texts, numbers, lists and objects only: there is no way for this to fail.
        let queues = serde_json::to_string(&ChangedQueue::all(change, names)).unwrap_or_default();
        ChangeRow {
            number: i64::try_from(change.number).unwrap_or(i64::MAX),
            made_at: epoch.unix_micros(change.at),
            made_by: storable(&change.by),
            reason: storable(&change.reason),
            queues,
        }
    }
}

impl ChangedQueue {
    /// Every queue of a change.
    pub fn all(change: &Change, names: &Names) -> Vec<ChangedQueue> {
        let settings = names.settings();
        let changed = change.queues.iter().map(|(queue, before, after)| ChangedQueue {
            queue: names.queue(*queue).to_owned(),
            before: shown(before, settings),
            after: shown(after, settings),
        });
        changed.collect()
    }
}
