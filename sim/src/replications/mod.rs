//! Many replications over all cores. What comes out does not depend on how many those are.

mod crew;

pub use crew::Crew;

use crate::scenario::Scenario;
use std::time::Duration;

/// One replication to be lived through.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What is simulated.
    pub scenario: &'a Scenario,
    /// With which seed.
    pub seed: u64,
}

/// Whoever is told how far the work is.
pub trait Onlooker {
    /// So much is to be done in all, as far as is known.
    fn begins(&mut self, replications: u64);

    /// Told after each replication, and every so often in between: so many more are done, and so many calls in them.
    fn done(&mut self, replications: u64, calls: u64);

    /// All is done.
    fn ends(&mut self);
}

/// How often an onlooker is told that the work still goes on.
pub const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Nobody looks on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Onlooker for Alone {
    fn begins(&mut self, _replications: u64) {}

    fn done(&mut self, _replications: u64, _calls: u64) {}

    fn ends(&mut self) {}
}

/// The replications of a scenario: the first has the scenario's own seed, each further one the next number.
pub fn of_scenario(scenario: &Scenario) -> Vec<Job<'_>> {
    let seeds = (0..u64::from(scenario.replications)).map(|n| scenario.seed.wrapping_add(n));
    seeds.map(|seed| Job { scenario, seed }).collect()
}
