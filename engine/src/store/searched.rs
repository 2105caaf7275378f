//! Records by what they are: the search of the calls' page, and the last one of an agent.

use super::records::Row;
use super::{KeptRecord, Store, StoreError, in_time};

/// Which records; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhichRecords {
    /// Came in then or later, in microseconds since 1970 (UTC).
    pub since: Option<i64>,
    /// Came in before then, in microseconds since 1970 (UTC).
    pub until: Option<i64>,
    /// From a number with these characters in it.
    pub number: Option<String>,
    /// In that queue last.
    pub queue: Option<String>,
    /// Taken by that agent last.
    pub agent: Option<String>,
    /// Ended so, by the stable word for it.
    pub outcome: Option<&'static str>,
}

impl Store {
    /// Records, newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn records(&self, which: &WhichRecords, count_max: u32) -> Result<Vec<KeptRecord>, StoreError> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let asked = sqlx::query_as(LIST)
            .bind(which.since.unwrap_or(i64::MIN))
            .bind(which.until.unwrap_or(i64::MAX))
            .bind(text(&which.number))
            .bind(text(&which.queue))
            .bind(text(&which.agent))
            .bind(which.outcome.unwrap_or_default())
            .bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        found.into_iter().map(Row::into_kept).collect()
    }

    /// The call that ended last of those that this agent took, if it ended since then (microseconds since 1970).
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn last_of_agent(&self, agent: &str, since: i64) -> Result<Option<KeptRecord>, StoreError> {
        let asked = sqlx::query_as(LAST).bind(agent.to_owned()).bind(since);
        let found: Option<Row> = in_time(async { Ok(asked.fetch_optional(&self.reads).await?) }).await?;
        found.map(Row::into_kept).transpose()
    }
}

const LAST: &str = "SELECT * FROM records_told WHERE agent = $1 AND ended_at >= $2 AND connected_at IS NOT NULL \
    ORDER BY ended_at DESC LIMIT 1";

/// A number has characters in it if it is another one without them: unlike LIKE, that takes no character for a pattern.
const LIST: &str = "SELECT * FROM records_told WHERE offered_at >= $1 AND offered_at < $2 \
    AND ($3 = '' OR REPLACE(number, $3, '') <> number) AND ($4 = '' OR queue = $4) AND ($5 = '' OR agent = $5) \
    AND ($6 = '' OR outcome = $6) ORDER BY offered_at DESC, call LIMIT $7";
