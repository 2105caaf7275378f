//! What reports keep of one replication.

use crate::figures::Figures;
use crate::scenario::Scenario;
use crate::simulate::{Bin, Tally, Waits};

/// Quantiles of waits that are kept: 0 to 99 % by one, and 99.5 %.
pub(super) const SHARES: usize = 101;

/// What reports keep of one replication: far less than its tally.
#[derive(Clone, Debug)]
pub struct Replication {
    /// Its seed.
    pub seed: u64,
    /// Calls that came in, those of the warm-up included.
    pub calls: u64,
    /// The digest of its decisions.
    pub decisions_digest: u64,
    /// Its figures.
    pub figures: Figures,
    /// By queue.
    pub(super) queues: Vec<QueueCourse>,
}

/// A queue's day.
#[derive(Clone, Debug)]
pub(super) struct QueueCourse {
    pub(super) bins: Vec<Bin>,
    /// By class; none if nobody waited.
    pub(super) waits_s: Vec<Option<Vec<f64>>>,
}

impl Replication {
    /// Of a replication of this scenario.
    pub fn of(tally: &Tally, scenario: &Scenario) -> Replication {
        let queues = tally.queues.iter().map(|queue| QueueCourse {
            bins: queue.bins.clone(),
            waits_s: queue.classes.iter().map(|class| quantiles_s(&class.waits)).collect(),
        });
        Replication {
            seed: tally.seed,
            calls: tally.calls,
            decisions_digest: tally.decisions_digest,
            figures: Figures::of(tally, scenario),
            queues: queues.collect(),
        }
    }
}

/// The n-th share.
pub(super) fn share(n: usize) -> f64 {
    if n + 1 == SHARES { 0.995 } else { n as f64 / 100.0 }
}

/// The waits that so many do not exceed. One walk through the histogram finds all.
fn quantiles_s(waits: &Waits) -> Option<Vec<f64>> {
    let all = waits.histogram.len() as f64;
    let mut found = Vec::with_capacity(SHARES);
    let mut passed = 0;
    for step in waits.histogram.iter_recorded() {
        passed += step.count_since_last_iteration();
        let wait_s = waits.histogram.median_equivalent(step.value_iterated_to()) as f64 / 1e3;
        while found.len() < SHARES && share(found.len()) * all <= passed as f64 {
            found.push(wait_s);
        }
    }
    (all > 0.0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tallies::waits;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_those_of_the_sorted_waits(mut seconds in prop::collection::vec(0..600_u64, 1..80)) {
            let found = quantiles_s(&waits(&seconds)).expect("there are some");
            seconds.sort_unstable();
            prop_assert_eq!(found.len(), SHARES);
            for (n, found) in found.iter().enumerate() {
                let sorted: Vec<f64> = seconds.iter().map(|s| *s as f64).collect();
                let known = crate::statistics::quantile(&sorted, share(n));
                prop_assert!((found - known).abs() <= known * 1e-3, "{} is {found}, not {known}", share(n));
            }
        }
    }

    #[test]
    fn of_nobody_there_are_no_quantiles() {
        assert_eq!(quantiles_s(&waits(&[])), None);
    }
}
