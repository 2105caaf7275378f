//! One connection: who it is, its session, and a stream for each call.

use super::admission::{Caller as Peer, Who};
use super::agent;
use super::calls::{Attachment, Way};
use super::edge::Edge;
use super::gateway::{Flow, busy, to_gateway};
use super::sessions::{Link, LinkNumber, SessionId, close};
use super::stream::{End, Over, Talk};
use super::{load, supervisor};
use cabrank_core::{CallId, CallerGone};
use cabrank_wire::v1::from_gateway::Message;
use cabrank_wire::v1::to_gateway::Message as Order;
use cabrank_wire::v1::{FromGateway, Hello, Refused, Welcome};
use cabrank_wire::{Code, Fingerprint};
use quinn::{Connection, ConnectionError, Incoming};
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long whoever is not let in waits for the answer: guessing does not pay.
const REFUSED_AFTER: Duration = Duration::from_millis(50);
/// As much of a client's own name as a log shows, in characters.
const SOFTWARE_CHARS_MAX: usize = 64;

/// Counts one more for as long as it lives.
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn one_more(count: &Arc<AtomicUsize>) -> Counted {
        count.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A session on its connection.
pub(super) struct Visit {
    pub(super) edge: Arc<Edge>,
    pub(super) connection: Connection,
    pub(super) session: SessionId,
    pub(super) talk: Talk,
}

/// Serves a connection from its handshake to its end.
pub(super) async fn serve(edge: Arc<Edge>, incoming: Incoming, newcomer: Counted) {
    let within = edge.settings.limits.hello_within;
    let Ok(Some((connection, talk, hello))) = tokio::time::timeout(within, greet(&edge, incoming)).await else { return };
    drop(newcomer);
    let Some(who) = edge.guests.who(&hello, certificate(&connection)) else {
        tokio::time::sleep(REFUSED_AFTER).await;
        tracing::info!(from = %connection.remote_address(), role = ?hello.role(), "not let in: unknown name, wrong token or wrong role");
        return close(&connection, Code::NotLetIn);
    };
    let link = Link { number: LinkNumber(edge.number()), connection: connection.clone(), outlet: Arc::clone(talk.outlet()) };
    let number = link.number;
    let Ok((session, resumed)) = edge.open(SessionId::read(&hello.session), &who, link) else {
        return close(&connection, Code::Busy);
    };
    let software: String = hello.software.chars().take(SOFTWARE_CHARS_MAX).filter(|c| !c.is_control()).collect();
    tracing::info!(from = %connection.remote_address(), ?who, ?session, resumed, software, "a QUIC session");
    let over = visit(Visit { edge: Arc::clone(&edge), connection: connection.clone(), session, talk }, who, resumed).await;
    let done = is_done(&over);
    let path = connection.stats().path;
    let (sent, lost, rtt) = (path.sent_packets, path.lost_packets, path.rtt);
    tracing::info!(?session, ?over, sent, lost, ?rtt, "a QUIC connection ended");
    edge.lose_link(session, number, done);
}

/// The handshake and the first message; nothing where that is something else, or nothing comes.
async fn greet(edge: &Edge, incoming: Incoming) -> Option<(Connection, Talk, Hello)> {
    let connection = incoming.accept().ok()?.await.ok()?;
    let mut talk = Talk::new(connection.accept_bi().await.ok()?, Arc::default(), edge.settings.limits.slow_after);
    match talk.hear().await {
        Ok(hello) => Some((connection, talk, hello)),
        Err(_) => {
            close(&connection, Code::Unreadable);
            None
        }
    }
}

fn certificate(connection: &Connection) -> Option<Fingerprint> {
    let shown = connection.peer_identity()?.downcast::<Vec<CertificateDer<'static>>>().ok()?;
    shown.first().map(|certificate| Fingerprint::of(certificate))
}

/// The session, until it or its connection is over.
async fn visit(mut visit: Visit, who: Who, resumed: bool) -> Over {
    let Visit { edge, connection, session, talk } = &mut visit;
    let resume_for_ms = u32::try_from(edge.settings.limits.resume_for.as_millis()).unwrap_or(u32::MAX);
    talk.outlet().say(&Welcome {
        session: session.bytes(),
        resumed,
        resume_for_ms,
        desk: edge.settings.desk.to_string(),
        engine: env!("CARGO_PKG_VERSION").to_owned(),
    });
    if let Some(peer) = who.offers_calls() {
        tokio::spawn(take_calls(Arc::clone(edge), connection.clone(), *session, peer.clone()));
    }
    let connection = connection.clone();
    let over = match who {
        Who::Gateway(_) => keep_quiet(&mut visit).await,
        Who::Agent(agent) => agent::serve(&mut visit, agent).await,
        Who::Supervisor { by } => supervisor::serve(&mut visit, by).await,
        Who::Load(peer) => load::serve(&mut visit, peer.name).await,
    };
    // A connection that is gone keeps its own last word, by which its calls learn whether the client comes back.
    if !matches!(over, Over::Lost(_)) {
        close(&connection, code_of(&over));
    }
    over
}

/// A gateway has nothing more to say on its session's stream; it may finish it.
async fn keep_quiet(visit: &mut Visit) -> Over {
    match visit.talk.hear::<Hello>().await {
        Ok(_) => Over::Unreadable,
        Err(Over::Finished) => {
            tokio::select! {
                over = visit.talk.say_the_rest() => over,
                lost = visit.connection.closed() => Over::Lost(lost),
            }
        }
        Err(over) => over,
    }
}

/// The code that a connection is closed with when its session is over so.
fn code_of(over: &Over) -> Code {
    match over {
        Over::Finished | Over::Ended(End::Finish) | Over::Lost(_) => Code::Done,
        Over::Reset | Over::Unreadable => Code::Unreadable,
        Over::TooSlow | Over::Ended(End::TooSlow) => Code::TooSlow,
        Over::Ended(End::Reset(code)) => *code,
    }
}

/// Whether the client has said that it does not come back.
fn is_done(over: &Over) -> bool {
    match over {
        Over::Finished => true,
        Over::Lost(lost) => says_done(lost),
        Over::Reset | Over::Unreadable | Over::TooSlow | Over::Ended(_) => false,
    }
}

fn says_done(lost: &ConnectionError) -> bool {
    matches!(lost, ConnectionError::ApplicationClosed(closed) if closed.error_code == Code::Done.varint())
}

/// Takes a gateway's streams, each a call.
async fn take_calls(edge: Arc<Edge>, connection: Connection, session: SessionId, peer: Peer) {
    let peer = Arc::new(peer);
    let (live, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    while let Ok(streams) = connection.accept_bi().await {
        let talk = Talk::new(streams, Arc::clone(&begun), edge.settings.limits.slow_after);
        let counted = Counted::one_more(&live);
        let is_full = live.load(Ordering::Relaxed) > edge.settings.limits.calls_max;
        let stream =
            NewStream { edge: Arc::clone(&edge), connection: connection.clone(), session, peer: Arc::clone(&peer), is_full };
        tokio::spawn(async move {
            stream.serve(talk).await;
            drop(counted);
        });
    }
}

/// A stream that a gateway has opened, before its first message.
struct NewStream {
    edge: Arc<Edge>,
    connection: Connection,
    session: SessionId,
    peer: Arc<Peer>,
    is_full: bool,
}

impl NewStream {
    async fn serve(self, mut talk: Talk) {
        let attachment = Attachment(self.edge.number());
        let way = || Way { session: self.session, peer: self.peer.name.clone() };
        let taken = match talk.hear::<FromGateway>().await.map(|said| said.message) {
            Ok(Some(Message::Offer(_))) if self.is_full => Err(busy()),
            Ok(Some(Message::Offer(offer))) => self.edge.offer(&self.peer, way, offer, talk.outlet(), attachment),
            Ok(Some(Message::Resume(resume))) => {
                let call = CallId(resume.call);
                self.edge.resume(call, &way(), talk.outlet(), attachment).map(|()| call)
            }
            Ok(_) | Err(Over::Unreadable) => return talk.reset(Code::Unreadable),
            Err(_) => return,
        };
        match taken {
            Ok(call) => serve_call(self.edge, self.connection, talk, call, attachment).await,
            Err(refused) => refuse(talk, refused).await,
        }
    }
}

async fn refuse(mut talk: Talk, refused: Refused) {
    talk.outlet().say(&to_gateway(Order::Refused(refused)));
    talk.outlet().end(End::Finish);
    talk.say_the_rest().await;
}

/// A call on its stream, until either is over.
pub(super) async fn serve_call(edge: Arc<Edge>, connection: Connection, mut talk: Talk, call: CallId, attachment: Attachment) {
    let over = loop {
        match talk.hear::<FromGateway>().await.map(|said| said.message) {
            Ok(said) => match said.map(|said| edge.hear(call, said)) {
                Some(Ok(Flow::On)) => {}
                Some(Ok(Flow::AsksPlace)) => edge.tell_place(call, &Arc::clone(talk.outlet())).await,
                Some(Err(fault)) => talk.outlet().say(&to_gateway(Order::Fault(fault.message()))),
                None => talk.outlet().say(&to_gateway(Order::Fault(super::gateway::Fault::Unreadable.message()))),
            },
            Err(over) => break over,
        }
        // A client that says more than the desk can take is heard no faster than the desk takes it.
        edge.patience().await;
    };
    match over {
        Over::Finished => {
            edge.stream_over(call, attachment, CallerGone::HungUp);
            talk.say_the_rest().await;
        }
        Over::Reset => {
            edge.stream_over(call, attachment, CallerGone::Lost);
            talk.reset(Code::Done);
        }
        Over::Unreadable => {
            edge.stream_over(call, attachment, CallerGone::Lost);
            talk.reset(Code::Unreadable);
        }
        Over::Lost(lost) if says_done(&lost) => edge.stream_over(call, attachment, CallerGone::HungUp),
        Over::Lost(_) => edge.state().detach(call, attachment, &edge.settings),
        Over::TooSlow | Over::Ended(End::TooSlow) => {
            edge.state().detach(call, attachment, &edge.settings);
            close(&connection, Code::TooSlow);
        }
        Over::Ended(End::Finish | End::Reset(_)) => {}
    }
}
