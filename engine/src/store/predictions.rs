//! What was foreseen of changes of thresholds, and what came of their queues' calls.

use super::records::foreign;
use super::{Store, StoreError, now_micros};
use crate::board::Ends;
use crate::foresight::Foreseen;
use sqlx::FromRow;

/// The calls of one queue's line, counted. Only calls that are decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// How their waits ended.
    pub ends: Ends,
    /// Waited on the line, however it ended: of how many `waited_us` is the sum.
    pub waited: u64,
    /// The waits of those, in microseconds.
    pub waited_us: u64,
}

/// Which calls are counted, and by which definitions. All in microseconds; moments since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhichLine {
    /// The queue's name.
    pub queue: String,
    /// Who joined then or later ...
    pub from: i64,
    /// ... and before that.
    pub until: i64,
    /// The service level's time.
    pub within_us: i64,
    /// Who hung up sooner did not really wait.
    pub short_us: i64,
}

#[derive(FromRow)]
struct Row {
    offered: i64,
    answered: i64,
    within: i64,
    abandoned: i64,
    abandoned_short: i64,
    abandoned_late: i64,
    waited: i64,
    waited_us: i64,
}

/// Sums are cast, since what PostgreSQL makes of them is no integer.
const COUNTS: &str = "\
    WITH line AS (
        SELECT connected_at IS NOT NULL AS taken, callbacks > 0 AS back, outcome, COALESCE(connected_at, ended_at) - queued_at AS wait
        FROM records
        WHERE queue = $1 AND queued_at >= $2 AND queued_at < $3
          AND (connected_at IS NOT NULL OR outcome NOT IN ('joined', 'served_instantly', 'left_in_menu', 'closed', 'refused'))
    )
    SELECT COUNT(*) AS offered,
        CAST(COALESCE(SUM(CASE WHEN taken THEN 1 ELSE 0 END), 0) AS BIGINT) AS answered,
        CAST(COALESCE(SUM(CASE WHEN taken AND NOT back AND wait <= $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS within,
        CAST(COALESCE(SUM(CASE WHEN NOT taken AND outcome = 'abandoned' THEN 1 ELSE 0 END), 0) AS BIGINT) AS abandoned,
        CAST(COALESCE(SUM(CASE WHEN NOT taken AND outcome = 'abandoned' AND wait < $5 THEN 1 ELSE 0 END), 0) AS BIGINT)
            AS abandoned_short,
        CAST(COALESCE(SUM(CASE WHEN NOT taken AND outcome = 'abandoned' AND wait > $6 THEN 1 ELSE 0 END), 0) AS BIGINT)
            AS abandoned_late,
        CAST(COALESCE(SUM(CASE WHEN back THEN 0 ELSE 1 END), 0) AS BIGINT) AS waited,
        CAST(COALESCE(SUM(CASE WHEN back THEN 0 ELSE wait END), 0) AS BIGINT) AS waited_us
    FROM line";

impl Store {
    /// Keeps what was foreseen of the change of that number; of several the first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_prediction(&self, number: u64, foreseen: &Foreseen) -> Result<(), StoreError> {
        // Numbers and texts only: there is no way for this to fail.
        let told = serde_json::to_string(foreseen).unwrap_or_default();
        sqlx::query("INSERT INTO predictions (number, made_at, foreseen) VALUES ($1, $2, $3) ON CONFLICT (number) DO NOTHING")
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .bind(now_micros())
            .bind(told)
            .execute(&self.writes)
            .await?;
        Ok(())
    }

    /// What was foreseen of the changes from one number to another, each with its number, newest first.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn predictions(&self, from: u64, to: u64) -> Result<Vec<(u64, Foreseen)>, StoreError> {
        let asked = "SELECT number, foreseen FROM predictions WHERE number >= $1 AND number <= $2 ORDER BY number DESC";
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let found: Vec<(i64, String)> = sqlx::query_as(asked).bind(number(from)).bind(number(to)).fetch_all(&self.reads).await?;
        let kept = |(number, told): (i64, String)| {
            let foreseen = serde_json::from_str(&told).map_err(|_| foreign("a prediction", &told))?;
            Ok((u64::try_from(number).unwrap_or(0), foreseen))
        };
        found.into_iter().map(kept).collect()
    }

    /// What became of a queue's calls. Those that are not recorded yet are not counted.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn line_counts(&self, which: &WhichLine) -> Result<LineCounts, StoreError> {
        let asked = sqlx::query_as(COUNTS).bind(&which.queue).bind(which.from).bind(which.until);
        let row: Row = asked.bind(which.within_us).bind(which.short_us).bind(which.within_us).fetch_one(&self.reads).await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(LineCounts {
            ends: Ends {
                offered: count(row.offered),
                answered: count(row.answered),
                within: count(row.within),
                abandoned: count(row.abandoned),
                abandoned_short: count(row.abandoned_short),
                abandoned_late: count(row.abandoned_late),
            },
            waited: count(row.waited),
            waited_us: count(row.waited_us),
        })
    }
}
