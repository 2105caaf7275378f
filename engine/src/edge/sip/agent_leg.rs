//! Ringing an agent: our INVITE, its answers, the CANCEL, and the races between them.

use cabrank_core::{AgentId, Context, Declined, Input, LegEnd, OfferId};
use rsipstack::sip::{Method, Response, StatusCode, StatusCodeKind};

use super::dialog::{Dialog, DialogKey};
use super::edge::Edge;
use super::event::{Answer, LegId};
use super::invite::{cancel_of, with_longer_session};
use super::leg::{AgentLeg, AgentPhase, Exchange, Ringing, Session, Talk, Wanted};
use super::pump::Way;
use super::sdp::{LocalAudio, RemoteAudio, read_answer};
use super::session_timer::{agreed, demanded_s};
use crate::media::StreamId;

impl Edge {
    /// Rings an agent for a call.
    pub(super) fn ring(&mut self, offer: OfferId, agent: AgentId, context: &Context) {
        if self.try_ring(offer, agent, context).is_none() {
            self.desk.tell(Input::AgentDeclined { offer, how: Declined::Failed });
        }
    }

    fn try_ring(&mut self, offer: OfferId, agent: AgentId, context: &Context) -> Option<()> {
        let target = self.target_of(agent)?;
        let caller = self.legs.caller(context.call)?;
        let (hops, beside) = (caller.hops, caller.talk.stream);
        let codec = caller.talk.remote.map(|remote| remote.codec);
        let (stream, addr) = self.media.open_beside(target.own.ip(), beside).ok()?;
        let mut local = LocalAudio::new(addr, rand::random::<u32>().into());
        let body = local.offer(codec.unwrap_or(crate::media::Codec::Pcmu), sdp_types::Direction::SendRecv);
        let invite = self.invite_to(&target, context, hops, body);
        let way = target.way;
        let ringing = Ringing {
            invite: invite.clone(),
            way: way.clone(),
            stream,
            local,
            heard: false,
            wanted: Wanted::Yes,
            retried: false,
            running: 1,
        };
        let phase = AgentPhase::Ringing(Box::new(ringing));
        self.legs.add_agent(offer, AgentLeg { call: context.call, phase });
        self.pumps.ring(offer, invite, way);
        Some(())
    }

    /// An answer to the INVITE that rings an agent.
    pub(super) fn on_ring_answer(&mut self, offer: OfferId, answer: Answer) {
        match answer.response.status_code.kind() {
            StatusCodeKind::Provisional => self.on_ring_progress(offer, &answer.response.status_code),
            StatusCodeKind::Successful => self.on_ring_ok(offer, answer),
            StatusCodeKind::Redirection
            | StatusCodeKind::RequestFailure
            | StatusCodeKind::ServerFailure
            | StatusCodeKind::GlobalFailure
            | StatusCodeKind::Other => self.on_ring_refused(offer, &answer.response),
        }
    }

    fn on_ring_progress(&mut self, offer: OfferId, status: &StatusCode) {
        let Some(ringing) = self.ringing(offer) else { return };
        ringing.heard = true;
        match ringing.wanted {
            Wanted::No => self.cancel(offer),
            Wanted::Yes if *status != StatusCode::Trying => self.desk.tell(Input::AgentRinging { offer }),
            Wanted::Yes | Wanted::Cancelled => {}
        }
    }

    fn on_ring_ok(&mut self, offer: OfferId, answer: Answer) {
        let Some(ringing) = self.ringing(offer) else { return self.on_stray_ok(answer) };
        let (wanted, stream, local) = (ringing.wanted, ringing.stream, ringing.local.clone());
        let Some(mut dialog) = self.acknowledge(&answer) else {
            return self.fail_ring(offer, Declined::Failed);
        };
        let audio = read_answer(&answer.response.body);
        match (wanted, audio) {
            (Wanted::Yes, Ok(audio)) => {
                let session = self.session_after(&answer.response);
                self.agent_answered(offer, talk(dialog, stream, local, audio, session));
            }
            // Too late, or no speech possible: what was answered is ended (RFC 3261 9.1, 13.2.2.4).
            (Wanted::No | Wanted::Cancelled, _) | (Wanted::Yes, Err(_)) => {
                let bye = dialog.request(Method::Bye, Vec::new(), Vec::new());
                self.pumps.tell(bye, Way::Open(hop(&dialog)));
                self.legs.remember(dialog.key, self.in_64_t1());
                self.fail_ring(offer, Declined::Failed);
            }
        }
    }

    fn agent_answered(&mut self, offer: OfferId, talk: Talk) {
        self.legs.agent_talks(offer, talk);
        self.tell_media(LegId::Agent(offer));
        self.desk.tell(Input::AgentAnswered { offer });
    }

    fn on_ring_refused(&mut self, offer: OfferId, response: &Response) {
        if response.status_code == StatusCode::SessionIntervalTooSmall && self.ring_again(offer, response) {
            return;
        }
        self.fail_ring(offer, declined(response));
    }

    /// RFC 4028 7.3: the phone wants a longer session interval; once it gets it.
    fn ring_again(&mut self, offer: OfferId, response: &Response) -> bool {
        let Some(interval_s) = demanded_s(&response.headers) else { return false };
        let Some(ringing) = self.ringing(offer) else { return false };
        if ringing.retried || ringing.wanted != Wanted::Yes {
            return false;
        }
        let Some(invite) = with_longer_session(&ringing.invite, interval_s) else { return false };
        ringing.retried = true;
        ringing.running += 1;
        ringing.heard = false;
        ringing.invite = invite.clone();
        let way = ringing.way.clone();
        self.pumps.ring(offer, invite, way);
        true
    }

    /// The transaction is over. If no final answer said so before, the ringing failed.
    pub(super) fn on_ring_ended(&mut self, offer: OfferId) {
        let Some(ringing) = self.ringing(offer) else { return };
        ringing.running = ringing.running.saturating_sub(1);
        if ringing.running == 0 {
            self.fail_ring(offer, Declined::Failed);
        }
    }

    /// Ends a ringing without a leg. The desk hears of it unless it wanted no more.
    fn fail_ring(&mut self, offer: OfferId, how: Declined) {
        let wanted = self.ringing(offer).map(|ringing| ringing.wanted);
        if self.drop_agent(offer).is_some() && wanted == Some(Wanted::Yes) {
            self.desk.tell(Input::AgentDeclined { offer, how });
        }
    }

    /// The agent is no longer wanted. Whoever answered in this moment is let go.
    pub(super) fn stop_ringing(&mut self, offer: OfferId) {
        let Some(ringing) = self.ringing(offer) else { return self.end_agent(offer) };
        ringing.wanted = Wanted::No;
        if ringing.heard {
            self.cancel(offer);
        }
    }

    /// The CANCEL is a transaction of its own, so that it is retransmitted (RFC 3261 9.1).
    fn cancel(&mut self, offer: OfferId) {
        let Some(ringing) = self.ringing(offer) else { return };
        ringing.wanted = Wanted::Cancelled;
        let (cancel, way) = (cancel_of(&ringing.invite), ringing.way.clone());
        if let Some(cancel) = cancel {
            self.pumps.tell(cancel, way);
        }
    }

    /// Ends an agent's leg from our side.
    pub(super) fn end_agent(&mut self, offer: OfferId) {
        if self.ringing(offer).is_some() {
            return self.stop_ringing(offer);
        }
        let Some(AgentLeg { phase: AgentPhase::Talking(mut talk), .. }) = self.drop_agent(offer) else { return };
        self.bye(&mut talk);
    }

    /// An agent's leg went without a word.
    pub(super) fn lose_agent(&mut self, offer: OfferId) {
        if self.ringing(offer).is_some() {
            return;
        }
        let had = self.legs.agent(offer).is_some();
        self.end_agent(offer);
        if had {
            self.desk.tell(Input::AgentHungUp { offer, how: LegEnd::Lost });
        }
    }

    /// Forgets an agent's leg and closes its media.
    pub(super) fn drop_agent(&mut self, offer: OfferId) -> Option<AgentLeg> {
        let leg = self.legs.remove_agent(offer, self.in_64_t1())?;
        let stream = match &leg.phase {
            AgentPhase::Ringing(ringing) => ringing.stream,
            AgentPhase::Talking(talk) => talk.stream,
        };
        self.media.close(stream);
        Some(leg)
    }

    /// A 2xx without a transaction: our ACK was lost, or another branch of a fork answered
    /// (RFC 3261 13.2.2.4). One for a dialog that never was ours is not answered at all.
    pub(super) fn on_stray_ok(&mut self, answer: Answer) {
        let Some((key, remote_tag)) = super::dialog::named_by_answer(&answer.response) else { return };
        let same = self.legs.in_dialog(&key, &remote_tag).is_some();
        if !same && !self.is_ours(&key) {
            return;
        }
        let Some(mut dialog) = self.acknowledge(&answer) else { return };
        if !same {
            let bye = dialog.request(Method::Bye, Vec::new(), Vec::new());
            self.pumps.tell(bye, Way::Open(hop(&dialog)));
        }
    }

    fn is_ours(&self, key: &DialogKey) -> bool {
        let talks = matches!(self.legs.of_dialog(key), Some(LegId::Agent(_)));
        talks || self.legs.is_parted(key)
    }

    /// Sends the ACK to a 2xx and gives the dialog it makes.
    fn acknowledge(&self, answer: &Answer) -> Option<Dialog> {
        let own = self.sockets.own_addr(answer.path.transport(), answer.path.addr);
        let dialog = Dialog::as_client(&answer.response, answer.path.clone(), own);
        let dialog = dialog.inspect_err(|fault| tracing::info!(%fault, "a 200 cannot be acknowledged")).ok()?;
        self.pumps.acknowledge(dialog.ack(dialog.seq()), Way::Open(hop(&dialog)));
        Some(dialog)
    }

    /// The agreed timer; without one we ask the phone now and then whether it is still there.
    fn session_after(&self, answer: &Response) -> Session {
        let agreed = agreed(answer);
        let due_ms = agreed.map_or(u64::from(self.limits.session_s) * 500, |timer| timer.due_ms());
        Session { agreed, due_ms: Some(self.now_ms() + due_ms) }
    }

    fn ringing(&mut self, offer: OfferId) -> Option<&mut Ringing> {
        match &mut self.legs.agent(offer)?.phase {
            AgentPhase::Ringing(ringing) => Some(ringing),
            AgentPhase::Talking(_) => None,
        }
    }
}

fn talk(dialog: Dialog, stream: StreamId, local: LocalAudio, audio: RemoteAudio, session: Session) -> Talk {
    Talk { dialog, stream, local, remote: Some(audio), exchange: Exchange::Idle, session }
}

/// The next hop of a dialog along the connection its answer came by.
fn hop(dialog: &Dialog) -> super::path::Path {
    let path = &dialog.path;
    let addr = if path.connection.is_reliable() { path.addr } else { dialog.next_hop() };
    super::path::Path { connection: path.connection.clone(), addr }
}

/// What a refusal says about the agent.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
fn declined(response: &Response) -> Declined {
    match response.status_code {
        StatusCode::BusyHere | StatusCode::BusyEverywhere => Declined::Busy,
        StatusCode::Decline => Declined::Declined,
        StatusCode::TemporarilyUnavailable => Declined::Unavailable,
        // The library's own 408 bears no tag: nobody answered at all.
        StatusCode::RequestTimeout if has_remote_tag(response) => Declined::Unavailable,
        _ => Declined::Failed,
    }
}

fn has_remote_tag(response: &Response) -> bool {
    use rsipstack::sip::HeadersExt as _;
    response.to_header().is_ok_and(|to| matches!(to.tag(), Ok(Some(_))))
}
