//! The tasks that drive the library's transactions: one each, since `receive` and `respond` may
//! not be cancelled. They decide nothing; orders come in by the transaction's own channel.

use rsipstack::sip::{Method, Request, Response, SipMessage, StatusCodeKind};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transport::SipAddr;
use tokio::sync::mpsc::Sender;

use super::event::{Answer, Event, LegId, RingId};
use super::path::Path;
use crate::door::Door;

/// What a task needs of the edge.
#[derive(Clone)]
pub(super) struct Pumps {
    /// The library's endpoint.
    pub endpoint: EndpointInnerRef,
    /// Where reports go.
    pub events: Sender<Event>,
}

impl Pumps {
    /// Serves an INVITE whose responses are ordered later: 100 at once, then what comes.
    pub(super) fn serve_invite(&self, mut tx: Transaction, leg: LegId) {
        let events = self.events.clone();
        tokio::spawn(async move {
            if let Err(fault) = tx.send_trying().await {
                tracing::debug!(%fault, "100 was not sent");
            }
            drive_invite(tx, leg, events).await;
        });
    }

    /// Serves a re-INVITE with its final response.
    pub(super) fn serve_reinvite(&self, mut tx: Transaction, leg: LegId, response: Response) {
        let events = self.events.clone();
        tokio::spawn(async move {
            if respond(&mut tx, response).await {
                drive_invite(tx, leg, events).await;
            }
        });
    }

    /// Refuses an INVITE, retransmitting until its ACK.
    pub(super) fn refuse_invite(&self, mut tx: Transaction, response: Response) {
        tokio::spawn(async move {
            if respond(&mut tx, response).await {
                while tx.receive().await.is_some() {}
            }
        });
    }

    /// Answers any other request.
    pub(super) fn answer(&self, mut tx: Transaction, response: Response) {
        tokio::spawn(async move {
            respond(&mut tx, response).await;
        });
    }

    /// Sends an INVITE of ours and reports every answer.
    ///
    /// The transaction is kept until its final answer: dropped earlier, the library would
    /// acknowledge a late 200 unseen.
    pub(super) fn ring(&self, ring: RingId, invite: Request, way: Way) {
        let pumps = self.clone();
        tokio::spawn(async move {
            let event = match pumps.open(invite, way).await {
                Some((tx, path)) => pumps.drive_ring(ring, tx, path).await,
                None => Event::RingFailed(ring),
            };
            pumps.report(event).await;
        });
    }

    /// Sends a request inside a dialog and reports its final answer.
    pub(super) fn ask(&self, leg: LegId, request: Request, way: Way) {
        let pumps = self.clone();
        tokio::spawn(async move {
            let method = request.method;
            let answer = pumps.final_answer(request, way).await;
            if let Some(response) = answer {
                pumps.report(Event::Refreshed(leg, method, Box::new(response))).await;
            }
        });
    }

    /// Sends a request whose answer changes nothing: BYE, CANCEL.
    pub(super) fn tell(&self, request: Request, way: Way) {
        let pumps = self.clone();
        tokio::spawn(async move {
            pumps.final_answer(request, way).await;
        });
    }

    /// Sends an ACK, which has no transaction.
    pub(super) fn acknowledge(&self, ack: Request, way: Way) {
        let pumps = self.clone();
        tokio::spawn(async move {
            let Some(path) = pumps.resolve(way).await else { return };
            if let Err(fault) = path.connection.send(ack.into(), Some(&path.sip_addr())).await {
                tracing::debug!(%fault, "ACK was not sent");
            }
        });
    }

    /// Has a look at the desk and reports what it is like; a desk that is busy is left alone.
    pub(super) fn look(&self, desk: Door) {
        let pumps = self.clone();
        tokio::spawn(async move {
            if let Ok(view) = desk.look().await {
                pumps.report(Event::Looked(Box::new(view))).await;
            }
        });
    }

    async fn report(&self, event: Event) {
        // The edge is gone only when the engine stops.
        let _ = self.events.send(event).await;
    }

    async fn drive_ring(&self, ring: RingId, mut tx: Transaction, path: Path) -> Event {
        while let Some(message) = tx.receive().await {
            if let SipMessage::Response(response) = message {
                let answer = Answer { response, path: path.clone() };
                self.report(Event::RingAnswer(ring, Box::new(answer))).await;
            }
        }
        Event::RingEnded(ring)
    }

    async fn final_answer(&self, request: Request, way: Way) -> Option<Response> {
        let lost = self.endpoint.make_response(&request, rsipstack::sip::StatusCode::RequestTimeout, None);
        let Some((mut tx, _)) = self.open(request, way).await else { return Some(lost) };
        while let Some(message) = tx.receive().await {
            if let SipMessage::Response(response) = message
                && response.status_code.kind() != StatusCodeKind::Provisional
            {
                return Some(response);
            }
        }
        Some(lost)
    }

    /// Creates and sends a client transaction.
    async fn open(&self, request: Request, way: Way) -> Option<(Transaction, Path)> {
        let path = self.resolve(way).await?;
        let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
        let mut tx = Transaction::new_client(key, request, self.endpoint.clone(), Some(path.connection.clone()));
        tx.destination = Some(path.sip_addr());
        match tx.send().await {
            Ok(()) => Some((tx, path)),
            Err(fault) => {
                tracing::debug!(%fault, "a request was not sent");
                None
            }
        }
    }

    async fn resolve(&self, way: Way) -> Option<Path> {
        let target = match way {
            Way::Open(path) if path.is_open() => return Some(path),
            Way::Open(path) => path.sip_addr(),
            Way::Named(target) => target,
        };
        match self.endpoint.transport_layer.lookup(&target, None).await {
            Ok((connection, addr)) => Some(Path { connection, addr: addr.get_socketaddr().ok()? }),
            Err(fault) => {
                tracing::debug!(%fault, "no way to a peer");
                None
            }
        }
    }
}

/// How a request finds its peer.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// Along a path known already.
    Open(Path),
    /// To a name or address still to be connected to.
    Named(SipAddr),
}

async fn drive_invite(mut tx: Transaction, leg: LegId, events: Sender<Event>) {
    let mut acked = false;
    while let Some(message) = tx.receive().await {
        let SipMessage::Request(request) = message else { continue };
        let event = if request.method == Method::Cancel {
            Event::Cancelled(leg)
        } else if is_success(&tx) {
            acked = true;
            Event::Acked(leg, request.body)
        } else {
            continue;
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
    if !acked && is_success(&tx) {
        let _ = events.send(Event::Unacked(leg)).await;
    }
}

fn is_success(tx: &Transaction) -> bool {
    let last = tx.last_response.as_ref();
    last.is_some_and(|response| response.status_code.kind() == StatusCodeKind::Successful)
}

async fn respond(tx: &mut Transaction, response: Response) -> bool {
    let sent = tx.respond(response).await;
    if let Err(fault) = &sent {
        tracing::debug!(%fault, "a response was not sent");
    }
    sent.is_ok()
}
