//! Cases: their words are what is kept; a case as it is now follows from them, in whatever order they were written.

use super::entry::Rows;
use super::history::KeptWord;
use super::records::foreign;
use super::said::CaseWordRow;
use super::upsert::{Statement, Table};
use super::{Store, StoreError, in_time};
use crate::epoch::Epoch;
use crate::words;
use cabrank_core::{CallId, CaseId, CaseKind, Filing, Matter, Number, Text, Tick};
use sqlx::{AnyConnection, FromRow};
use std::collections::{BTreeMap, BTreeSet};

/// A case as it is kept. All moments are microseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptCase {
    /// The case.
    pub case: CaseId,
    /// What kind.
    pub kind: CaseKind,
    /// Whether it is open.
    pub open: bool,
    /// What the customer said.
    pub said: String,
    /// When it was opened.
    pub opened_at: i64,
    /// By whom.
    pub opened_by: String,
    /// Who owns it now.
    pub owner: Option<String>,
    /// The level that it was raised to; 0 at first.
    pub level: u8,
    /// By when it has to be closed.
    pub due_at: Option<i64>,
    /// The time that passed while it was open, once it was raised for that.
    pub late_of: Option<i64>,
    /// What the customer was told when it was closed.
    pub feedback: Option<String>,
    /// When it was closed.
    pub closed_at: Option<i64>,
    /// When something was said of it last.
    pub changed_at: i64,
    /// How many words were said of it.
    pub revision: u64,
    /// The calls that it is about.
    pub calls: Vec<CallId>,
}

/// Which cases are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhichCases {
    /// Open ones, or closed ones.
    pub open: Option<bool>,
    /// Of that owner.
    pub owner: Option<String>,
    /// About that call.
    pub call: Option<CallId>,
    /// Opened then or later, in microseconds since 1970 (UTC).
    pub since: Option<i64>,
    /// Open, and to be closed before that moment, in microseconds since 1970 (UTC).
    pub due_before: Option<i64>,
    /// Behind a case in the list: opened then, and its id.
    pub behind: Option<(i64, CaseId)>,
}

impl Store {
    /// A case, if there is one.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn case(&self, case: CaseId) -> Result<Option<KeptCase>, StoreError> {
        let asked = sqlx::query_as(ONE).bind(case.to_string());
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        Ok(self.with_calls(found).await?.pop())
    }

    /// Cases, newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn cases(&self, which: &WhichCases, count_max: u32) -> Result<Vec<KeptCase>, StoreError> {
        let state = which.open.map_or("", state);
        let (behind, behind_id) =
            which.behind.map_or((i64::MAX, String::new()), |(opened_at, case)| (opened_at, case.to_string()));
        let asked = sqlx::query_as(LIST)
            .bind(state)
            .bind(which.owner.clone().unwrap_or_default())
            .bind(which.call.map(|call| call.to_string()).unwrap_or_default())
            .bind(which.since.unwrap_or(i64::MIN))
            .bind(which.due_before.unwrap_or(i64::MIN))
            .bind(behind)
            .bind(behind_id)
            .bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        self.with_calls(found).await
    }

    /// The open cases about calls from that number, newest first, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn open_cases_of(&self, number: &Number, count_max: u32) -> Result<Vec<KeptCase>, StoreError> {
        let asked = sqlx::query_as(OPEN_OF_NUMBER).bind(number.0.to_string()).bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        self.with_calls(found).await
    }

    /// Open cases whose time is over by `now` (microseconds since 1970) and that were not raised for it yet, at most so many.
    ///
    /// # Errors
    /// When the store fails, or holds what this version does not know.
    pub async fn late_cases(&self, now: i64, count_max: u32) -> Result<Vec<KeptCase>, StoreError> {
        let asked = sqlx::query_as(LATE).bind(now).bind(i64::from(count_max));
        let found: Vec<Row> = in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await?;
        found.into_iter().map(|row| row.into_kept(Vec::new())).collect()
    }

    /// Everything that was said of a case, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn words_of_case(&self, case: CaseId) -> Result<Vec<KeptWord>, StoreError> {
        let asked = sqlx::query_as(WORDS).bind(case.to_string());
        in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await
    }

    /// Whether that case was opened by this very matter, whenever that was; nothing if there is no such case.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn is_case_of(&self, case: CaseId, matter: &Matter, epoch: Epoch) -> Result<Option<bool>, StoreError> {
        let words = self.words_of_case(case).await?;
        let Some(first) = words.first() else { return Ok(None) };
        let then = words.iter().take_while(|word| word.said_at == first.said_at);
        let mut asked = Rows::default();
        asked.add(&Filing { at: Tick::default(), matter: matter.clone(), by: Text::default() }, epoch);
        Ok(Some(then.eq(asked.case_words.iter())))
    }

    async fn with_calls(&self, rows: Vec<Row>) -> Result<Vec<KeptCase>, StoreError> {
        let mut calls = self.calls_of(&rows).await?;
        rows.into_iter()
            .map(|row| {
                let calls = calls.remove(&row.id).unwrap_or_default();
                row.into_kept(calls)
            })
            .collect()
    }

    async fn calls_of(&self, rows: &[Row]) -> Result<BTreeMap<String, Vec<CallId>>, StoreError> {
        let mut calls: BTreeMap<String, Vec<CallId>> = BTreeMap::new();
        if rows.is_empty() {
            return Ok(calls);
        }
        let places: Vec<String> = (1..=rows.len()).map(|place| format!("${place}")).collect();
        let statement = format!("SELECT case_id, call FROM case_calls WHERE case_id IN ({}) ORDER BY call", places.join(", "));
        let asked = sqlx::query_as::<_, (String, String)>(sqlx::AssertSqlSafe(statement));
        let asked = rows.iter().fold(asked, |asked, row| asked.bind(row.id.clone()));
        for (case, call) in in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await? {
            calls.entry(case).or_default().push(call.parse().map_err(|_| foreign("a call id", &call))?);
        }
        Ok(calls)
    }
}

/// Writes these words, and the cases that follow from them and from what was there.
pub(super) async fn put(writing: &mut AnyConnection, rows: &[CaseWordRow]) -> sqlx::Result<()> {
    for row in rows {
        put_word(writing, row).await?;
    }
    let touched: BTreeSet<&str> = rows.iter().map(|row| row.case.as_str()).collect();
    for case in touched {
        let words: Vec<KeptWord> = sqlx::query_as(WORDS).bind(case.to_owned()).fetch_all(&mut *writing).await?;
        // The word that opened it may still be on its way.
        if let Some(row) = Row::of(case, &words) {
            CASES.put(writing, &[row], bound).await?;
        }
    }
    Ok(())
}

async fn put_word(writing: &mut AnyConnection, row: &CaseWordRow) -> sqlx::Result<()> {
    let insert = "INSERT INTO case_words (case_id, said_at, place, kind, word, detail, due_at, said_by) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (case_id, said_at, place, kind, word) DO NOTHING";
    sqlx::query(insert)
        .bind(&row.case)
        .bind(row.said_at)
        .bind(row.place)
        .bind(row.said.kind)
        .bind(&row.said.word)
        .bind(&row.said.detail)
        .bind(row.said.due_at)
        .bind(&row.said_by)
        .execute(&mut *writing)
        .await?;
    if row.said.kind == "linked" {
        let insert = "INSERT INTO case_calls (case_id, call) VALUES ($1, $2) ON CONFLICT (case_id, call) DO NOTHING";
        sqlx::query(insert).bind(&row.case).bind(&row.said.word).execute(writing).await?;
    }
    Ok(())
}

const WORDS: &str = "SELECT said_at, said_by, kind, word, detail, due_at FROM case_words WHERE case_id = $1 \
    ORDER BY said_at, place, kind, word";

const ONE: &str = "SELECT * FROM cases WHERE id = $1";

const LIST: &str = "SELECT * FROM cases WHERE ($1 = '' OR state = $1) AND ($2 = '' OR owner = $2) \
    AND ($3 = '' OR id IN (SELECT case_id FROM case_calls WHERE call = $3)) AND opened_at >= $4 \
    AND ($5 < 0 OR (state = 'open' AND due_at < $5)) AND (opened_at < $6 OR (opened_at = $6 AND id < $7)) \
    ORDER BY opened_at DESC, id DESC LIMIT $8";

const OPEN_OF_NUMBER: &str = "SELECT * FROM cases WHERE state = 'open' AND id IN (SELECT k.case_id FROM case_calls k \
    JOIN records r ON r.call = k.call WHERE r.number = $1) ORDER BY opened_at DESC, id DESC LIMIT $2";

const LATE: &str = "SELECT * FROM cases WHERE state = 'open' AND due_at < $1 AND (late_of IS NULL OR late_of <> due_at) \
    ORDER BY due_at, id LIMIT $2";

const CASES: Table<14> = Table {
    name: "cases",
    columns: [
        "id",
        "kind",
        "state",
        "said",
        "opened_at",
        "opened_by",
        "owner",
        "level",
        "due_at",
        "late_of",
        "feedback",
        "closed_at",
        "changed_at",
        "revision",
    ],
    kept: &[],
    together: 32,
};

fn bound(statement: Statement, row: &Row) -> Statement {
    statement
        .bind(row.id.clone())
        .bind(row.kind.clone())
        .bind(row.state.clone())
        .bind(row.said.clone())
        .bind(row.opened_at)
        .bind(row.opened_by.clone())
        .bind(row.owner.clone())
        .bind(row.level)
        .bind(row.due_at)
        .bind(row.late_of)
        .bind(row.feedback.clone())
        .bind(row.closed_at)
        .bind(row.changed_at)
        .bind(row.revision)
}

/// A row of the table `cases`.
#[derive(Debug, FromRow)]
struct Row {
    id: String,
    kind: String,
    state: String,
    said: String,
    opened_at: i64,
    opened_by: String,
    owner: Option<String>,
    level: i64,
    due_at: Option<i64>,
    late_of: Option<i64>,
    feedback: Option<String>,
    closed_at: Option<i64>,
    changed_at: i64,
    revision: i64,
}

impl Row {
    /// What these words come to, oldest first; nothing without the word that opened the case.
    fn of(case: &str, words: &[KeptWord]) -> Option<Row> {
        let opened = words.iter().find(|word| word.kind == "opened")?;
        let mut row = Row {
            id: case.to_owned(),
            kind: opened.word.clone(),
            state: state(true).to_owned(),
            said: opened.detail.clone(),
            opened_at: opened.said_at,
            opened_by: opened.said_by.clone(),
            owner: None,
            level: 0,
            due_at: None,
            late_of: None,
            feedback: None,
            closed_at: None,
            changed_at: opened.said_at,
            revision: i64::try_from(words.len()).unwrap_or(i64::MAX),
        };
        words.iter().for_each(|word| row.take(word));
        Some(row)
    }

    fn take(&mut self, word: &KeptWord) {
        self.changed_at = word.said_at;
        match word.kind.as_str() {
            "owner" => self.owner = Some(word.word.clone()).filter(|owner| !owner.is_empty()),
            "due" => self.due_at = word.due_at,
            "escalated" => self.level = word.level().into(),
            "late" => (self.level, self.late_of) = (word.level().into(), word.due_at),
            "closed" => {
                (self.feedback, self.closed_at) = (Some(word.word.clone()), Some(word.said_at));
                self.state = state(false).to_owned();
            }
            "reopened" => {
                (self.feedback, self.closed_at) = (None, None);
                self.state = state(true).to_owned();
            }
            // What changes no column: calls have a table of their own, remarks are read word by word.
            _ => {}
        }
    }

    fn into_kept(self, calls: Vec<CallId>) -> Result<KeptCase, StoreError> {
        Ok(KeptCase {
            case: self.id.parse().map_err(|_| foreign("a case id", &self.id))?,
            kind: words::case_kind_from(&self.kind).ok_or_else(|| foreign("a kind of case", &self.kind))?,
            open: self.state == state(true),
            said: self.said,
            opened_at: self.opened_at,
            opened_by: self.opened_by,
            owner: self.owner,
            level: u8::try_from(self.level).unwrap_or(u8::MAX),
            due_at: self.due_at,
            late_of: self.late_of,
            feedback: self.feedback,
            closed_at: self.closed_at,
            changed_at: self.changed_at,
            revision: u64::try_from(self.revision).unwrap_or(0),
            calls,
        })
    }
}

fn state(open: bool) -> &'static str {
    if open { "open" } else { "closed" }
}
