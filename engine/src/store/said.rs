//! What people wrote down, as rows: each word a kind, the word itself, and what goes with it.

use super::entry::{AmendmentRow, Rows, storable};
use super::history::KeptWord;
use crate::epoch::Epoch;
use crate::words;
use cabrank_core::{CallId, CaseId, CaseKind, CaseWord, Escalation, Filing, Matter, RecordWord, Text};

/// A word on a case as a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseWordRow {
    pub(super) case: String,
    pub(super) said_at: i64,
    /// Among what was said at once.
    pub(super) place: i64,
    pub(super) said: Said,
    pub(super) said_by: String,
}

/// What was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) kind: &'static str,
    pub(super) word: String,
    pub(super) detail: String,
    pub(super) due_at: Option<i64>,
}

/// Whether the same was said; when and by whom does not matter.
impl PartialEq<&CaseWordRow> for &KeptWord {
    fn eq(&self, other: &&CaseWordRow) -> bool {
        let Said { kind, word, detail, due_at } = &other.said;
        self.kind == *kind && self.word == *word && self.detail == *detail && self.due_at == *due_at
    }
}

impl Rows {
    /// Adds the rows of a filing.
    pub(super) fn add(&mut self, filing: &Filing, epoch: Epoch) {
        match &filing.matter {
            Matter::Record { call, words } => {
                let said = words.iter().map(|word| on_record(word, epoch));
                self.amendments.extend(said.map(|said| amendment(*call, said, filing, epoch)));
            }
            Matter::CaseOpened { case, kind, said, calls, words } => {
                let said = std::iter::once(opened(*kind, said)).chain(calls.iter().map(linked));
                self.add_case(*case, said.chain(words.iter().map(|word| on_case(word, epoch))), filing, epoch);
            }
            Matter::Case { case, words } => self.add_case(*case, words.iter().map(|word| on_case(word, epoch)), filing, epoch),
        }
    }

    fn add_case(&mut self, case: CaseId, said: impl Iterator<Item = Said>, filing: &Filing, epoch: Epoch) {
        let row = |(place, said)| CaseWordRow {
            case: case.to_string(),
            said_at: epoch.unix_micros(filing.at),
            place,
            said,
            said_by: storable(&filing.by),
        };
        self.case_words.extend((0..).zip(said).map(row));
    }
}

fn amendment(call: CallId, said: Said, filing: &Filing, epoch: Epoch) -> AmendmentRow {
    AmendmentRow {
        call: call.to_string(),
        said_at: epoch.unix_micros(filing.at),
        kind: said.kind,
        word: said.word,
        detail: said.detail,
        due_at: said.due_at,
        said_by: storable(&filing.by),
    }
}

fn on_record(word: &RecordWord, epoch: Epoch) -> Said {
    match word {
        RecordWord::Owner(owner) => owned(owner.as_ref()),
        RecordWord::Escalated(escalation) => escalated(escalation),
        RecordWord::Disposition(code) => said("disposition", code),
        RecordWord::Resolution(resolution) => said("resolution", resolution),
        RecordWord::FollowUp(None) => said("follow_up", ""),
        RecordWord::FollowUp(Some(follow_up)) => {
            Said { due_at: Some(epoch.unix_micros(follow_up.due)), ..said("follow_up", &follow_up.what) }
        }
    }
}

fn on_case(word: &CaseWord, epoch: Epoch) -> Said {
    match word {
        CaseWord::Owner(owner) => owned(owner.as_ref()),
        CaseWord::Due(due) => Said { due_at: due.map(|due| epoch.unix_micros(due)), ..said("due", "") },
        CaseWord::Escalated(escalation) => escalated(escalation),
        CaseWord::Late { due, level } => Said { due_at: Some(epoch.unix_micros(*due)), ..said("late", &level.to_string()) },
        CaseWord::Linked(call) => linked(call),
        CaseWord::Remark(remark) => said("remark", remark),
        CaseWord::Closed { feedback } => said("closed", feedback),
        CaseWord::Reopened { why } => said("reopened", why),
        CaseWord::Thanked { how } => said("thanked", how),
    }
}

fn opened(kind: CaseKind, text: &Text) -> Said {
    Said { detail: storable(text), ..said("opened", words::case_kind(kind)) }
}

fn linked(call: &CallId) -> Said {
    said("linked", &call.to_string())
}

fn owned(owner: Option<&Text>) -> Said {
    said("owner", owner.map_or("", |owner| &**owner))
}

fn escalated(escalation: &Escalation) -> Said {
    Said { detail: storable(&escalation.why), ..said("escalated", &escalation.level.to_string()) }
}

fn said(kind: &'static str, word: &str) -> Said {
    Said { kind, word: storable(word), ..Said::default() }
}
