//! A user agent for thousands of calls on one thread. Sans I/O: datagrams and moments in, datagrams and news out.
//!
//! It does what RFC 3261 asks of a user agent over UDP, and no more: it sends again what is not answered, answers again what is
//! asked again, takes a call back that is answered while it is given up. Callers' legs are in `callers`, agents' in `agents`.

use super::agents::AgentLeg;
use super::callers::CallerLeg;
use super::leg::{Again, Datagram, LegId, Pending};
use super::message::{Message, Start};
use super::registration::Registration;
use super::voice::Voice;
use super::write::Pen;
use crate::load::clock::{Agenda, Moment};
use crate::load::target::{CallNo, News, Order, RingNo, What};
use crate::phone::sdp;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

/// What went over the wire besides what had to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Messages sent for the first time.
    pub(super) sent: u64,
    /// Messages sent again, since nothing answered them in time.
    pub(super) sent_again: u64,
    /// Messages received.
    pub(super) received: u64,
    /// Messages received that had been received before.
    pub(super) received_again: u64,
    /// Datagrams that were no message of ours.
    pub(super) unreadable: u64,
}

/// The user agent.
pub(super) struct Ua {
    pub(super) pen: Pen,
    pub(super) server: SocketAddr,
    pub(super) callers: HashMap<u64, CallerLeg>,
    pub(super) agents: HashMap<u64, AgentLeg>,
    pub(super) rings_by_call_id: HashMap<Box<str>, u64>,
    pub(super) rings_given: u64,
    pub(super) registrations: Vec<Registration>,
    pub(super) voice: Voice,
    pub(super) news: Vec<News>,
    pub(super) counts: Counts,
    /// What is to be sent, and where to.
    pub(super) out: VecDeque<(SocketAddr, Datagram)>,
    looks: Agenda<(LegId, u64)>,
    pending_given: u64,
}

impl Ua {
    pub(super) fn new(pen: Pen, server: SocketAddr, voice: Voice, registrations: Vec<Registration>) -> Ua {
        Ua {
            pen,
            server,
            callers: HashMap::new(),
            agents: HashMap::new(),
            rings_by_call_id: HashMap::new(),
            rings_given: 0,
            registrations,
            voice,
            news: Vec::new(),
            counts: Counts::default(),
            out: VecDeque::new(),
            looks: Agenda::default(),
            pending_given: 0,
        }
    }

    /// Does what a caller or an agent wants.
    pub(super) fn carry_out(&mut self, order: Order<'_>, now: Moment) {
        match order {
            Order::Call(CallNo(call), number) => self.call(call, number, now),
            Order::Press(CallNo(call), key) => self.press(call, key, now),
            Order::HangUp(CallNo(call)) => self.hang_up(call, now),
            Order::Answer(RingNo(ring)) => self.answer(ring, now),
            Order::LetGo(RingNo(ring)) => self.let_go(ring, now),
        }
    }

    /// A datagram came.
    pub(super) fn hear(&mut self, datagram: &[u8], from: SocketAddr, now: Moment) {
        let Some(message) = Message::read(datagram) else {
            self.counts.unreadable += 1;
            return;
        };
        self.counts.received += 1;
        match message.start {
            Start::Response(code) => self.hear_response(&message, code, from, now),
            Start::Request(method, uri) => self.hear_request(&message, method, uri, from, now),
        }
    }

    fn hear_response(&mut self, message: &Message<'_>, code: u16, from: SocketAddr, now: Moment) {
        if let Some(call) = self.pen.call_of(message.call_id) {
            self.caller_is_answered(call, message, code, from, now);
        } else if let Some(place) = self.pen.registration_of(message.call_id) {
            self.registration_is_answered(place, message, code, now);
        } else if let Some(ring) = self.rings_by_call_id.get(message.call_id).copied() {
            self.agent_is_answered(ring, code, now);
        } else {
            self.counts.received_again += 1;
        }
    }

    fn hear_request(&mut self, message: &Message<'_>, method: &str, uri: &str, from: SocketAddr, now: Moment) {
        if let Some(call) = self.pen.call_of(message.call_id) {
            self.caller_is_asked(call, message, method, from, now);
        } else if let Some(ring) = self.rings_by_call_id.get(message.call_id).copied() {
            self.agent_is_asked(ring, message, method, from, now);
        } else if method == "INVITE" && !message.is_in_dialog() {
            self.ring(message, uri, from, now);
        } else {
            self.answer_stray(message, method, from);
        }
    }

    /// A request of a dialog that is over, or never was.
    pub(super) fn answer_stray(&mut self, message: &Message<'_>, method: &str, from: SocketAddr) {
        self.counts.received_again += 1;
        let status = match method {
            "ACK" => return,
            // Their BYE came twice, or crossed ours: it has ended as they want it.
            "BYE" | "OPTIONS" => "200 OK",
            _ => "481 Call/Transaction Does Not Exist",
        };
        self.reply(message, status, from);
    }

    /// Answers a request within a dialog that changes nothing: a refreshed session, a question.
    pub(super) fn answer_within(&mut self, message: &Message<'_>, method: &str, user: &str, from: SocketAddr) {
        let offers = !message.body.is_empty() && matches!(method, "INVITE" | "UPDATE");
        let answer = match method {
            "ACK" => return,
            "INVITE" | "UPDATE" => {
                let with_sdp = (offers || method == "INVITE").then(|| self.pen.sdp.clone());
                self.pen.answer("200 OK", &message.repeated(""), Some(user), with_sdp.as_deref())
            }
            "OPTIONS" | "INFO" | "MESSAGE" | "NOTIFY" => self.pen.answer("200 OK", &message.repeated(""), None, None),
            _ => self.pen.answer("501 Not Implemented", &message.repeated(""), None, None),
        };
        self.send(from, answer);
    }

    /// Answers without more.
    pub(super) fn reply(&mut self, message: &Message<'_>, status: &str, from: SocketAddr) {
        let answer = self.pen.answer(status, &message.repeated("x"), None, None);
        self.send(from, answer);
    }

    pub(super) fn send(&mut self, at: SocketAddr, what: Datagram) {
        self.counts.sent += 1;
        self.out.push_back((at, what));
    }

    pub(super) fn tell(&mut self, at: Moment, what: What) {
        self.news.push(News { at, what });
    }

    /// The number of something pending.
    pub(super) fn new_pending(&mut self) -> u64 {
        self.pending_given += 1;
        self.pending_given
    }

    /// Looks at something pending when it is time to.
    pub(super) fn look_at(&mut self, leg: LegId, pending: &Pending, now: Moment) {
        self.looks.note(pending.first_look(now), (leg, pending.number));
    }

    /// When there is something to do by itself.
    pub(super) fn next(&self) -> Moment {
        self.looks.next().min(self.voice.next())
    }

    /// Does what is due by itself.
    pub(super) fn turn(&mut self, now: Moment) {
        self.voice.speak(now);
        while let Some((_, (leg, number))) = self.looks.take_due(now) {
            self.look(leg, number, now);
        }
    }

    fn look(&mut self, leg: LegId, number: u64, now: Moment) {
        let place = match leg {
            LegId::Caller(call) => self.callers.get_mut(&call).map(|leg| (&mut leg.pending, self.server)),
            LegId::Agent(ring) => self.agents.get_mut(&ring).map(|leg| (&mut leg.pending, leg.peer.at)),
            LegId::Registration(place) => self.registrations.get_mut(place).map(|one| (&mut one.pending, self.server)),
        };
        let Some((Some(pending), at)) = place.map(|(pending, at)| (pending.as_mut(), at)) else { return };
        if pending.number != number {
            return;
        }
        match pending.again(now) {
            Again::Send(what, next) => {
                self.counts.sent_again += 1;
                self.out.push_back((at, what));
                self.looks.note(next, (leg, number));
            }
            Again::Wait(next) => self.looks.note(next, (leg, number)),
            Again::GiveUp => self.give_up(leg, now),
        }
    }

    fn give_up(&mut self, leg: LegId, now: Moment) {
        match leg {
            LegId::Caller(call) => self.caller_gives_up(call, now),
            LegId::Agent(ring) => self.agent_gives_up(ring, now),
            LegId::Registration(place) => self.registration_waits_no_more(place, now),
        }
    }

    /// Where the other side wants to hear a leg, if its description says so.
    pub(super) fn talk_to(&mut self, leg: LegId, body: &[u8], now: Moment) -> bool {
        let remote = sdp::read(body);
        remote.into_iter().for_each(|remote| self.voice.open(leg, remote, now));
        remote.is_some()
    }
}
