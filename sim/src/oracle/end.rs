//! When everybody is gone, nobody may be stuck.

use super::{Oracle, Rule, Verdict, must};
use cabrank_core::{AgentState, Pause, View};

impl Oracle {
    /// Judges the desk after its last caller has left and nothing is due any more.
    pub fn saw_the_end(&self, view: &View) -> Verdict {
        let unwritten = self.lives.iter().find(|(_, life)| !life.written);
        must(unwritten.is_none(), Rule::OneRecord, || format!("never written: {unwritten:?}"))?;
        must(view.calls.is_empty(), Rule::NobodyStuck, || format!("calls left: {:?}", view.calls))?;
        must(self.ringings.is_empty(), Rule::NobodyStuck, || format!("legs left: {:?}", self.ringings))?;
        let stuck = view.agents.iter().find(|agent| !may_last(&agent.state));
        must(stuck.is_none(), Rule::NobodyStuck, || format!("{stuck:?}"))
    }
}

/// States that may last for ever.
fn may_last(state: &AgentState) -> bool {
    match state {
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away }
        | AgentState::Unreachable { until: None } => true,
        AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. }
        | AgentState::Paused { why: Pause::Missed { .. } }
        | AgentState::Unreachable { until: Some(_) } => false,
    }
}
