//! Agents' days: they come in, take breaks and go home; what they do in between is the desk's word.

use super::Witness;
use super::agenda::Due;
use super::books::Activity;
use super::floor::{About, Floor};
use super::sources::happens;
use crate::chance::{Purpose, of_caller};
use cabrank_core::{AgentId, AgentState, Input, OfferId, Pause, PhoneLost, Span, Tick, Wish};
use rand::RngExt;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An agent who was taken to be away says so soon that it is not so.
const IS_BACK_AFTER: Span = Span::secs(60);

/// What is known of the agents.
pub(super) struct Staff {
    members: Vec<Member>,
    /// When the desk will see an agent's state end by itself.
    returns: BinaryHeap<Reverse<(Tick, AgentId)>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Member {
    /// A break that begins once nothing holds the agent.
    break_owed: Option<Span>,
    /// What the phone rings for.
    rings: Option<OfferId>,
    on_duty: bool,
}

impl Staff {
    pub(super) fn new(agents: usize) -> Staff {
        Staff { members: vec![Member::default(); agents], returns: BinaryHeap::new() }
    }

    /// What an agent's phone rings for.
    pub(super) fn ringing(&self, agent: AgentId) -> Option<OfferId> {
        self.members[agent.0 as usize].rings
    }

    pub(super) fn rings(&mut self, agent: AgentId, offer: Option<OfferId>) {
        self.members[agent.0 as usize].rings = offer;
    }

    pub(super) fn on_duty(&self) -> Vec<AgentId> {
        let on_duty = self.members.iter().enumerate().filter(|(_, member)| member.on_duty);
        on_duty.map(|(place, _)| AgentId(place as u32)).collect()
    }
}

impl<W: Witness> Floor<'_, W> {
    /// When everybody comes, goes and takes breaks. Who is there at the end stays until the lines are empty.
    pub(super) fn foresee_days(&mut self) {
        let closes_at = Tick(self.scenario.duration.0);
        for (place, roster) in self.scenario.agents.iter().enumerate() {
            let agent = AgentId(place as u32);
            let chance = |purpose, nth: usize| of_caller(self.seed, place, purpose, nth as u64);
            for (nth, shift) in roster.present.iter().enumerate().filter(|(_, shift)| shift.from < closes_at) {
                let mut chance = chance(Purpose::Day, nth * 2);
                let late = roster.late.as_ref().filter(|late| happens(&mut chance, late.chance));
                let late = late.map(|late| late.by.sampler().draw(&mut chance)).unwrap_or_default();
                let comes_at = shift.from.plus(late);
                if comes_at < shift.until {
                    self.agenda.foresee(comes_at, Due::ComesIn(agent));
                }
                if shift.until < closes_at {
                    self.agenda.foresee(shift.until, Due::GoesHome(agent));
                }
            }
            for (nth, pause) in roster.breaks.iter().enumerate() {
                let mut chance = chance(Purpose::Day, nth * 2 + 1);
                let after = chance.random_range(0..=pause.begins.length().0);
                let at = pause.begins.from.plus(Span(after));
                if at < closes_at {
                    self.agenda.foresee(at, Due::BreakBegins(agent, nth as u32));
                }
            }
        }
    }

    pub(super) fn comes_in(&mut self, agent: AgentId) {
        self.staff.members[agent.0 as usize].on_duty = true;
        self.hand(Input::PhoneReached { agent }, About::Agent(agent));
        self.is_ready(agent);
    }

    /// The phone de-registers: what is under way is finished first.
    pub(super) fn goes_home(&mut self, agent: AgentId) {
        self.staff.members[agent.0 as usize] = Member { rings: self.staff.members[agent.0 as usize].rings, ..Member::default() };
        self.asks(agent, Wish::SignOut);
        self.tell(Input::PhoneLost { agent, how: PhoneLost::Deregistered }, About::Agent(agent));
    }

    pub(super) fn break_begins(&mut self, agent: AgentId, nth: usize) {
        let Some(pause) = self.scenario.agents[agent.0 as usize].breaks.get(nth) else { return };
        if self.staff.members[agent.0 as usize].on_duty {
            self.staff.members[agent.0 as usize].break_owed = Some(pause.lasts);
            self.asks(agent, Wish::Pause { reason: "break".into() });
        }
    }

    pub(super) fn is_ready(&mut self, agent: AgentId) {
        if self.staff.members[agent.0 as usize].on_duty {
            self.asks(agent, Wish::Ready);
        }
    }

    fn asks(&mut self, agent: AgentId, wish: Wish) {
        self.tell(Input::AgentAsked { agent, wish, by: "simulation".into() }, About::Agent(agent));
    }

    /// Agents whose wrap-up or rest is over by now.
    pub(super) fn agents_return(&mut self) {
        while let Some(Reverse((_, agent))) = self.staff.returns.peek().copied().filter(|Reverse((at, _))| *at <= self.now) {
            self.staff.returns.pop();
            self.look_at_agent(agent);
        }
    }

    /// The desk's word on what an agent is doing goes into the books.
    pub(super) fn look_at_agent(&mut self, agent: AgentId) {
        let Some(state) = self.desk.agent_state(agent) else { return };
        let (activity, until) = match state {
            AgentState::SignedOut => (Activity::Off, None),
            AgentState::Idle => (Activity::Idle, None),
            AgentState::Offered { .. } => (Activity::Ringing, None),
            AgentState::Talking { .. } => (Activity::Talking, None),
            AgentState::WrapUp { until } => (Activity::WrapUp, Some(*until)),
            AgentState::Paused { why: Pause::Asked { .. } } => (Activity::Break, None),
            AgentState::Paused { why: Pause::Missed { until } } => (Activity::Away, Some(*until)),
            AgentState::Paused { why: Pause::Away } => {
                self.agenda.foresee(self.now.plus(IS_BACK_AFTER), Due::IsReady(agent));
                (Activity::Away, None)
            }
            AgentState::Unreachable { until } => (Activity::Away, *until),
        };
        self.books.agent_is(self.now, agent, activity);
        if activity == Activity::Break
            && let Some(lasts) = self.staff.members[agent.0 as usize].break_owed.take()
        {
            self.agenda.foresee(self.now.plus(lasts), Due::IsReady(agent));
        }
        if let Some(until) = until.filter(|until| *until > self.now) {
            self.staff.returns.push(Reverse((until, agent)));
        }
    }
}
