//! Starting and stopping the edge on a thread of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use cabrank_core::Effect;
use cabrank_trust::Verifier;
use rsipstack::platform::CancellationToken;
use rsipstack::transaction::endpoint::{Endpoint, EndpointBuilder};
use rsipstack::transport::TransportLayer;
use tokio::sync::{mpsc, oneshot};

use super::attest::{Asker, Verifying};
use super::edge::{Edge, Inlets};
use super::event::Event;
use super::inspect::Inspector;
use super::listen::{BindFault, Sockets};
use super::reply::PRODUCT;
use super::settings::{House, SipSettings};
use super::transactions::Wire;
use crate::door::Door;
use crate::edge::{Desk, Left};
use crate::media::{Fact, Media};

/// Messages and reports that may wait; a full queue makes the sockets wait, not grow.
const EVENTS_MAX: usize = 16_384;
/// How long the last BYEs have to leave at the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// What the edge is joined to.
pub struct Doors {
    /// The desk's door.
    pub desk: Door,
    /// The desk's orders to this edge.
    pub effects: mpsc::Receiver<Effect>,
    /// The media below.
    pub media: Media,
    /// What the media heard.
    pub facts: mpsc::Receiver<Fact>,
    /// What the edge asks of the house.
    pub house: Arc<dyn House>,
    /// What a restart has left, if there was one.
    pub left: Option<Arc<Left>>,
}

/// Why the edge did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// A socket could not be had.
    #[error(transparent)]
    Bind(#[from] BindFault),
    /// The system gave no thread or runtime.
    #[error("SIP could not start its thread: {0}")]
    Thread(#[from] std::io::Error),
    /// Signatures cannot be verified.
    #[error(transparent)]
    Trust(#[from] cabrank_trust::NotStarted),
    /// The library refused to start.
    #[error("SIP could not start: {0}")]
    Library(String),
}

/// A running edge. Dropped, it stops.
pub struct SipEdge {
    draining: Arc<AtomicBool>,
    addrs: Vec<SocketAddr>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl SipEdge {
    /// Binds every socket and starts serving.
    ///
    /// # Errors
    /// [`StartFault`]; then nothing listens.
    pub fn start(settings: SipSettings, doors: Doors) -> Result<SipEdge, StartFault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stop = CancellationToken::new();
        let (started, outcome) = oneshot::channel();
        let ends = stop.clone();
        let thread = std::thread::Builder::new()
            .name("sip".into())
            .spawn(move || runtime.block_on(serve(settings, doors, ends, started)))?;
        let outcome = outcome.blocking_recv();
        let outcome = outcome.unwrap_or_else(|_| Err(StartFault::Library("its thread ended".into())));
        let (draining, addrs) = outcome?;
        Ok(SipEdge { draining, addrs, stop, thread: Some(thread) })
    }

    /// The addresses it listens on, UDP first, as bound (a port 0 asked for is not 0 here).
    #[must_use]
    pub fn addrs(&self) -> &[SocketAddr] {
        &self.addrs
    }

    /// From now on new calls are answered 503; the present ones go on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Ends every call and waits until the edge is gone.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the SIP thread ended in a panic");
        }
    }
}

impl Drop for SipEdge {
    fn drop(&mut self) {
        self.end();
    }
}

type Started = oneshot::Sender<Result<(Arc<AtomicBool>, Vec<SocketAddr>), StartFault>>;

async fn serve(settings: SipSettings, doors: Doors, stop: CancellationToken, started: Started) {
    // The edge stops first and says goodbye; only then do the sockets close.
    let sockets_end = CancellationToken::new();
    match build(&settings, doors, &stop, &sockets_end).await {
        Ok((edge, inlets, endpoint)) => {
            let inner = endpoint.inner.clone();
            let library = tokio::spawn(async move { inner.serve().await });
            match edge.wire.sockets.answer().await {
                Ok(()) => {
                    let _ = started.send(Ok((edge.draining.clone(), edge.wire.sockets.addrs().collect())));
                    edge.run(inlets).await;
                    tokio::time::sleep(FAREWELL).await;
                }
                Err(fault) => drop(started.send(Err(fault.into()))),
            }
            endpoint.shutdown();
            let _ = library.await;
        }
        Err(fault) => {
            let _ = started.send(Err(fault));
        }
    }
}

async fn build(
    settings: &SipSettings,
    doors: Doors,
    stop: &CancellationToken,
    sockets_end: &CancellationToken,
) -> Result<(Edge, Inlets, Endpoint), StartFault> {
    let layer = TransportLayer::new(sockets_end.clone());
    let sockets = Sockets::bind(&settings.listen, &layer, sockets_end).await?;
    let (events, reports) = mpsc::channel(EVENTS_MAX);
    let endpoint = endpoint(layer, sockets_end, events.clone());
    sockets.listen(&events, sockets_end);
    let wire = Wire { endpoint: endpoint.inner.clone(), sockets, events };
    let inlets = Inlets { events: reports, effects: doors.effects, facts: doors.facts, stop: stop.clone() };
    let events = wire.events.clone();
    let mut edge = Edge::new(settings, Desk::new(doors.desk), doors.house, doors.media, wire);
    edge.verifying = Verifying::new(asker(settings, events)?);
    // Before anything new is heard: what stood has its ports again.
    edge.begin(doors.left.as_deref());
    let numbers = edge.numbers;
    std::thread::Builder::new().name("numbers".into()).spawn(move || numbers.warm_up())?;
    Ok((edge, inlets, endpoint))
}

/// The thread that verifies signatures, if anybody's count.
fn asker(settings: &SipSettings, events: mpsc::Sender<Event>) -> Result<Option<Asker>, StartFault> {
    let Some(trust) = settings.trust.clone() else { return Ok(None) };
    let within = trust.verify_within;
    Ok(Some(Asker::start(Verifier::new(trust)?, within, events)?))
}

/// The library's endpoint: streams and the finding of ways. Its transactions are never used.
fn endpoint(layer: TransportLayer, end: &CancellationToken, events: mpsc::Sender<Event>) -> Endpoint {
    EndpointBuilder::new()
        .with_user_agent(PRODUCT)
        .with_cancel_token(end.clone())
        .with_transport_layer(layer)
        .with_transport_inspector(Box::new(Inspector { events }))
        .build()
}
