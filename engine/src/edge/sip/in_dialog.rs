//! Requests inside a dialog, from either leg.

use cabrank_core::{CallerGone, Input, LegEnd, Side};
use rsipstack::sip::{Header, HeadersExt as _, Method, Request, Response, StatusCode};

use super::edge::Edge;
use super::effects::ok_headers;
use super::event::LegId;
use super::info;
use super::ingress::{Refusal, check_offer, check_session};
use super::leg::{Exchange, Session, Talk};
use super::methods::capabilities;
use super::reply::{Reply, retry_after};
use super::requests::check_common;
use super::sdp::{Offer, RemoteAudio};
use super::session_timer::SessionTimer;
use super::transactions::Incoming;

impl Edge {
    /// Takes a request inside the dialog of `leg`.
    pub(super) fn on_dialog_request(&mut self, leg: LegId, tx: Incoming) {
        let accepted = self.legs.talk(leg).is_some_and(|talk| talk.dialog.accept(&tx.original, tx.path.clone()));
        if !accepted {
            // RFC 3261 12.2.2: out of order.
            return self.refuse(tx, StatusCode::ServerInternalError, vec![retry_after(1)]);
        }
        match tx.original.method {
            Method::Bye => self.on_bye(leg, tx),
            Method::Invite => self.on_reinvite(leg, tx),
            Method::Update => self.on_update(leg, tx),
            Method::Info => self.on_info(leg, tx),
            Method::Options => self.refuse(tx, StatusCode::OK, capabilities()),
            Method::Refer => self.on_refer(leg, tx),
            Method::PRack | Method::Notify | Method::Subscribe | Method::Message | Method::Publish | Method::Register => {
                self.refuse_method(tx);
            }
            // The transactions keep both to themselves.
            Method::Ack | Method::Cancel => {}
        }
    }

    fn on_bye(&mut self, leg: LegId, tx: Incoming) {
        self.refuse(tx, StatusCode::OK, Vec::new());
        match leg {
            LegId::Caller(call) if !self.legs.is_answered(call) => {
                // RFC 3261 15.1.2: a BYE before the answer ends the INVITE as well.
                self.give_up(call, StatusCode::RequestTerminated);
            }
            LegId::Caller(call) => {
                if self.drop_caller(call).is_some() {
                    self.desk.tell(Input::CallerHungUp { call, how: CallerGone::HungUp });
                }
            }
            LegId::Agent(offer) => {
                if self.drop_agent(offer).is_some() {
                    self.desk.tell(Input::AgentHungUp { offer, how: LegEnd::HungUp });
                }
            }
        }
    }

    /// Answers a re-INVITE.
    pub(super) fn reinvite(&mut self, leg: LegId, tx: Incoming) {
        match self.reinvited(leg, &tx.original) {
            Ok(response) => {
                self.transactions.watch(tx.id(), leg, None);
                self.transactions.respond(tx.id(), &response);
                self.tell_media(leg);
            }
            Err((status, more)) => self.refuse(tx, status, more),
        }
    }

    fn reinvited(&mut self, leg: LegId, request: &Request) -> Result<Response, Refusal> {
        let answered = self.is_open(leg);
        let now_ms = self.now_ms();
        let gone = (StatusCode::CallTransactionDoesNotExist, Vec::new());
        let talk = self.legs.talk(leg).ok_or(gone)?;
        check_exchange(talk, answered)?;
        check_common(request)?;
        let session = check_session(request)?;
        let offer = check_offer(request)?;
        let before = talk.is_held();
        let body = match &offer {
            Some(offer) => answer(talk, offer),
            None => offer_again(talk),
        };
        talk.exchange = if offer.is_some() { Exchange::Ack } else { Exchange::AckWithAnswer };
        renew(talk, session, now_ms);
        let headers = ok_headers(talk, session, true);
        let response = Reply::to(request, &talk.dialog.key.tag).in_dialog(StatusCode::OK, headers, body);
        self.on_hold_change(leg, before);
        Ok(response)
    }

    /// UPDATE refreshes a session (RFC 4028 7.4) and may carry an offer (RFC 3311).
    fn on_update(&mut self, leg: LegId, tx: Incoming) {
        match self.updated(leg, &tx.original) {
            Ok(response) => {
                self.transactions.respond(tx.id(), &response);
                self.tell_media(leg);
            }
            Err((status, more)) => self.refuse(tx, status, more),
        }
    }

    fn updated(&mut self, leg: LegId, request: &Request) -> Result<Response, Refusal> {
        let answered = self.is_open(leg);
        let now_ms = self.now_ms();
        let gone = (StatusCode::CallTransactionDoesNotExist, Vec::new());
        let talk = self.legs.talk(leg).ok_or(gone)?;
        check_common(request)?;
        let session = check_session(request)?;
        let before = talk.is_held();
        let offer = check_offer(request)?;
        if offer.is_some() {
            check_exchange(talk, answered)?;
        }
        let body = offer.as_ref().map(|offer| answer(talk, offer)).unwrap_or_default();
        renew(talk, session, now_ms);
        let headers = ok_headers(talk, session, !body.is_empty());
        let response = Reply::to(request, &talk.dialog.key.tag).in_dialog(StatusCode::OK, headers, body);
        self.on_hold_change(leg, before);
        Ok(response)
    }

    fn on_info(&mut self, leg: LegId, tx: Incoming) {
        let kind = tx.original.header_value("Content-Type").unwrap_or_default();
        match info::read(&kind, &tx.original.body) {
            info::Read::Key(digit) => {
                self.refuse(tx, StatusCode::OK, Vec::new());
                self.on_digit(leg, digit);
                self.pass_on(leg, digit);
            }
            info::Read::Nothing => self.refuse(tx, StatusCode::OK, Vec::new()),
            info::Read::Malformed => self.refuse(tx, StatusCode::BadRequest, Vec::new()),
            info::Read::Foreign => {
                self.refuse(tx, StatusCode::UnsupportedMediaType, vec![Header::Accept(info::ACCEPT.into())]);
            }
        }
    }

    /// A key sent by INFO reaches the other end of a connected call as RFC 4733 would have.
    fn pass_on(&mut self, leg: LegId, digit: crate::media::Digit) {
        let Some(other) = self.legs.partner(leg) else { return };
        if let Some(stream) = self.legs.talk(other).map(|talk| talk.stream) {
            self.order_media(self.media.send_digit(stream, digit));
        }
    }

    /// Takes the other side's new description of its media.
    pub(super) fn set_remote(&mut self, leg: LegId, audio: RemoteAudio) {
        let Some(talk) = self.legs.talk(leg) else { return };
        let before = talk.is_held();
        talk.remote = Some(audio);
        self.tell_media(leg);
        self.on_hold_change(leg, before);
    }

    fn on_hold_change(&mut self, leg: LegId, before: bool) {
        let Some(held) = self.legs.talk(leg).map(|talk| talk.is_held()) else { return };
        if held == before {
            return;
        }
        let call = match (leg, self.legs.partner(leg)) {
            (LegId::Caller(call), _) | (LegId::Agent(_), Some(LegId::Caller(call))) => call,
            (LegId::Agent(_), Some(LegId::Agent(_)) | None) => return,
        };
        let by = match leg {
            LegId::Caller(_) => Side::Caller,
            LegId::Agent(_) => Side::Agent,
        };
        self.join(leg);
        self.desk.tell(Input::HoldChanged { call, by, held });
    }

    /// Whether the INVITE that made the leg was answered.
    fn is_open(&self, leg: LegId) -> bool {
        match leg {
            LegId::Caller(call) => self.legs.is_answered(call),
            LegId::Agent(_) => true,
        }
    }
}

/// RFC 3261 14.2, RFC 3311 5.2: one exchange at a time; 491 on glare, 500 while one of theirs waits.
fn check_exchange(talk: &Talk, answered: bool) -> Result<(), Refusal> {
    match talk.exchange {
        Exchange::Ours | Exchange::OurAck => Err((StatusCode::RequestPending, Vec::new())),
        Exchange::Idle if answered => Ok(()),
        Exchange::Idle | Exchange::Ack | Exchange::AckWithAnswer => {
            Err((StatusCode::ServerInternalError, vec![retry_after(rand::random_range(0..=10))]))
        }
    }
}

fn answer(talk: &mut Talk, offer: &Offer) -> Vec<u8> {
    talk.remote = Some(offer.audio);
    talk.local.answer(offer)
}

fn offer_again(talk: &mut Talk) -> Vec<u8> {
    let codec = talk.remote.map_or(crate::media::Codec::Pcmu, |remote| remote.codec);
    talk.local.offer(codec, sdp_types::Direction::SendRecv)
}

/// A refresh starts the session's time anew; one that names no time ends the agreement (RFC 4028 9).
fn renew(talk: &mut Talk, session: Option<SessionTimer>, now_ms: u64) {
    talk.session = Session { agreed: session, due_ms: session.map(|timer| now_ms + timer.due_ms()) };
}
