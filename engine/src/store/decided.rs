//! Calls by what became of them, without who called: what the wallboard counts after a start.

use super::records::foreign;
use super::{Store, StoreError};
use crate::words;
use cabrank_core::{CallId, Outcome, Settled};
use sqlx::FromRow;

/// A recorded call, as far as a wallboard goes. Moments are microseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedRow {
    /// The call.
    pub call: CallId,
    /// The queue it was in last.
    pub queue: Option<String>,
    /// When it joined.
    pub queued_at: Option<i64>,
    /// When it was first connected.
    pub connected_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
    /// How it ended.
    pub outcome: Outcome,
    /// What became of what was said about the wait.
    pub quote: Settled,
    /// How often the caller was called back.
    pub callbacks: u32,
}

#[derive(FromRow)]
struct Row {
    call: String,
    queue: Option<String>,
    queued_at: Option<i64>,
    connected_at: Option<i64>,
    ended_at: i64,
    outcome: String,
    quote_settled: Option<String>,
    callbacks: i64,
}

impl Store {
    /// Calls that came in at `since` (microseconds since 1970) or later, newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn decided_since(&self, since: i64, count_max: u32) -> Result<Vec<DecidedRow>, StoreError> {
        let asked = "SELECT call, queue, queued_at, connected_at, ended_at, outcome, quote_settled, callbacks FROM records \
                     WHERE offered_at >= $1 ORDER BY offered_at DESC LIMIT $2";
        let found: Vec<Row> = sqlx::query_as(asked).bind(since).bind(i64::from(count_max)).fetch_all(&self.reads).await?;
        found.into_iter().map(Row::into_decided).collect()
    }
}

impl Row {
    fn into_decided(self) -> Result<DecidedRow, StoreError> {
        let quote = self.quote_settled.as_deref().unwrap_or("open");
        Ok(DecidedRow {
            call: self.call.parse().map_err(|_| foreign("a call id", &self.call))?,
            queue: self.queue,
            queued_at: self.queued_at,
            connected_at: self.connected_at,
            ended_at: self.ended_at,
            outcome: words::outcome_from(&self.outcome).ok_or_else(|| foreign("an outcome", &self.outcome))?,
            quote: words::settled_from(quote).ok_or_else(|| foreign("a quote", quote))?,
            callbacks: u32::try_from(self.callbacks).unwrap_or(0),
        })
    }
}
