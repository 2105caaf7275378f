//! Ringings and talks.

use super::Witness;
use super::agenda::{Due, at_least_a_moment};
use super::books::{Activity, Ended};
use super::calls::{Leg, Ringing};
use super::floor::{About, Floor};
use super::sources::happens;
use crate::chance::{Law, Purpose};
use crate::scenario::Phone;
use cabrank_core::{AgentId, CallId, Declined, Input, LegEnd, OfferId, Span};
use rand::RngExt;

/// Ringings of one call that are told apart by chance.
const RINGS_MAX: u64 = 256;

impl<W: Witness> Floor<'_, W> {
    pub(super) fn rings(&mut self, offer: OfferId, agent: AgentId, id: CallId) {
        self.ringings.add(offer, Ringing { call: id, agent });
        self.staff.rings(agent, Some(offer));
        self.books.agent_is(self.now, agent, Activity::Ringing);
        let Some(call) = self.calls.of(id) else { return };
        self.books.is_spoken_for(self.now, id, &mut call.books);
        call.rings += 1;
        let phone = &self.scenario.agents[agent.0 as usize].phone;
        if picks_up_at_once(phone) {
            return self.replies.push_back(Input::AgentAnswered { offer });
        }
        let nth = call.nth * RINGS_MAX + u64::from(call.rings) % RINGS_MAX;
        let mut chance = self.sources[call.source as usize].chance(Purpose::Ring, nth);
        let lot = chance.random::<f64>();
        let after = phone.picks_up_after.sampler().draw(&mut chance);
        let at = self.now.plus(after);
        if lot < phone.unanswered {
            // It rings out: the desk will notice.
        } else if lot < phone.unanswered + phone.declined {
            self.agenda.foresee(at, Due::Decline(offer));
        } else {
            self.agenda.foresee(at, Due::PickUp(offer));
        }
    }

    pub(super) fn connected(&mut self, id: CallId, offer: OfferId) {
        let Some(Ringing { agent, .. }) = self.ringings.of(offer) else { return };
        self.staff.rings(agent, None);
        self.books.agent_is(self.now, agent, Activity::Talking);
        self.books.agent_took_a_call(self.now, agent);
        let Some(call) = self.calls.of(id) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, id, &mut call.books, Ended::Answered);
        // Who has hung up meanwhile says no goodbye: that fact is still on its way.
        if call.leg != Leg::Gone {
            call.leg = Leg::Talking(offer);
            let roster = &self.scenario.agents[agent.0 as usize];
            let talk = at_least_a_moment(Span((call.handle.0 as f64 / roster.speed).round() as u64));
            let nth = (1 << 62) | (call.nth * RINGS_MAX + u64::from(call.rings) % RINGS_MAX);
            let dropped = roster.phone.dropped > 0.0
                && happens(&mut self.sources[call.source as usize].chance(Purpose::Ring, nth), roster.phone.dropped);
            // A leg that dies does so half-way; the talk then begins anew with somebody else.
            let (after, due) = if dropped { (Span(talk.0 / 2), Due::LegDies(offer)) } else { (talk, Due::Goodbye(offer)) };
            self.agenda.foresee(self.now.plus(after), due);
        }
        self.measure(queue);
    }

    pub(super) fn stops_ringing(&mut self, offer: OfferId) {
        let Some(Ringing { call, agent }) = self.ringings.of(offer) else { return };
        self.staff.rings(agent, None);
        if self.calls.of(call).is_some_and(|call| call.leg == Leg::InLine) {
            self.books.agent_missed_a_ringing(agent);
        }
        self.look_at_agent(agent);
        self.waits_again(call);
    }

    /// The caller has gone: the agent's leg is ended.
    pub(super) fn released(&mut self, offer: OfferId) {
        if let Some(Ringing { agent, .. }) = self.ringings.of(offer) {
            self.look_at_agent(agent);
        }
    }

    pub(super) fn picks_up(&mut self, offer: OfferId) {
        if self.still_rings(offer).is_some() {
            self.tell(Input::AgentAnswered { offer }, About::Else);
        }
    }

    pub(super) fn declines(&mut self, offer: OfferId) {
        let Some(Ringing { call, agent }) = self.still_rings(offer) else { return };
        self.staff.rings(agent, None);
        self.books.agent_missed_a_ringing(agent);
        self.tell(Input::AgentDeclined { offer, how: Declined::Declined }, About::Agent(agent));
        self.waits_again(call);
    }

    fn still_rings(&self, offer: OfferId) -> Option<Ringing> {
        self.ringings.of(offer).filter(|ringing| self.staff.ringing(ringing.agent) == Some(offer))
    }

    pub(super) fn talk_ends(&mut self, offer: OfferId, how: LegEnd) {
        let Some(Ringing { call: id, agent }) = self.ringings.of(offer) else { return };
        let Some(call) = self.calls.of(id).filter(|call| call.leg == Leg::Talking(offer)) else { return };
        if how == LegEnd::Lost {
            call.leg = Leg::InLine;
        }
        self.tell(Input::AgentHungUp { offer, how }, About::Agent(agent));
        if how == LegEnd::Lost {
            self.in_line(id);
        }
    }

    /// A caller for whom no phone rings any more, nor is an agent of the caller's own awaited, may be taken by anybody.
    pub(super) fn waits_again(&mut self, id: CallId) {
        let free = self.desk.place_in_line(id).is_some_and(|place| !place.rings && place.waits_for.is_none());
        if let Some(call) = self.calls.of(id).filter(|call| free && call.leg == Leg::InLine) {
            self.books.is_present(self.now, id, &mut call.books);
        }
    }
}

fn picks_up_at_once(phone: &Phone) -> bool {
    phone.unanswered == 0.0 && phone.declined == 0.0 && phone.picks_up_after == Law::Constant(Span(0))
}
