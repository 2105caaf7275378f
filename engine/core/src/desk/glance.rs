//! A quick look at one thing, where a whole picture would cost more than it tells.

use super::Desk;
use super::call::Stage;
use crate::{AgentId, AgentState, CallId, ClassId, Estimate, QueueId, Tick};

/// Where a caller stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceInLine {
    /// The queue.
    pub queue: QueueId,
    /// The class in it.
    pub class: ClassId,
    /// From when the wait counts.
    pub since: Tick,
    /// The agent of the caller's own for whom it waits.
    pub waits_for: Option<AgentId>,
    /// Whether a phone rings for the caller.
    pub rings: bool,
}

impl Desk {
    /// Where a call stands in line, those included for whom a phone rings; nowhere if it is not live or elsewhere.
    pub fn place_in_line(&self, call: CallId) -> Option<PlaceInLine> {
        let call = self.calls.get(&call)?;
        let stand = call.stand?;
        let waits_for = if let Stage::Held(agent) = call.stage { Some(agent) } else { None };
        let rings = matches!(call.stage, Stage::Offered(_));
        let waits = rings || matches!(call.stage, Stage::Waiting | Stage::Held(_));
        waits.then_some(PlaceInLine { queue: stand.queue, class: stand.class, since: stand.since, waits_for, rings })
    }

    /// How many callers would be served before this one if agents came free now, by the order of service; those who wait for an
    /// agent of their own count among them. Nothing if the call is not in line.
    pub fn ahead_of(&self, call: CallId) -> Option<u32> {
        let call = self.calls.get(&call)?;
        let ahead = self.now_ahead_of(&call.stand?);
        // Who waits for an agent of the own stands among those who do.
        Some(if matches!(call.stage, Stage::Held(_)) { ahead.saturating_sub(1) } else { ahead })
    }

    /// What was reckoned for a live call when it joined its line.
    pub fn estimate_of(&self, call: CallId) -> Option<&Estimate> {
        self.calls.get(&call)?.estimate.as_ref()
    }

    /// Callers in a line, those included for whom a phone rings; nobody if there is no such line.
    pub fn callers_in_line(&self, queue: QueueId) -> u32 {
        self.line_ups.get(usize::from(queue.0)).map_or(0, super::line_up::LineUp::waiting)
    }

    /// What an agent is doing.
    pub fn agent_state(&self, agent: AgentId) -> Option<&AgentState> {
        self.agents.get(agent.0 as usize).map(|agent| &agent.state)
    }
}
