//! Changes of thresholds as they are kept: what the journal says of them, once more.

use super::entry::{ChangeRow, ChangedQueue};
use super::records::foreign;
use super::{Store, StoreError};
use sqlx::{AnyConnection, FromRow};

/// A change of thresholds as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptChange {
    /// Its number: 1 is the first.
    pub number: u64,
    /// When it was made, in microseconds since 1970 (UTC).
    pub made_at: i64,
    /// Who made it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The queues.
    pub queues: Vec<ChangedQueue>,
}

impl Store {
    /// Changes with lower numbers than `before`, newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn changes(&self, before: u64, count_max: u32) -> Result<Vec<KeptChange>, StoreError> {
        let found: Vec<Row> = sqlx::query_as(
            "SELECT number, made_at, made_by, reason, queues FROM changes WHERE number < $1 ORDER BY number DESC LIMIT $2",
        )
        .bind(i64::try_from(before).unwrap_or(i64::MAX))
        .bind(i64::from(count_max))
        .fetch_all(&self.reads)
        .await?;
        found.into_iter().map(Row::into_kept).collect()
    }

    /// The change of that number, if it is kept.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn change(&self, number: u64) -> Result<Option<KeptChange>, StoreError> {
        let newest = self.changes(number.saturating_add(1), 1).await?.pop();
        Ok(newest.filter(|change| change.number == number))
    }
}

pub(super) async fn put(writing: &mut AnyConnection, row: &ChangeRow) -> sqlx::Result<()> {
    let upsert = "INSERT INTO changes (number, made_at, made_by, reason, queues) VALUES ($1, $2, $3, $4, $5) \
                  ON CONFLICT (number) DO UPDATE SET made_at = excluded.made_at, made_by = excluded.made_by, \
                  reason = excluded.reason, queues = excluded.queues";
    sqlx::query(upsert)
        .bind(row.number)
        .bind(row.made_at)
        .bind(&row.made_by)
        .bind(&row.reason)
        .bind(&row.queues)
        .execute(writing)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    number: i64,
    made_at: i64,
    made_by: String,
    reason: String,
    queues: String,
}

impl Row {
    fn into_kept(self) -> Result<KeptChange, StoreError> {
        Ok(KeptChange {
            number: u64::try_from(self.number).unwrap_or(0),
            made_at: self.made_at,
            by: self.made_by,
            reason: self.reason,
            queues: serde_json::from_str(&self.queues).map_err(|_| foreign("a change", &self.queues))?,
        })
    }
}
