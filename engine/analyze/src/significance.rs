//! Which differences are more than chance, all comparisons taken together.
//!
//! Each difference is measured by its own scatter over the deals. The largest of all measures in each deal is what the largest
//! one seen is held against, the largest without that one for the second, and so on: the step-down maxT procedure of Westfall
//! and Young (1993, algorithm 4.1; Ge, Dudoit and Speed 2003, box 2). With probability 1 − α nothing at all is reported when
//! nothing is there, whatever the features have to do with each other. Holm's procedure would need p-values that are right for
//! callers with several calls and for small counts, and would pay for hour, queue and line as if they were not the same calls.

use super::shuffle::Deals;

/// How sure a difference is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// How many times its own scatter it is above what chance lets expect.
    pub(super) scatters: f64,
    /// Chance of as much in this comparison alone.
    pub(super) p: f64,
    /// Chance of as much in any comparison.
    pub(super) p_of_all: f64,
}

/// Measures each comparison.
pub(super) fn measured(deals: &Deals) -> Vec<Measured> {
    let scatter = Scatter::of(deals.dealt.iter().chain([&deals.seen]));
    let seen = scatter.of_deal(&deals.seen);
    let of_chance = Scatter::of(deals.dealt.iter()).of_deal(&deals.seen);
    let mut order: Vec<usize> = (0..seen.len()).collect();
    order.sort_by(|a, b| seen[*b].total_cmp(&seen[*a]));
    let (mut alone, mut together) = (vec![1_u32; seen.len()], vec![1_u32; seen.len()]);
    for deal in &deals.dealt {
        let dealt = scatter.of_deal(deal);
        let mut largest = f64::NEG_INFINITY;
        for place in order.iter().rev() {
            largest = largest.max(dealt[*place]);
            alone[*place] += u32::from(dealt[*place] >= seen[*place]);
            together[*place] += u32::from(largest >= seen[*place]);
        }
    }
    let all = deals.dealt.len() as f64 + 1.0;
    let mut measured: Vec<Measured> = Vec::with_capacity(seen.len());
    measured.extend((0..seen.len()).map(|place| Measured {
        scatters: of_chance[place],
        p: f64::from(alone[place]) / all,
        p_of_all: f64::from(together[place]) / all,
    }));
    // Nothing is surer than what is further away.
    order.iter().fold(0.0_f64, |least, place| {
        measured[*place].p_of_all = measured[*place].p_of_all.max(least);
        measured[*place].p_of_all
    });
    measured
}

/// Mean and standard deviation of each comparison. Where deals and what was seen are held against each other, over all of them:
/// so that what was seen is one like the others.
struct Scatter {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Scatter {
    fn of<'d>(deals: impl Iterator<Item = &'d Vec<f64>> + Clone) -> Scatter {
        let count = deals.clone().count() as f64;
        let mut mean = vec![0.0; deals.clone().next().map_or(0, Vec::len)];
        deals.clone().for_each(|deal| mean.iter_mut().zip(deal).for_each(|(sum, excess)| *sum += excess / count));
        let mut square = vec![0.0; mean.len()];
        for deal in deals {
            square.iter_mut().zip(deal).zip(&mean).for_each(|((sum, excess), mean)| *sum += (excess - mean).powi(2));
        }
        Scatter { mean, deviation: square.into_iter().map(|sum| (sum / count).sqrt()).collect() }
    }

    fn of_deal(&self, deal: &[f64]) -> Vec<f64> {
        let own = deal.iter().zip(&self.mean).zip(&self.deviation);
        own.map(|((excess, mean), deviation)| if *deviation > 1e-12 { (excess - mean) / deviation } else { 0.0 }).collect()
    }
}
