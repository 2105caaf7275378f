//! A scenario lived through in virtual time: callers and agents around the production core.
//!
//! The desk decides everything that a desk decides; this module only says what happens to it. Chance belongs to callers, agents
//! and ringings, each by a stream of its own, so that two policies meet the same people.

mod agenda;
mod agents;
mod books;
mod calls;
mod changes;
mod comings;
mod digest;
mod floor;
mod lines;
mod menu;
mod rings;
mod sources;
mod tally;
#[cfg(test)]
mod tests;
mod trouble;
mod watched;
mod witness;

pub use digest::DecisionsDigest;
pub use tally::{AgentTally, Bin, ClassTally, FairnessTally, QueueTally, QuoteSample, Skipped, Tally, Waits};
pub use watched::Watched;
pub use witness::{Unseen, Witness};

use crate::scenario::Scenario;
use cabrank_core::Refusal;
use floor::Floor;

/// Lives through the scenario once, with this seed. The witness sees every fact and what the desk made of it.
///
/// # Errors
/// The desk refuses the settings.
pub fn simulate(scenario: &Scenario, seed: u64, witness: &mut impl Witness) -> Result<Tally, Refusal> {
    Ok(Floor::new(scenario, seed, witness)?.live())
}

/// The settings of the desk that is simulated: those of the scenario, and for each queue a line more that leads straight into
/// it. What a [`Witness`] sees begins with these.
pub fn settings_of(scenario: &Scenario) -> cabrank_core::Settings {
    lines::with_straight_lines(&scenario.settings)
}
