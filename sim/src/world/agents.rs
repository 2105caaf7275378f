//! Agents and their phones: they come on duty, answer or do not, wander off and come back.

use super::World;
use super::agenda::Plan;
use cabrank_core::{AgentId, CallId, Declined, Input, OfferId, PhoneLost, Settings, SignIn, Span, Text, Wish};

/// An agent's leg of one ringing.
#[derive(Clone, Debug)]
pub(super) struct AgentLeg {
    /// The caller it is for.
    pub(super) call: CallId,
    /// How far it is.
    pub(super) stage: LegStage,
}

/// How far an agent's leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LegStage {
    Ringing,
    Answered,
}

/// What an agent is like.
#[derive(Clone, Debug)]
pub(super) struct Temper {
    /// How many of a hundred ringings are answered.
    answers: u32,
    /// Mean time to an answer, milliseconds.
    answer_ms: u64,
}

impl World {
    /// One temper for each agent of the settings.
    pub(super) fn tempers_for(&mut self, settings: &Settings) {
        self.tempers = settings.agents.iter().map(|_| ()).map(|()| drawn(&mut self.agents)).collect();
    }

    /// Everybody comes on duty within the first seconds, and has a whim some time later.
    pub(super) fn agents_come(&mut self) {
        for place in 0..self.settings.agents.len() {
            let after = self.agents.millis(0, 20_000);
            self.plan_sign_in(place, after);
            let whim = self.agents.about(self.habits.whim_every_ms);
            self.plan_until_closing(whim, Plan::Whim(place));
        }
    }

    /// The phone registers, and whoever must ask asks.
    pub(super) fn plan_sign_in(&mut self, place: usize, after: Span) {
        let agent = AgentId(place as u32);
        self.plan_fact(after, Input::PhoneReached { agent });
        let asks = self.settings.agents.get(place).is_some_and(|agent| agent.sign_in == SignIn::OnRequest);
        if asks {
            let by = self.name(place);
            let later = after.plus(self.agents.millis(0, 5_000));
            self.plan_fact(later, Input::AgentAsked { agent, wish: Wish::Ready, by });
        }
    }

    fn name(&self, place: usize) -> Text {
        self.settings.agents.get(place).map_or_else(|| Text::from("nobody"), |agent| agent.name.clone())
    }

    /// The phone rings.
    pub(super) fn phone_rings(&mut self, offer: OfferId, agent: AgentId) {
        if self.agents.chance(80) {
            let after = self.agents.millis(5, 300);
            self.plan_fact(after, Input::AgentRinging { offer });
        }
        let temper = self.tempers.get(agent.0 as usize).cloned().unwrap_or_else(|| drawn(&mut self.agents));
        let after = self.agents.about(temper.answer_ms);
        if self.agents.chance(temper.answers) {
            self.plan_fact(after, Input::AgentAnswered { offer });
        } else {
            self.does_not_answer(offer, agent, after);
        }
    }

    fn does_not_answer(&mut self, offer: OfferId, agent: AgentId, after: Span) {
        let how = match self.agents.between(0, 9) {
            0 | 1 => Declined::Busy,
            2 => Declined::Declined,
            3 => Declined::Unavailable,
            4 => Declined::Failed,
            5 => return self.plan_fact(after, Input::PhoneLost { agent, how: PhoneLost::Silent }),
            _ => return,
        };
        self.plan_fact(after, Input::AgentDeclined { offer, how });
    }

    /// Something an agent does unasked, and the plan for the next whim.
    pub(super) fn whim(&mut self, place: usize) -> Input {
        let next = self.agents.about(self.habits.whim_every_ms);
        self.plan_until_closing(next, Plan::Whim(place));
        let agent = AgentId(place as u32);
        let back = self.agents.about(20_000);
        match self.agents.between(0, 9) {
            0 | 1 => self.loses_phone(place, back),
            2 => Input::PhoneReached { agent },
            3..=5 => self.asks_and_returns(place, Wish::Pause { reason: "tea".into() }, back),
            6 => self.asks_and_returns(place, Wish::SignOut, back),
            _ => Input::AgentAsked { agent, wish: Wish::Ready, by: self.name(place) },
        }
    }

    fn loses_phone(&mut self, place: usize, back: Span) -> Input {
        self.plan_sign_in(place, back);
        let how =
            *self.agents.one_of(&[PhoneLost::Deregistered, PhoneLost::Expired, PhoneLost::Silent]).unwrap_or(&PhoneLost::Silent);
        Input::PhoneLost { agent: AgentId(place as u32), how }
    }

    fn asks_and_returns(&mut self, place: usize, wish: Wish, back: Span) -> Input {
        let (agent, by) = (AgentId(place as u32), self.name(place));
        if self.agents.chance(80) {
            self.plan_fact(back, Input::AgentAsked { agent, wish: Wish::Ready, by: by.clone() });
        }
        Input::AgentAsked { agent, wish, by }
    }
}

fn drawn(draw: &mut crate::Draw) -> Temper {
    let answers = *draw.one_of(&[0, 30, 70, 90, 100, 100]).unwrap_or(&100);
    Temper { answers, answer_ms: draw.between(50, 8_000) }
}
