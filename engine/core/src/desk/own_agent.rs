//! The agent who served a caller before: the two wait for each other, for a bounded time.

use super::Desk;
use super::alarms::Due;
use super::call::Stage;
use crate::{AgentId, AgentState, CallId, Next, Pause, Place, QueueId, Span, Tick};

impl Desk {
    /// The agent whom the profile names, or else the one who served this caller last, if the queue is one of that agent's and
    /// opens to that agent some day.
    pub(super) fn own_agent(&self, id: CallId, queue: QueueId) -> Option<AgentId> {
        if self.queue(queue).thresholds.preferred_agent_for == Span(0) {
            return None;
        }
        let caller = &self.calls.get(&id)?.caller;
        let preferred = caller.profile.as_ref().map(|profile| &*profile.preferred_agent).filter(|name| !name.is_empty());
        let named = preferred.and_then(|name| self.agent_named(name));
        let own = named.or_else(|| self.agent_named(self.known.last_agent(caller)?))?;
        self.serves(own, queue).then_some(own)
    }

    /// The agent of a caller's own for whom the caller may wait, being busy now and free again before long.
    pub(super) fn busy_own_agent(&self, id: CallId, queue: QueueId) -> Option<AgentId> {
        self.own_agent(id, queue).filter(|agent| self.works(*agent))
    }

    /// Lets a newcomer wait for an agent of the caller's own who is busy now; nobody else is rung meanwhile.
    pub(super) fn hold_for(&mut self, agent: AgentId, id: CallId) {
        let Some(stand) = self.leave_line(id) else { return };
        let until = self.now.plus(self.queue(stand.queue).thresholds.preferred_agent_for);
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Held(agent);
        }
        self.held.insert((agent, stand.since, stand.place), id);
        self.line_ups[usize::from(stand.queue.0)].held += 1;
        self.set_alarm(id, Due::Stage, stand.until);
        self.set_alarm(id, Due::Opening, until);
        self.line_changed(stand.queue);
    }

    /// An agent stopped working: whoever waits for this very agent is open to all, as soon as alarms ring.
    pub(super) fn let_go_of_held(&mut self, agent: AgentId) {
        let mut key = (agent, Tick(0), Place(0));
        while let Some(((of, since, place), call)) = self.held.from(&key).next() {
            if *of != agent {
                return;
            }
            let call = *call;
            key = (agent, *since, Place(place.0 + 1));
            self.set_alarm(call, Due::Opening, self.now);
        }
    }

    /// Busy now, and free again before long.
    fn works(&self, agent: AgentId) -> bool {
        let agent = &self.agents[agent.0 as usize];
        agent.next == Next::Calls && is_at_work(&agent.state) && agent.state != AgentState::Idle
    }

    fn agent_named(&self, name: &str) -> Option<AgentId> {
        let at = self.agents_by_name.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        self.agents_by_name.get(at).map(|(_, id)| *id)
    }
}

/// Idle or busy with calls, as opposed to paused, away or off duty.
pub(super) fn is_at_work(state: &AgentState) -> bool {
    match state {
        AgentState::Idle
        | AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. }
        | AgentState::Paused { why: Pause::Missed { .. } } => true,
        AgentState::SignedOut
        | AgentState::Unreachable { .. }
        | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away } => false,
    }
}
