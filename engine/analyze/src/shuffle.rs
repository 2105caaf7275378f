//! What chance alone would do: the outcomes of callers dealt out anew among callers with equally many calls.
//!
//! A caller's calls are not independent: whoever called again once will do so again. So a caller's outcomes move together, in
//! their order, and what there is of such habits is in every deal as it is in what was seen.

use super::table::Table;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

/// Deals are made in so many series, each with its own chance: the figures do not depend on how many processors there are.
pub(super) const SERIES: u32 = 16;

/// How far each comparison is from what its margins let expect: as seen, and in each deal.
pub(super) struct Deals {
    pub(super) seen: Vec<f64>,
    /// Deal by deal.
    pub(super) dealt: Vec<Vec<f64>>,
}

/// Deals so often (a multiple of the series), and tells of each deal.
pub(super) fn deals(table: &Table, draws: u32, seed: u64, tell: &(dyn Fn() + Sync)) -> Deals {
    let deck = Deck::of(table);
    let next = AtomicU32::new(0);
    let each = draws / SERIES;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(SERIES as usize);
    let work = || {
        let mut done = Vec::new();
        while let Some(series) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|series| *series < SERIES) {
            done.push((series, deck.series(each, seed ^ (u64::from(series) << 48), tell)));
        }
        done
    };
    let mut series: Vec<(u32, Vec<Vec<f64>>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    series.sort_by_key(|(series, _)| *series);
    let dealt = series.into_iter().flat_map(|(_, dealt)| dealt).collect();
    Deals { seen: excesses(table, &counts(table)), dealt }
}

/// How many of the group are in each slot.
pub(super) fn counts(table: &Table) -> Vec<u32> {
    let mut counts = vec![0; table.slots];
    for (row, _) in table.in_group.iter().enumerate().filter(|(_, in_group)| **in_group) {
        count(table, row, &mut counts);
    }
    counts
}

fn count(table: &Table, row: usize, counts: &mut [u32]) {
    for cell in &table.cells[row * table.width..(row + 1) * table.width] {
        counts[usize::from(*cell)] += 1;
    }
}

/// The difference of square roots, whose scatter hardly depends on how many are expected (Anscombe 1948): rare values do not
/// drown the others.
fn excesses(table: &Table, counts: &[u32]) -> Vec<f64> {
    let excess = |comparison: &super::table::Comparison| {
        let column = &table.columns[comparison.column];
        let group = table.group - counts[usize::from(column.missing)];
        let seen: u32 = counts[usize::from(comparison.slots.start)..usize::from(comparison.slots.end)].iter().sum();
        let expected = f64::from(comparison.calls) * f64::from(group) / f64::from(column.known.max(1));
        f64::from(seen).sqrt() - expected.sqrt()
    };
    table.comparisons.iter().map(excess).collect()
}

/// What is dealt.
struct Deck<'t> {
    table: &'t Table,
    /// The first row of each caller.
    begins: Vec<u32>,
    strata: Vec<Stratum>,
    /// Places of calls of the group among their caller's calls.
    places: Vec<u32>,
}

/// Callers with equally many calls.
struct Stratum {
    callers: Range<usize>,
    /// The places of each caller who has any.
    hands: Vec<Range<usize>>,
}

impl Deck<'_> {
    fn of(table: &Table) -> Deck<'_> {
        let begins = table.callers.iter().map(|rows| u32::try_from(rows.start).unwrap_or(u32::MAX)).collect();
        let mut deck = Deck { table, begins, strata: Vec::new(), places: Vec::new() };
        let mut begin = 0;
        for alike in table.callers.chunk_by(|a, b| a.len() == b.len()) {
            let callers = begin..begin + alike.len();
            begin = callers.end;
            let hands = alike.iter().filter_map(|rows| deck.hand(rows)).collect();
            deck.strata.push(Stratum { callers, hands });
        }
        deck
    }

    fn hand(&mut self, rows: &Range<usize>) -> Option<Range<usize>> {
        let begin = self.places.len();
        let of_group = (0..rows.len()).filter(|place| self.table.in_group[rows.start + place]);
        self.places.extend(of_group.map(|place| place as u32));
        (self.places.len() > begin).then_some(begin..self.places.len())
    }

    fn series(&self, deals: u32, seed: u64, tell: &(dyn Fn() + Sync)) -> Vec<Vec<f64>> {
        let mut chance = Pcg64Mcg::seed_from_u64(seed);
        let mut order = self.begins.clone();
        let mut counts = vec![0; self.table.slots];
        let deal = |_| {
            counts.fill(0);
            self.deal(&mut order, &mut chance, &mut counts);
            tell();
            excesses(self.table, &counts)
        };
        (0..deals).map(deal).collect()
    }

    /// Hands go to callers drawn without replacement: as much of a Fisher-Yates shuffle as there are hands.
    fn deal(&self, order: &mut [u32], chance: &mut Pcg64Mcg, counts: &mut [u32]) {
        for stratum in &self.strata {
            let callers = &mut order[stratum.callers.clone()];
            for (n, hand) in stratum.hands.iter().enumerate() {
                let drawn = chance.random_range(n..callers.len());
                callers.swap(n, drawn);
                for place in &self.places[hand.clone()] {
                    count(self.table, (callers[n] + place) as usize, counts);
                }
            }
        }
    }
}
