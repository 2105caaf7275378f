//! What was said of a record or a case, word by word, and what it comes to.

use super::{Store, StoreError, in_time};
use cabrank_core::CallId;
use sqlx::FromRow;

/// One word, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct KeptWord {
    /// When it was said, in microseconds since 1970 (UTC).
    pub said_at: i64,
    /// Who said it.
    pub said_by: String,
    /// What about: `owner`, `escalated`, `resolution`, ...
    pub kind: String,
    /// The word; empty where something is taken back.
    pub word: String,
    /// What goes with it: why, or what exactly.
    pub detail: String,
    /// The time that goes with it, in microseconds since 1970 (UTC).
    pub due_at: Option<i64>,
}

/// An earlier call of the same caller.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct EarlierCall {
    /// The call's id: sixteen hexadecimal digits.
    pub call: String,
    /// When it came in, in microseconds since 1970 (UTC).
    pub offered_at: i64,
}

impl KeptWord {
    /// The newest word of that kind, unless it takes back what was said before.
    pub fn newest<'a>(words: &'a [KeptWord], kind: &str) -> Option<&'a KeptWord> {
        words.iter().rev().find(|word| word.kind == kind).filter(|word| !word.word.is_empty())
    }

    /// The level that it names.
    pub fn level(&self) -> u8 {
        self.word.parse().unwrap_or(0)
    }
}

impl Store {
    /// Everything that was said of a call's record, oldest first. How many words there are tells one state of it from another.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn words_of_record(&self, call: CallId) -> Result<Vec<KeptWord>, StoreError> {
        let asked = sqlx::query_as(
            "SELECT said_at, said_by, kind, word, detail, due_at FROM amendments WHERE call = $1 ORDER BY said_at, kind, word",
        )
        .bind(call.to_string());
        in_time(async { Ok(asked.fetch_all(&self.reads).await?) }).await
    }

    /// The last call before that one from the same number, if it came in no earlier than `within_us` microseconds before. It is
    /// looked for anew each time: an erased caller has no calls any more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn call_before(&self, call: CallId, within_us: i64) -> Result<Option<EarlierCall>, StoreError> {
        let asked = sqlx::query_as(
            "SELECT earlier.call, earlier.offered_at FROM records this JOIN records earlier ON earlier.number = this.number \
             WHERE this.call = $1 AND earlier.call <> this.call AND earlier.offered_at <= this.offered_at \
             AND earlier.offered_at >= this.offered_at - $2 ORDER BY earlier.offered_at DESC, earlier.call DESC LIMIT 1",
        )
        .bind(call.to_string())
        .bind(within_us);
        in_time(async { Ok(asked.fetch_optional(&self.reads).await?) }).await
    }
}
