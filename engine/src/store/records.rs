//! Records: written so that writing one again changes nothing, read with the later words on them.

use super::entry::{AmendmentRow, RecordRow, Rows};
use super::erase::erase_words_of;
use super::upsert::{Statement, Table};
use super::{Store, StoreError, cases, changes, in_time, outbox};
use crate::words;
use cabrank_core::{CallId, Number, Outcome, Settled, Span, Trust, WhyHuman};
use sqlx::{AnyConnection, FromRow};
use std::borrow::Borrow;

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRecord {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: String,
    /// The caller's number, unless it was withheld or erased.
    pub number: Option<Number>,
    /// The caller's name, if it was known then.
    pub name: Option<String>,
    /// Whether the number could be believed, and who said so.
    pub trust: Trust,
    /// Whether the caller proved by a code who calls.
    pub proved: bool,
    /// When the call came in; as all moments here, in microseconds since 1970 (UTC).
    pub offered_at: i64,
    /// When the caller last joined a queue.
    pub queued_at: Option<i64>,
    /// When the caller was first connected with an agent.
    pub connected_at: Option<i64>,
    /// When the caller's leg ended.
    pub ended_at: i64,
    /// The queue the call was in last.
    pub queue: Option<String>,
    /// The agent who took it last.
    pub agent: Option<String>,
    /// What was pressed, a character a key.
    pub pressed: String,
    /// Why it went to a human.
    pub why: Option<WhyHuman>,
    /// How it ended.
    pub outcome: Outcome,
    /// What was promised.
    pub promise: Option<KeptPromise>,
    /// How the matter was resolved, by the newest word on it.
    pub resolution: Option<String>,
    /// How long one had the other on hold.
    pub held: Span,
    /// How often an agent was rung for it.
    pub offers: u32,
    /// The caller's class in that queue; empty in a queue without classes.
    pub class: Option<String>,
    /// What was said about the wait.
    pub quote: Option<KeptQuote>,
    /// How often the caller was called back.
    pub callbacks: u32,
}

/// What was said about a wait, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptQuote {
    /// When it was said first, in microseconds since 1970 (UTC).
    pub said_at: i64,
    /// The end of the wait as it was said last, in microseconds since 1970 (UTC).
    pub until: i64,
    /// Whether it was kept.
    pub settled: Settled,
}

/// A promise as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPromise {
    /// When it was made, in microseconds since 1970 (UTC).
    pub made_at: i64,
    /// When it is due, in microseconds since 1970 (UTC).
    pub due_at: i64,
    /// The fulfilment service's reference.
    pub reference: String,
    /// Whether it was kept, by the newest word on it.
    pub settled: Settled,
}

/// An earlier call of some number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastContact {
    /// The number.
    pub number: Number,
    /// The call.
    pub call: CallId,
    /// When it came in, in microseconds since 1970 (UTC).
    pub offered_at: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// How the matter was resolved.
    pub resolution: Option<String>,
}

impl Store {
    /// The record of a call, if there is one.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn record(&self, call: CallId) -> Result<Option<KeptRecord>, StoreError> {
        let found: Option<Row> = sqlx::query_as("SELECT * FROM records_told WHERE call = $1")
            .bind(call.to_string())
            .fetch_optional(&self.reads)
            .await?;
        found.map(Row::into_kept).transpose()
    }

    /// The last contacts of each number since then (microseconds since 1970), oldest first.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn contacts(&self, since: i64, per_number: u32, count_max: u32) -> Result<Vec<PastContact>, StoreError> {
        let found: Vec<ContactRow> = sqlx::query_as(CONTACTS)
            .bind(since)
            .bind(i64::from(per_number))
            .bind(i64::from(count_max))
            .fetch_all(&self.reads)
            .await?;
        found.into_iter().rev().map(ContactRow::into_contact).collect()
    }

    /// Writes rows all together or not at all. Rows already there stay as they are in what later words say of them.
    ///
    /// # Errors
    /// When the store fails; then none is written.
    pub async fn put_rows(&self, rows: &Rows) -> Result<(), StoreError> {
        self.put_rows_made(|| rows).await
    }

    /// The same for rows that are made once nobody else writes: who was forgotten before a caller is erased is not in them.
    ///
    /// # Errors
    /// When the store fails; then none is written.
    pub async fn put_rows_made<R: Borrow<Rows> + Send + Sync>(&self, make: impl FnOnce() -> R + Send) -> Result<(), StoreError> {
        in_time(async {
            let mut writing = self.writes.begin().await?;
            let rows = make();
            let rows = rows.borrow();
            RECORDS.put(&mut writing, &rows.records, bound).await?;
            for row in &rows.amendments {
                put_amendment(&mut writing, row).await?;
            }
            for row in &rows.changes {
                changes::put(&mut writing, row).await?;
            }
            cases::put(&mut writing, &rows.case_words).await?;
            for call in &rows.forgotten {
                erase_words_of(&mut writing, call).await?;
            }
            outbox::put(&mut writing, &rows.outbox).await?;
            writing.commit().await?;
            if rows.forgotten.is_empty() { Ok(()) } else { self.wipe_log().await }
        })
        .await
    }

    /// The number that a recorded call came from, if one is known; nothing if there is no record.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn number_of(&self, call: CallId) -> Result<Option<Option<Number>>, StoreError> {
        let asked = sqlx::query_scalar("SELECT number FROM records WHERE call = $1").bind(call.to_string());
        let found: Option<Option<String>> = in_time(async { Ok(asked.fetch_optional(&self.reads).await?) }).await?;
        Ok(found.map(|number| number.map(|number| Number(number.into()))))
    }
}

fn bound(statement: Statement, row: &RecordRow) -> Statement {
    let promise = row.promise.as_ref();
    let text = |text: &Option<String>| text.clone();
    statement
        .bind(row.call.clone())
        .bind(row.line.clone())
        .bind(text(&row.number))
        .bind(text(&row.name))
        .bind(row.trusted)
        .bind(row.verdict)
        .bind(row.attestation)
        .bind(row.proved)
        .bind(row.offered_at)
        .bind(row.queued_at)
        .bind(row.connected_at)
        .bind(row.ended_at)
        .bind(text(&row.queue))
        .bind(text(&row.agent))
        .bind(row.pressed.clone())
        .bind(row.why)
        .bind(text(&row.why_detail))
        .bind(row.outcome)
        .bind(promise.map(|promise| promise.made_at))
        .bind(promise.map(|promise| promise.due_at))
        .bind(promise.map(|promise| promise.reference.clone()))
        .bind(promise.map(|promise| promise.settled))
        .bind(row.held_us)
        .bind(row.offers)
        .bind(text(&row.class))
        .bind(row.quote.as_ref().map(|quote| quote.said_at))
        .bind(row.quote.as_ref().map(|quote| quote.until))
        .bind(row.quote.as_ref().map(|quote| quote.settled))
        .bind(row.callbacks)
}

async fn put_amendment(writing: &mut AnyConnection, row: &AmendmentRow) -> sqlx::Result<()> {
    let insert = "INSERT INTO amendments (call, said_at, kind, word, detail, due_at, said_by) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                  ON CONFLICT (call, kind, said_at, word) DO NOTHING";
    sqlx::query(insert)
        .bind(&row.call)
        .bind(row.said_at)
        .bind(row.kind)
        .bind(&row.word)
        .bind(&row.detail)
        .bind(row.due_at)
        .bind(&row.said_by)
        .execute(writing)
        .await?;
    Ok(())
}

const RECORDS: Table<29> = Table {
    name: "records",
    columns: [
        "call",
        "line",
        "number",
        "name",
        "trusted",
        "verdict",
        "attestation",
        "proved",
        "offered_at",
        "queued_at",
        "connected_at",
        "ended_at",
        "queue",
        "agent",
        "pressed",
        "why",
        "why_detail",
        "outcome",
        "promise_made_at",
        "promise_due_at",
        "promise_reference",
        "promise_settled",
        "held_us",
        "offers",
        "class",
        "quote_said_at",
        "quote_until",
        "quote_settled",
        "callbacks",
    ],
    // Who called is never written again: it may have been erased meanwhile.
    kept: &["number", "name"],
    together: 32,
};

const CONTACTS: &str = "SELECT number, call, offered_at, outcome, resolution \
    FROM (SELECT number, call, offered_at, outcome, resolution, \
            ROW_NUMBER() OVER (PARTITION BY number ORDER BY offered_at DESC) AS place \
          FROM records_told WHERE number IS NOT NULL AND offered_at >= $1) AS newest \
    WHERE place <= $2 ORDER BY offered_at DESC LIMIT $3";

/// A row of the view `records_told`.
#[derive(FromRow)]
pub(super) struct Row {
    call: String,
    line: String,
    number: Option<String>,
    name: Option<String>,
    trusted: i64,
    verdict: Option<String>,
    attestation: Option<String>,
    proved: i64,
    offered_at: i64,
    queued_at: Option<i64>,
    connected_at: Option<i64>,
    ended_at: i64,
    queue: Option<String>,
    agent: Option<String>,
    pressed: String,
    why: Option<String>,
    why_detail: Option<String>,
    outcome: String,
    promise_made_at: Option<i64>,
    promise_due_at: Option<i64>,
    promise_reference: Option<String>,
    promise_settled: Option<String>,
    held_us: i64,
    offers: i64,
    class: Option<String>,
    quote_said_at: Option<i64>,
    quote_until: Option<i64>,
    quote_settled: Option<String>,
    callbacks: i64,
    resolution: Option<String>,
}

impl Row {
    pub(super) fn into_kept(self) -> Result<KeptRecord, StoreError> {
        let call = call_id(&self.call)?;
        let promise = self.promise()?;
        let quote = self.quote()?;
        let trust = self.trust()?;
        Ok(KeptRecord {
            call,
            line: self.line,
            number: self.number.map(|number| Number(number.into())),
            name: self.name,
            trust,
            proved: self.proved != 0,
            offered_at: self.offered_at,
            queued_at: self.queued_at,
            connected_at: self.connected_at,
            ended_at: self.ended_at,
            queue: self.queue,
            agent: self.agent,
            pressed: self.pressed,
            why: self.why.map(|word| why(&word, self.why_detail.as_deref())).transpose()?,
            outcome: outcome(&self.outcome)?,
            promise,
            resolution: self.resolution,
            held: Span(u64::try_from(self.held_us).unwrap_or(0)),
            offers: u32::try_from(self.offers).unwrap_or(0),
            class: self.class,
            quote,
            callbacks: u32::try_from(self.callbacks).unwrap_or(0),
        })
    }

    /// Records of before there were verdicts say no more than whether the number was believed.
    fn trust(&self) -> Result<Trust, StoreError> {
        let (verdict, attestation) = (self.verdict.as_deref(), self.attestation.as_deref());
        words::trust_from(self.trusted != 0, verdict, attestation)
            .ok_or_else(|| foreign("a verdict", verdict.unwrap_or_default()))
    }

    fn quote(&self) -> Result<Option<KeptQuote>, StoreError> {
        let (Some(said_at), Some(until)) = (self.quote_said_at, self.quote_until) else { return Ok(None) };
        let word = self.quote_settled.as_deref().unwrap_or("open");
        let settled = words::settled_from(word).ok_or_else(|| foreign("a quote", word))?;
        Ok(Some(KeptQuote { said_at, until, settled }))
    }

    fn promise(&self) -> Result<Option<KeptPromise>, StoreError> {
        let (Some(made_at), Some(due_at)) = (self.promise_made_at, self.promise_due_at) else {
            return Ok(None);
        };
        let word = self.promise_settled.as_deref().unwrap_or("open");
        let settled = words::settled_from(word).ok_or_else(|| foreign("a promise", word))?;
        let reference = self.promise_reference.clone().unwrap_or_default();
        Ok(Some(KeptPromise { made_at, due_at, reference, settled }))
    }
}

#[derive(FromRow)]
struct ContactRow {
    number: String,
    call: String,
    offered_at: i64,
    outcome: String,
    resolution: Option<String>,
}

impl ContactRow {
    fn into_contact(self) -> Result<PastContact, StoreError> {
        Ok(PastContact {
            number: Number(self.number.into()),
            call: call_id(&self.call)?,
            offered_at: self.offered_at,
            outcome: outcome(&self.outcome)?,
            resolution: self.resolution,
        })
    }
}

fn call_id(text: &str) -> Result<CallId, StoreError> {
    text.parse().map_err(|_| foreign("a call id", text))
}

fn outcome(word: &str) -> Result<Outcome, StoreError> {
    words::outcome_from(word).ok_or_else(|| foreign("an outcome", word))
}

fn why(word: &str, detail: Option<&str>) -> Result<WhyHuman, StoreError> {
    words::why_from(word, detail.unwrap_or_default()).ok_or_else(|| foreign("a reason", word))
}

pub(super) fn foreign(what: &str, text: &str) -> StoreError {
    StoreError::Foreign { what: format!("{what}, `{}`,", words::cut(text, 40).escape_debug()) }
}
