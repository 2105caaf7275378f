//! Digests of bearer tokens. The tokens themselves are nowhere kept.

use super::{Store, StoreError, now_micros};
use sqlx::FromRow;

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct TokenRow {
    /// Its digest (SHA-256, hexadecimal).
    pub digest: String,
    /// What its bearer may do.
    pub role: String,
    /// The agent whose it is, by name; nothing if it is no one agent's.
    pub agent: Option<String>,
    /// What it is called.
    pub name: Option<String>,
}

impl Store {
    /// Every token, in the order in which they were made.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let found = sqlx::query_as("SELECT digest, role, agent, name FROM tokens ORDER BY created_at").fetch_all(&self.reads);
        Ok(found.await?)
    }

    /// Keeps a token; one of that digest stays as it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_token(&self, token: &TokenRow) -> Result<(), StoreError> {
        let insert = "INSERT INTO tokens (digest, role, agent, name, created_at) VALUES ($1, $2, $3, $4, $5) \
                      ON CONFLICT (digest) DO NOTHING";
        sqlx::query(insert)
            .bind(&token.digest)
            .bind(&token.role)
            .bind(&token.agent)
            .bind(&token.name)
            .bind(now_micros())
            .execute(&self.writes)
            .await?;
        Ok(())
    }

    /// Takes a token back, with the sessions that were opened with it.
    ///
    /// # Errors
    /// When the store fails; then nothing is taken back.
    pub async fn remove_token(&self, digest: &str) -> Result<(), StoreError> {
        let mut writing = self.writes.begin().await?;
        sqlx::query("DELETE FROM sessions WHERE token = $1").bind(digest).execute(&mut *writing).await?;
        sqlx::query("DELETE FROM tokens WHERE digest = $1").bind(digest).execute(&mut *writing).await?;
        Ok(writing.commit().await?)
    }
}
