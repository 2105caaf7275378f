//! The agent of a caller's own, and callers who wait for that agent alone.

use super::{Oracle, Rule, Seen, Verdict, must};
use crate::reference::is_own_queue;
use cabrank_core::{AgentId, AgentState, CallView, Caller, Input, Next, Pause, QueueId, Span, View};

impl Oracle {
    /// The agent whom the profile names, else the one who served the trusted caller last; if the queue is one of that agent's.
    pub(super) fn own_agent(&self, caller: &Caller, queue: QueueId) -> Option<AgentId> {
        let preferred_for = self.settings.queues.get(usize::from(queue.0))?.thresholds.preferred_agent_for;
        let named = caller.profile.as_ref().and_then(|profile| self.agent_named(&profile.preferred_agent));
        let own = named.or_else(|| self.agent_named(self.known.served_by(caller)?))?;
        (preferred_for > Span(0) && is_own_queue(&self.settings, own, queue)).then_some(own)
    }

    /// A caller waits for one agent alone from joining on, while that agent is busy, and no longer than the queue says.
    pub(super) fn check_held(&mut self, call: &CallView, seen: Seen<'_>) -> Verdict {
        let now = self.now;
        let own = call.queue.and_then(|queue| self.own_agent(&call.caller, queue));
        let queue = call.queue.and_then(|queue| self.settings.queues.get(usize::from(queue.0)));
        let longest = queue.map_or(Span(0), |queue| queue.thresholds.preferred_agent_for);
        let step = self.step;
        let life = self.life(call.call)?;
        let Some(agent) = call.waits_for else {
            life.held_until = None;
            return Ok(());
        };
        if life.join.is_some_and(|join| join.step == step) {
            life.held_until = Some(now.plus(longest));
            must(own == Some(agent), Rule::OwnAgent, || format!("{call:?} waits for {agent}, who is not its own"))?;
        }
        let woken = *seen.input == Input::Woke;
        let in_time = life.held_until.is_some_and(|until| now < until);
        must(in_time, Rule::OwnAgent, || format!("{call:?} has waited too long for {agent}: {life:?}"))?;
        must(!woken || is_at_work(seen.view, agent), Rule::OwnAgent, || format!("{call:?} waits for {agent}, who is away"))
    }

    /// Whether a newcomer's own agent was busy all along, and will be back: then nobody else may be rung.
    pub(super) fn must_be_held(&self, call: &CallView, seen: Seen<'_>) -> bool {
        let own = call.queue.and_then(|queue| self.own_agent(&call.caller, queue));
        let views = [self.before.as_ref(), Some(seen.view)];
        own.is_some_and(|own| views.iter().all(|view| view.is_some_and(|view| is_busy_all_along(view, own))))
    }
}

/// Idle or busy with calls, as opposed to paused, away or off duty.
fn is_at_work(view: &View, agent: AgentId) -> bool {
    let state = view.agents.get(agent.0 as usize).map(|agent| &agent.state);
    state.is_some_and(|state| match state {
        AgentState::Idle
        | AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. }
        | AgentState::Paused { why: Pause::Missed { .. } } => true,
        AgentState::SignedOut
        | AgentState::Unreachable { .. }
        | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away } => false,
    })
}

fn is_busy_all_along(view: &View, agent: AgentId) -> bool {
    let shown = view.agents.get(agent.0 as usize);
    shown.is_some_and(|shown| {
        is_at_work(view, agent)
            && !matches!(shown.state, AgentState::Idle | AgentState::Offered { .. })
            && shown.next == Next::Calls
    })
}
