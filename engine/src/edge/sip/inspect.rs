//! Between the library's parser and its transactions: what it would drop in silence, answer
//! wrongly or queue without limit is caught here.

use std::sync::{Arc, OnceLock, Weak};

use async_trait::async_trait;
use rsipstack::sip::{Header, HeadersExt as _, Method, Request, Response, SipMessage, StatusCode, StatusCodeKind, Version};
use rsipstack::transaction::endpoint::{EndpointInner, TransportEventInspector};
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use tokio::sync::mpsc::Sender;

use super::event::{Answer, Event};
use super::path::Path;
use super::reply::{Reply, fault_of, retry_after};
use super::settings::SipLimits;

/// Looks at every message before the library's transactions do.
pub(super) struct Inspector {
    /// The endpoint it stands in front of; set once that exists.
    pub endpoint: Arc<OnceLock<Weak<EndpointInner>>>,
    /// Where stray answers are reported.
    pub events: Sender<Event>,
    /// What bounds the edge.
    pub limits: SipLimits,
}

#[async_trait]
impl TransportEventInspector for Inspector {
    async fn handle(&self, event: TransportEvent) -> Option<TransportEvent> {
        let TransportEvent::Incoming(message, connection, from) = event else { return Some(event) };
        match message {
            SipMessage::Request(request) => match self.refusal(&request) {
                Some(refusal) => {
                    refuse(&request, refusal, &connection).await;
                    None
                }
                None => Some(TransportEvent::Incoming(request.into(), connection, from)),
            },
            SipMessage::Response(response) if self.is_stray_ok(&response) => {
                self.report_stray(response, connection);
                None
            }
            SipMessage::Response(response) => Some(TransportEvent::Incoming(response.into(), connection, from)),
        }
    }
}

/// A status, its extra headers.
type Refusal = (StatusCode, Vec<Header>);

impl Inspector {
    fn refusal(&self, request: &Request) -> Option<Refusal> {
        if request.version != Version::V2 {
            return Some((StatusCode::VersionNotSupported, Vec::new()));
        }
        if let Some(fault) = fault_of(request) {
            return Some((StatusCode::BadRequest, vec![warning(fault)]));
        }
        let opens = matches!(request.method, Method::Invite | Method::Register | Method::Options);
        let limit = if opens { self.limits.transactions_max } else { self.limits.transactions_max * 2 };
        (self.transactions() >= limit).then(|| (StatusCode::ServiceUnavailable, vec![retry_after(self.limits.retry_after_s)]))
    }

    fn transactions(&self) -> usize {
        self.endpoint().map_or(0, |endpoint| endpoint.transactions.len())
    }

    /// A 2xx to an INVITE that no transaction waits for: the library would drop it, and its sender
    /// would retransmit it, unacknowledged, for 32 seconds.
    fn is_stray_ok(&self, response: &Response) -> bool {
        let to_invite = response.cseq_header().and_then(|cseq| cseq.method()).is_ok_and(|m| m == Method::Invite);
        if !to_invite || response.status_code.kind() != StatusCodeKind::Successful {
            return false;
        }
        let Ok(key) = TransactionKey::from_response(response, TransactionRole::Client) else { return false };
        self.endpoint().is_some_and(|endpoint| endpoint.transactions.get(&key).is_none())
    }

    fn report_stray(&self, response: Response, connection: SipConnection) {
        if let Some(path) = Path::back(&connection) {
            // When the edge is too busy for it, the retransmission will come again.
            let _ = self.events.try_send(Event::StrayOk(Box::new(Answer { response, path })));
        }
    }

    fn endpoint(&self) -> Option<Arc<EndpointInner>> {
        self.endpoint.get()?.upgrade()
    }
}

/// Refuses without a transaction. An ACK is never answered (RFC 3261 17.1.1.3).
async fn refuse(request: &Request, (status, headers): Refusal, connection: &SipConnection) {
    if request.method == Method::Ack {
        return;
    }
    let response = Reply::to(request, &stable_tag(request)).bare(status, headers);
    let back: Option<SipAddr> = Path::back(connection).map(|path| path.sip_addr());
    if let Err(fault) = connection.send(response.into(), back.as_ref()).await {
        tracing::debug!(%fault, "a refusal was not sent");
    }
}

/// The same tag for each retransmission (RFC 3261 8.2.7).
fn stable_tag(request: &Request) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
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
