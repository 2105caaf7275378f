//! What runs over the day and over waits, averaged over replications.

use super::replication::{QueueCourse, Replication, SHARES, share};
use crate::figures::{Counts, named, service_level};
use crate::scenario::Scenario;
use crate::simulate::Bin;
use crate::statistics::{mean, quantile};
use cabrank_core::{Denominator, Queue};
use jiff::civil::DateTime;

/// A mean over replications, and from where to where eight of ten of them lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The mean.
    pub mean: f64,
    /// A tenth lies below.
    pub low: f64,
    /// A tenth lies above.
    pub high: f64,
}

/// What runs over the day and over waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// The wall clock at the beginning.
    pub begins: DateTime,
    /// Until so many seconds after it nothing is counted.
    pub warm_up_s: f64,
    /// When the last part of the day ends, in seconds after the beginning.
    pub duration_s: f64,
    /// By queue.
    pub queues: Vec<QueueCurves>,
}

/// A queue's curves. Parts of the day are told by their middle, in seconds after the beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueCurves {
    /// The queue's name.
    pub name: String,
    /// How many were in line, on the mean over each part of the day.
    pub length: Vec<(f64, Band)>,
    /// The service level of those who joined in each part of the day; parts without callers are left out.
    pub service_level: Vec<(f64, Band)>,
    /// By class: its name, and for each share of its callers the wait in seconds that they do not exceed.
    pub waits_s: Vec<(String, Vec<(f64, Band)>)>,
}

impl Curves {
    /// Of these replications.
    pub fn of(scenario: &Scenario, replications: &[Replication]) -> Curves {
        let queue = |(n, queue): (usize, &Queue)| {
            let courses: Vec<&QueueCourse> = replications.iter().filter_map(|one| one.queues.get(n)).collect();
            QueueCurves {
                name: named(&queue.name, n),
                length: over_day(scenario, &courses, lengths),
                service_level: over_day(scenario, &courses, |bins, bin_us| {
                    service_levels(bins, bin_us, queue.thresholds.service_level.of)
                }),
                waits_s: waits(queue, &courses),
            }
        };
        Curves {
            begins: scenario.begins,
            warm_up_s: scenario.warm_up.0 as f64 / 1e6,
            duration_s: scenario.duration.0 as f64 / 1e6,
            queues: scenario.settings.queues.iter().enumerate().map(queue).collect(),
        }
    }
}

/// For each part of the day what `of` makes of it in all replications.
fn over_day(scenario: &Scenario, courses: &[&QueueCourse], of: impl Fn(&[Bin], f64) -> Option<Band>) -> Vec<(f64, Band)> {
    let bins = courses.iter().map(|course| course.bins.len()).min().unwrap_or(0);
    let bin_us = scenario.duration.0 as f64 / bins.max(1) as f64;
    let part = |n: usize| {
        let alike: Vec<Bin> = courses.iter().map(|course| course.bins[n]).collect();
        Some(((n as f64 + 0.5) * bin_us / 1e6, of(&alike, bin_us)?))
    };
    (0..bins).filter_map(part).collect()
}

fn lengths(bins: &[Bin], bin_us: f64) -> Option<Band> {
    Band::of(bins.iter().map(|bin| bin.in_line_us as f64 / bin_us).collect())
}

/// The mean is that of all calls together: a replication with few of them must not count for as much as one with many.
fn service_levels(bins: &[Bin], _bin_us: f64, of: Denominator) -> Option<Band> {
    let counts = |bin: &Bin| Counts {
        offered: bin.offered,
        answered: bin.answered,
        within: bin.within,
        abandoned: bin.abandoned,
        short_abandoned: bin.short_abandoned,
        late_abandoned: bin.late_abandoned,
        ..Counts::default()
    };
    let together = bins.iter().map(counts).fold(Counts::default(), Counts::plus);
    let band = Band::of(bins.iter().filter_map(|bin| service_level(&counts(bin), of)).collect())?;
    Some(Band { mean: service_level(&together, of)?, ..band })
}

fn waits(queue: &Queue, courses: &[&QueueCourse]) -> Vec<(String, Vec<(f64, Band)>)> {
    let class = |n: usize| {
        let seen: Vec<&Vec<f64>> = courses.iter().filter_map(|course| course.waits_s.get(n)?.as_ref()).collect();
        let at = |place: usize| Some((share(place), Band::of(seen.iter().map(|waits| waits[place]).collect())?));
        (named(&queue.thresholds.classes[n].name, n), (0..SHARES).filter_map(at).collect())
    };
    (0..queue.thresholds.classes.len()).map(class).collect()
}

impl Band {
    fn of(mut values: Vec<f64>) -> Option<Band> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| Band { mean: mean(&values), low: quantile(&values, 0.1), high: quantile(&values, 0.9) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tallies::{scenario, tally, waits};

    fn day(answered: u64, within: u64, in_line_s: u64) -> Replication {
        let mut tally = tally();
        let busy = Bin { offered: answered, answered, within, in_line_us: in_line_s * 1_000_000, ..Bin::default() };
        tally.queues[0].bins = vec![Bin::default(), busy];
        tally.queues[0].classes[0].waits = waits(&[in_line_s; 4]);
        Replication::of(&tally, &scenario())
    }

    #[test]
    fn curves_by_hand() {
        let curves = Curves::of(&scenario(), &[day(10, 10, 3600), day(30, 6, 7200)]);
        let queue = &curves.queues[0];
        // Two parts of an hour each, told by their middle.
        assert_eq!(queue.length.iter().map(|(at, band)| (*at, band.mean)).collect::<Vec<_>>(), [(1800.0, 0.0), (5400.0, 1.5)]);
        // 16 of 40 calls, though the days' levels are 1 and 0.2; and nothing is said of a part in which nobody came.
        assert_eq!(queue.service_level, [(5400.0, Band { mean: 0.4, low: 0.2, high: 1.0 })]);
        let median = queue.waits_s[0].1.iter().find(|(share, _)| *share == 0.5).map(|(_, band)| band.mean);
        assert!(median.is_some_and(|median| (median - 5400.0).abs() < 6.0), "{median:?}");
        assert_eq!((curves.warm_up_s, curves.duration_s), (1800.0, 7200.0));
    }
}
