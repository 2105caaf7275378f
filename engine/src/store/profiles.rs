//! Profiles as they are kept.

use super::{Store, StoreError, now_micros};
use cabrank_core::{Number, Profile, Text};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeMap;

/// What was erased of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Whether there was a profile.
    pub profile: bool,
    /// How many records no longer say who called.
    pub records: u64,
}

impl Store {
    /// Every profile, by number.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn profiles(&self) -> Result<Vec<(Number, Profile)>, StoreError> {
        let found: Vec<Row> =
            sqlx::query_as("SELECT number, name, language, class, preferred_agent, fields FROM profiles ORDER BY number")
                .fetch_all(&self.reads)
                .await?;
        found.into_iter().map(Row::into_profile).collect()
    }

    /// Keeps these profiles, each in the place of an older one of its number: all or none.
    ///
    /// # Errors
    /// When the store fails; then nothing has changed.
    pub async fn put_profiles(&self, profiles: &[(Number, Profile)]) -> Result<(), StoreError> {
        self.put_profiles_telling(profiles, || {}).await
    }

    /// The same, and tells of each one as it goes; none is kept before all are.
    ///
    /// # Errors
    /// When the store fails; then nothing has changed.
    pub async fn put_profiles_telling(
        &self,
        profiles: &[(Number, Profile)],
        mut tell: impl FnMut() + Send,
    ) -> Result<(), StoreError> {
        let mut writing = self.writes.begin().await?;
        let changed_at = now_micros();
        for (number, profile) in profiles {
            put(&mut writing, number, profile, changed_at).await?;
            tell();
        }
        count_change(&mut writing).await?;
        Ok(writing.commit().await?)
    }

    /// Erases what is known of who calls from a number: the profile, and number and name in every record.
    ///
    /// # Errors
    /// When the store fails; then nothing is erased.
    pub async fn erase(&self, number: &Number) -> Result<Erased, StoreError> {
        let mut writing = self.writes.begin().await?;
        let profiles =
            sqlx::query("DELETE FROM profiles WHERE number = $1").bind(&*number.0).execute(&mut *writing).await?.rows_affected();
        let records = sqlx::query("UPDATE records SET number = NULL, name = NULL WHERE number = $1")
            .bind(&*number.0)
            .execute(&mut *writing)
            .await?
            .rows_affected();
        count_change(&mut writing).await?;
        writing.commit().await?;
        Ok(Erased { profile: profiles > 0, records })
    }

    /// A number that grows whenever profiles change, whoever changed them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profiles_revision(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT revision FROM profiles_revision").fetch_one(&self.reads).await?)
    }
}

async fn put(writing: &mut SqliteConnection, number: &Number, profile: &Profile, changed_at: i64) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO profiles (number, name, language, class, preferred_agent, fields, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (number) DO UPDATE SET name = excluded.name, language = excluded.language, class = excluded.class, \
         preferred_agent = excluded.preferred_agent, fields = excluded.fields, changed_at = excluded.changed_at",
    )
    .bind(&*number.0)
    .bind(&*profile.name)
    .bind(&*profile.language)
    .bind(&*profile.class)
    .bind(&*profile.preferred_agent)
    .bind(fields_json(profile))
    .bind(changed_at)
    .execute(writing)
    .await?;
    Ok(())
}

async fn count_change(writing: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query("UPDATE profiles_revision SET revision = revision + 1").execute(writing).await?;
    Ok(())
}

fn fields_json(profile: &Profile) -> String {
    let object: serde_json::Map<_, _> =
        profile.fields.iter().map(|(name, value)| (name.to_string(), value.to_string().into())).collect();
    serde_json::Value::Object(object).to_string()
}

#[derive(FromRow)]
struct Row {
    number: String,
    name: String,
    language: String,
    class: String,
    preferred_agent: String,
    fields: String,
}

impl Row {
    fn into_profile(self) -> Result<(Number, Profile), StoreError> {
        let fields: BTreeMap<String, String> =
            serde_json::from_str(&self.fields).map_err(|_| StoreError::Foreign { what: "a profile with fields".to_owned() })?;
        let profile = Profile {
            name: self.name.into(),
            language: self.language.into(),
            class: self.class.into(),
            preferred_agent: self.preferred_agent.into(),
            fields: fields.into_iter().map(|(name, value)| (Text::from(name), Text::from(value))).collect(),
        };
        Ok((Number(self.number.into()), profile))
    }
}
