//! Whether a difference is still there among calls that are alike otherwise.

use super::table::{Comparison, Table};

/// How many standard errors a value is too frequent in the group, summed over calls that are alike (which have the same
/// number in `alike`): the test of Cochran (1954), Mantel and Haenszel (1959), with the error added up caller by caller. Rows
/// that are not wanted do not count.
pub(super) fn excess(table: &Table, comparison: &Comparison, alike: &[u64], wanted: impl Fn(usize) -> bool) -> f64 {
    let strata = Strata::of(table, comparison, alike, &wanted);
    let (mut sum, mut variance) = (0.0, 0.0);
    for rows in &table.callers {
        let mut own = 0.0;
        for row in rows.clone().filter(|row| wanted(*row)) {
            let Some(has) = table.has(row, comparison) else { continue };
            let (with, in_group) = strata.means(alike[row]);
            own += (f64::from(u8::from(has)) - with) * (f64::from(u8::from(table.in_group[row])) - in_group);
        }
        sum += own;
        variance += own * own;
    }
    if variance > 0.0 { sum / variance.sqrt() } else { 0.0 }
}

/// The chance of at least so many standard errors.
pub(super) fn chance_of(errors: f64) -> f64 {
    libm::erfc(errors / std::f64::consts::SQRT_2) / 2.0
}

/// Calls that are alike, counted.
struct Strata {
    /// In order of what is alike: calls, those with the value, those of the group.
    counts: Vec<(u64, [f64; 3])>,
}

impl Strata {
    fn of(table: &Table, comparison: &Comparison, alike: &[u64], wanted: &impl Fn(usize) -> bool) -> Strata {
        let mut kinds: Vec<u64> = Vec::new();
        for kind in alike {
            if let Err(place) = kinds.binary_search(kind) {
                kinds.insert(place, *kind);
            }
        }
        let mut counts: Vec<(u64, [f64; 3])> = kinds.into_iter().map(|kind| (kind, [0.0; 3])).collect();
        for row in (0..table.calls()).filter(|row| wanted(*row)) {
            let Some(has) = table.has(row, comparison) else { continue };
            if let Ok(place) = counts.binary_search_by_key(&alike[row], |(kind, _)| *kind) {
                let [calls, with, in_group] = &mut counts[place].1;
                *calls += 1.0;
                *with += f64::from(u8::from(has));
                *in_group += f64::from(u8::from(table.in_group[row]));
            }
        }
        Strata { counts }
    }

    /// Among calls of a kind, the shares of those with the value and of those of the group.
    fn means(&self, kind: u64) -> (f64, f64) {
        let found = self.counts.binary_search_by_key(&kind, |(kind, _)| *kind).ok();
        let [calls, with, in_group] = found.map_or([1.0, 0.0, 0.0], |place| self.counts[place].1);
        (with / calls, in_group / calls)
    }
}
