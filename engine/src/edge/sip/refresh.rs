//! Keeping a session known to be alive (RFC 4028): our refreshes, and what their absence means.

use rsipstack::sip::{Header, Method, Response, StatusCode, StatusCodeKind};

use super::edge::Edge;
use super::effects::way_of;
use super::event::LegId;
use super::leg::{Exchange, Session, Talk};
use super::methods::{ALLOW, SDP, SUPPORTED};
use super::sdp::read_answer;
use super::session_timer::{Refresher, SessionTimer, agreed};
use super::transactions::Way;

/// Milliseconds before a refresh that met a request of theirs (491) is tried again: as the owner
/// of the Call-ID we may take 2.1 to 4 s, else up to 2 s (RFC 3261 14.1); the sweep is as coarse.
const GLARE_MS: std::ops::RangeInclusive<u64> = 2_100..=4_000;

impl Edge {
    /// The time of a session has come: refresh it, or give it up.
    pub(super) fn on_session_due(&mut self, leg: LegId) {
        let interval_ms = u64::from(self.limits.session_s) * 500;
        let now_ms = self.now_ms();
        let Some(talk) = self.legs.talk(leg) else { return };
        match talk.session.agreed {
            Some(SessionTimer { refresher: Refresher::Them, .. }) => {
                tracing::info!(?leg, "the session was not refreshed: the leg is lost");
                self.lose(leg);
            }
            Some(timer) => {
                talk.session.due_ms = Some(now_ms + timer.due_ms());
                self.refresh(leg, timer);
            }
            None => {
                talk.session.due_ms = Some(now_ms + interval_ms);
                self.ask(leg, Method::Options, vec![Header::Accept(SDP.into())], Vec::new());
            }
        }
    }

    /// The final answer to a refresh of ours.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
    pub(super) fn on_refreshed(&mut self, leg: LegId, method: Method, response: &Response) {
        let now_ms = self.now_ms();
        let Some(talk) = self.legs.talk(leg) else { return };
        if talk.exchange == Exchange::Ours {
            talk.exchange = Exchange::Idle;
        }
        match response.status_code {
            // RFC 3261 12.2.1.2: the dialog is gone, or nobody is there.
            StatusCode::CallTransactionDoesNotExist | StatusCode::RequestTimeout => self.lose(leg),
            StatusCode::RequestPending => talk.session.due_ms = Some(now_ms + rand::random_range(GLARE_MS)),
            _ if response.status_code.kind() == StatusCodeKind::Successful => self.on_refresh_ok(leg, method, response),
            // Alive, and of another opinion about this method.
            _ => {}
        }
    }

    fn refresh(&mut self, leg: LegId, timer: SessionTimer) {
        let Some(talk) = self.legs.talk(leg) else { return };
        if talk.exchange != Exchange::Idle {
            // Theirs is under way and refreshes as well.
            return;
        }
        talk.exchange = Exchange::Ours;
        let mut more = timer.request_headers();
        more.push(Header::Supported(SUPPORTED.into()));
        more.push(talk.dialog.contact());
        if talk.dialog.takes_update {
            return self.ask(leg, Method::Update, more, Vec::new());
        }
        let body = offer_again(talk);
        more.push(Header::Allow(ALLOW.into()));
        more.push(Header::ContentType(SDP.into()));
        self.ask(leg, Method::Invite, more, body);
    }

    fn on_refresh_ok(&mut self, leg: LegId, method: Method, response: &Response) {
        let now_ms = self.now_ms();
        let Some(talk) = self.legs.talk(leg) else { return };
        if method != Method::Options {
            talk.dialog.retarget(response);
            let agreed = agreed(response).or(talk.session.agreed);
            talk.session = Session { agreed, due_ms: agreed.map(|timer| now_ms + timer.due_ms()) };
        }
        if method == Method::Invite {
            let (ack, way) = (talk.dialog.ack(seq_of(response).unwrap_or(talk.dialog.seq())), way_of(talk));
            self.transactions.acknowledge(&ack, way);
            if let Ok(audio) = read_answer(&response.body) {
                self.set_remote(leg, audio);
            }
        }
    }

    fn ask(&mut self, leg: LegId, method: Method, more: Vec<Header>, body: Vec<u8>) {
        let Some(talk) = self.legs.talk(leg) else { return };
        let request = talk.dialog.request(method, more, body);
        let way: Way = way_of(talk);
        self.transactions.ask(leg, request, way);
    }
}

fn offer_again(talk: &mut Talk) -> Vec<u8> {
    let codec = talk.remote.map_or(crate::media::Codec::Pcmu, |remote| remote.codec);
    talk.local.offer(codec, sdp_types::Direction::SendRecv)
}

fn seq_of(response: &Response) -> Option<u32> {
    use rsipstack::sip::HeadersExt as _;
    response.cseq_header().ok()?.seq().ok()
}
