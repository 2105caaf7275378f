//! The desk itself changes: new settings, a restart.

use super::Desk;
use super::agent::{Agent, is_busy};
use super::alarms::Due;
use super::line_up::LineUp;
use super::verify::verify;
use crate::{AgentId, AgentState, CallId, QueueId, Refusal, Settings, Text, Tick};
use alloc::vec::Vec;

impl Desk {
    /// Agents keep their state by name; who is no longer named is gone.
    pub(super) fn settings_changed(&mut self, settings: Settings) -> Result<(), Refusal> {
        verify(&settings)?;
        if !self.calls.is_empty() {
            return Err(Refusal::CallsLive);
        }
        let kept: Vec<Agent> = settings.agents.iter().map(|agent| self.take_agent(&agent.name)).collect();
        self.line_ups = settings.queues.iter().map(|queue| LineUp::new(&queue.thresholds)).collect();
        self.agents_by_name = by_name(&settings);
        self.settings = settings;
        self.clock.clear();
        self.known.forget_places();
        self.agents = kept.iter().map(|_| Agent::new()).collect();
        self.relist_agents();
        for (index, agent) in kept.into_iter().enumerate() {
            self.put_back(AgentId(index as u32), agent);
        }
        Ok(())
    }

    /// No phone is known to be reachable until it registers; what a fulfilment service owes is asked again by the edge.
    pub(super) fn restarted(&mut self) {
        self.draining = false;
        for index in 0..self.agents.len() {
            let id = AgentId(index as u32);
            self.agent_mut(id).reachable = false;
            match self.agents[index].state {
                AgentState::Idle | AgentState::Unreachable { .. } => self.put(id, AgentState::Unreachable { until: None }),
                AgentState::SignedOut
                | AgentState::Offered { .. }
                | AgentState::Talking { .. }
                | AgentState::WrapUp { .. }
                | AgentState::Paused { .. } => {}
            }
        }
        let owed = |(id, call): (&CallId, &super::call::Call)| {
            let service = call.owed()?.service;
            let patience = self.settings.services[usize::from(service.0)].timeout;
            Some((*id, self.now.plus(patience).plus(super::instant::EDGE_GRACE)))
        };
        let deadlines: Vec<(CallId, Tick)> = self.calls.iter().filter_map(owed).collect();
        deadlines.into_iter().for_each(|(id, at)| self.set_alarm(id, Due::Dispatch, at));
    }

    fn take_agent(&mut self, name: &str) -> Agent {
        match self.settings.agents.iter().position(|agent| &*agent.name == name) {
            Some(index) => core::mem::replace(&mut self.agents[index], Agent::new()),
            None => Agent::new(),
        }
    }

    fn put_back(&mut self, id: AgentId, agent: Agent) {
        let (state, since) = (agent.state.clone(), agent.since);
        let occupancy = agent.occupancy.after(is_busy(&state), self.now);
        *self.agent_mut(id) = Agent { state: AgentState::SignedOut, occupancy, ..agent };
        self.put(id, state);
        self.agent_mut(id).since = since;
    }
}

/// Agents in the order of their names.
pub(super) fn by_name(settings: &Settings) -> Vec<(Text, AgentId)> {
    let mut names: Vec<(Text, AgentId)> =
        settings.agents.iter().enumerate().map(|(index, agent)| (agent.name.clone(), AgentId(index as u32))).collect();
    names.sort_unstable();
    names
}

/// Queues that keep idle agents for their own callers.
pub(super) fn reserving(settings: &Settings) -> Vec<QueueId> {
    let reserving = |(_, queue): &(usize, &crate::Queue)| queue.thresholds.reserve > 0;
    settings.queues.iter().enumerate().filter(reserving).map(|(index, _)| QueueId(index as u16)).collect()
}
