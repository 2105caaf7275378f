//! When notes are written: whatever touched a leg says so, and what differs from its latest note is noted after each round.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cabrank_core::{CallId, Number, OfferId};
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
        for key in self.legs.take_touched() {
            self.note(key, false);
        }
    }

    /// Notes one leg, if it has changed or if it must be noted `anew`.
    pub(in super::super) fn note(&mut self, key: Key, anew: bool) {
        let mut form = match self.form_of(&key) {
            Some(Standing::Anew(form)) => form,
            Some(Standing::AsNoted) => return,
            None => return self.note_gone(&key),
        };
        let sameness = form.sameness();
        if self.noted.0.insert(key.clone(), sameness) != Some(sameness) || anew {
            let number = self.number_behind(&key);
            self.desk.keep_of(number.as_ref(), Note { key: key.bytes(), state: form.encoded() });
        }
    }

    /// Who calls on a leg's call: both of its dialogs name them.
    fn number_behind(&self, key: &Key) -> Option<Number> {
        match key {
            Key::Caller(call) => self.legs.caller_of(*call)?.caller.number.clone(),
            Key::Agent(offer) => self.legs.agent_of(*offer)?.number.clone(),
            Key::Dialled(call) => self.legs.dialled_for(*call)?.caller.number.clone(),
            Key::Phone(_) => None,
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

    /// What there is to note; none if it is no more.
    fn form_of(&self, key: &Key) -> Option<Standing> {
        match key {
            Key::Caller(call) => self.caller_form(*call),
            Key::Agent(offer) => self.agent_form(*offer),
            Key::Dialled(call) => {
                let ringing = self.legs.dialled_for(*call)?.ringing.noted(call.0)?;
                Some(Standing::Anew(Box::new(Form::Dialled(ringing))))
            }
            // These are noted as they come.
            Key::Phone(_) => Some(Standing::AsNoted),
        }
    }

    fn caller_form(&self, call: CallId) -> Option<Standing> {
        let leg = self.legs.caller_of(call)?;
        let called_back = match leg.phase {
            CallerPhase::Offered(_) => return Some(Standing::AsNoted),
            CallerPhase::Answered if !leg.confirmed => return Some(Standing::AsNoted),
            CallerPhase::Answered => false,
            CallerPhase::CalledBack => true,
        };
        let form = form::Caller { hops: leg.hops, invited: None, talk: Some(leg.talk.noted()), called_back };
        Some(Standing::Anew(Box::new(Form::Caller(form))))
    }

    fn agent_form(&self, offer: OfferId) -> Option<Standing> {
        let leg = self.legs.agent_of(offer)?;
        let (ringing, talk) = match &leg.phase {
            AgentPhase::Ringing(ringing) => (Some(ringing.noted(leg.call.0)?), None),
            AgentPhase::Talking(talk) => (None, Some(talk.noted())),
        };
        Some(Standing::Anew(Box::new(Form::Agent(form::Agent { call: leg.call.0, ringing, talk }))))
    }
}

/// A leg and its note.
enum Standing {
    /// What was noted when it began still holds.
    AsNoted,
    /// This would be noted now.
    Anew(Box<Form>),
}

enum Form {
    Caller(form::Caller),
    Agent(form::Agent),
    Dialled(form::Ringing),
}

impl Form {
    fn encoded(&self) -> Vec<u8> {
        match self {
            Form::Caller(caller) => caller.encode_to_vec(),
            Form::Agent(agent) => agent.encode_to_vec(),
            Form::Dialled(ringing) => ringing.encode_to_vec(),
        }
    }

    /// Equal for equal forms, but for what changes with every request.
    fn sameness(&mut self) -> u64 {
        let numbers = self.dialog().map(|dialog| (std::mem::take(&mut dialog.local_seq), dialog.remote_seq.take()));
        let mut hasher = DefaultHasher::new();
        self.encoded().hash(&mut hasher);
        if let (Some(dialog), Some(numbers)) = (self.dialog(), numbers) {
            (dialog.local_seq, dialog.remote_seq) = numbers;
        }
        hasher.finish()
    }

    fn dialog(&mut self) -> Option<&mut form::Dialog> {
        let talk = match self {
            Form::Caller(caller) => caller.talk.as_mut(),
            Form::Agent(agent) => agent.talk.as_mut(),
            Form::Dialled(_) => None,
        };
        talk?.dialog.as_mut()
    }
}
