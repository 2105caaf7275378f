//! The calls of one concern as a table of small numbers, the calls of each caller together.

use super::case::{Case, Cases};
use super::concern::Member;
use super::feature::{Feature, Value};
use std::collections::BTreeMap;
use std::ops::Range;

/// A value is compared if so many calls have it, and so many have not.
const CALLS_MIN: u32 = 20;
/// And if so many callers have it: fewer could be recognised.
const CALLERS_MIN: u32 = 10;
/// And if chance alone would put so many of them into the group, and so many into the others (Cochran 1954).
const EXPECTED_MIN: f64 = 5.0;
/// Values of one feature that are compared at the most: the most frequent ones.
const VALUES_MAX: usize = 200;

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
        for (column, feature) in features.iter().enumerate() {
            let codes: Vec<Option<u32>> = members.iter().map(|member| feature.code(&cases.all()[member.case])).collect();
            table.add(column, *feature, &codes);
        }
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

    fn add(&mut self, column: usize, feature: Feature, codes: &[Option<u32>]) {
        let tallies = self.tallies(codes);
        let known: u32 = tallies.values().map(|tally| tally.calls).sum();
        let begin = u16::try_from(self.slots).unwrap_or(u16::MAX);
        let (missing, rest) = (begin, begin + 1);
        let kept = if feature.bounds().is_some() { steps(&tallies) } else { frequent(&tallies) };
        let slot_of = |code: u32| kept.binary_search(&code).map_or(rest, |place| rest + 1 + place as u16);
        for (row, code) in codes.iter().enumerate() {
            self.cells[row * self.width + column] = code.map_or(missing, slot_of);
        }
        self.slots += 2 + kept.len();
        self.columns.push(Column { missing, known });
        for value in values(feature, &kept) {
            let codes = value.codes(kept.last().copied().unwrap_or(0));
            let tally = tallies.range(codes.clone()).fold(Tally::default(), |sum, (_, tally)| sum.and(tally));
            if self.can_tell(&tally, known) {
                let slots = slot_of(*codes.start())..slot_of(*codes.end()) + 1;
                self.comparisons.push(Comparison { feature, value, column, slots, calls: tally.calls });
            } else if tally.calls > 0 && tally.calls < known {
                self.too_rare += 1;
            }
        }
        self.too_rare += if feature.bounds().is_some() { 0 } else { tallies.len() - kept.len() };
    }

    /// By how often a value occurs, not by where: what is left out does not depend on what is found.
    fn can_tell(&self, tally: &Tally, known: u32) -> bool {
        let (all, group) = (self.calls() as f64, f64::from(self.group));
        let fewer = f64::from(tally.calls.min(known - tally.calls));
        let expected = fewer * group.min(all - group) / all.max(1.0);
        tally.calls.min(known - tally.calls) >= CALLS_MIN && tally.callers >= CALLERS_MIN && expected >= EXPECTED_MIN
    }

    fn tallies(&self, codes: &[Option<u32>]) -> BTreeMap<u32, Tally> {
        let mut tallies: BTreeMap<u32, Tally> = BTreeMap::new();
        for (caller, rows) in self.callers.iter().enumerate() {
            for code in codes[rows.clone()].iter().flatten() {
                let tally = tallies.entry(*code).or_default();
                tally.calls += 1;
                if tally.latest_caller != Some(caller) {
                    tally.callers += 1;
                    tally.latest_caller = Some(caller);
                }
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
fn steps(tallies: &BTreeMap<u32, Tally>) -> Vec<u32> {
    tallies.keys().next_back().map(|last| (0..=*last).collect()).unwrap_or_default()
}

/// The most frequent codes, in order.
fn frequent(tallies: &BTreeMap<u32, Tally>) -> Vec<u32> {
    let mut kept: Vec<(u32, u32)> = tallies.iter().map(|(code, tally)| (tally.calls, *code)).collect();
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
    let mut sizes: Vec<u32> = Vec::new();
    for member in members {
        if let Some(caller) = place(&cases[member.case]) {
            sizes.resize(sizes.len().max(caller + 1), 0);
            sizes[caller] += 1;
        }
    }
    let key = |member: &Member| match place(&cases[member.case]) {
        Some(caller) => (sizes[caller], caller, member.case),
        None => (1, sizes.len() + member.case, member.case),
    };
    let mut ordered = members.to_vec();
    ordered.sort_by_cached_key(key);
    let mut callers: Vec<Range<usize>> = Vec::new();
    let mut row = 0;
    while row < ordered.len() {
        let many = key(&ordered[row]).0.max(1) as usize;
        callers.push(row..row + many);
        row += many;
    }
    (ordered, callers)
}

fn place(case: &Case) -> Option<usize> {
    case.caller.and_then(|caller| usize::try_from(caller.0).ok())
}
