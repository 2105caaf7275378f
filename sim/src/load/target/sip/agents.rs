//! Agents' legs: rung, answered, let go.

use super::leg::{Datagram, LegId, Peer, Pending};
use super::message::{Message, desk_call_of, uri_of, user_of};
use super::ua::Ua;
use crate::load::clock::Moment;
use crate::load::target::{RingNo, Rung, What};
use std::net::SocketAddr;

/// An agent's leg.
#[derive(Debug)]
pub(super) struct AgentLeg {
    user: Box<str>,
    call_id: Box<str>,
    /// Our side's header, tag included.
    own: String,
    /// What every answer to the INVITE repeats.
    repeated: String,
    offer: Box<[u8]>,
    stage: Stage,
    pub(super) peer: Peer,
    pub(super) pending: Option<Pending>,
    last: Datagram,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Ringing,
    /// The 200 is sent, the ACK is not here; and whether to hang up once it is.
    Answered {
        leaves: bool,
    },
    /// They have given up: the 487 is sent, its ACK is not here.
    GivenUp,
    Up,
    /// BYE is sent.
    Leaving,
}

impl Ua {
    /// Somebody is rung.
    pub(super) fn ring(&mut self, invite: &Message<'_>, uri: &str, from: SocketAddr, now: Moment) {
        self.rings_given += 1;
        let ring = self.rings_given;
        let tag = format!("a{ring}");
        let own = format!("{};tag={tag}", invite.to);
        let repeated = invite.repeated(&tag);
        let user: Box<str> = user_of(uri).into();
        let ringing = self.pen.answer("180 Ringing", &repeated, Some(&user), None);
        let leg = AgentLeg {
            call_id: invite.call_id.into(),
            own,
            repeated,
            offer: invite.body.into(),
            stage: Stage::Ringing,
            peer: Peer::of_invite(invite, from),
            pending: None,
            last: ringing.clone(),
            user,
        };
        self.rings_by_call_id.insert(invite.call_id.into(), ring);
        self.agents.insert(ring, leg);
        self.send(from, ringing);
        let number = user_of(uri_of(invite.from)).to_owned();
        let rung = Rung::Number(number, invite.user_to_user.and_then(desk_call_of));
        self.tell(now, What::Rung(RingNo(ring), rung));
    }

    pub(super) fn answer(&mut self, ring: u64, now: Moment) {
        let Some(leg) = self.agents.get_mut(&ring).filter(|leg| leg.stage == Stage::Ringing) else { return };
        leg.stage = Stage::Answered { leaves: false };
        let ok = self.pen.answer("200 OK", &leg.repeated, Some(&leg.user), Some(&self.pen.sdp));
        self.insist(ring, ok, now);
    }

    pub(super) fn let_go(&mut self, ring: u64, now: Moment) {
        let Some(leg) = self.agents.get_mut(&ring) else { return };
        match leg.stage {
            Stage::Ringing => {
                leg.stage = Stage::GivenUp;
                let busy = self.pen.answer("486 Busy Here", &leg.repeated, None, None);
                self.insist(ring, busy, now);
            }
            Stage::Answered { .. } => leg.stage = Stage::Answered { leaves: true },
            Stage::Up => {
                leg.stage = Stage::Leaving;
                let bye = self.pen.within("BYE", 1, &leg.call_id, &leg.own, &leg.peer);
                self.voice.close(LegId::Agent(ring));
                self.insist(ring, bye, now);
            }
            Stage::GivenUp | Stage::Leaving => {}
        }
    }

    /// Sends it until it is answered.
    fn insist(&mut self, ring: u64, what: Datagram, now: Moment) {
        let pending = Pending::other(what.clone(), now, self.new_pending());
        self.look_at(LegId::Agent(ring), &pending, now);
        let Some(leg) = self.agents.get_mut(&ring) else { return };
        (leg.pending, leg.last) = (Some(pending), what.clone());
        let at = leg.peer.at;
        self.send(at, what);
    }

    pub(super) fn agent_is_asked(&mut self, ring: u64, message: &Message<'_>, method: &str, from: SocketAddr, now: Moment) {
        let Some(leg) = self.agents.get_mut(&ring) else { return self.answer_stray(message, method, from) };
        match method {
            "INVITE" if !message.is_in_dialog() => {
                self.counts.received_again += 1;
                let last = leg.last.clone();
                self.send(from, last);
            }
            "ACK" => self.on_ack(ring, now),
            "CANCEL" => self.on_cancel(ring, message, from, now),
            "BYE" => {
                self.reply(message, "200 OK", from);
                self.end_agent(ring, What::RingOver(RingNo(ring)), now);
            }
            _ => {
                let user = leg.user.clone();
                if matches!(method, "INVITE" | "UPDATE") && !message.body.is_empty() {
                    self.talk_to(LegId::Agent(ring), message.body, now);
                }
                self.answer_within(message, method, &user, from);
            }
        }
    }

    fn on_ack(&mut self, ring: u64, now: Moment) {
        let Some(leg) = self.agents.get_mut(&ring) else { return };
        match leg.stage {
            Stage::Answered { leaves } => {
                (leg.stage, leg.pending) = (Stage::Up, None);
                let offer = std::mem::take(&mut leg.offer);
                self.talk_to(LegId::Agent(ring), &offer, now);
                self.tell(now, What::Connected(RingNo(ring)));
                if leaves {
                    self.let_go(ring, now);
                }
            }
            Stage::GivenUp => {
                self.forget_agent(ring);
            }
            Stage::Ringing | Stage::Up | Stage::Leaving => {}
        }
    }

    fn on_cancel(&mut self, ring: u64, message: &Message<'_>, from: SocketAddr, now: Moment) {
        self.reply(message, "200 OK", from);
        let Some(leg) = self.agents.get_mut(&ring).filter(|leg| leg.stage == Stage::Ringing) else { return };
        leg.stage = Stage::GivenUp;
        let terminated = self.pen.answer("487 Request Terminated", &leg.repeated, None, None);
        self.insist(ring, terminated, now);
        self.tell(now, What::RingOver(RingNo(ring)));
    }

    /// Our BYE is answered: nothing else of an agent's is.
    pub(super) fn agent_is_answered(&mut self, ring: u64, code: u16, now: Moment) {
        if code < 200 || self.agents.get(&ring).is_none_or(|leg| leg.stage != Stage::Leaving) {
            return;
        }
        let fine = (200..300).contains(&code) || code == 481;
        let failed = || What::AgentFailed(Some(RingNo(ring)), format!("an agent's BYE was answered {code}").into());
        let what = if fine { What::RingOver(RingNo(ring)) } else { failed() };
        self.end_agent(ring, what, now);
    }

    pub(super) fn agent_gives_up(&mut self, ring: u64, now: Moment) {
        let Some(leg) = self.agents.get(&ring) else { return };
        let what = match leg.stage {
            Stage::Ringing | Stage::GivenUp => {
                self.forget_agent(ring);
                return;
            }
            Stage::Answered { .. } => "an agent's answer was never acknowledged",
            Stage::Up => "an agent's call broke off",
            Stage::Leaving => "an agent's BYE was never answered",
        };
        self.end_agent(ring, What::AgentFailed(Some(RingNo(ring)), what.into()), now);
    }

    fn end_agent(&mut self, ring: u64, what: What, now: Moment) {
        self.forget_agent(ring);
        self.tell(now, what);
    }

    fn forget_agent(&mut self, ring: u64) {
        self.voice.close(LegId::Agent(ring));
        if let Some(leg) = self.agents.remove(&ring) {
            self.rings_by_call_id.remove(&leg.call_id);
        }
    }
}
