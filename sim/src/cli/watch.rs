//! The oracle looks at the first replication.

use super::Unusable;
use crate::replications::Crew;
use crate::scenario::Scenario;
use crate::simulate::{Watched, Witness, settings_of, simulate};
use crate::verify::Check;
use cabrank_core::{Desk, Input, Outbox, Tick};

/// The oracle looks at every agent in every step, which takes its time: it looks at so many agents in all.
const LOOKS_MAX: u64 = 4_000_000;
/// A desk with fewer agents is no faster.
const AGENTS_MIN: u64 = 40;

/// That no rule of the desk was broken before the oracle's eyes; nothing if it was interrupted.
pub(super) fn watched(scenario: &Scenario, crew: &Crew<'_>) -> Result<Option<Check>, Unusable> {
    let agents = AGENTS_MIN.max(scenario.agents.len() as u64);
    let mut watch = Watch { oracle: Watched::new(settings_of(scenario)), crew, steps_max: LOOKS_MAX / agents };
    simulate(scenario, scenario.seed, &mut watch).map_err(Unusable::because)?;
    if crew.stopped() {
        return Ok(None);
    }
    let Watch { oracle, .. } = watch;
    let what = format!("rules of the desk that the oracle saw broken in the first {} steps of a replication", oracle.steps());
    let breach = oracle.breach().map(ToString::to_string);
    let broken = if breach.is_some() { 1.0 } else { 0.0 };
    Ok(Some(Check { more: breach, ..Check::zero(&what, "oracle", &[broken]) }))
}

struct Watch<'a> {
    oracle: Watched,
    crew: &'a Crew<'a>,
    steps_max: u64,
}

impl Witness for Watch<'_> {
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        if self.oracle.steps() < self.steps_max {
            self.oracle.told(at, input, out, desk);
        }
    }

    fn goes_on(&mut self) -> bool {
        self.oracle.steps() < self.steps_max && self.oracle.goes_on() && !self.crew.stopped()
    }
}
