//! When notes are written: whatever touched a leg says so, and what differs from its latest note is noted after each round.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cabrank_core::{CallId, OfferId};
use cabrank_journal::Note;
use prost::Message as _;

use super::super::edge::Edge;
use super::super::leg::{AgentPhase, CallerPhase};
use super::{Key, form};

/// What was noted last of each leg, but for what changes with every request.
#[derive(Debug, Default)]
pub(in super::super) struct Noted(HashMap<Key, u64>);

impl Edge {
    /// Notes every leg that has changed, and that those which are gone are no more.
    pub(in super::super) fn note_changes(&mut self) {
        let mut touched = self.legs.take_touched();
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            self.note(key, false);
        }
    }

    /// Notes one leg, if it has changed or if it must be noted `anew`.
    pub(in super::super) fn note(&mut self, key: Key, anew: bool) {
        match self.form_of(&key) {
            Form::Gone => self.note_gone(&key),
            Form::AsNoted => {}
            Form::Stands { state, sameness } => {
                let before = self.noted.0.insert(key.clone(), sameness);
                if anew || before != Some(sameness) {
                    self.desk.keep(Note { key: key.bytes(), state });
                }
            }
        }
    }

    /// What a new call is noted as, before the desk hears of it.
    pub(in super::super) fn note_of_invite(&mut self, call: CallId, hops: u32, invited: form::Invited) -> Note {
        let key = Key::Caller(call);
        let state = form::Caller { hops, invited: Some(invited), talk: None, called_back: false }.encode_to_vec();
        let note = Note { key: key.bytes(), state };
        self.stands(key);
        note
    }

    /// That there is a note of this key already.
    pub(in super::super) fn stands(&mut self, key: Key) {
        self.noted.0.insert(key, 0);
    }

    /// That a note was never written.
    pub(in super::super) fn note_lost(&mut self, key: &Key) {
        self.noted.0.remove(key);
    }

    /// Has a note removed, if there is one.
    pub(in super::super) fn note_gone(&mut self, key: &Key) {
        if self.noted.0.remove(key).is_some() {
            self.desk.keep(Note::gone(key.bytes()));
        }
    }

    /// The registration of an agent's phone.
    pub(in super::super) fn note_phone(&mut self, name: &std::sync::Arc<str>) {
        let now_ms = self.now_ms();
        let key = Key::Phone(name.clone());
        let noted = self.phones.registrar.binding(name, now_ms).map(|binding| binding.noted(now_ms));
        match noted {
            Some(phone) => {
                self.desk.keep(Note { key: key.bytes(), state: phone.encode_to_vec() });
                self.stands(key);
            }
            None => self.note_gone(&key),
        }
    }

    fn form_of(&mut self, key: &Key) -> Form {
        match key {
            Key::Caller(call) => self.caller_form(*call),
            Key::Agent(offer) => self.agent_form(*offer),
            Key::Dialled(call) => {
                let ringing = self.legs.dialled_for(*call).and_then(|dialled| dialled.ringing.noted(call.0));
                ringing.map_or(Form::Gone, |ringing| Form::of(&ringing, &ringing))
            }
            // These are noted as they come.
            Key::Phone(_) => Form::AsNoted,
        }
    }

    fn caller_form(&self, call: CallId) -> Form {
        let Some(leg) = self.legs.caller_of(call) else { return Form::Gone };
        let called_back = match leg.phase {
            CallerPhase::Offered(_) => return Form::AsNoted,
            CallerPhase::Answered if !leg.confirmed => return Form::AsNoted,
            CallerPhase::Answered => false,
            CallerPhase::CalledBack => true,
        };
        let form = |talk| form::Caller { hops: leg.hops, invited: None, talk: Some(talk), called_back };
        let talk = leg.talk.noted();
        Form::of(&form(talk.clone()), &form(unnumbered(talk)))
    }

    fn agent_form(&self, offer: OfferId) -> Form {
        let Some(leg) = self.legs.agent_of(offer) else { return Form::Gone };
        let call = leg.call.0;
        match &leg.phase {
            AgentPhase::Ringing(ringing) => {
                let Some(ringing) = ringing.noted(call) else { return Form::Gone };
                let form = form::Agent { call, ringing: Some(ringing), talk: None };
                Form::of(&form, &form)
            }
            AgentPhase::Talking(talk) => {
                let form = |talk| form::Agent { call, ringing: None, talk: Some(talk) };
                let talk = talk.noted();
                Form::of(&form(talk.clone()), &form(unnumbered(talk)))
            }
        }
    }
}

/// What there is to note.
enum Form {
    /// It is no more.
    Gone,
    /// What was noted when it began still holds.
    AsNoted,
    /// This.
    Stands { state: Vec<u8>, sameness: u64 },
}

impl Form {
    /// Of this, to be told from another by that.
    fn of(form: &impl prost::Message, told_by: &impl prost::Message) -> Form {
        let mut hasher = DefaultHasher::new();
        told_by.encode_to_vec().hash(&mut hasher);
        Form::Stands { state: form.encode_to_vec(), sameness: hasher.finish() }
    }
}

/// Without what changes with every request.
fn unnumbered(mut talk: form::Talk) -> form::Talk {
    if let Some(dialog) = &mut talk.dialog {
        (dialog.local_seq, dialog.remote_seq) = (0, None);
    }
    talk
}
