//! What is too old to be kept: records with all that was said of them, and cases that were closed.

use super::entry::storable;
use super::{Store, StoreError, in_time};
use cabrank_core::Text;
use sqlx::{AnyConnection, AssertSqlSafe};
use std::collections::HashSet;

/// Records or cases that go in one transaction: whoever writes meanwhile waits no longer than for these.
const TOGETHER: i64 = 256;

/// What was too old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// Records.
    pub records: u64,
    /// Cases.
    pub cases: u64,
}

/// A kind of thing that goes, and what goes with it.
struct Kind {
    /// Finds the oldest.
    old: &'static str,
    /// Where the rest of them lies, the thing itself last: a table, and its column for the id.
    tables: &'static [(&'static str, &'static str)],
}

const CASES: Kind = Kind {
    old: "SELECT id FROM cases WHERE state = 'closed' AND closed_at < $1 ORDER BY closed_at LIMIT $2",
    tables: &[("outbox", "subject"), ("case_words", "case_id"), ("case_calls", "case_id"), ("cases", "id")],
};

/// Whoever answers for a case needs the calls that it is about.
const RECORDS: Kind = Kind {
    old: "SELECT call FROM records WHERE offered_at < $1 AND call NOT IN (SELECT call FROM case_calls) \
          ORDER BY offered_at LIMIT $2",
    tables: &[("outbox", "subject"), ("amendments", "call"), ("records", "call")],
};

/// Words whose record or case has gone, and that a replay has written again.
const STRAY: [&str; 2] = [
    "DELETE FROM amendments WHERE said_at < $1 AND call NOT IN (SELECT call FROM records)",
    "DELETE FROM case_words WHERE said_at < $1 AND case_id NOT IN (SELECT id FROM cases)",
];

impl Store {
    /// Removes the records of calls that came in before that moment, and the cases that were closed before it (microseconds since
    /// 1970), with their history. A record stays as long as a case is about it. Of a file no page holds them any more.
    ///
    /// # Errors
    /// When the store fails; it may be asked again.
    pub async fn remove_before(&self, moment: i64) -> Result<Aged, StoreError> {
        // Cases first: they keep records.
        let (cases, records) = (self.remove_all(&CASES, moment).await?, self.remove_all(&RECORDS, moment).await?);
        for statement in STRAY {
            in_time(async { Ok(sqlx::query(statement).bind(moment).execute(&self.writes).await?) }).await?;
        }
        if cases + records > 0 {
            self.wipe_log().await?;
        }
        Ok(Aged { records, cases })
    }

    /// Which of these numbers a profile or a record names.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn named_of(&self, numbers: &[Text]) -> Result<HashSet<Text>, StoreError> {
        let mut named = HashSet::new();
        for some in numbers.chunks(TOGETHER as usize) {
            let places: Vec<String> = (1..=some.len()).map(|place| format!("${place}")).collect();
            let places = places.join(", ");
            let statement = format!(
                "SELECT number FROM profiles WHERE number IN ({places}) \
                 UNION SELECT number FROM records WHERE number IN ({places})"
            );
            let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(statement));
            let query = some.iter().fold(query, |query, number| query.bind(storable(number)));
            named.extend(in_time(async { Ok(query.fetch_all(&self.reads).await?) }).await?.into_iter().map(Text::from));
        }
        Ok(named)
    }

    async fn remove_all(&self, kind: &Kind, moment: i64) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let some = in_time(async {
                let mut writing = self.writes.begin().await?;
                let old = sqlx::query_scalar(kind.old).bind(moment).bind(TOGETHER).fetch_all(&mut *writing).await?;
                remove(&mut writing, kind, &old).await?;
                writing.commit().await?;
                Ok(old.len() as u64)
            });
            match some.await? {
                0 => return Ok(removed),
                some => removed += some,
            }
        }
    }
}

async fn remove(writing: &mut AnyConnection, kind: &Kind, ids: &[String]) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    for (table, column) in kind.tables {
        let statement = format!("DELETE FROM {table} WHERE {column} IN ({})", places.join(", "));
        let query = sqlx::query(AssertSqlSafe(statement));
        ids.iter().fold(query, |query, id| query.bind(id.clone())).execute(&mut *writing).await?;
    }
    Ok(())
}
