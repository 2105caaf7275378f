//! What an agent is doing, and what follows. Every state but signed out, paused by wish and unreachable without a phone has
//! a deadline or is tied to a live leg: nobody is stuck.

use super::alarms::Owner;
use super::idle::Turn;
use super::occupancy::Occupancy;
use super::own_agent::is_at_work;
use super::{Desk, Outbox};
use crate::{AgentId, AgentOrder, AgentState, CallId, Next, Pause, PhoneLost, QueueId, Refusal, SignIn, Span, Tick, Wish};

/// How long an agent who missed a ringing is left alone.
const REST: Span = Span::secs(10);

/// After so many missed in a row the agent is taken to be away.
const MISSES_MAX: u8 = 3;

/// How long a phone that failed is left alone, unless it registers before.
const PROBATION: Span = Span::secs(30);

/// One agent.
pub(super) struct Agent {
    pub(super) state: AgentState,
    pub(super) since: Tick,
    /// Who has been idle longest is rung first; a ringing that the caller called off does not count.
    pub(super) idle_since: Tick,
    pub(super) occupancy: Occupancy,
    /// Whether the phone can be rung.
    pub(super) reachable: bool,
    /// Signed out by wish: a phone that refreshes its registration does not sign in again.
    pub(super) off_by_wish: bool,
    pub(super) next: Next,
    /// Ringings missed in a row.
    pub(super) misses: u8,
    /// The call whose ringing was missed last, until another one rings.
    pub(super) last_missed: Option<CallId>,
}

impl Agent {
    pub(super) fn new() -> Agent {
        Agent {
            state: AgentState::SignedOut,
            since: Tick(0),
            idle_since: Tick(0),
            occupancy: Occupancy::default(),
            reachable: false,
            off_by_wish: false,
            next: Next::Calls,
            misses: 0,
            last_missed: None,
        }
    }
}

impl Desk {
    pub(super) fn phone_reached(&mut self, id: AgentId, out: &mut Outbox) -> Result<(), Refusal> {
        let signs_in = self.sign_in(id)? == SignIn::WithPhone;
        let agent = self.agent_mut(id);
        let signs_in = signs_in && !agent.reachable && !agent.off_by_wish;
        agent.reachable = true;
        match agent.state {
            AgentState::Unreachable { .. } => self.free(id, out),
            AgentState::SignedOut if signs_in => self.free(id, out),
            AgentState::SignedOut
            | AgentState::Idle
            | AgentState::Offered { .. }
            | AgentState::Talking { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Paused { .. } => {}
        }
        Ok(())
    }

    pub(super) fn phone_lost(&mut self, id: AgentId, how: PhoneLost) -> Result<(), Refusal> {
        let goes_home = self.sign_in(id)? == SignIn::WithPhone && how == PhoneLost::Deregistered;
        let agent = self.agent_mut(id);
        agent.reachable = false;
        if goes_home {
            agent.off_by_wish = false;
        }
        match agent.state {
            AgentState::SignedOut => {}
            AgentState::Offered { .. } | AgentState::Talking { .. } if goes_home => agent.next = Next::SignOut,
            AgentState::Offered { .. } | AgentState::Talking { .. } => {}
            AgentState::Idle | AgentState::Unreachable { .. } | AgentState::WrapUp { .. } | AgentState::Paused { .. }
                if goes_home =>
            {
                self.put(id, AgentState::SignedOut);
            }
            AgentState::Idle | AgentState::Unreachable { .. } => self.put(id, AgentState::Unreachable { until: None }),
            AgentState::WrapUp { .. } | AgentState::Paused { .. } => {}
        }
        Ok(())
    }

    pub(super) fn agent_asked(&mut self, id: AgentId, wish: Wish, out: &mut Outbox) -> Result<(), Refusal> {
        self.sign_in(id)?;
        match wish {
            Wish::Ready => self.ready(id, out),
            Wish::Pause { reason } => return self.later_or_now(id, Next::Pause { reason }),
            Wish::SignOut => {
                self.agent_mut(id).off_by_wish = true;
                return self.later_or_now(id, Next::SignOut);
            }
        }
        Ok(())
    }

    /// A wrap-up, a rest or a probation is over.
    pub(super) fn agent_is_back(&mut self, id: AgentId, out: &mut Outbox) {
        match self.agents[id.0 as usize].state {
            AgentState::WrapUp { .. }
            | AgentState::Paused { why: Pause::Missed { .. } }
            | AgentState::Unreachable { until: Some(_) } => self.free(id, out),
            AgentState::SignedOut
            | AgentState::Idle
            | AgentState::Offered { .. }
            | AgentState::Talking { .. }
            | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away }
            | AgentState::Unreachable { until: None } => {}
        }
    }

    /// The agent's time after a call; what was asked for during it follows.
    pub(super) fn wrap_up(&mut self, id: AgentId, queue: QueueId, out: &mut Outbox) {
        let wrap_up = self.queue(queue).thresholds.wrap_up;
        if wrap_up == Span(0) {
            self.free(id, out);
        } else {
            self.put(id, AgentState::WrapUp { until: self.now.plus(wrap_up) });
        }
    }

    /// The agent did not pick up: left alone for a while, or taken to be away.
    pub(super) fn agent_missed(&mut self, id: AgentId, call: CallId, out: &mut Outbox) {
        let until = self.now.plus(REST);
        let agent = self.agent_mut(id);
        agent.last_missed = Some(call);
        agent.misses = agent.misses.saturating_add(1);
        if agent.next != Next::Calls {
            self.free(id, out);
        } else if agent.misses >= MISSES_MAX {
            self.put(id, AgentState::Paused { why: Pause::Away });
        } else {
            self.put(id, AgentState::Paused { why: Pause::Missed { until } });
        }
    }

    /// The agent's phone failed: left alone until it registers again, or for a while.
    pub(super) fn agent_is_gone(&mut self, id: AgentId, out: &mut Outbox) {
        if self.agents[id.0 as usize].next == Next::Calls {
            self.put(id, AgentState::Unreachable { until: Some(self.now.plus(PROBATION)) });
        } else {
            self.free(id, out);
        }
    }

    /// What follows once nothing holds the agent.
    pub(super) fn free(&mut self, id: AgentId, out: &mut Outbox) {
        self.agent_mut(id).idle_since = self.now;
        self.free_as_before(id, out);
    }

    /// The same, without losing the place among the idle.
    pub(super) fn free_as_before(&mut self, id: AgentId, out: &mut Outbox) {
        let agent = self.agent_mut(id);
        let state = match core::mem::replace(&mut agent.next, Next::Calls) {
            Next::SignOut => AgentState::SignedOut,
            Next::Pause { reason } => AgentState::Paused { why: Pause::Asked { reason } },
            Next::Calls if agent.reachable => AgentState::Idle,
            Next::Calls => AgentState::Unreachable { until: None },
        };
        let idle = state == AgentState::Idle;
        self.put(id, state);
        if idle {
            self.serve_next(id, out);
            self.share_spare_agents(id, out);
            self.dial_wherever_possible(out);
        }
    }

    /// The one place where an agent's state changes: the idle, those on duty and the alarms stay in step with it.
    pub(super) fn put(&mut self, id: AgentId, state: AgentState) {
        let now = self.now;
        if self.agents[id.0 as usize].state == AgentState::Idle {
            self.unlist_as_idle(id);
        }
        let (idle, until, at_work) = (state == AgentState::Idle, deadline(&state), is_at_work(&state));
        let agent = self.agent_mut(id);
        let before = core::mem::replace(&mut agent.state, state);
        agent.occupancy = agent.occupancy.after(is_busy(&before), now);
        agent.since = now;
        if idle {
            self.list_as_idle(id);
        }
        self.clock.move_alarm(Owner::Agent(id), deadline(&before), until);
        match (is_at_work(&before), at_work) {
            (false, true) => self.count_on_duty(id, true),
            (true, false) => {
                self.count_on_duty(id, false);
                self.let_go_of_held(id);
            }
            (true, true) | (false, false) => {}
        }
    }

    pub(super) fn list_as_idle(&mut self, id: AgentId) {
        for reach in self.reaches.of_agent(id) {
            let turn = turn(&self.settings, &self.agents[id.0 as usize], id, reach.queue);
            self.idle.add(reach, turn);
        }
    }

    fn unlist_as_idle(&mut self, id: AgentId) {
        for reach in self.reaches.of_agent(id) {
            let turn = turn(&self.settings, &self.agents[id.0 as usize], id, reach.queue);
            self.idle.remove(reach, turn);
        }
    }

    fn count_on_duty(&mut self, id: AgentId, more: bool) {
        for at in 0..self.settings.agents[id.0 as usize].skills.len() {
            let queue = self.settings.agents[id.0 as usize].skills[at].queue;
            let count = &mut self.line_ups[usize::from(queue.0)].on_duty;
            *count = if more { *count + 1 } else { *count - 1 };
            self.line_changed(queue);
        }
    }

    pub(super) fn agent_mut(&mut self, id: AgentId) -> &mut Agent {
        &mut self.agents[id.0 as usize]
    }

    fn sign_in(&self, id: AgentId) -> Result<SignIn, Refusal> {
        self.settings.agents.get(id.0 as usize).map(|agent| agent.sign_in).ok_or(Refusal::UnknownAgent)
    }

    fn ready(&mut self, id: AgentId, out: &mut Outbox) {
        let agent = self.agent_mut(id);
        agent.off_by_wish = false;
        agent.misses = 0;
        agent.next = Next::Calls;
        match agent.state {
            AgentState::SignedOut | AgentState::Paused { .. } | AgentState::WrapUp { .. } | AgentState::Unreachable { .. } => {
                self.free(id, out)
            }
            AgentState::Idle | AgentState::Offered { .. } | AgentState::Talking { .. } => {}
        }
    }

    /// A pause or an end of duty: after the present call and its wrap-up, or at once.
    fn later_or_now(&mut self, id: AgentId, next: Next) -> Result<(), Refusal> {
        let agent = self.agent_mut(id);
        match (&agent.state, next) {
            (AgentState::SignedOut, Next::Pause { .. }) => return Err(Refusal::OutOfPlace),
            (AgentState::Offered { .. } | AgentState::Talking { .. } | AgentState::WrapUp { .. }, next) => agent.next = next,
            (_, Next::Pause { reason }) => self.put(id, AgentState::Paused { why: Pause::Asked { reason } }),
            (_, Next::SignOut) => self.put(id, AgentState::SignedOut),
            (_, Next::Calls) => {}
        }
        Ok(())
    }
}

/// When a state ends by itself.
pub(super) fn deadline(state: &AgentState) -> Option<Tick> {
    match state {
        AgentState::WrapUp { until }
        | AgentState::Paused { why: Pause::Missed { until } }
        | AgentState::Unreachable { until: Some(until) } => Some(*until),
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away }
        | AgentState::Unreachable { until: None } => None,
    }
}

/// Whose turn it is among the idle: as long as an agent is idle, it stays as it is.
pub(super) fn turn(settings: &crate::Settings, agent: &Agent, id: AgentId, queue: QueueId) -> Turn {
    let load = match settings.queues[usize::from(queue.0)].thresholds.agent_order {
        AgentOrder::LongestIdle => 0,
        AgentOrder::LeastOccupied => agent.occupancy.rank(),
    };
    Turn { load, idle_since: agent.idle_since, agent: id }
}

/// Ringing, talking or in wrap-up.
pub(super) fn is_busy(state: &AgentState) -> bool {
    matches!(state, AgentState::Offered { .. } | AgentState::Talking { .. } | AgentState::WrapUp { .. })
}
