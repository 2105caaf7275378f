//! What was said of records and cases, as it is asked for and shown.

use super::parts::{moment, words};
use super::problem::Problem;
use crate::epoch::{Epoch, timestamp};
use crate::store::KeptWord;
use cabrank_core::{Escalation, FollowUp, Text, Tick};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest reason, resolution or thing to do, in characters.
pub(super) const WORDS_CHARS_MAX: usize = 500;
/// The longest name of an owner, in characters.
const OWNER_CHARS_MAX: usize = 64;

/// A rise to a higher level, as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Escalate)]
pub(super) struct EscalateAsked {
    /// The level; 0 is where everything begins.
    #[schema(example = 2)]
    level: u8,
    /// Why.
    why: String,
}

/// What is still to be done, as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FollowUpAsked)]
pub(super) struct FollowUpAsked {
    /// By when; RFC 3339.
    due: String,
    /// What.
    #[schema(example = "call back about the lost umbrella")]
    what: String,
}

/// A word that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Word)]
pub(super) struct WordDocument {
    /// When; RFC 3339.
    at: String,
    /// Who said it.
    by: String,
    /// What about: `owner`, `escalated`, `disposition`, `resolution`, `follow_up`, `promise`; of a case `opened`, `owner`, `due`,
    /// `escalated`, `late`, `linked`, `remark`, `closed`, `reopened`, `thanked`.
    about: String,
    /// The word; absent where something is taken back.
    word: Option<String>,
    /// What goes with it: why, or what exactly.
    detail: Option<String>,
    /// The time that goes with it; RFC 3339.
    due: Option<String>,
}

/// A rise to a higher level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Escalated)]
pub(super) struct EscalatedDocument {
    level: u8,
    why: String,
    /// When; RFC 3339.
    at: String,
    by: String,
}

/// How the customer was thanked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Thanked)]
pub(super) struct ThankedDocument {
    how: String,
    /// When that was said; RFC 3339.
    at: String,
    by: String,
}

/// What is still to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub(super) struct FollowUpDocument {
    /// By when; RFC 3339.
    pub(super) due: String,
    pub(super) what: String,
    /// When that was said; RFC 3339.
    at: String,
    by: String,
}

impl EscalateAsked {
    pub(super) fn understood(&self) -> Result<Escalation, Problem> {
        Ok(Escalation { level: self.level, why: words("why", &self.why, WORDS_CHARS_MAX)? })
    }
}

impl FollowUpAsked {
    pub(super) fn understood(&self, epoch: Epoch) -> Result<FollowUp, Problem> {
        Ok(FollowUp { due: due(&self.due, epoch)?, what: words("what", &self.what, WORDS_CHARS_MAX)? })
    }
}

/// A time by which something has to be done.
pub(super) fn due(text: &str, epoch: Epoch) -> Result<Tick, Problem> {
    Ok(epoch.tick(moment("due", text)?))
}

/// Whoever owns something from now on, or nobody.
pub(super) fn owner(name: Option<&str>) -> Result<Option<Text>, Problem> {
    name.map(|name| words("owner", name, OWNER_CHARS_MAX)).transpose()
}

impl WordDocument {
    pub(super) fn all(said: &[KeptWord]) -> Vec<WordDocument> {
        said.iter().map(WordDocument::of).collect()
    }

    fn of(said: &KeptWord) -> WordDocument {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        WordDocument {
            at: timestamp(said.said_at).to_string(),
            by: said.said_by.clone(),
            about: said.kind.clone(),
            word: some(&said.word),
            detail: some(&said.detail),
            due: said.due_at.map(|due| timestamp(due).to_string()),
        }
    }
}

impl EscalatedDocument {
    pub(super) fn newest(said: &[KeptWord]) -> Option<EscalatedDocument> {
        KeptWord::newest(said, "escalated").map(|word| EscalatedDocument {
            level: word.level(),
            why: word.detail.clone(),
            at: timestamp(word.said_at).to_string(),
            by: word.said_by.clone(),
        })
    }
}

impl ThankedDocument {
    pub(super) fn newest(said: &[KeptWord]) -> Option<ThankedDocument> {
        KeptWord::newest(said, "thanked").map(|word| ThankedDocument {
            how: word.word.clone(),
            at: timestamp(word.said_at).to_string(),
            by: word.said_by.clone(),
        })
    }
}

impl FollowUpDocument {
    pub(super) fn newest(said: &[KeptWord]) -> Option<FollowUpDocument> {
        let word = KeptWord::newest(said, "follow_up")?;
        Some(FollowUpDocument {
            due: timestamp(word.due_at?).to_string(),
            what: word.word.clone(),
            at: timestamp(word.said_at).to_string(),
            by: word.said_by.clone(),
        })
    }
}
