//! An agent's phone rings for a call: until it is answered, declined, missed or called off.

use super::alarms::Due;
use super::call::{Answered, Hold, Stage, Stand};
use super::line_up::class_name;
use super::{Desk, Outbox};
use crate::{
    AgentId, AgentState, CallId, Context, Declined, Effect, OfferId, Outcome, Parting, QueueId, Refusal, Say, Side, WhyHuman,
};

impl Desk {
    /// Rings an idle agent for a waiting call.
    pub(super) fn offer(&mut self, id: CallId, agent: AgentId, out: &mut Outbox) -> Option<OfferId> {
        let stand = self.leave_line(id)?;
        self.offers_made += 1;
        let offer = OfferId(self.offers_made);
        self.line_ups[usize::from(stand.queue.0)].ringing += 1;
        self.offers.insert(offer, id);
        self.agent_is_rung(agent, offer, id);
        let context = self.context(id, stand)?;
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = Stage::Offered(offer);
            call.agent = Some(agent);
            call.offers = call.offers.saturating_add(1);
        }
        self.set_alarm(id, Due::Stage, self.now.plus(self.queue(stand.queue).thresholds.ring_for));
        self.line_changed(stand.queue);
        out.order(Effect::Ring { offer, agent, context });
        Some(offer)
    }

    /// Known already: the desk rang. Told so that the journal holds it.
    pub(super) fn agent_ringing(&mut self, offer: OfferId) -> Result<(), Refusal> {
        self.ringing(offer).map(drop)
    }

    pub(super) fn agent_answered(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, stand, agent) = self.ringing(offer)?;
        let now = self.now;
        let call = self.call(id)?;
        call.is_taken(agent, now);
        call.stage = Stage::Talking(offer, Hold::default());
        self.line_served(id);
        self.stop_counting_rings(id, stand);
        self.cancel_alarm(id, Due::Comfort);
        self.agent_talks(agent, offer, id);
        self.settle_quote(id);
        self.remember_agent(id);
        out.order(Effect::Connect { call: id, offer });
        Ok(())
    }

    pub(super) fn agent_declined(&mut self, offer: OfferId, how: Declined, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, stand, agent) = self.ringing(offer)?;
        self.offer_is_over(id, offer, stand);
        match how {
            Declined::Busy | Declined::Declined | Declined::Unavailable => self.agent_missed(agent, id, out),
            Declined::Failed => self.agent_is_gone(agent, out),
        }
        self.stand_again(id, stand, out);
        Ok(())
    }

    /// Nobody picked up in time.
    pub(super) fn ring_is_over(&mut self, offer: OfferId, out: &mut Outbox) {
        let Ok((id, stand, agent)) = self.ringing(offer) else { return };
        out.order(Effect::StopRinging { call: id, offer });
        self.offer_is_over(id, offer, stand);
        self.agent_missed(agent, id, out);
        self.stand_again(id, stand, out);
    }

    /// The caller is gone while a phone rings: the agent is free as before and loses nothing.
    pub(super) fn call_off(&mut self, offer: OfferId, out: &mut Outbox) -> Option<AgentId> {
        let (id, stand, agent) = self.ringing(offer).ok()?;
        out.order(Effect::StopRinging { call: id, offer });
        self.offer_is_over(id, offer, stand);
        Some(agent)
    }

    pub(super) fn agent_hung_up(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, stand, agent) = self.talking(offer)?;
        self.talk_is_over(id, offer);
        out.order(Effect::HangUp { call: id, why: Parting::AgentHungUp });
        self.close(id, Outcome::ServedByAgent, out);
        self.wrap_up(agent, stand.queue, out);
        Ok(())
    }

    /// The agent's leg died: the caller did nothing wrong, and keeps the place.
    pub(super) fn agent_lost(&mut self, offer: OfferId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, stand, agent) = self.talking(offer)?;
        self.talk_is_over(id, offer);
        self.agent_is_gone(agent, out);
        let until = self.now.plus(self.queue(stand.queue).thresholds.max_wait);
        self.stand_again(id, Stand { until, told: true, ..stand }, out);
        self.say(id, Say::AgentLost, out);
        Ok(())
    }

    /// The agent gave the caller back to a line: the caller did nothing wrong, and keeps the place.
    pub(super) fn agent_returned(&mut self, offer: OfferId, queue: QueueId, out: &mut Outbox) -> Result<(), Refusal> {
        let (id, stand, agent) = self.talking(offer)?;
        let thresholds = &self.settings.queues.get(usize::from(queue.0)).ok_or(Refusal::UnknownQueue)?.thresholds;
        let class = self.calls.get(&id).map(class_name).unwrap_or_default();
        let (class, until) = (thresholds.class_of(&class), self.now.plus(thresholds.max_wait));
        self.talk_is_over(id, offer);
        out.order(Effect::Release { call: id, offer });
        self.agent_mut(agent).last_missed = Some(id);
        self.stand(id, Stand { queue, class, until, told: true, ..stand });
        self.wrap_up(agent, stand.queue, out);
        self.seat(id, out);
        self.say(id, Say::Returned, out);
        Ok(())
    }

    pub(super) fn hold_changed(&mut self, id: CallId, by: Side, held: bool) -> Result<(), Refusal> {
        let now = self.now;
        let call = self.call(id)?;
        let Stage::Talking(offer, hold) = call.stage else { return Err(Refusal::OutOfPlace) };
        let changed = hold.with(by, held, now);
        if hold.any() && !changed.any() {
            call.count_hold(now);
        }
        call.stage = Stage::Talking(offer, changed);
        Ok(())
    }

    /// Ends the books of a talk: time on hold, the offer.
    pub(super) fn talk_is_over(&mut self, id: CallId, offer: OfferId) {
        self.offers.remove(&offer);
        if let Some(call) = self.calls.get_mut(&id) {
            call.count_hold(self.now);
        }
    }

    /// Whose talk an offer became.
    pub(super) fn talking(&mut self, offer: OfferId) -> Result<(CallId, Stand, AgentId), Refusal> {
        self.bond(offer, Answered::Yes)
    }

    fn ringing(&mut self, offer: OfferId) -> Result<(CallId, Stand, AgentId), Refusal> {
        self.bond(offer, Answered::No)
    }

    /// Whom an offer binds, if it has come as far as is said.
    fn bond(&mut self, offer: OfferId, expected: Answered) -> Result<(CallId, Stand, AgentId), Refusal> {
        let id = *self.offers.get(&offer).ok_or(Refusal::UnknownOffer)?;
        let call = self.calls.get_mut(&id).ok_or(Refusal::UnknownOffer)?;
        let agent = call.agent.ok_or(Refusal::UnknownOffer)?;
        let stand = call.stand.ok_or(Refusal::UnknownOffer)?;
        let (_, answered) = call.stage.offer().ok_or(Refusal::UnknownOffer)?;
        if answered == expected { Ok((id, stand, agent)) } else { Err(Refusal::OutOfPlace) }
    }

    fn offer_is_over(&mut self, id: CallId, offer: OfferId, stand: Stand) {
        self.stop_counting_rings(id, stand);
        self.offers.remove(&offer);
    }

    fn stop_counting_rings(&mut self, id: CallId, stand: Stand) {
        self.cancel_alarm(id, Due::Stage);
        self.line_ups[usize::from(stand.queue.0)].ringing -= 1;
        self.line_changed(stand.queue);
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

    fn context(&self, id: CallId, stand: Stand) -> Option<Context> {
        let call = self.calls.get(&id)?;
        Some(Context {
            call: id,
            line: call.line,
            queue: stand.queue,
            class: stand.class,
            caller: call.caller.clone(),
            proved: self.proofs.is_proved(id),
            pressed: call.pressed,
            why: call.why.clone().unwrap_or(WhyHuman::NoMenu),
            promise: call.promise.as_deref().cloned(),
            waited: self.now.since(stand.since),
        })
    }
}
