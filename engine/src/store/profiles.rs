//! Profiles as they are kept.

use super::upsert::{Statement, Table};
use super::{Store, StoreError, in_time, now_micros};
use cabrank_core::{Number, Profile, Text};
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

/// Profiles that share a statement.
const TOGETHER: usize = 128;

impl Store {
    /// Every profile, by number.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn profiles(&self) -> Result<Vec<(Number, Profile)>, StoreError> {
        let found: Vec<Row> = sqlx::query_as("SELECT number, name, language, class, preferred_agent, fields FROM profiles")
            .fetch_all(&self.reads)
            .await?;
        let mut profiles = found.into_iter().map(Row::into_profile).collect::<Result<Vec<_>, _>>()?;
        // Here, since every database sorts texts in a way of its own.
        profiles.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(profiles)
    }

    /// Keeps these profiles, no number twice, each in the place of an older one of its number: all or none. Returns the
    /// count of changes of profiles after it.
    ///
    /// # Errors
    /// When the store fails; then nothing has changed.
    pub async fn put_profiles(&self, profiles: &[(Number, Profile)]) -> Result<i64, StoreError> {
        self.put_profiles_telling(profiles, |_| {}).await
    }

    /// The same, and tells how many more have gone as it goes; none is kept before all are.
    ///
    /// # Errors
    /// When the store fails; then nothing has changed.
    pub async fn put_profiles_telling(
        &self,
        profiles: &[(Number, Profile)],
        mut tell: impl FnMut(u64) + Send,
    ) -> Result<i64, StoreError> {
        let mut writing = self.writes.begin().await?;
        let changed_at = now_micros();
        for some in profiles.chunks(TOGETHER) {
            PROFILES.put(&mut writing, some, |row, (number, profile)| bound(row, number, profile, changed_at)).await?;
            tell(some.len() as u64);
        }
        let revision = count_change(&mut writing).await?;
        writing.commit().await?;
        Ok(revision)
    }

    /// A number that grows whenever profiles change, whoever changed them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn profiles_revision(&self) -> Result<i64, StoreError> {
        let asked = sqlx::query_scalar("SELECT revision FROM profiles_revision");
        in_time(async { Ok(asked.fetch_one(&self.reads).await?) }).await
    }
}

const PROFILES: Table<7> = Table {
    name: "profiles",
    columns: ["number", "name", "language", "class", "preferred_agent", "fields", "changed_at"],
    kept: &[],
    together: TOGETHER,
};

fn bound(statement: Statement, number: &Number, profile: &Profile, changed_at: i64) -> Statement {
    let texts = [&number.0, &profile.name, &profile.language, &profile.class, &profile.preferred_agent];
    let statement = texts.into_iter().fold(statement, |statement, text| statement.bind(text.to_string()));
    statement.bind(fields_json(profile)).bind(changed_at)
}

pub(super) async fn count_change(writing: &mut AnyConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("UPDATE profiles_revision SET revision = revision + 1 RETURNING revision").fetch_one(writing).await
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
