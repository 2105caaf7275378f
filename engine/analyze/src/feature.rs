//! What calls are compared by, and the values it has.

use super::case::{Case, Ending, Lexicon, Pressed, Word};
use cabrank_core::Settled;
use std::ops::RangeInclusive;

/// What calls are compared by. Agents appear by skill alone, callers by region alone: nobody is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// The line that was dialled.
    Line,
    /// What was pressed first.
    Pressed,
    /// The queue.
    Queue,
    /// The caller's class in it.
    Class,
    /// Why the call went to a human.
    Why,
    /// Queue and level of those who took the call.
    Skill,
    /// The hour of the day.
    Hour,
    /// The day of the week.
    Weekday,
    /// Country and area of the caller's number.
    Region,
    /// How long the caller waited.
    Waited,
    /// How often an agent was rung.
    Offers,
    /// How far ahead the promise was due.
    Ahead,
    /// How the call ended.
    Ending,
    /// What became of the promise.
    Promise,
    /// What became of what was said about the wait.
    Quote,
}

/// One value of a feature, or all beyond one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Exactly this code.
    Is(u32),
    /// More than this bound of a measured feature.
    Over(u32),
    /// Not more than this bound.
    Within(u32),
}

/// What a measured feature is cut at.
pub(super) struct Bounds {
    /// In the feature's own unit, rising.
    pub(super) at: &'static [u64],
    /// Whether little of it is compared as well as much.
    pub(super) both_ways: bool,
}

const SECOND: u64 = 1_000_000;
const WAITED: [u64; 7] = [10 * SECOND, 30 * SECOND, 60 * SECOND, 120 * SECOND, 300 * SECOND, 600 * SECOND, 1_200 * SECOND];
const AHEAD: [u64; 5] = [300 * SECOND, 600 * SECOND, 900 * SECOND, 1_200 * SECOND, 1_800 * SECOND];
const OFFERS: [u64; 3] = [1, 2, 4];

impl Feature {
    /// Its name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Feature::Line => "line",
            Feature::Pressed => "pressed",
            Feature::Queue => "queue",
            Feature::Class => "class",
            Feature::Why => "why a human",
            Feature::Skill => "skill",
            Feature::Hour => "hour",
            Feature::Weekday => "weekday",
            Feature::Region => "region",
            Feature::Waited => "waited",
            Feature::Offers => "agents rung",
            Feature::Ahead => "promised ahead",
            Feature::Ending => "ended",
            Feature::Promise => "promise",
            Feature::Quote => "wait as said",
        }
    }

    /// What a call has of it; none where it has no meaning, which is not compared then.
    pub(super) fn code(self, case: &Case) -> Option<u32> {
        let word = |word: Word| word.0;
        match self {
            Feature::Line => Some(case.line.0),
            Feature::Pressed => Some(pressed_code(case.pressed)),
            Feature::Queue => case.queue.map(word),
            Feature::Class => case.class.map(word),
            Feature::Why => case.why.map(word),
            Feature::Skill => case.skill.map(word),
            Feature::Hour => Some(u32::from(case.moment.hour)),
            Feature::Weekday => Some(u32::from(case.moment.weekday)),
            Feature::Region => Some(case.region.0),
            Feature::Waited => case.waited_us.map(|waited| step(waited, &WAITED)),
            Feature::Offers => (case.offers > 0).then(|| step(u64::from(case.offers), &OFFERS)),
            Feature::Ahead => case.promise.map(|promise| step(promise.ahead_us, &AHEAD)),
            Feature::Ending => Some(ending_code(case.ending)),
            Feature::Promise => case.promise.map(|promise| settled_code(promise.settled)),
            Feature::Quote => case.quote.map(settled_code),
        }
    }

    /// What a measured feature is cut at.
    pub(super) fn bounds(self) -> Option<Bounds> {
        match self {
            Feature::Waited => Some(Bounds { at: &WAITED, both_ways: false }),
            Feature::Offers => Some(Bounds { at: &OFFERS, both_ways: false }),
            Feature::Ahead => Some(Bounds { at: &AHEAD, both_ways: true }),
            Feature::Line
            | Feature::Pressed
            | Feature::Queue
            | Feature::Class
            | Feature::Why
            | Feature::Skill
            | Feature::Hour
            | Feature::Weekday
            | Feature::Region
            | Feature::Ending
            | Feature::Promise
            | Feature::Quote => None,
        }
    }

    /// A value as a person reads it in a table.
    pub fn told(self, value: Value, lexicon: &Lexicon) -> String {
        match value {
            Value::Over(place) => format!("over {}", self.bound(place)),
            Value::Within(place) => format!("{} or less", self.bound(place)),
            Value::Is(code) => self.exactly(code, lexicon),
        }
    }

    fn exactly(self, code: u32, lexicon: &Lexicon) -> String {
        match self {
            Feature::Hour => format!("{code:02}:00-{:02}:00", code + 1),
            Feature::Weekday => named(&WEEKDAYS, code),
            Feature::Pressed => named(&["1", "2", "0", "another key", "nothing"], code),
            Feature::Ending => named(&["served", "left while waiting", "left at once", "not served"], code),
            Feature::Promise | Feature::Quote => named(&["open", "kept", "broken"], code),
            Feature::Why => lexicon.name(Word(code)).replace('_', " "),
            Feature::Line
            | Feature::Queue
            | Feature::Class
            | Feature::Skill
            | Feature::Region
            | Feature::Waited
            | Feature::Offers
            | Feature::Ahead => lexicon.name(Word(code)).to_owned(),
        }
    }

    fn bound(self, place: u32) -> String {
        let bounds = self.bounds().map_or(&[][..], |bounds| bounds.at);
        let at = usize::try_from(place).ok().and_then(|place| bounds.get(place)).copied().unwrap_or(0);
        match self {
            Feature::Waited | Feature::Ahead if at >= 60 * SECOND => format!("{} min", at / SECOND / 60),
            Feature::Waited | Feature::Ahead => format!("{} s", at / SECOND),
            Feature::Line
            | Feature::Pressed
            | Feature::Queue
            | Feature::Class
            | Feature::Why
            | Feature::Skill
            | Feature::Hour
            | Feature::Weekday
            | Feature::Region
            | Feature::Offers
            | Feature::Ending
            | Feature::Promise
            | Feature::Quote => at.to_string(),
        }
    }
}

impl Value {
    /// The codes that have this value, of those up to `code_max`.
    pub(super) fn codes(self, code_max: u32) -> RangeInclusive<u32> {
        match self {
            Value::Is(code) => code..=code,
            Value::Over(place) => place + 1..=code_max,
            Value::Within(place) => 0..=place,
        }
    }
}

/// The days of the week.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// How many bounds are exceeded.
fn step(measured: u64, bounds: &[u64]) -> u32 {
    u32::try_from(bounds.partition_point(|bound| *bound < measured)).unwrap_or(u32::MAX)
}

fn named(names: &[&str], code: u32) -> String {
    usize::try_from(code).ok().and_then(|place| names.get(place)).map_or_else(|| code.to_string(), |name| (*name).to_owned())
}

fn pressed_code(pressed: Pressed) -> u32 {
    match pressed {
        Pressed::One => 0,
        Pressed::Two => 1,
        Pressed::Zero => 2,
        Pressed::Other => 3,
        Pressed::Nothing => 4,
    }
}

fn ending_code(ending: Ending) -> u32 {
    match ending {
        Ending::Served => 0,
        Ending::Left => 1,
        Ending::LeftSoon => 2,
        Ending::Otherwise => 3,
    }
}

fn settled_code(settled: Settled) -> u32 {
    match settled {
        Settled::Open => 0,
        Settled::Kept => 1,
        Settled::Broken => 2,
    }
}
