//! An agent's phone rings for a call: until it is answered, declined, missed or called off.

use super::call::{Hold, Stage, Wait};
use super::timers::Timer;
use super::{Desk, Outbox};
use crate::{AgentId, AgentState, CallId, Context, Declined, Effect, OfferId, Outcome, Parting, Refusal, Say, Side, WhyHuman};
use alloc::boxed::Box;

/// How far an offer has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    No,
    Yes,
}

impl Desk {
    /// Rings an idle agent for a waiting call.
    pub(super) fn offer(&mut self, id: CallId, agent: AgentId, out: &mut Outbox) {
        let Some(wait) = self.leave_line(id) else { return };
        self.offers_made += 1;
        let offer = OfferId(self.offers_made);
        self.line_ups[usize::from(wait.queue.0)].ringing += 1;
        self.offers.insert(offer, id);
        self.agent_is_rung(agent, offer, id);
        self.timers.set(Timer::Ring(offer), self.now.plus(self.queue(wait.queue).ring_for));
        let context = self.context(id, wait);
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Offered(wait, offer);
            call.agent = Some(agent);
            call.offers = call.offers.saturating_add(1);
        }
        out.order(Effect::Ring { offer, agent, context: Box::new(context) });
    }

    /// Known already: the desk rang. Told so that the journal holds it.
    pub(super) fn agent_ringing(&self, offer: OfferId) -> Result<(), Refusal> {
        self.ringing(offer).map(drop)
    }

    pub(super) fn agent_answered(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, wait, agent) = self.ringing(offer)?;
        let now = self.now;
        self.stop_counting_rings(offer, wait);
        self.timers.cancel(Timer::Comfort(id));
        self.agent_talks(agent, offer, id);
        let call = self.call(id)?;
        call.connected_at.get_or_insert(now);
        call.taken_by = Some(agent);
        call.stage = Stage::Talking(wait, offer, Hold::default());
        out.order(Effect::Connect { call: id, offer });
        Ok(())
    }

    pub(super) fn agent_declined(&mut self, offer: OfferId, how: Declined, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, wait, agent) = self.ringing(offer)?;
        self.offer_is_over(offer, wait);
        match how {
            Declined::Busy | Declined::Declined | Declined::Unavailable => self.agent_missed(agent, id, out),
            Declined::Failed => self.agent_is_gone(agent, out),
        }
        self.stand_again(id, wait, out);
        Ok(())
    }

    /// Nobody picked up in time.
    pub(super) fn ring_is_over(&mut self, offer: OfferId, out: &mut Outbox) {
        let Ok((id, wait, agent)) = self.ringing(offer) else { return };
        out.order(Effect::StopRinging { offer });
        self.offer_is_over(offer, wait);
        self.agent_missed(agent, id, out);
        self.stand_again(id, wait, out);
    }

    /// The caller is gone while a phone rings: the agent is free as before and loses nothing.
    pub(super) fn call_off(&mut self, offer: OfferId, out: &mut Outbox) -> Option<AgentId> {
        let (_, wait, agent) = self.ringing(offer).ok()?;
        out.order(Effect::StopRinging { offer });
        self.offer_is_over(offer, wait);
        Some(agent)
    }

    pub(super) fn agent_hung_up(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, wait, agent) = self.talking(offer)?;
        self.talk_is_over(id, offer);
        out.order(Effect::HangUp { call: id, why: Parting::AgentHungUp });
        self.close(id, Outcome::ServedByAgent, out);
        self.wrap_up(agent, wait.queue, out);
        Ok(())
    }

    /// The agent's leg died: the caller did nothing wrong, and keeps the place.
    pub(super) fn agent_lost(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, wait, agent) = self.talking(offer)?;
        self.talk_is_over(id, offer);
        self.agent_is_gone(agent, out);
        let until = self.now.plus(self.queue(wait.queue).max_wait);
        self.stand_again(id, Wait { until, told: true, ..wait }, out);
        self.say(id, Say::AgentLost, out);
        Ok(())
    }

    pub(super) fn hold_changed(&mut self, id: CallId, by: Side, held: bool) -> Result<(), Refusal> {
        let now = self.now;
        let call = self.call(id)?;
        let Stage::Talking(wait, offer, hold) = call.stage else { return Err(Refusal::OutOfPlace) };
        let changed = hold.with(by, held, now);
        if hold.any() && !changed.any() {
            call.held = call.held_by(now);
        }
        call.stage = Stage::Talking(wait, offer, changed);
        Ok(())
    }

    /// Ends the books of a talk: time on hold, the offer.
    pub(super) fn talk_is_over(&mut self, id: CallId, offer: OfferId) {
        self.offers.remove(&offer);
        if let Some(call) = self.calls.get_mut(&id) {
            call.held = call.held_by(self.now);
        }
    }

    /// Whose talk an offer became.
    pub(super) fn talking(&self, offer: OfferId) -> Result<(CallId, Wait, AgentId), Refusal> {
        self.bond(offer, Answered::Yes)
    }

    fn ringing(&self, offer: OfferId) -> Result<(CallId, Wait, AgentId), Refusal> {
        self.bond(offer, Answered::No)
    }

    /// Whom an offer binds, if it has come as far as is said.
    fn bond(&self, offer: OfferId, expected: Answered) -> Result<(CallId, Wait, AgentId), Refusal> {
        let id = *self.offers.get(&offer).ok_or(Refusal::UnknownOffer)?;
        let call = self.calls.get(&id).ok_or(Refusal::UnknownOffer)?;
        let agent = call.agent.ok_or(Refusal::UnknownOffer)?;
        let (wait, answered) = match call.stage {
            Stage::Offered(wait, _) => (wait, Answered::No),
            Stage::Talking(wait, _, _) => (wait, Answered::Yes),
            Stage::Menu { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Waiting(_)
            | Stage::Parting(_)
            | Stage::Left { .. } => return Err(Refusal::UnknownOffer),
        };
        if answered == expected { Ok((id, wait, agent)) } else { Err(Refusal::OutOfPlace) }
    }

    fn offer_is_over(&mut self, offer: OfferId, wait: Wait) {
        self.stop_counting_rings(offer, wait);
        self.offers.remove(&offer);
    }

    fn stop_counting_rings(&mut self, offer: OfferId, wait: Wait) {
        self.timers.cancel(Timer::Ring(offer));
        self.line_ups[usize::from(wait.queue.0)].ringing -= 1;
    }

    fn agent_is_rung(&mut self, agent: AgentId, offer: OfferId, call: CallId) {
        self.put(agent, AgentState::Offered { offer, call });
        let agent = self.agent_mut(agent);
        if agent.last_missed != Some(call) {
            agent.last_missed = None;
        }
    }

    fn agent_talks(&mut self, agent: AgentId, offer: OfferId, call: CallId) {
        self.put(agent, AgentState::Talking { offer, call });
        let agent = self.agent_mut(agent);
        agent.last_missed = None;
        agent.misses = 0;
    }

    fn context(&self, id: CallId, wait: Wait) -> Context {
        let call = &self.calls[&id];
        Context {
            call: id,
            line: call.line,
            queue: wait.queue,
            caller: call.caller.clone(),
            pressed: call.pressed.clone(),
            why: call.why.clone().unwrap_or(WhyHuman::NoMenu),
            promise: call.promise.clone(),
            waited: call.joined.map(|(_, at)| self.now.since(at)).unwrap_or_default(),
        }
    }
}
