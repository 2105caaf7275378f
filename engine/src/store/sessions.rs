//! Digests of sessions: who is signed in to the pages stays so over a restart. The sessions themselves are nowhere kept.

use super::{Store, StoreError, now_micros};
use sqlx::FromRow;

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    /// Its digest (SHA-256, hexadecimal).
    pub digest: String,
    /// The digest of the token it was opened with.
    pub token: String,
    /// When it ends, in microseconds since 1970 (UTC).
    pub expires_at: i64,
}

impl Store {
    /// Every session that has not expired. Those that have are let go.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sessions(&self) -> Result<Vec<SessionRow>, StoreError> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now_micros()).execute(&self.writes).await?;
        Ok(sqlx::query_as("SELECT digest, token, expires_at FROM sessions ORDER BY opened_at").fetch_all(&self.reads).await?)
    }

    /// Keeps a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (digest, token, opened_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(&session.digest)
            .bind(&session.token)
            .bind(now_micros())
            .bind(session.expires_at)
            .execute(&self.writes)
            .await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_session(&self, digest: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(digest).execute(&self.writes).await?;
        Ok(())
    }
}
