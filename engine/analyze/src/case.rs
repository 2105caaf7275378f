//! Calls as they are compared: plain rows, in which nobody can be recognised.

use cabrank_core::Settled;
use std::collections::HashMap;
use std::sync::Arc;

/// One call. Its names are words of the [`Lexicon`] beside it; of whoever called and whoever answered nothing is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Who called, as a number that means nothing outside; none when the number was withheld or erased.
    pub caller: Option<Caller>,
    /// When the call came in, in microseconds since 1970 (UTC).
    pub came_at: i64,
    /// When that was where the desk is.
    pub moment: Moment,
    /// The line that was dialled.
    pub line: Word,
    /// What was pressed first.
    pub pressed: Pressed,
    /// The queue the call was in last.
    pub queue: Option<Word>,
    /// The caller's class there.
    pub class: Option<Word>,
    /// Country and area of the caller's number.
    pub region: Word,
    /// Queue and level of those who took the call; none when nobody did, or so few have it that it would name them.
    pub skill: Option<Word>,
    /// Why the call went to a human.
    pub why: Option<Word>,
    /// How long the caller waited, in microseconds; none without a queue.
    pub waited_us: Option<u64>,
    /// How often an agent was rung for it.
    pub offers: u32,
    /// How it ended.
    pub ending: Ending,
    /// What was promised.
    pub promise: Option<PromiseMade>,
    /// Whether what was said about the wait was kept.
    pub quote: Option<Settled>,
}

/// Who called: equal for calls from one number, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Caller(pub u32);

/// A moment by the desk's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Days since 1970-01-01.
    pub date: i32,
    /// 0 to 23.
    pub hour: u8,
    /// 0 is Monday.
    pub weekday: u8,
}

/// What a caller pressed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The first option.
    One,
    /// The second option.
    Two,
    /// The way out.
    Zero,
    /// A key that means nothing.
    Other,
    /// No key.
    Nothing,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Served, at once or by an agent.
    Served,
    /// Left while waiting.
    Left,
    /// Left so soon that it was no waiting.
    LeftSoon,
    /// Neither: in the menu, outside the hours, at the longest wait, cut off, ...
    Otherwise,
}

/// A promise, as far as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromiseMade {
    /// How far ahead it was due when it was made, in microseconds.
    pub ahead_us: u64,
    /// What became of it.
    pub settled: Settled,
}

/// A name, by its place in the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(pub u32);

/// The names that stand in cases.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    words: Vec<Arc<str>>,
    places: HashMap<Arc<str>, Word>,
}

impl Lexicon {
    /// The word for a name.
    pub fn word(&mut self, name: &str) -> Word {
        if let Some(word) = self.places.get(name) {
            return *word;
        }
        let word = Word(u32::try_from(self.words.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = name.into();
        self.words.push(Arc::clone(&name));
        self.places.insert(name, word);
        word
    }

    /// The name behind a word.
    pub fn name(&self, word: Word) -> &str {
        usize::try_from(word.0).ok().and_then(|place| self.words.get(place)).map_or("unknown", |name| name)
    }
}

/// Calls in the order in which they came in, with their names.
#[derive(Clone, Debug, Default)]
pub struct Cases {
    cases: Vec<Case>,
    lexicon: Lexicon,
}

impl Cases {
    /// Puts calls in order.
    pub fn new(mut cases: Vec<Case>, lexicon: Lexicon) -> Cases {
        if !cases.is_sorted_by_key(|case| case.came_at) {
            cases.sort_by_key(|case| case.came_at);
        }
        Cases { cases, lexicon }
    }

    /// The calls, oldest first.
    pub fn all(&self) -> &[Case] {
        &self.cases
    }

    /// Their names.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }
}
