//! Callers' legs: INVITE, keys, BYE or CANCEL.

use super::leg::{LegId, PATIENCE, Peer, Pending};
use super::message::Message;
use super::ua::Ua;
use crate::load::clock::Moment;
use crate::load::target::{CallNo, What};
use std::borrow::Cow;
use std::net::SocketAddr;

/// A caller's leg.
#[derive(Debug)]
pub(super) struct CallerLeg {
    number: Box<str>,
    stage: Stage,
    peer: Option<Peer>,
    pub(super) pending: Option<Pending>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No answer at all yet, and whether the caller has given up meanwhile: a CANCEL must wait for an answer.
    Calling { given_up: bool },
    /// They have the INVITE.
    Proceeding,
    /// CANCEL is sent, or answered; the INVITE's answer is not here.
    Cancelling,
    /// Answered.
    Up,
    /// BYE is sent.
    Leaving,
}

/// Codes that say "not now" rather than that something is wrong: busy here, unavailable (RFC 3261, 21).
fn is_refusal(code: u16) -> bool {
    matches!(code, 486 | 503 | 600)
}

impl Ua {
    pub(super) fn call(&mut self, call: u64, number: &str, now: Moment) {
        let invite = self.pen.invite(call, number);
        let pending = Pending::invite(invite.clone(), now, self.new_pending());
        self.look_at(LegId::Caller(call), &pending, now);
        let stage = Stage::Calling { given_up: false };
        self.callers.insert(call, CallerLeg { number: number.into(), stage, peer: None, pending: Some(pending) });
        self.send(self.server, invite);
        self.tell(now, What::Made(CallNo(call)));
    }

    pub(super) fn press(&mut self, call: u64, key: char, now: Moment) {
        if !self.voice.press(LegId::Caller(call), key, now) {
            tracing::debug!(call, "a key could not be pressed");
        }
    }

    pub(super) fn hang_up(&mut self, call: u64, now: Moment) {
        let Some(leg) = self.callers.get_mut(&call) else { return };
        match leg.stage {
            Stage::Calling { .. } => leg.stage = Stage::Calling { given_up: true },
            Stage::Proceeding => self.cancel(call, now),
            Stage::Up => self.bye(call, now),
            Stage::Cancelling | Stage::Leaving => {}
        }
    }

    fn cancel(&mut self, call: u64, now: Moment) {
        let Some(leg) = self.callers.get(&call) else { return };
        let cancel = self.pen.cancel(call, &leg.number);
        self.ask(call, Stage::Cancelling, cancel, now);
    }

    fn bye(&mut self, call: u64, now: Moment) {
        self.voice.close(LegId::Caller(call));
        let Some((leg, peer)) = self.callers.get(&call).and_then(|leg| Some((leg, leg.peer.as_ref()?))) else { return };
        let own = self.pen.callers_side(call, &leg.number);
        let bye = self.pen.within("BYE", 2, &self.pen.call_id(call), &own, peer);
        self.ask(call, Stage::Leaving, bye, now);
    }

    /// Sends a request until it is answered.
    fn ask(&mut self, call: u64, stage: Stage, request: super::leg::Datagram, now: Moment) {
        let pending = Pending::other(request.clone(), now, self.new_pending());
        self.look_at(LegId::Caller(call), &pending, now);
        if let Some(leg) = self.callers.get_mut(&call) {
            (leg.stage, leg.pending) = (stage, Some(pending));
        }
        self.send(self.server, request);
    }

    pub(super) fn caller_is_answered(&mut self, call: u64, message: &Message<'_>, code: u16, from: SocketAddr, now: Moment) {
        match (message.cseq.1, code) {
            ("INVITE", ..200) => self.on_provisional(call, now),
            ("INVITE", 200..300) => self.on_ok(call, message, from, now),
            ("INVITE", _) => self.on_refusal(call, message, code, now),
            ("CANCEL", 200..) => self.on_cancel_answered(call, now),
            ("BYE", 200..) => self.on_bye_answered(call, code, now),
            _ => {}
        }
    }

    fn on_provisional(&mut self, call: u64, now: Moment) {
        let Some(leg) = self.callers.get_mut(&call) else { return };
        if let Stage::Calling { given_up } = leg.stage {
            (leg.stage, leg.pending) = (Stage::Proceeding, None);
            if given_up {
                self.cancel(call, now);
            }
        }
    }

    fn on_ok(&mut self, call: u64, message: &Message<'_>, from: SocketAddr, now: Moment) {
        let peer = Peer::of_answer(message, self.server);
        let Some(leg) = self.callers.get_mut(&call) else {
            // It is over; they have not heard our ACK.
            return self.ack_again(call, message, &peer);
        };
        let own = self.pen.callers_side(call, &leg.number);
        let ack = self.pen.within("ACK", 1, message.call_id, &own, &peer);
        let before = leg.stage;
        if matches!(before, Stage::Up | Stage::Leaving) {
            self.counts.received_again += 1;
            return self.send(self.server, ack);
        }
        (leg.stage, leg.pending, leg.peer) = (Stage::Up, None, Some(peer));
        self.send(self.server, ack);
        if before == Stage::Cancelling || before == (Stage::Calling { given_up: true }) {
            return self.bye(call, now);
        }
        if !self.talk_to(LegId::Caller(call), message.body, now) {
            tracing::debug!(call, %from, "an answer without a voice");
        }
        self.tell(now, What::Answered(CallNo(call)));
    }

    fn ack_again(&mut self, call: u64, message: &Message<'_>, peer: &Peer) {
        self.counts.received_again += 1;
        let number = super::message::user_of(super::message::uri_of(message.from));
        let own = self.pen.callers_side(call, number);
        let ack = self.pen.within("ACK", 1, message.call_id, &own, peer);
        self.send(self.server, ack);
    }

    fn on_refusal(&mut self, call: u64, message: &Message<'_>, code: u16, now: Moment) {
        let number = super::message::user_of(super::message::uri_of(message.from));
        let ack = self.pen.ack_of_refusal(call, number, message);
        self.send(self.server, ack);
        let Some(leg) = self.callers.remove(&call) else {
            self.counts.received_again += 1;
            return;
        };
        let given_up = leg.stage == Stage::Cancelling || leg.stage == (Stage::Calling { given_up: true });
        let call = CallNo(call);
        let what = match code {
            _ if given_up => What::Over(call),
            _ if is_refusal(code) => What::Refused(call, told(code)),
            _ => What::Failed(call, format!("INVITE was answered {code}").into()),
        };
        self.tell(now, what);
    }

    /// The INVITE's own answer, 487, must come as well.
    fn on_cancel_answered(&mut self, call: u64, now: Moment) {
        if self.callers.get(&call).is_none_or(|leg| leg.stage != Stage::Cancelling) {
            return;
        }
        let awaited = Pending::awaited(now.after(PATIENCE), self.new_pending());
        self.look_at(LegId::Caller(call), &awaited, now);
        self.callers.get_mut(&call).into_iter().for_each(|leg| leg.pending = Some(awaited.clone()));
    }

    fn on_bye_answered(&mut self, call: u64, code: u16, now: Moment) {
        if self.callers.get(&call).is_none_or(|leg| leg.stage != Stage::Leaving) {
            return;
        }
        // 481: they had hung up in the same moment.
        let fine = (200..300).contains(&code) || code == 481;
        let what = if fine { What::Over(CallNo(call)) } else { failed(call, format!("BYE was answered {code}")) };
        self.end_caller(call, what, now);
    }

    pub(super) fn caller_is_asked(&mut self, call: u64, message: &Message<'_>, method: &str, from: SocketAddr, now: Moment) {
        let Some(leg) = self.callers.get(&call) else { return self.answer_stray(message, method, from) };
        if method == "BYE" {
            self.reply(message, "200 OK", from);
            return self.end_caller(call, What::Over(CallNo(call)), now);
        }
        let number = leg.number.clone();
        if matches!(method, "INVITE" | "UPDATE") && !message.body.is_empty() {
            self.talk_to(LegId::Caller(call), message.body, now);
        }
        self.answer_within(message, method, &number, from);
    }

    pub(super) fn caller_gives_up(&mut self, call: u64, now: Moment) {
        let Some(leg) = self.callers.get(&call) else { return };
        let what = match leg.stage {
            Stage::Calling { .. } | Stage::Proceeding => "INVITE was never answered",
            Stage::Cancelling => "CANCEL was never answered",
            Stage::Up => "the call broke off",
            Stage::Leaving => "BYE was never answered",
        };
        self.end_caller(call, failed(call, what), now);
    }

    fn end_caller(&mut self, call: u64, what: What, now: Moment) {
        self.callers.remove(&call);
        self.voice.close(LegId::Caller(call));
        self.tell(now, what);
    }
}

fn failed(call: u64, what: impl Into<Cow<'static, str>>) -> What {
    What::Failed(CallNo(call), what.into())
}

fn told(code: u16) -> Cow<'static, str> {
    match code {
        486 => Cow::Borrowed("486 Busy Here"),
        503 => Cow::Borrowed("503 Service Unavailable"),
        _ => Cow::Owned(code.to_string()),
    }
}
