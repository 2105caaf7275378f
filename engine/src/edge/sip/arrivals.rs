//! Messages as they come: what cannot be taken is refused without a trace, the rest goes by its transaction.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rsipstack::sip::{
    Header, Headers, HeadersExt as _, Method, Request, Response, SipMessage, StatusCode, StatusCodeKind, Version,
};

use super::edge::Edge;
use super::event::{Answer, Arrival};
use super::ingress::Refusal;
use super::path::Path;
use super::reply::{Reply, fault_of, retry_after};
use super::transactions::{Answered, Ended, Taken};

impl Edge {
    /// Takes a message.
    pub(super) fn on_arrival(&mut self, Arrival { message, path, behind_since }: Arrival) {
        self.behind = behind_since.max(self.takes_since).elapsed();
        match message {
            SipMessage::Request(request) => self.on_any_request(request, path),
            SipMessage::Response(response) => self.on_response(response, path),
        }
    }

    /// A transaction ended without what it waited for.
    pub(super) fn on_ended(&mut self, ended: Ended) {
        match ended {
            Ended::Unacked(leg) => self.lose(leg),
            Ended::Ring(ring) => self.on_ring_ended(ring),
            Ended::Refresh(leg, method) => self.on_refreshed(leg, method, &unanswered()),
        }
    }

    fn on_any_request(&mut self, request: Request, path: Path) {
        if let Some((status, headers)) = self.refusal(&request) {
            // An ACK is never answered (RFC 3261 17.1.1.3).
            if request.method != Method::Ack {
                let refusal = Reply::to(&request, &stable_tag(&request)).bare(status, headers);
                self.transactions.answer_unseen(&refusal, &path);
            }
            return;
        }
        match self.transactions.take(request, path) {
            Taken::New(incoming) => self.on_request(*incoming),
            Taken::Acked(leg, body) => self.on_acked(leg, &body),
            Taken::Cancelled(leg) => self.on_cancelled(leg),
            Taken::Nothing => {}
        }
    }

    fn refusal(&self, request: &Request) -> Option<Refusal> {
        if request.version != Version::V2 {
            return Some((StatusCode::VersionNotSupported, Vec::new()));
        }
        if let Some(fault) = fault_of(request) {
            return Some((StatusCode::BadRequest, vec![warning(fault)]));
        }
        let opens = matches!(request.method, Method::Invite | Method::Register | Method::Options);
        let full = self.transactions.is_full(opens);
        full.then(|| (StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]))
    }

    fn on_response(&mut self, response: Response, path: Path) {
        match self.transactions.take_response(Box::new(response)) {
            Answered::Ring(ring, response) => {
                let is_final = response.status_code.kind() != StatusCodeKind::Provisional;
                self.on_ring_answer(ring, Answer { response: *response, path });
                if is_final {
                    self.on_ring_ended(ring);
                }
            }
            Answered::Refreshed(leg, method, response) => self.on_refreshed(leg, method, &response),
            Answered::StrayOk(response) => self.on_stray_ok(Answer { response: *response, path }),
            Answered::Nothing => {}
        }
    }
}

/// What stands for the answer that never came (RFC 3261 8.1.3.1).
fn unanswered() -> Response {
    let (status_code, headers) = (StatusCode::RequestTimeout, Headers::from(Vec::new()));
    Response { status_code, wire_reason: None, version: Version::V2, headers, body: Vec::new() }
}

/// The same tag for each retransmission (RFC 3261 8.2.7).
fn stable_tag(request: &Request) -> String {
    let mut hasher = DefaultHasher::new();
    let call_id = request.call_id_header().map(|id| id.value()).unwrap_or_default();
    let cseq = request.cseq_header().map(|cseq| cseq.value()).unwrap_or_default();
    (call_id, cseq).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// RFC 3261 20.43, code 399: words for people.
fn warning(text: &str) -> Header {
    Header::Warning(format!("399 cabrank \"{text}\"").into())
}
