//! When callers are due: a Poisson process, fixed by its seed before the first of them calls.
//!
//! Nothing that the target does moves a due moment: that is what makes the load open-loop.

use super::clock::Moment;
use crate::chance::{Purpose, stream};
use rand_distr::{Distribution, Exp1};
use rand_pcg::Pcg64;
use std::time::Duration;

/// Calls a second, for so long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// Calls a second, on average.
    pub rate: f64,
    /// For so long.
    pub lasting: Duration,
}

/// The due moments, one after the other.
#[derive(Debug)]
pub struct Schedule {
    phases: Vec<Phase>,
    place: usize,
    ends: Moment,
    last: Moment,
    chance: Pcg64,
}

impl Schedule {
    /// From `from` on, one phase after the other.
    #[must_use]
    pub fn new(phases: &[Phase], from: Moment, seed: u64) -> Schedule {
        let ends = phases.first().map_or(from, |phase| from.after(phase.lasting));
        Schedule { phases: phases.to_vec(), place: 0, ends, last: from, chance: stream(seed, 0, Purpose::Arrivals) }
    }

    /// The next phase, if the gap leads beyond the present one. A Poisson process has no memory: it begins anew there.
    fn turn(&mut self) -> bool {
        self.place += 1;
        self.last = self.ends;
        let next = self.phases.get(self.place);
        self.ends = next.map_or(self.ends, |phase| self.ends.after(phase.lasting));
        next.is_some()
    }
}

impl Iterator for Schedule {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        loop {
            let phase = self.phases.get(self.place)?;
            let unit: f64 = Exp1.sample(&mut self.chance);
            let gap_s = unit / phase.rate.max(1e-9);
            let due = self.last.after(Duration::try_from_secs_f64(gap_s).unwrap_or(Duration::MAX));
            if due < self.ends {
                self.last = due;
                return Some(due);
            }
            if !self.turn() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn phase(rate: f64, secs: u64) -> Phase {
        Phase { rate, lasting: Duration::from_secs(secs) }
    }

    #[test]
    fn gaps_are_exponential() {
        let due: Vec<f64> = Schedule::new(&[phase(200.0, 1_000)], Moment(0), 7).map(Moment::secs).collect();
        let gaps: Vec<f64> = due.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let square = gaps.iter().map(|gap| gap * gap).sum::<f64>() / gaps.len() as f64;
        assert!((mean * 200.0 - 1.0).abs() < 0.01, "mean {mean}");
        assert!((square / (2.0 * mean * mean) - 1.0).abs() < 0.03, "a second moment of twice the mean's square: {square}");
    }

    #[test]
    fn phases_follow_each_other() {
        let phases = [phase(100.0, 50), phase(300.0, 50), phase(100.0, 50)];
        let due: Vec<f64> = Schedule::new(&phases, Moment(0), 3).map(Moment::secs).collect();
        let within = |from: f64, to: f64| due.iter().filter(|at| (from..to).contains(*at)).count() as f64;
        for (from, rate) in [(0.0, 100.0), (50.0, 300.0), (100.0, 100.0)] {
            let seen = within(from, from + 50.0) / 50.0;
            assert!((seen / rate - 1.0).abs() < 0.06, "{seen} a second in place of {rate}");
        }
        assert!(due.last().is_some_and(|last| *last < 150.0));
    }

    proptest! {
        #[test]
        fn the_seed_fixes_every_moment(seed: u64, rate in 0.5..500.0_f64) {
            let moments = |seed| Schedule::new(&[phase(rate, 5)], Moment(9), seed).collect::<Vec<_>>();
            prop_assert_eq!(moments(seed), moments(seed));
            prop_assert!(moments(seed).windows(2).all(|pair| pair[0] <= pair[1]));
            prop_assert!(moments(seed).iter().all(|due| *due >= Moment(9) && *due < Moment(9).after(Duration::from_secs(5))));
        }
    }
}
