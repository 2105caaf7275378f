//! What the store should hold and does not: it was given up, or a crash came before it was written.

use super::entry::{Entry, RecordRow};
use super::{Store, StoreError, Writer, in_time, now_micros};
use std::collections::HashSet;

/// Calls looked for in one statement.
const CALLS_TOGETHER: usize = 512;

impl Writer {
    /// Writes those of these entries that are not kept, and says how many. When it comes back all of them are.
    ///
    /// # Errors
    /// When the store fails; nothing is written then.
    pub async fn make_up(&self, entries: &[Entry]) -> Result<usize, StoreError> {
        let kept = self.store.kept_of(&self.rows(entries).records).await?;
        let lacking = || {
            let mut rows = self.rows(entries);
            rows.records.retain(|row| !kept.contains(&row.call));
            rows.tell(&self.hooks, now_micros());
            rows
        };
        let rows = lacking();
        let count = rows.count();
        if count > 0 || !rows.outbox.is_empty() {
            self.store.put_rows_made(lacking).await?;
        }
        Ok(count)
    }
}

impl Store {
    /// Which of these records are kept. Looked for where it is in nobody's way: readers do not wait for writers.
    async fn kept_of(&self, rows: &[RecordRow]) -> Result<HashSet<String>, StoreError> {
        let mut kept = HashSet::new();
        for rows in rows.chunks(CALLS_TOGETHER) {
            let places: Vec<String> = (1..=rows.len()).map(|place| format!("${place}")).collect();
            let statement = format!("SELECT call FROM records WHERE call IN ({})", places.join(", "));
            let query = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(statement));
            let query = rows.iter().fold(query, |query, row| query.bind(row.call.clone()));
            kept.extend(in_time(async { Ok(query.fetch_all(&self.reads).await?) }).await?);
        }
        Ok(kept)
    }
}
