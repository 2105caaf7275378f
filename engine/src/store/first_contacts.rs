//! First-contact resolution: of those who were served at their first call, how many needed no second one.

use super::{Store, StoreError, in_time};
use sqlx::FromRow;

/// First contacts of one queue.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FirstContacts {
    /// The queue that they were in last; nothing: who was served without waiting in any.
    pub queue: Option<String>,
    /// How many there were.
    pub contacts: i64,
    /// After how many of them nobody called again in time.
    pub resolved: i64,
}

impl Store {
    /// First contacts that came in from `since` on and before `until` (microseconds since 1970), by queue: calls that were
    /// served, from a number that had not called for `within_us` microseconds. One is resolved if that number did not call again
    /// within as long, for whatever reason and on whatever line.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_contacts(&self, since: i64, until: i64, within_us: i64) -> Result<Vec<FirstContacts>, StoreError> {
        let asked = sqlx::query_as(BY_QUEUE).bind(since).bind(until).bind(within_us);
        in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await
    }
}

const BY_QUEUE: &str = "SELECT r.queue AS queue, COUNT(*) AS contacts, SUM(CASE WHEN EXISTS (\
    SELECT 1 FROM records later WHERE later.number = r.number AND later.call <> r.call \
    AND later.offered_at >= r.offered_at AND later.offered_at <= r.offered_at + $3) THEN 0 ELSE 1 END) AS resolved \
    FROM records r WHERE r.offered_at >= $1 AND r.offered_at < $2 AND r.number IS NOT NULL \
    AND r.outcome IN ('served_instantly', 'served_by_agent') AND NOT EXISTS (\
    SELECT 1 FROM records before WHERE before.number = r.number AND before.call <> r.call \
    AND before.offered_at < r.offered_at AND before.offered_at >= r.offered_at - $3) \
    GROUP BY r.queue ORDER BY r.queue";
