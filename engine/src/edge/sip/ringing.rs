//! An INVITE of ours until its final answer: the answers, the CANCEL, and the races between them.

use cabrank_core::{Declined, Input};
use rsipstack::sip::{Method, Response, StatusCode, StatusCodeKind};

use super::dialog::Dialog;
use super::edge::Edge;
use super::event::{Answer, RingId};
use super::invite::{cancel_of, with_longer_session};
use super::leg::{Exchange, Session, Talk, Wanted};
use super::path::Path;
use super::sdp::{LocalAudio, RemoteAudio, read_answer};
use super::session_timer::{agreed, demanded_s};
use super::transactions::{Transactions, Way};
use crate::media::StreamId;

impl Edge {
    /// An answer to an INVITE of ours.
    pub(super) fn on_ring_answer(&mut self, ring: RingId, answer: Answer) {
        match answer.response.status_code.kind() {
            StatusCodeKind::Provisional => self.on_ring_progress(ring, &answer.response.status_code),
            StatusCodeKind::Successful => self.on_ring_ok(ring, answer),
            StatusCodeKind::Redirection
            | StatusCodeKind::RequestFailure
            | StatusCodeKind::ServerFailure
            | StatusCodeKind::GlobalFailure
            | StatusCodeKind::Other => self.on_ring_refused(ring, &answer.response),
        }
    }

    /// The transaction is over. If no final answer said so before, the ringing failed.
    pub(super) fn on_ring_ended(&mut self, ring: RingId) {
        let Some(ringing) = self.legs.ringing(ring) else { return };
        ringing.running = ringing.running.saturating_sub(1);
        if ringing.running == 0 {
            self.fail_ring(ring, Declined::Failed);
        }
    }

    /// Whom we ring is no longer wanted; nothing happens once the ringing is over.
    pub(super) fn give_up_ringing(&mut self, ring: RingId) {
        let Some(ringing) = self.legs.ringing(ring) else { return };
        if ringing.wanted == Wanted::Cancelled {
            return;
        }
        ringing.wanted = Wanted::No;
        if ringing.heard {
            self.cancel(ring);
        }
    }

    /// A 2xx without a transaction: our ACK was lost, or another branch of a fork answered
    /// (RFC 3261 13.2.2.4). One for a dialog that never was ours is not answered at all.
    pub(super) fn on_stray_ok(&mut self, answer: Answer) {
        let Some((key, remote_tag)) = super::dialog::named_by_answer(&answer.response) else { return };
        if !self.legs.is_of_ours(&key) && !self.legs.is_parted(&key) {
            return;
        }
        let same = self.legs.in_dialog(&key, &remote_tag).is_some();
        let Some(mut dialog) = self.dialog_made_by(&answer) else { return };
        acknowledge(&self.transactions, &dialog);
        if !same {
            let bye = dialog.request(Method::Bye, Vec::new(), Vec::new());
            self.transactions.tell(bye, Way::Open(hop(&dialog)));
        }
    }

    fn on_ring_progress(&mut self, ring: RingId, status: &StatusCode) {
        let Some(ringing) = self.legs.ringing(ring) else { return };
        ringing.heard = true;
        match (ringing.wanted, ring) {
            (Wanted::No, _) => self.cancel(ring),
            (Wanted::Yes, RingId::Agent(offer)) if *status != StatusCode::Trying => {
                self.desk.tell(Input::AgentRinging { offer });
            }
            (Wanted::Yes | Wanted::Cancelled, _) => {}
        }
    }

    fn on_ring_ok(&mut self, ring: RingId, answer: Answer) {
        let Some(ringing) = self.legs.ringing(ring) else { return self.on_stray_ok(answer) };
        let (wanted, stream, local) = (ringing.wanted, ringing.stream, ringing.local.clone());
        let Some(mut dialog) = self.dialog_made_by(&answer) else {
            return self.fail_ring(ring, Declined::Failed);
        };
        let audio = read_answer(&answer.response.body);
        match (wanted, audio) {
            (Wanted::Yes, Ok(audio)) => {
                let session = self.session_after(&answer.response);
                self.on_answered(ring, talk(dialog, stream, local, audio, session));
            }
            // Too late, or no speech possible: what was answered is ended (RFC 3261 9.1, 13.2.2.4).
            (Wanted::No | Wanted::Cancelled, _) | (Wanted::Yes, Err(_)) => {
                acknowledge(&self.transactions, &dialog);
                let bye = dialog.request(Method::Bye, Vec::new(), Vec::new());
                self.transactions.tell(bye, Way::Open(hop(&dialog)));
                self.legs.remember(dialog.key, self.in_64_t1());
                self.fail_ring(ring, Declined::Failed);
            }
        }
    }

    fn on_answered(&mut self, ring: RingId, mut talk: Talk) {
        match ring {
            RingId::Agent(offer) => self.agent_answered(offer, talk),
            RingId::Caller(id) => {
                confirm(&self.transactions, &mut talk);
                self.caller_picked_up(id, talk);
            }
        }
    }

    fn on_ring_refused(&mut self, ring: RingId, response: &Response) {
        if response.status_code == StatusCode::SessionIntervalTooSmall && self.ring_again(ring, response) {
            return;
        }
        self.fail_ring(ring, declined(response));
    }

    /// RFC 4028 7.3: the phone wants a longer session interval; once it gets it.
    fn ring_again(&mut self, ring: RingId, response: &Response) -> bool {
        let Some(interval_s) = demanded_s(&response.headers) else { return false };
        let Some(ringing) = self.legs.ringing(ring) else { return false };
        if ringing.retried || ringing.wanted != Wanted::Yes {
            return false;
        }
        let Some(invite) = with_longer_session(&ringing.invite, interval_s) else { return false };
        ringing.retried = true;
        ringing.running += 1;
        ringing.heard = false;
        ringing.invite = invite.clone();
        let way = ringing.way.clone();
        self.legs.touch(ring);
        self.transactions.ring(ring, invite, way);
        true
    }

    /// Ends a ringing without a leg. The desk hears of it unless it wanted no more.
    fn fail_ring(&mut self, ring: RingId, how: Declined) {
        let Some(wanted) = self.legs.ringing(ring).map(|ringing| ringing.wanted) else { return };
        let told = match ring {
            RingId::Agent(offer) => self.drop_agent(offer).map(|_| Input::AgentDeclined { offer, how }),
            RingId::Caller(id) => self.drop_dialled(id).map(|dialled| Input::CallerUnreached { call: dialled.call, how }),
        };
        if let Some(input) = told.filter(|_| wanted == Wanted::Yes) {
            self.desk.tell(input);
        }
    }

    /// The CANCEL is a transaction of its own, so that it is retransmitted (RFC 3261 9.1).
    fn cancel(&mut self, ring: RingId) {
        let Some(ringing) = self.legs.ringing(ring) else { return };
        ringing.wanted = Wanted::Cancelled;
        let (cancel, way) = (cancel_of(&ringing.invite), ringing.way.clone());
        if let Some(cancel) = cancel {
            self.transactions.tell(cancel, way);
        }
    }

    fn dialog_made_by(&self, answer: &Answer) -> Option<Dialog> {
        let own = self.wire.sockets.own_addr(answer.path.transport(), answer.path.addr);
        let dialog = Dialog::as_client(&answer.response, answer.path.clone(), own);
        dialog.inspect_err(|fault| tracing::info!(%fault, "a 200 cannot be acknowledged")).ok()
    }

    /// The agreed timer; without one we ask the phone now and then whether it is still there.
    fn session_after(&self, answer: &Response) -> Session {
        let agreed = agreed(answer);
        let due_ms = agreed.map_or(u64::from(self.limits.session_s) * 500, |timer| timer.due_ms());
        Session { agreed, due_ms: Some(self.now_ms() + due_ms) }
    }
}

/// Sends the ACK that is owed for the answer to our INVITE, if one is.
pub(super) fn confirm(transactions: &Transactions, talk: &mut Talk) {
    if talk.exchange == Exchange::OurAck {
        talk.exchange = Exchange::Idle;
        acknowledge(transactions, &talk.dialog);
    }
}

/// Sends the ACK to the 2xx that made a dialog.
fn acknowledge(transactions: &Transactions, dialog: &Dialog) {
    transactions.acknowledge(&dialog.ack(dialog.seq()), Way::Open(hop(dialog)));
}

fn talk(dialog: Dialog, stream: StreamId, local: LocalAudio, audio: RemoteAudio, session: Session) -> Talk {
    Talk { dialog, stream, local, remote: Some(audio), latched: None, exchange: Exchange::OurAck, session }
}

/// The next hop of a dialog along the connection its answer came by.
fn hop(dialog: &Dialog) -> Path {
    let path = &dialog.path;
    if path.is_reliable() { path.clone() } else { path.towards(dialog.next_hop()) }
}

/// What a refusal says about whom we rang.
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
    response.to_header().is_ok_and(|to| matches!(super::tag::of(to.value()), Ok(Some(_))))
}
