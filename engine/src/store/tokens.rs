//! Digests of bearer tokens. The tokens themselves are nowhere kept.

use super::{Store, StoreError, now_micros};

impl Store {
    /// Every token's digest (SHA-256, hexadecimal) and role.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tokens(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT digest, role FROM tokens ORDER BY created_at").fetch_all(&self.reads).await?)
    }

    /// Keeps a token's digest and role.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put_token(&self, digest: &str, role: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO tokens (digest, role, created_at) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING")
            .bind(digest)
            .bind(role)
            .bind(now_micros())
            .execute(&self.writes)
            .await?;
        Ok(())
    }
}
