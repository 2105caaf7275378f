//! What the caller's transactions report.

use cabrank_core::{CallId, CallerGone, Input};
use rsipstack::sip::{Header, StatusCode};

use super::edge::Edge;
use super::event::LegId;
use super::leg::{CallerLeg, CallerPhase, Exchange};
use super::reply::retry_after;
use super::sdp::read_answer;

/// How long the desk may take to say what is to become of a new call, in milliseconds. It takes one; many seconds mean that its
/// disk takes nothing.
const UNHEARD_MS: u64 = 3_000;

impl Edge {
    /// A CANCEL came before our final answer: 487 (RFC 3261 9.2). After it, it changes nothing.
    pub(super) fn on_cancelled(&mut self, leg: LegId) {
        let LegId::Caller(call) = leg else { return };
        if !self.cancel_unverified(call) && !self.legs.is_answered(call) {
            self.give_up(call, StatusCode::RequestTerminated);
        }
    }

    /// A desk that says nothing cannot journal the call, or is far behind: nobody is kept waiting for its word.
    pub(super) fn turn_away_unheard(&mut self) {
        let until_ms = self.now_ms().saturating_sub(UNHEARD_MS);
        for call in self.legs.unheard(until_ms) {
            tracing::warn!(%call, "the desk does not say what is to become of a call: it is turned away");
            self.desk.door().turn_away();
            self.end_unanswered(call, StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]);
            self.desk.tell(Input::CallerHungUp { call, how: CallerGone::Lost });
        }
    }

    /// The caller gave up before the answer; the INVITE ends with `status`.
    pub(super) fn give_up(&mut self, call: CallId, status: StatusCode) {
        if self.end_unanswered(call, status, Vec::new()) {
            self.desk.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
        }
    }

    /// Ends a call that was not answered; says whether it was there.
    fn end_unanswered(&mut self, call: CallId, status: StatusCode, more: Vec<Header>) -> bool {
        let Some(leg) = self.drop_caller(call) else { return false };
        if let CallerPhase::Offered(offered) = leg.phase {
            self.transactions.respond(offered.transaction, &offered.reply.bare(status, more));
        }
        true
    }

    /// Forgets a caller's leg and closes its media.
    pub(super) fn drop_caller(&mut self, call: CallId) -> Option<CallerLeg> {
        let leg = self.legs.remove_caller(call)?;
        self.media.close(leg.talk.stream);
        match leg.phase {
            // A late 200 is still to be acknowledged.
            CallerPhase::CalledBack => self.legs.remember(leg.talk.dialog.key.clone(), self.in_64_t1()),
            CallerPhase::Offered(_) | CallerPhase::Answered => {}
        }
        Some(leg)
    }

    /// The ACK to a 2xx of ours; it carries the answer when our 2xx carried the offer.
    pub(super) fn on_acked(&mut self, leg: LegId, body: &[u8]) {
        if let LegId::Caller(call) = leg
            && let Some(leg) = self.legs.caller(call)
        {
            leg.confirmed = true;
        }
        let Some(talk) = self.legs.talk(leg) else { return };
        match std::mem::replace(&mut talk.exchange, Exchange::Idle) {
            Exchange::Ack => {}
            Exchange::AckWithAnswer => self.on_late_answer(leg, body),
            // Not what was awaited: what is under way stays so.
            kept @ (Exchange::Idle | Exchange::Ours | Exchange::OurAck) => talk.exchange = kept,
        }
        self.unpark(leg);
    }

    /// Without a usable answer there is no session: the dialog ends (RFC 3261 13.2.1, 14.2).
    fn on_late_answer(&mut self, leg: LegId, body: &[u8]) {
        match read_answer(body) {
            Ok(audio) => self.set_remote(leg, audio),
            Err(fault) => {
                tracing::info!(%fault, "the ACK's answer cannot be used");
                self.lose(leg);
            }
        }
    }
}
