//! The calls of one concern as a table of small numbers, the calls of each caller together.

use super::case::{Case, Cases};
use super::concern::Member;
use super::feature::{Feature, Value};
use std::ops::Range;

/// A value is compared if so many calls have it, and so many have not.
const CALLS_MIN: u32 = 20;
/// And if so many callers have it: fewer could be recognised.
const CALLERS_MIN: u32 = 10;
/// And if chance alone would put so many of them into the group, and so many into the others (Cochran 1954).
const EXPECTED_MIN: f64 = 5.0;
/// Values of one feature that are compared at the most: the most frequent ones.
const VALUES_MAX: usize = 200;

/// The code of a feature that means nothing for a call.
const NOTHING: u32 = u32::MAX;

/// One concern's calls. A row is a call; its cells are slots, one a feature.
pub(super) struct Table {
    pub(super) width: usize,
    /// Row by row.
    pub(super) cells: Vec<u16>,
    pub(super) in_group: Vec<bool>,
    /// Days since 1970.
    pub(super) dates: Vec<i32>,
    /// The rows of each caller; callers with equally many stand together.
    pub(super) callers: Vec<Range<usize>>,
    pub(super) columns: Vec<Column>,
    pub(super) comparisons: Vec<Comparison>,
    /// How many slots there are.
    pub(super) slots: usize,
    /// Values that too few calls have (or have not) to be compared.
    pub(super) too_rare: usize,
    pub(super) group: u32,
}

/// What a feature is in the table.
pub(super) struct Column {
    /// The slot of those who have nothing of it.
    pub(super) missing: u16,
    /// How many rows have something of it.
    pub(super) known: u32,
}

/// A value that is compared.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) feature: Feature,
    pub(super) value: Value,
    pub(super) column: usize,
    /// Whoever is in one of these slots has it.
    pub(super) slots: Range<u16>,
    /// How many do.
    pub(super) calls: u32,
}

impl Table {
    /// Of a concern's calls and what they are compared by.
    pub(super) fn of(cases: &Cases, members: &[Member], features: &[Feature]) -> Table {
        let (members, callers) = by_caller(cases.all(), members);
        let group = members.iter().filter(|member| member.in_group).count();
        let mut table = Table {
            width: features.len(),
            cells: vec![0; members.len() * features.len()],
            in_group: members.iter().map(|member| member.in_group).collect(),
            dates: members.iter().map(|member| cases.all()[member.case].moment.date).collect(),
            callers,
            columns: Vec::new(),
            comparisons: Vec::new(),
            slots: 0,
            too_rare: 0,
            group: u32::try_from(group).unwrap_or(u32::MAX),
        };
        let calls = members.iter().map(|member| &cases.all()[member.case]);
        let of_call = |case| features.iter().map(move |feature| feature.code(case).unwrap_or(NOTHING));
        let codes: Vec<u32> = calls.flat_map(of_call).collect();
        features.iter().enumerate().for_each(|(column, feature)| table.add(column, *feature, &codes));
        table
    }

    /// Rows.
    pub(super) fn calls(&self) -> usize {
        self.in_group.len()
    }

    /// Whether a row has what is compared; none if its feature means nothing there.
    pub(super) fn has(&self, row: usize, comparison: &Comparison) -> Option<bool> {
        let cell = self.cells[row * self.width + comparison.column];
        (cell != self.columns[comparison.column].missing).then(|| comparison.slots.contains(&cell))
    }

    /// Codes stand row by row, as cells do.
    fn add(&mut self, column: usize, feature: Feature, codes: &[u32]) {
        let tallies = self.tallies(column, codes);
        let known: u32 = tallies.iter().map(|tally| tally.calls).sum();
        let begin = u16::try_from(self.slots).unwrap_or(u16::MAX);
        let (missing, rest) = (begin, begin + 1);
        let kept = if feature.bounds().is_some() { steps(&tallies) } else { frequent(&tallies) };
        let mut slots = vec![rest; tallies.len()];
        kept.iter().zip(rest + 1..).for_each(|(code, slot)| slots[*code as usize] = slot);
        let slot_of = |code: u32| slots.get(code as usize).copied().unwrap_or(missing);
        let own = self.cells.iter_mut().zip(codes).skip(column).step_by(self.width);
        own.for_each(|(cell, code)| *cell = slot_of(*code));
        self.slots += 2 + kept.len();
        self.columns.push(Column { missing, known });
        for value in values(feature, &kept) {
            let codes = value.codes(kept.last().copied().unwrap_or(0));
            let tally = codes.clone().fold(Tally::default(), |sum, code| sum.and(&tallies[code as usize]));
            if self.can_tell(&tally, known) {
                let slots = slot_of(*codes.start())..slot_of(*codes.end()) + 1;
                self.comparisons.push(Comparison { feature, value, column, slots, calls: tally.calls });
            } else if tally.calls > 0 && tally.calls < known {
                self.too_rare += 1;
            }
        }
        let seen = tallies.iter().filter(|tally| tally.calls > 0).count();
        self.too_rare += if feature.bounds().is_some() { 0 } else { seen - kept.len() };
    }

    /// By how often a value occurs, not by where: what is left out does not depend on what is found.
    fn can_tell(&self, tally: &Tally, known: u32) -> bool {
        let (all, group) = (self.calls() as f64, f64::from(self.group));
        let fewer = f64::from(tally.calls.min(known - tally.calls));
        let expected = fewer * group.min(all - group) / all.max(1.0);
        tally.calls.min(known - tally.calls) >= CALLS_MIN && tally.callers >= CALLERS_MIN && expected >= EXPECTED_MIN
    }

    /// By code.
    fn tallies(&self, column: usize, codes: &[u32]) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = Vec::new();
        for (caller, rows) in self.callers.iter().enumerate() {
            for row in rows.clone() {
                let code = codes[row * self.width + column];
                if code == NOTHING {
                    continue;
                }
                let place = code as usize;
                tallies.resize(tallies.len().max(place + 1), Tally::default());
                let tally = &mut tallies[place];
                tally.calls += 1;
                tally.callers += u32::from(tally.latest_caller != Some(caller));
                tally.latest_caller = Some(caller);
            }
        }
        tallies
    }
}

/// How often a code occurs.
#[derive(Clone, Copy, Default)]
struct Tally {
    calls: u32,
    callers: u32,
    latest_caller: Option<usize>,
}

impl Tally {
    fn and(self, other: &Tally) -> Tally {
        Tally { calls: self.calls + other.calls, callers: self.callers + other.callers, latest_caller: None }
    }
}

/// The codes of a measured feature, without gaps.
fn steps(tallies: &[Tally]) -> Vec<u32> {
    (0..tallies.len() as u32).collect()
}

/// The most frequent codes, in order.
fn frequent(tallies: &[Tally]) -> Vec<u32> {
    let seen = tallies.iter().zip(0_u32..).filter(|(tally, _)| tally.calls > 0);
    let mut kept: Vec<(u32, u32)> = seen.map(|(tally, code)| (tally.calls, code)).collect();
    kept.sort_by_key(|(calls, code)| (std::cmp::Reverse(*calls), *code));
    let mut kept: Vec<u32> = kept.into_iter().take(VALUES_MAX).map(|(_, code)| code).collect();
    kept.sort_unstable();
    kept
}

fn values(feature: Feature, kept: &[u32]) -> Vec<Value> {
    let Some(bounds) = feature.bounds() else { return kept.iter().copied().map(Value::Is).collect() };
    let places = 0..kept.len().saturating_sub(1).min(bounds.at.len()) as u32;
    let within = places.clone().filter(|_| bounds.both_ways).map(Value::Within);
    places.map(Value::Over).chain(within).collect()
}

/// Puts the calls of each caller together, callers with equally many calls beside each other. Whoever withheld the number is
/// taken for somebody else each time.
fn by_caller(cases: &[Case], members: &[Member]) -> (Vec<Member>, Vec<Range<usize>>) {
    let known = |member: &Member| cases[member.case].caller.map(|caller| caller.0 as usize);
    let mut sizes: Vec<u32> = Vec::new();
    for caller in members.iter().filter_map(known) {
        sizes.resize(sizes.len().max(caller + 1), 0);
        sizes[caller] += 1;
    }
    let keyed = |member: &Member| match known(member) {
        Some(caller) => (sizes[caller], caller, *member),
        None => (1, sizes.len() + member.case, *member),
    };
    let mut ordered: Vec<(u32, usize, Member)> = members.iter().map(keyed).collect();
    ordered.sort_by_key(|(size, caller, _)| (*size, *caller));
    let mut row = 0;
    let callers = ordered.chunk_by(|(_, one, _), (_, other, _)| one == other).map(|own| {
        row += own.len();
        row - own.len()..row
    });
    let callers = callers.collect();
    (ordered.into_iter().map(|(_, _, member)| member).collect(), callers)
}
