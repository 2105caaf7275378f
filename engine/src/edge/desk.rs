//! The door to the desk, for facts that must not be lost while it is busy.

use std::collections::VecDeque;

use cabrank_core::{Input, Number};
use cabrank_journal::Note;

use crate::door::{Busy, Door};

/// Facts and notes kept while the desk is busy. Each leg yields few, so the cap on legs bounds them; past
/// this many the newest is lost, and said so.
const WAITING_MAX: usize = 65_536;

/// Notes that are to be forgotten together.
const OVER_MAX: usize = 1_024;

/// Tells the desk what happened, in order, and has noted what is to be found again after a restart.
pub(crate) struct Desk {
    door: Door,
    waiting: VecDeque<Word>,
    /// Keys of notes that are no more.
    over: Vec<Vec<u8>>,
}

/// What waits.
enum Word {
    Fact(Input),
    Note(Note),
}

impl Desk {
    /// Behind this door.
    #[must_use]
    pub(crate) fn new(door: Door) -> Desk {
        Desk { door, waiting: VecDeque::new(), over: Vec::new() }
    }

    /// Tells of something that may be refused: a new call, with what is to be found again after a restart: noted before anybody
    /// hears of the call.
    ///
    /// # Errors
    /// [`Busy`]: answer 503; nothing is noted.
    pub(crate) fn offer_noted(&mut self, note: Note, input: Input) -> Result<(), Busy> {
        if self.is_behind() { Err(Busy) } else { self.door.offer_noted(Some(Box::new(note)), input) }
    }

    /// Tells of something that has happened and must be heard, now or as soon as the desk can.
    pub(crate) fn tell(&mut self, input: Input) {
        self.say(Word::Fact(input));
    }

    /// Has noted what is to be found again after a restart, before what is told later.
    pub(crate) fn keep(&mut self, note: Note) {
        self.say(Word::Note(note));
    }

    /// The same of a call by this number, if by any: nobody can read it once who calls is forgotten.
    pub(crate) fn keep_of(&mut self, number: Option<&Number>, note: Note) {
        if let Some(sealed) = self.door.seal(number, note) {
            self.keep(sealed);
        }
    }

    /// Has noted that what was noted under this key is no more and never will be again: when it is next looked whether the desk
    /// has caught up, for all at once. What is not noted until a crash is found to be over after it.
    pub(crate) fn forget(&mut self, key: Vec<u8>) {
        self.over.push(key);
        if self.over.len() > OVER_MAX {
            self.forget_all();
        }
    }

    fn forget_all(&mut self) {
        for key in std::mem::take(&mut self.over) {
            self.keep(Note::gone(key));
        }
    }

    /// A door to ask at.
    #[must_use]
    pub(crate) fn door(&self) -> Door {
        self.door.clone()
    }

    /// Hands in what waited, as far as the desk takes it.
    pub(crate) fn catch_up(&mut self) {
        while let Some(word) = self.waiting.front() {
            if self.hand_in(word).is_err() {
                return;
            }
            self.waiting.pop_front();
        }
        self.forget_all();
    }

    /// Whether facts wait.
    #[must_use]
    pub(crate) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn say(&mut self, word: Word) {
        if !self.is_behind() && self.hand_in(&word).is_ok() {
            return;
        }
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(word);
        } else {
            tracing::error!("the desk has been busy for too long: a fact was lost");
        }
    }

    fn hand_in(&self, word: &Word) -> Result<(), Busy> {
        match word {
            Word::Fact(input) => self.door.submit(input.clone()),
            Word::Note(note) => self.door.keep(Box::new(note.clone())),
        }
    }
}
