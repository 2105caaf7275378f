//! What is to be done to a desk.

use super::people::People;
use super::schedule::Phase;
use crate::chance::Law;
use cabrank_core::Span;
use std::time::Duration;

/// What is to be done to a desk.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many calls a second, for how long; one phase after the other.
    pub phases: Vec<Phase>,
    /// Fixes every due moment, caller, and length of time that is drawn by lot.
    pub seed: u64,
    /// Who calls.
    pub people: People,
    /// What is pressed once the desk has answered, if anything.
    pub key: Option<char>,
    /// From the answer to the key.
    pub think: Law,
    /// After how long a caller to whom nobody has come hangs up, counted from the due moment; never, if none.
    pub patience: Option<Law>,
    /// Who was refused or lost patience calls again: with this chance, after so long.
    pub redial: Option<(f64, Law)>,
    /// Keys after which a call that the desk ends without an agent was served; for targets that do not say so.
    pub instant: Vec<char>,
    /// From an agent's ringing to the answer.
    pub pick_up: Law,
    /// From an agent's answer to the agent's hanging up.
    pub talk: Law,
    /// After the last phase callers may stay for so long; then they are sent home.
    pub drain: Duration,
    /// Calls at once; what is beyond is not called and has failed.
    pub calls_max: usize,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            phases: Vec::new(),
            seed: 1,
            people: People::Numbered { prefix: "+6580".into(), count: 1_000_000 },
            key: None,
            think: Law::Constant(Span(0)),
            patience: None,
            redial: None,
            instant: vec!['1'],
            pick_up: Law::Constant(Span(0)),
            talk: Law::Constant(Span::millis(500)),
            drain: Duration::from_secs(10),
            calls_max: 100_000,
        }
    }
}

impl Plan {
    /// The same with one phase of that rate.
    #[must_use]
    pub fn at_rate(&self, rate: f64, lasting: Duration) -> Plan {
        Plan { phases: vec![Phase { rate, lasting }], ..self.clone() }
    }

    /// How long callers come.
    #[must_use]
    pub fn lasting(&self) -> Duration {
        self.phases.iter().map(|phase| phase.lasting).sum()
    }
}
