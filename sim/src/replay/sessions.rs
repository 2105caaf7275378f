//! Agents' sessions, from what they and their phones said.

use super::day::AgentDay;
use crate::scenario::{Break, Window};
use cabrank_core::{AgentId, AgentState, Desk, Input, Pause, Span, Tick, Wish};

/// Agents' days as they unfold.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    agents: Vec<Session>,
}

#[derive(Debug, Default)]
struct Session {
    day: AgentDay,
    on_duty_since: Option<Tick>,
    pause: Option<Paused>,
}

/// A pause: it begins when nothing holds the agent any more.
#[derive(Clone, Copy, Debug)]
struct Paused {
    asked_at: Tick,
    began_at: Option<Tick>,
}

impl Sessions {
    /// From this moment on, with those on duty who are so now.
    pub(super) fn from(now: Tick, agents: usize, desk: &Desk) -> Sessions {
        let session = |place: usize| Session {
            on_duty_since: is_on_duty(desk, AgentId(place as u32)).then_some(now),
            ..Session::default()
        };
        Sessions { agents: (0..agents).map(session).collect() }
    }

    /// Takes note of a fact that the desk has taken note of.
    pub(super) fn told(&mut self, now: Tick, input: &Input, desk: &Desk) {
        match input {
            Input::PhoneReached { agent } | Input::PhoneResumed { agent } => self.comes(now, *agent, desk),
            Input::PhoneLost { agent, .. } => self.goes(now, *agent),
            Input::AgentAsked { agent, wish: Wish::Ready, .. } => {
                self.is_ready(now, *agent);
                self.comes(now, *agent, desk);
            }
            Input::AgentAsked { agent, wish: Wish::Pause { .. }, .. } => self.asks_for_a_pause(now, *agent),
            Input::AgentAsked { agent, wish: Wish::SignOut, .. } => self.goes(now, *agent),
            Input::Restarted => (0..self.agents.len()).for_each(|place| self.goes(now, AgentId(place as u32))),
            Input::CallOffered { .. }
            | Input::PromptEnded { .. }
            | Input::DigitPressed { .. }
            | Input::CallerHungUp { .. }
            | Input::HoldChanged { .. }
            | Input::DispatchAnswered { .. }
            | Input::CallerFound { .. }
            | Input::CallerAnswered { .. }
            | Input::CallerUnreached { .. }
            | Input::AgentRinging { .. }
            | Input::AgentAnswered { .. }
            | Input::AgentDeclined { .. }
            | Input::AgentHungUp { .. }
            | Input::AgentReturned { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::SettingsChanged { .. }
            | Input::ThresholdsChanged { .. }
            | Input::DrainAsked { .. }
            | Input::CallResumed { .. }
            | Input::Woke => {}
        }
        self.pauses_begin(now, desk);
    }

    /// The agent's day so far, for what is noted of its ringings.
    pub(super) fn of(&mut self, agent: AgentId) -> Option<&mut AgentDay> {
        self.agents.get_mut(agent.0 as usize).map(|session| &mut session.day)
    }

    /// Missed so many ringings that the desk takes the agent to be away, which lasts until the agent says otherwise.
    pub(super) fn may_be_away(&mut self, now: Tick, agent: AgentId, desk: &Desk) {
        let away = matches!(desk.agent_state(agent), Some(AgentState::Paused { why: Pause::Away }));
        if let Some(session) = self.agents.get_mut(agent.0 as usize).filter(|session| away && session.pause.is_none()) {
            session.pause = Some(Paused { asked_at: now, began_at: Some(now) });
        }
    }

    /// The days as they were. Whoever is still there stays.
    pub(super) fn close(mut self, ends: Tick) -> Vec<AgentDay> {
        const LONG: Span = Span::secs(7 * 24 * 3_600);
        for place in 0..self.agents.len() {
            if self.agents[place].on_duty_since.is_some() {
                self.goes(ends.plus(LONG), AgentId(place as u32));
            }
        }
        self.agents.into_iter().map(|session| session.day).collect()
    }

    fn comes(&mut self, now: Tick, agent: AgentId, desk: &Desk) {
        let Some(session) = self.agents.get_mut(agent.0 as usize) else { return };
        if session.on_duty_since.is_none() && is_on_duty(desk, agent) {
            session.on_duty_since = Some(now);
        }
    }

    fn goes(&mut self, now: Tick, agent: AgentId) {
        let Some(session) = self.agents.get_mut(agent.0 as usize) else { return };
        session.pause_is_over(now);
        if let Some(from) = session.on_duty_since.take().filter(|from| *from < now) {
            session.day.present.push(Window { from, until: now });
        }
    }

    fn asks_for_a_pause(&mut self, now: Tick, agent: AgentId) {
        let Some(session) = self.agents.get_mut(agent.0 as usize) else { return };
        if session.on_duty_since.is_some() && session.pause.is_none() {
            session.pause = Some(Paused { asked_at: now, began_at: None });
        }
    }

    fn is_ready(&mut self, now: Tick, agent: AgentId) {
        if let Some(session) = self.agents.get_mut(agent.0 as usize) {
            session.pause_is_over(now);
        }
    }

    fn pauses_begin(&mut self, now: Tick, desk: &Desk) {
        for (place, session) in self.agents.iter_mut().enumerate() {
            if let Some(pause) = session.pause.as_mut().filter(|pause| pause.began_at.is_none())
                && matches!(desk.agent_state(AgentId(place as u32)), Some(AgentState::Paused { why: Pause::Asked { .. } }))
            {
                pause.began_at = Some(now);
            }
        }
    }
}

impl Session {
    /// One that was asked for and never began is none.
    fn pause_is_over(&mut self, now: Tick) {
        if let Some(Paused { asked_at, began_at: Some(began_at) }) = self.pause.take() {
            let begins = Window { from: asked_at, until: asked_at };
            self.day.breaks.push(Break { begins, lasts: now.since(began_at) });
        }
    }
}

/// Whether the agent takes calls, or will once the one under way is over.
fn is_on_duty(desk: &Desk, agent: AgentId) -> bool {
    match desk.agent_state(agent) {
        Some(
            AgentState::Idle
            | AgentState::Offered { .. }
            | AgentState::Talking { .. }
            | AgentState::WrapUp { .. }
            | AgentState::Paused { why: Pause::Missed { .. } },
        ) => true,
        Some(
            AgentState::SignedOut
            | AgentState::Unreachable { .. }
            | AgentState::Paused { why: Pause::Asked { .. } | Pause::Away },
        )
        | None => false,
    }
}
