//! Made-up calls with the habits of real ones: callers who call often or at their own hour, rush hours, queues that go with
//! lines, waits that go with hours. Nothing in them has to do with who calls again, leaves or is disappointed, but for callers'
//! own inclinations, and what is planted.

use cabrank_analyze::{Caller, Case, Cases, Concern, Ending, Feature, Lexicon, Moment, Pressed, PromiseMade, Question, Word};
use cabrank_core::Settled;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// Monday, 2 November 2026.
const BEGIN: i64 = 20_759 * DAY;
const DAYS: i64 = 35;
/// Calls that are analysed: the last week only tells who called again.
const ASKED_DAYS: i64 = 28;

/// A cause: calls with this are so many times as often calls of concern.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plant {
    pub(crate) concern: Concern,
    pub(crate) feature: Feature,
    /// As findings tell it.
    pub(crate) value: &'static str,
    pub(crate) lift: f64,
}

/// A made-up desk.
pub(crate) struct World {
    pub(crate) callers: u32,
    pub(crate) plant: Option<Plant>,
}

/// Who calls.
struct Person {
    caller: Option<Caller>,
    region: &'static str,
    class: &'static str,
    hour: u8,
    /// How inclined to each concern, apart from each other.
    inclined: [f64; 4],
}

impl World {
    /// Its calls under a seed.
    pub(crate) fn cases(&self, seed: u64) -> Cases {
        let mut chance = Pcg64::seed_from_u64(seed);
        let mut lexicon = Lexicon::default();
        let mut cases = Vec::new();
        for n in 0..self.callers {
            let person = Person::drawn(n, &mut chance);
            let first = BEGIN + chance.random_range(0..ASKED_DAYS) * DAY;
            self.call(&person, first, &mut chance, &mut lexicon, &mut cases);
            if chance.random_bool(0.4) {
                let another = BEGIN + (first - BEGIN + chance.random_range(12..17) * DAY) % (ASKED_DAYS * DAY);
                self.call(&person, another, &mut chance, &mut lexicon, &mut cases);
            }
        }
        Cases::new(cases, lexicon)
    }

    /// One call on a day, and those that follow because of it.
    fn call(&self, person: &Person, day: i64, chance: &mut Pcg64, lexicon: &mut Lexicon, cases: &mut Vec<Case>) {
        let mut case = drawn(person, day, chance, lexicon);
        let mut happens = |concern: Concern, base: f64, case: &Case| {
            chance.random_bool((base * person.inclined[concern as usize] * self.lift(concern, case, lexicon)).min(0.95))
        };
        let settled = |broken: bool| if broken { Settled::Broken } else { Settled::Kept };
        if let Some(ahead_us) = case.promise.map(|promise| promise.ahead_us) {
            let broken = happens(Concern::BrokenPromises, 0.1, &case);
            case.promise = Some(PromiseMade { ahead_us, settled: settled(broken) });
        }
        if case.queue.is_some() {
            case.quote = Some(settled(happens(Concern::BrokenQuotes, 0.12, &case)));
            if happens(Concern::Abandons, 0.08, &case) {
                (case.ending, case.skill) = (Ending::Left, None);
            }
        }
        let again = happens(Concern::Repeats, 0.1, &case);
        cases.push(case);
        if again {
            self.call(person, day + chance.random_range(1..6) * DAY, chance, lexicon, cases);
        }
    }

    fn lift(&self, concern: Concern, case: &Case, lexicon: &Lexicon) -> f64 {
        match self.plant {
            Some(plant) if plant.concern == concern && has(case, plant.feature, plant.value, lexicon) => plant.lift,
            Some(_) | None => 1.0,
        }
    }
}

/// What is asked of these worlds.
pub(crate) fn question(seed: u64, draws: u32) -> Question {
    Question {
        since: BEGIN,
        until: BEGIN + ASKED_DAYS * DAY,
        known_until: BEGIN + DAYS * DAY,
        repeat_within_us: 7 * DAY,
        alpha: 0.05,
        draws,
        seed,
    }
}

impl Person {
    fn drawn(n: u32, chance: &mut Pcg64) -> Person {
        Person {
            caller: chance.random_bool(0.9).then_some(Caller(n)),
            region: pick(chance, &[("SG +65 9…", 10), ("SG +65 8…", 6), ("SG +65 6…", 3), ("MY +60 12…", 1)]),
            class: pick(chance, &[("regular", 2), ("visitor", 3)]),
            hour: pick(chance, &[(8, 3), (9, 2), (12, 1), (15, 1), (18, 3), (19, 2), (22, 1)]),
            inclined: [0; 4].map(|_| pick(chance, &[(0.4, 2), (1.0, 2), (2.0, 1)])),
        }
    }
}

fn drawn(person: &Person, day: i64, chance: &mut Pcg64, lexicon: &mut Lexicon) -> Case {
    let hour = if chance.random_bool(0.5) { person.hour } else { chance.random_range(6..24) };
    let rush = matches!(hour, 8 | 9 | 18 | 19);
    let line = if chance.random_bool(if person.class == "regular" { 0.7 } else { 0.3 }) { "taxi" } else { "+6565521111" };
    let pressed = pick(chance, &[(Pressed::One, 4), (Pressed::Two, 3), (Pressed::Zero, 1), (Pressed::Nothing, 1)]);
    let promised = pressed == Pressed::One && chance.random_bool(0.8);
    let queue = if chance.random_bool(0.85) == (line == "taxi") { "booking" } else { "lost-property" };
    let waited_s = -chance.random::<f64>().max(1e-9).ln() * if rush { 110.0 } else { 40.0 };
    let why = pick(chance, &[("asked", 5), ("pressed_zero", 1), ("silence", 1), ("unknown_caller", 2)]);
    let level = if waited_s > 60.0 && chance.random_bool(0.7) { 2 } else { 1 };
    let mut word = |name: &str| lexicon.word(name);
    let queued = |word: Word| (!promised).then_some(word);
    Case {
        caller: person.caller,
        came_at: day + i64::from(hour) * HOUR + chance.random_range(0..HOUR),
        moment: Moment { date: (day / DAY) as i32, hour, weekday: ((day / DAY + 3) % 7) as u8 },
        line: word(line),
        pressed,
        queue: queued(word(queue)),
        class: queued(word(person.class)),
        region: word(person.region),
        skill: queued(word(&format!("{queue}, level {level}"))),
        why: queued(word(why)),
        waited_us: (!promised).then_some((waited_s * 1e6) as u64),
        offers: if promised { 0 } else { pick(chance, &[(1, 6), (2, 2), (3, 1)]) },
        ending: Ending::Served,
        promise: promised.then(|| PromiseMade { ahead_us: chance.random_range(120..2_400) * 1_000_000, settled: Settled::Open }),
        quote: None,
    }
}

fn pick<T: Copy>(chance: &mut Pcg64, weighted: &[(T, u32)]) -> T {
    let mut left = chance.random_range(0..weighted.iter().map(|(_, weight)| weight).sum());
    for (what, weight) in weighted {
        if left < *weight {
            return *what;
        }
        left -= weight;
    }
    unreachable!("the weights were summed up")
}

/// Whether a call has a value, told apart from the code under test.
fn has(case: &Case, feature: Feature, value: &str, lexicon: &Lexicon) -> bool {
    let named = |word: Option<Word>| word.is_some_and(|word| lexicon.name(word) == value);
    let minutes = |us: u64| us as f64 / 60e6;
    match (feature, value) {
        (Feature::Line, _) => named(Some(case.line)),
        (Feature::Queue, _) => named(case.queue),
        (Feature::Class, _) => named(case.class),
        (Feature::Why, "unknown caller") => case.why.is_some_and(|word| lexicon.name(word) == "unknown_caller"),
        (Feature::Skill, _) => named(case.skill),
        (Feature::Region, _) => named(Some(case.region)),
        (Feature::Pressed, "0") => case.pressed == Pressed::Zero,
        (Feature::Hour, "18:00-19:00") => case.moment.hour == 18,
        (Feature::Weekday, "Friday") => case.moment.weekday == 4,
        (Feature::Waited, "over 2 min") => case.waited_us.is_some_and(|waited| minutes(waited) > 2.0),
        (Feature::Offers, "over 2") => case.offers > 2,
        (Feature::Ahead, "5 min or less") => case.promise.is_some_and(|promise| minutes(promise.ahead_us) <= 5.0),
        (Feature::Ahead, "over 30 min") => case.promise.is_some_and(|promise| minutes(promise.ahead_us) > 30.0),
        (Feature::Ending, "left while waiting") => case.ending == Ending::Left,
        (Feature::Promise, "broken") => case.promise.is_some_and(|promise| promise.settled == Settled::Broken),
        (Feature::Quote, "broken") => case.quote == Some(Settled::Broken),
        (feature, value) => panic!("no {value} of {feature:?} is planted here"),
    }
}
