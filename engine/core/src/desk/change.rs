//! The desk itself changes: new settings, a restart.

use super::Desk;
use super::agent::Agent;
use super::idle::Idle;
use super::line_up::LineUp;
use super::timers::Timer;
use crate::{AgentId, AgentState, Choice, Closed, QueueId, Refusal, ServiceId, Settings, Span};
use alloc::vec::Vec;

/// Shorter spans would have the desk busy with nothing else.
const SHORTEST: Span = Span::millis(1);

impl Desk {
    /// Agents keep their state by name; who is no longer named is gone.
    pub(super) fn settings_changed(&mut self, settings: Settings) -> Result<(), Refusal> {
        verify(&settings)?;
        if !self.calls.is_empty() {
            return Err(Refusal::CallsLive);
        }
        let kept: Vec<Agent> = settings.agents.iter().map(|agent| self.take_agent(&agent.name)).collect();
        self.line_ups = settings.queues.iter().map(|_| LineUp::default()).collect();
        self.idle = Idle::new(settings.queues.len());
        self.timers = Default::default();
        self.settings = settings;
        self.agents = kept.iter().map(|_| Agent::new()).collect();
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
        for (id, call) in &self.calls {
            if let Some(asked) = call.owed() {
                let patience = self.settings.services[usize::from(asked.service.0)].timeout;
                self.timers.set(Timer::Dispatch(*id), self.now.plus(patience).plus(super::instant::EDGE_GRACE));
            }
        }
    }

    fn take_agent(&mut self, name: &str) -> Agent {
        match self.settings.agents.iter().position(|agent| &*agent.name == name) {
            Some(index) => core::mem::replace(&mut self.agents[index], Agent::new()),
            None => Agent::new(),
        }
    }

    fn put_back(&mut self, id: AgentId, agent: Agent) {
        let (state, since) = (agent.state.clone(), agent.since);
        *self.agent_mut(id) = Agent { state: AgentState::SignedOut, ..agent };
        self.put(id, state);
        self.agent_mut(id).since = since;
    }
}

/// Whether settings fit together. Whoever reads settings from a person says more, and with line numbers.
pub(super) fn verify(settings: &Settings) -> Result<(), Refusal> {
    let fault = |what| Err(Refusal::BadSettings(what));
    if settings.lines.is_empty() {
        return fault("a desk needs a line");
    }
    if settings.queues.is_empty() {
        return fault("a desk needs a queue, since everything leads to a human");
    }
    if settings.lines.iter().any(|line| !line_fits(settings, line)) {
        return fault("a line names a queue or service that is not there, or has no time for silence");
    }
    if settings
        .queues
        .iter()
        .any(|queue| [queue.max_wait, queue.ring_for, queue.comfort_every].iter().any(|span| *span < SHORTEST))
    {
        return fault("a queue's longest wait, ringing time and comfort interval are longer than nothing");
    }
    if settings.agents.iter().any(|agent| agent.skills.iter().any(|skill| !has_queue(settings, skill.queue))) {
        return fault("an agent serves a queue that is not there");
    }
    let mut names: Vec<&str> = settings.agents.iter().map(|agent| &*agent.name).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return fault("two agents have one name");
    }
    Ok(())
}

fn line_fits(settings: &Settings, line: &crate::Line) -> bool {
    let closed = match line.closed {
        Closed::Message => true,
        Closed::Queue(queue) => has_queue(settings, queue),
    };
    let options = [line.menu.one, line.menu.two].into_iter().flatten().all(|choice| match choice {
        Choice::Instant { service, otherwise } => has_service(settings, service) && has_queue(settings, otherwise),
        Choice::Queue(queue) => has_queue(settings, queue),
    });
    closed && options && has_queue(settings, line.human) && line.silence >= SHORTEST
}

fn has_queue(settings: &Settings, queue: QueueId) -> bool {
    usize::from(queue.0) < settings.queues.len()
}

fn has_service(settings: &Settings, service: ServiceId) -> bool {
    usize::from(service.0) < settings.services.len()
}
