//! The oracle looks on: every step of a scenario is held against what must be true of any desk.

use super::Witness;
use crate::oracle::{Breach, Oracle, Seen};
use cabrank_core::{Desk, Input, Outbox, Settings, Tick};

/// The oracle as a witness. Slow: it looks at the whole desk after every step.
pub struct Watched {
    oracle: Oracle,
    steps: u64,
    breach: Option<Breach>,
}

impl Watched {
    /// Watches a desk of these settings ([`settings_of`](super::settings_of) a scenario) from its beginning.
    pub fn new(settings: Settings) -> Watched {
        Watched { oracle: Oracle::new(settings), steps: 0, breach: None }
    }

    /// Steps that were looked at.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The first rule that was broken, if one was.
    pub fn breach(&self) -> Option<&Breach> {
        self.breach.as_ref()
    }
}

impl Witness for Watched {
    fn told(&mut self, at: Tick, input: &Input, out: &Outbox, desk: &Desk) {
        if self.breach.is_some() {
            return;
        }
        self.steps += 1;
        let Outbox { effects, refusals, decisions, passed_over } = out;
        let view = desk.view();
        self.breach = self.oracle.saw(Seen { at, input, effects, refusals, decisions, passed_over, view: &view }).err();
    }

    fn goes_on(&mut self) -> bool {
        self.breach.is_none()
    }
}
