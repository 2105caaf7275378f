//! Records by the million, for whoever compares them: read page by page, so that nobody waits for a long look.

use super::records::foreign;
use super::{Store, StoreError};
use crate::words;
use cabrank_core::{Outcome, Settled};
use sqlx::FromRow;

/// Records read in one statement; few in tests, so that there are many pages.
const PAGE: usize = if cfg!(test) { 16 } else { 8_192 };

/// What is compared of a record. All moments are microseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnalysedRecord {
    /// The line that was dialled.
    pub line: String,
    /// The caller's number, unless it was withheld or erased.
    pub number: Option<String>,
    /// When the call came in.
    pub offered_at: i64,
    /// When the caller last joined a queue.
    pub queued_at: Option<i64>,
    /// When the caller was first connected with an agent.
    pub connected_at: Option<i64>,
    /// When the caller's leg ended.
    pub ended_at: i64,
    /// The queue the call was in last.
    pub queue: Option<String>,
    /// The caller's class in it.
    pub class: Option<String>,
    /// The agent who took it last.
    pub agent: Option<String>,
    /// What was pressed, a character a key.
    pub pressed: String,
    /// The word for why it went to a human.
    pub why: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// When a promise was made and when it is due, and whether it was kept.
    pub promise: Option<(i64, i64, Settled)>,
    /// Whether what was said about the wait was kept.
    pub quote: Option<Settled>,
    /// How often an agent was rung for it.
    pub offers: u32,
}

impl Store {
    /// Tells of every record of a call that came in from `since` on and before `until` (microseconds since 1970), oldest first.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn each_analysed(&self, since: i64, until: i64, mut tell: impl FnMut(AnalysedRecord)) -> Result<(), StoreError> {
        let (mut at, mut call) = (since, String::new());
        loop {
            let page: Vec<Row> =
                sqlx::query_as(NEXT_PAGE).bind(at).bind(call).bind(until).bind(PAGE as i64).fetch_all(&self.reads).await?;
            let full = page.len() == PAGE;
            let Some(last) = page.last() else { return Ok(()) };
            (at, call) = (last.offered_at, last.call.clone());
            for row in page {
                tell(row.into_analysed()?);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// How many records there are of calls that came in then.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_analysed(&self, since: i64, until: i64) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM records WHERE offered_at >= $1 AND offered_at < $2")
            .bind(since)
            .bind(until)
            .fetch_one(&self.reads)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

const NEXT_PAGE: &str = "SELECT call, line, number, offered_at, queued_at, connected_at, ended_at, queue, class, agent, pressed, \
    why, outcome, promise_made_at, promise_due_at, promise_settled, quote_settled, offers FROM records_told \
    WHERE offered_at >= $1 AND (offered_at > $1 OR call > $2) AND offered_at < $3 ORDER BY offered_at, call LIMIT $4";

#[derive(FromRow)]
struct Row {
    call: String,
    line: String,
    number: Option<String>,
    offered_at: i64,
    queued_at: Option<i64>,
    connected_at: Option<i64>,
    ended_at: i64,
    queue: Option<String>,
    class: Option<String>,
    agent: Option<String>,
    pressed: String,
    why: Option<String>,
    outcome: String,
    promise_made_at: Option<i64>,
    promise_due_at: Option<i64>,
    promise_settled: Option<String>,
    quote_settled: Option<String>,
    offers: i64,
}

impl Row {
    fn into_analysed(self) -> Result<AnalysedRecord, StoreError> {
        let promise = match (self.promise_made_at, self.promise_due_at) {
            (Some(made_at), Some(due_at)) => Some((made_at, due_at, settled(self.promise_settled.as_deref().unwrap_or("open"))?)),
            (None, _) | (_, None) => None,
        };
        Ok(AnalysedRecord {
            line: self.line,
            number: self.number,
            offered_at: self.offered_at,
            queued_at: self.queued_at,
            connected_at: self.connected_at,
            ended_at: self.ended_at,
            queue: self.queue,
            class: self.class.filter(|class| !class.is_empty()),
            agent: self.agent,
            pressed: self.pressed,
            why: self.why,
            outcome: words::outcome_from(&self.outcome).ok_or_else(|| foreign("an outcome", &self.outcome))?,
            promise,
            quote: self.quote_settled.as_deref().map(settled).transpose()?,
            offers: u32::try_from(self.offers).unwrap_or(0),
        })
    }
}

fn settled(word: &str) -> Result<Settled, StoreError> {
    words::settled_from(word).ok_or_else(|| foreign("a promise", word))
}
