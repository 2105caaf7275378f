//! The card of a caller on an agent's desk: who it is, why, what was promised, and what to write of the call.

use super::super::calls::CallInContext;
use super::super::cases::CaseDocument;
use super::super::desk::DeskDocument;
use super::super::records::RecordDocument;
use super::facts;
use super::texts::ENGLISH;
use super::times;
use crate::context::{CallDocument, ContactDocument};
use jiff::tz::TimeZone;
use serde::Serialize;

/// A caller's card.
pub(super) struct Card {
    /// `ringing`, `talking` or `last`.
    pub(super) kind: &'static str,
    pub(super) who: String,
    pub(super) why: Option<String>,
    pub(super) came_in: String,
    pub(super) facts: Vec<(String, String)>,
    pub(super) contacts: Vec<(String, String)>,
    pub(super) cases: Vec<Case>,
    pub(super) screen_pop: Option<String>,
}

/// An open case of the caller's.
pub(super) struct Case {
    pub(super) kind: &'static str,
    pub(super) said: String,
    pub(super) since: String,
    pub(super) owner: Option<String>,
    pub(super) is_late: bool,
}

/// What is written of a call.
pub(super) struct Subject {
    pub(super) call: String,
    pub(super) who: String,
    pub(super) came_in: String,
    /// What was written already, JSON.
    pub(super) record: String,
}

/// What the form holds of a record.
#[derive(Serialize)]
struct Written<'a> {
    disposition: Option<&'a str>,
    resolution: Option<&'a str>,
    owner: Option<&'a str>,
    due: Option<&'a str>,
    what: Option<&'a str>,
}

impl Card {
    /// Of whoever rings or talks, or else called last.
    pub(super) fn of(desk: &DeskDocument, zone: &TimeZone) -> Option<Card> {
        let kind = if desk.agent.state == "talking" { "talking" } else { "ringing" };
        match (&desk.call, &desk.record) {
            (Some(CallInContext { call, cases, screen_pop }), _) => {
                let cases = cases.iter().map(|case| Case::of(case, zone)).collect();
                Some(Card { cases, screen_pop: screen_pop.clone(), ..Card::new(kind, call, zone) })
            }
            (None, Some(last)) => Some(Card::new("last", &last.call, zone)),
            (None, None) => None,
        }
    }

    fn new(kind: &'static str, call: &CallDocument, zone: &TimeZone) -> Card {
        Card {
            kind,
            who: who(call),
            why: call.why.as_ref().map(|why| why.sentence.clone()),
            came_in: times::time(&call.offered_at, zone),
            facts: before_hello(call, zone),
            contacts: call.caller.contacts.iter().map(|contact| told(contact, zone)).collect(),
            cases: Vec::new(),
            screen_pop: None,
        }
    }

    /// What is read out when the telephone rings.
    pub(super) fn announced(&self) -> String {
        let why = self.why.as_deref().unwrap_or_default();
        format!("{}: {}. {why}", self.heading(), self.who)
    }

    pub(super) fn heading(&self) -> &'static str {
        match self.kind {
            "ringing" => ENGLISH.desk.ringing,
            "talking" => ENGLISH.desk.talking,
            _ => ENGLISH.desk.last,
        }
    }
}

impl Subject {
    /// What is written of a record.
    pub(super) fn of(record: &RecordDocument, zone: &TimeZone) -> Subject {
        let follow_up = record.follow_up.as_ref();
        let written = Written {
            disposition: record.disposition.as_deref(),
            resolution: record.call.resolution.as_deref(),
            owner: record.owner.as_deref(),
            due: follow_up.map(|to_do| to_do.due.as_str()),
            what: follow_up.map(|to_do| to_do.what.as_str()),
        };
        Subject {
            call: record.call.call.clone(),
            who: who(&record.call),
            came_in: times::time(&record.call.offered_at, zone),
            // Texts always have a form in JSON.
            record: serde_json::to_string(&written).unwrap_or_default(),
        }
    }
}

impl Case {
    fn of(case: &CaseDocument, zone: &TimeZone) -> Case {
        Case {
            kind: ENGLISH.desk.kinds.iter().find(|(kind, _)| *kind == case.kind).map_or(case.kind, |(_, words)| words),
            said: case.said.clone(),
            since: times::day(&case.opened_at, zone),
            owner: case.owner.clone(),
            is_late: case.late,
        }
    }
}

fn who(call: &CallDocument) -> String {
    let caller = &call.caller;
    caller.name.as_deref().or(caller.number.as_deref()).unwrap_or(ENGLISH.withheld).to_owned()
}

fn told(contact: &ContactDocument, zone: &TimeZone) -> (String, String) {
    let outcome = ENGLISH.word(contact.outcome);
    let told = contact.resolution.as_ref().map_or_else(|| outcome.to_owned(), |resolution| format!("{outcome}: {resolution}"));
    (times::day_and_minute(&contact.at, zone), told)
}

/// What should be known before saying hello, most telling first.
fn before_hello(call: &CallDocument, zone: &TimeZone) -> Vec<(String, String)> {
    let (t, caller) = (&ENGLISH, &call.caller);
    let known = facts::known([
        (t.number, caller.number.clone().filter(|_| caller.name.is_some())),
        (t.trust, Some(trust(call))),
        (t.waited, call.waited_s.map(|_| times::wait(call.waited_s))),
        (t.told_until, facts::quote(call, zone)),
        (t.promised, facts::promise(call, zone)),
        (t.pressed, Some(call.pressed.clone())),
        (t.language_of, caller.language.clone()),
        (t.queue, call.queue.clone()),
        (t.class, call.class.clone()),
        (t.preferred_agent, caller.preferred_agent.clone()),
    ]);
    known.into_iter().chain(facts::profile(caller)).collect()
}

/// Whether the number may be believed, and by what.
fn trust(call: &CallDocument) -> String {
    let (t, caller) = (&ENGLISH, &call.caller);
    let verdict = caller.verdict.map(|verdict| format!("{} {}", t.verdict.to_lowercase(), t.word(verdict)));
    let proved = caller.proved.then(|| t.desk.proved.to_owned());
    [Some(t.word(caller.trust).to_owned()), verdict, proved].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
