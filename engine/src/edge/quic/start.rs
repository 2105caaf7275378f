//! Starting and stopping the edge on a thread of its own.

use super::certificate::{Certificate, CertificateFault};
use super::connection::{self, Counted};
use super::edge::Edge;
use super::pace::Pace;
use super::reset;
use super::settings::{House, QuicLimits, QuicSettings};
use super::tls::{self, TlsFault};
use crate::door::Door;
use crate::edge::Left;
use crate::in_force::InForce;
use cabrank_core::Effect;
use cabrank_wire::{Code, Fingerprint};
use quinn::{Endpoint, Incoming, TokioRuntime};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};

/// How long the last words have to leave at the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// What the edge is joined to.
pub struct Doors {
    /// The desk's door.
    pub desk: Door,
    /// The desk's orders to this edge.
    pub orders: mpsc::Receiver<Effect>,
    /// Set while any agent's program is there.
    pub shows_agents: Arc<AtomicBool>,
    /// The thresholds in force.
    pub in_force: InForce,
    /// What the edge asks of the house.
    pub house: Arc<dyn House>,
    /// What a restart has left, if there was one.
    pub left: Option<Arc<Left>>,
}

/// Why the edge did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The socket could not be had.
    #[error("QUIC cannot listen on udp:{addr}: {error}; name another address in [quic] listen, or \"none\"")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// There is no certificate.
    #[error("QUIC has no certificate: {0}")]
    Certificate(#[from] CertificateFault),
    /// TLS cannot be set up.
    #[error("QUIC cannot start: {0}")]
    Tls(#[from] TlsFault),
    /// The system gave no thread or runtime.
    #[error("QUIC could not start its thread: {0}")]
    Thread(#[from] io::Error),
}

/// A running edge. Dropped, it stops.
pub struct QuicEdge {
    edge: Arc<Edge>,
    addr: SocketAddr,
    fingerprint: Fingerprint,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl QuicEdge {
    /// Binds the socket and starts serving.
    ///
    /// # Errors
    /// [`StartFault`]; then nothing listens.
    pub fn start(settings: QuicSettings, doors: Doors) -> Result<QuicEdge, StartFault> {
        let certificate = Certificate::open(&settings.certificate)?;
        let (fingerprint, names) = (certificate.fingerprint, reset::endpoint(&certificate));
        let pace = Pace::new();
        let runtime = runtime(&pace)?;
        let guard = runtime.enter();
        let server = tls::server(certificate, &settings.limits)?;
        let addr = settings.listen;
        let socket = UdpSocket::bind(addr).map_err(|error| StartFault::Bind { addr, error })?;
        let endpoint = Endpoint::new(names, Some(server), socket, Arc::new(TokioRuntime))?;
        let addr = endpoint.local_addr()?;
        let Doors { desk, orders, shows_agents, in_force, house, left } = doors;
        let edge = Arc::new(Edge::new(settings, house, desk, in_force, shows_agents, pace));
        left.iter().for_each(|left| edge.go_on(left));
        drop(guard);
        let (stop, stopped) = oneshot::channel();
        let serving = serve(Arc::clone(&edge), endpoint, orders, stopped);
        let thread = std::thread::Builder::new().name("quic".into()).spawn(move || runtime.block_on(serving))?;
        Ok(QuicEdge { edge, addr, fingerprint, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens; a port 0 asked for is not 0 here.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Of its certificate, for clients to pin.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// From now on new calls are refused; the present ones go on.
    pub fn drain(&self) {
        self.edge.draining.store(true, Ordering::Relaxed);
    }

    /// Ends every connection and waits until the edge is gone.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Gone already is stopped, too.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the QUIC thread ended in a panic");
        }
    }
}

impl Drop for QuicEdge {
    fn drop(&mut self) {
        self.end();
    }
}

/// Of the one thread, which tells when it has nothing to do.
fn runtime(pace: &Pace) -> io::Result<Runtime> {
    let (sleeps, wakes) = (pace.clone(), pace.clone());
    Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || sleeps.sleeps())
        .on_thread_unpark(move || wakes.wakes())
        .build()
}

async fn serve(edge: Arc<Edge>, endpoint: Endpoint, orders: mpsc::Receiver<Effect>, stopped: oneshot::Receiver<()>) {
    tokio::spawn(Arc::clone(&edge).obey(orders));
    tokio::spawn(Arc::clone(&edge).keep_time());
    tokio::spawn(Arc::clone(&edge).keep_programs_shown());
    let mut porter = Porter { edge, connections: Arc::default(), newcomers: Arc::default() };
    tokio::select! {
        () = porter.admit(&endpoint) => {}
        _ = stopped => {}
    }
    endpoint.close(Code::Stopping.varint(), Code::Stopping.sentence().as_bytes());
    let _ = tokio::time::timeout(FAREWELL, endpoint.wait_idle()).await;
}

/// Lets connections in, as long as there is room.
struct Porter {
    edge: Arc<Edge>,
    connections: Arc<AtomicUsize>,
    /// Connections that have not said yet who they are.
    newcomers: Arc<AtomicUsize>,
}

/// What to do with a newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Welcome {
    LetIn,
    /// It has to show first that it can be reached where it says to be.
    Retry,
    Refuse,
}

impl Porter {
    async fn admit(&mut self, endpoint: &Endpoint) {
        while let Some(incoming) = endpoint.accept().await {
            match self.welcome(&incoming) {
                Welcome::LetIn => self.let_in(incoming),
                // One that has shown it already is let in above.
                Welcome::Retry => drop(incoming.retry()),
                Welcome::Refuse => incoming.refuse(),
            }
        }
    }

    fn welcome(&self, incoming: &Incoming) -> Welcome {
        let limits = &self.edge.settings.limits;
        let (connections, newcomers) = (self.connections.load(Ordering::Relaxed), self.newcomers.load(Ordering::Relaxed));
        welcome(limits, connections, newcomers, incoming.remote_address_validated())
    }

    fn let_in(&self, incoming: Incoming) {
        let (one, newcomer) = (Counted::one_more(&self.connections), Counted::one_more(&self.newcomers));
        let edge = Arc::clone(&self.edge);
        tokio::spawn(async move {
            connection::serve(edge, incoming, newcomer).await;
            drop(one);
        });
    }
}

fn welcome(limits: &QuicLimits, connections: usize, newcomers: usize, validated: bool) -> Welcome {
    if connections >= limits.sessions_max {
        Welcome::Refuse
    } else if newcomers >= limits.newcomers_max && !validated {
        Welcome::Retry
    } else {
        Welcome::LetIn
    }
}

#[cfg(test)]
mod tests {
    use super::{Welcome, welcome};
    use crate::edge::quic::QuicLimits;

    #[test]
    fn under_pressure_whoever_cannot_be_reached_is_not_served() {
        let limits = QuicLimits { sessions_max: 10, newcomers_max: 3, ..QuicLimits::default() };
        assert_eq!(welcome(&limits, 3, 2, false), Welcome::LetIn);
        assert_eq!(welcome(&limits, 3, 3, false), Welcome::Retry);
        assert_eq!(welcome(&limits, 3, 3, true), Welcome::LetIn);
        assert_eq!(welcome(&limits, 10, 3, true), Welcome::Refuse);
    }
}
