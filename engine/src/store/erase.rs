//! Erasing a caller: nobody can tell any more who called, nor read what was said of it.
//!
//! What others are told by webhook is looked up when it is sent, so that nothing of a caller lies in the outbox.

use super::profiles::count_change;
use super::{Kind, Store, StoreError, in_time};
use crate::filing::said::ERASED;
use cabrank_core::Number;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::time::Duration;

/// How often SQLite's log is tried to be cut, which no reader may be in the middle of.
const LOG_ATTEMPTS_MAX: u32 = 20;
/// How long it is left alone in between.
const LOG_PAUSE: Duration = Duration::from_millis(100);

/// What was erased of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Whether there was a profile.
    pub profile: bool,
    /// How many records no longer say who called.
    pub records: u64,
    /// How many words on these records, and on the cases about them, no longer say what was said.
    pub words: u64,
    /// How many cases no longer say what the customer said.
    pub cases: u64,
    /// The count of changes of profiles after it.
    pub revision: i64,
}

impl Store {
    /// Erases what is known of who calls from a number: the profile, number and name in every record, and what people said of these
    /// calls in their own words; a case stays, for somebody has to answer for it. Of a file no page holds any of it any more; when a
    /// server's do not is the server's matter (VACUUM).
    ///
    /// # Errors
    /// When the store fails; it may be asked again.
    pub async fn erase(&self, number: &Number) -> Result<Erased, StoreError> {
        in_time(async {
            let mut writing = self.writes.begin().await?;
            let profiles = change(&mut writing, "DELETE FROM profiles WHERE number = $1", &number.0).await?;
            let (words, cases) = erase_words(&mut writing, "SELECT call FROM records WHERE number = $1", &number.0).await?;
            let records =
                change(&mut writing, "UPDATE records SET number = NULL, name = NULL WHERE number = $1", &number.0).await?;
            let revision = count_change(&mut writing).await?;
            writing.commit().await?;
            self.wipe_log().await?;
            Ok(Erased { profile: profiles > 0, records, words, cases, revision })
        })
        .await
    }

    /// SQLite's log holds pages as they were until it is written back and cut.
    pub(super) async fn wipe_log(&self) -> Result<(), StoreError> {
        for _ in 0..LOG_ATTEMPTS_MAX {
            let was_busy = match self.kind {
                Kind::Sqlite => {
                    sqlx::query_scalar::<_, i32>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writes).await? != 0
                }
                Kind::Postgres => false,
            };
            if !was_busy {
                return Ok(());
            }
            tokio::time::sleep(LOG_PAUSE).await;
        }
        Err(StoreError::Silent(LOG_PAUSE * LOG_ATTEMPTS_MAX))
    }
}

/// Erases what was said of a call whose caller was forgotten before its record came to the store.
pub(super) async fn erase_words_of(writing: &mut AnyConnection, call: &str) -> sqlx::Result<()> {
    erase_words(writing, "SELECT CAST($1 AS TEXT)", call).await.map(drop)
}

/// Returns how many words and cases that were. `calls` selects the calls by `by`.
async fn erase_words(writing: &mut AnyConnection, calls: &str, by: &str) -> sqlx::Result<(u64, u64)> {
    let cases = format!("SELECT case_id FROM case_calls WHERE call IN ({calls})");
    let about = [
        ("amendments", "word", "'resolution', 'follow_up'", format!("call IN ({calls})")),
        ("amendments", "detail", "'escalated'", format!("call IN ({calls})")),
        ("case_words", "word", "'remark', 'closed', 'reopened', 'thanked'", format!("case_id IN ({cases})")),
        ("case_words", "detail", "'opened', 'escalated'", format!("case_id IN ({cases})")),
    ];
    let mut words = 0;
    for (table, column, kinds, theirs) in about {
        let statement = format!(
            "UPDATE {table} SET {column} = '{ERASED}' \
             WHERE kind IN ({kinds}) AND {column} <> '' AND {column} <> '{ERASED}' AND {theirs}"
        );
        words += change(writing, statement, by).await?;
    }
    let statement = format!(
        "UPDATE cases SET said = '{ERASED}', feedback = CASE WHEN feedback IS NULL THEN NULL ELSE '{ERASED}' END \
         WHERE (said <> '{ERASED}' OR feedback <> '{ERASED}') AND id IN ({cases})"
    );
    Ok((words, change(writing, statement, by).await?))
}

/// Returns how many rows it was.
async fn change(writing: &mut AnyConnection, statement: impl Into<String>, by: &str) -> sqlx::Result<u64> {
    // Of our own making: what comes from outside is bound.
    Ok(sqlx::query(AssertSqlSafe(statement.into())).bind(by.to_owned()).execute(writing).await?.rows_affected())
}
