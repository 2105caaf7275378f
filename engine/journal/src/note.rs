//! What an edge wants to find again after a restart, beside what the desk was told: a dialog, a registration, a gateway's session.

use std::collections::BTreeMap;

/// What an edge wants to find again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What is noted; a later note of the same key replaces this one.
    pub key: Vec<u8>,
    /// What there is to know about it, in a form of the edge's own; nothing: it is no more.
    pub state: Vec<u8>,
}

/// The newest note of each key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    states: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Note {
    /// That what was noted under this key is no more.
    pub fn gone(key: Vec<u8>) -> Note {
        Note { key, state: Vec::new() }
    }
}

impl Notes {
    /// Takes a note into account.
    pub fn see(&mut self, note: Note) {
        if note.state.is_empty() {
            self.states.remove(&note.key);
        } else {
            self.states.insert(note.key, note.state);
        }
    }

    /// How many keys have a state.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is nothing to know.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// Keys and their states, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.states.iter().map(|(key, state)| (key.as_slice(), state.as_slice()))
    }
}
