//! The desk's orders, each to the leg it concerns. An order for a leg that is gone does nothing:
//! the desk hears of its end by the fact already on its way.

use cabrank_core::{CallId, Effect, Input, OfferId, Refused};
use rsipstack::sip::{Header, Method, Response, StatusCode};

use super::edge::Edge;
use super::event::{LegId, RingId};
use super::leg::{CallerPhase, Exchange, Offered, Session, Talk};
use super::methods::{SDP, capabilities};
use super::reply::retry_after;
use super::ringing::confirm;
use super::session_timer::SessionTimer;
use super::transactions::Way;

impl Edge {
    /// Does what the desk orders.
    pub(super) fn on_effect(&mut self, effect: Effect) {
        match effect {
            Effect::Refuse { call, why } => self.refuse_call(call, why),
            Effect::Answer { call } => self.answer_call(call),
            Effect::Say { call, play, what } => self.say(call, play, what),
            Effect::Music { call, play } => self.wait_with_music(call, play),
            Effect::Ring { offer, agent, context } => self.ring(offer, agent, &context),
            Effect::StopRinging { offer, .. } => self.end_agent(offer),
            Effect::Connect { call, offer } => self.connect(call, offer),
            Effect::Release { offer, .. } => self.end_agent(offer),
            Effect::HangUp { call, why: _ } => self.hang_up(call),
            Effect::CallBack { call, line, number } => self.call_back(call, line, number),
            // Other rooms' orders; the lane sends them there.
            Effect::Warn { .. }
            | Effect::Note(_)
            | Effect::Dispatch(_)
            | Effect::LookUp { .. }
            | Effect::Write(_)
            | Effect::Amend { .. }
            | Effect::File(_)
            | Effect::Announce { .. } => {}
        }
    }

    fn refuse_call(&mut self, call: CallId, why: Refused) {
        let Some(leg) = self.drop_caller(call) else { return };
        match why {
            Refused::Full => tracing::info!(%call, "refused: the desk is full"),
            Refused::Draining => tracing::info!(%call, "refused: the desk is draining"),
        }
        if let CallerPhase::Offered(offered) = leg.phase {
            let more = vec![retry_after(self.limits.retry_after_s)];
            self.transactions.respond(offered.transaction, &offered.reply.bare(StatusCode::ServiceUnavailable, more));
        }
    }

    pub(super) fn answer_call(&mut self, call: CallId) {
        let now_ms = self.now_ms();
        let Some(leg) = self.legs.caller(call) else { return };
        let CallerPhase::Offered(offered) = std::mem::replace(&mut leg.phase, CallerPhase::Answered) else { return };
        let response = answer(&mut leg.talk, &offered, now_ms);
        // Before the answer leaves: what a caller says at once is heard.
        self.tell_media(LegId::Caller(call));
        self.transactions.respond(offered.transaction, &response);
    }

    /// The caller is no longer wanted, on the line or still to be reached.
    fn hang_up(&mut self, call: CallId) {
        self.stop_calling(call);
        self.end_caller(call);
    }

    /// Ends the caller's leg from our side.
    pub(super) fn end_caller(&mut self, call: CallId) {
        let Some(mut leg) = self.drop_caller(call) else { return };
        match leg.phase {
            CallerPhase::Answered | CallerPhase::CalledBack => self.bye(&mut leg.talk),
            CallerPhase::Offered(offered) => {
                let answer = offered.reply.bare(StatusCode::TemporarilyUnavailable, Vec::new());
                self.transactions.respond(offered.transaction, &answer);
            }
        }
    }

    /// Sends the BYE of a leg.
    pub(super) fn bye(&self, talk: &mut Talk) {
        confirm(&self.transactions, talk);
        let bye = talk.dialog.request(Method::Bye, Vec::new(), Vec::new());
        self.transactions.tell(bye, way_of(talk));
    }

    /// Lets caller and agent hear each other, as far as neither holds.
    fn connect(&mut self, call: CallId, offer: OfferId) {
        // An agent's leg that did not outlive a restart is on its way to the desk as lost.
        if !self.legs.has_agent(offer) {
            return;
        }
        // The journal holds that the agent took the call.
        if let Some(talk) = self.legs.talk(LegId::Agent(offer)) {
            confirm(&self.transactions, talk);
        }
        let Some(leg) = self.legs.caller(call) else { return };
        leg.with = Some(offer);
        self.join(LegId::Caller(call));
    }

    /// Sets what both ends of a connected call hear: each other, or music while held.
    pub(super) fn join(&mut self, leg: LegId) {
        let Some(other) = self.legs.partner(leg) else { return };
        let side = |talk: &mut Talk| (talk.stream, talk.is_held());
        let Some((a, a_holds)) = self.legs.talk(leg).map(side) else { return };
        let Some((b, b_holds)) = self.legs.talk(other).map(side) else { return };
        if a_holds || b_holds {
            self.entertain(a, a_holds);
            self.entertain(b, b_holds);
        } else {
            self.order_media(self.media.relay(a, b));
        }
    }

    /// Music for who is held; who holds hears nothing, as asked.
    fn entertain(&self, stream: crate::media::StreamId, holds: bool) {
        match self.house.music() {
            Some(music) if !holds => self.order_media(self.media.music(stream, music)),
            Some(_) | None => self.order_media(self.media.quiet(stream)),
        }
    }

    /// Tells the media where a leg's audio goes now.
    pub(super) fn tell_media(&mut self, leg: LegId) {
        let Some((stream, Some(remote))) = self.legs.talk(leg).map(|talk| (talk.stream, talk.remote)) else { return };
        self.order_media(self.media.send_to(stream, remote.remote()));
    }

    /// A leg is gone without a word: end it, and tell the desk.
    pub(super) fn lose(&mut self, leg: LegId) {
        match leg {
            LegId::Caller(call) => {
                if self.legs.caller(call).is_some() {
                    self.end_caller(call);
                    self.desk.tell(Input::CallerHungUp { call, how: cabrank_core::CallerGone::Lost });
                }
            }
            LegId::Agent(offer) => self.lose_agent(offer),
        }
    }

    /// Ends every leg: the engine stops.
    pub(super) fn end_all(&mut self) {
        self.end_unverified();
        for leg in self.legs.all() {
            match leg {
                LegId::Caller(call) => self.end_caller(call),
                LegId::Agent(offer) => self.end_agent(offer),
            }
        }
        for id in self.legs.all_dialled() {
            self.give_up_ringing(RingId::Caller(id));
        }
    }
}

/// Where a leg's requests go: to the next hop, along the stream it came by where there is one.
#[must_use]
pub(super) fn way_of(talk: &Talk) -> Way {
    let path = &talk.dialog.path;
    if path.is_reliable() && path.is_open() {
        return Way::Open(path.clone());
    }
    Way::Open(path.towards(talk.dialog.next_hop()))
}

/// The headers of a 2xx to INVITE or UPDATE.
#[must_use]
pub(super) fn ok_headers(talk: &Talk, session: Option<SessionTimer>, with_body: bool) -> Vec<Header> {
    let mut headers = vec![talk.dialog.contact()];
    headers.extend(capabilities());
    headers.extend(session.iter().flat_map(SessionTimer::answer_headers));
    if with_body {
        headers.push(Header::ContentType(SDP.into()));
    }
    headers
}

/// The 200 to the INVITE that opened the call.
fn answer(talk: &mut Talk, offered: &Offered, now_ms: u64) -> Response {
    let body = match &offered.offer {
        Some(offer) => {
            talk.remote = Some(offer.audio);
            talk.exchange = Exchange::Ack;
            talk.local.answer(offer)
        }
        None => {
            talk.exchange = Exchange::AckWithAnswer;
            talk.local.offer(crate::media::Codec::Pcmu, sdp_types::Direction::SendRecv)
        }
    };
    talk.session = Session { agreed: offered.session, due_ms: offered.session.map(|session| now_ms + session.due_ms()) };
    let headers = ok_headers(talk, offered.session, true);
    offered.reply.in_dialog(StatusCode::OK, headers, body)
}
