//! The sockets: bound before anything is promised. Datagrams are read here; streams are the library's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rsipstack::platform::CancellationToken;
use rsipstack::platform::net::UdpSocket as LibrarySocket;
use rsipstack::sip::{SipMessage, Transport};
use rsipstack::transport::tcp_listener::TcpListenerConnection;
use rsipstack::transport::udp::{UdpConnection, UdpInner};
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::mpsc::Sender;

use super::datagram::{Fate, judge};
use super::event::{Arrival, Event};
use super::path::{Link, Path};
use super::settings::{Listen, ListenOn};
use super::transactions::mark_source;

/// The longest datagram taken, in octets; what fills it may have been cut.
const DATAGRAM_OCTETS_MAX: usize = 8_192;
/// How often a listener that should be up is tried.
const ANSWER_TRIES: u32 = 100;
/// The pause between two tries.
const ANSWER_PAUSE: Duration = Duration::from_millis(20);

/// Why the edge could not listen.
#[derive(Debug, thiserror::Error)]
#[error("SIP cannot listen on {transport} {addr}: {fault}. Stop what uses it, or name another address in [sip] listen")]
pub struct BindFault {
    transport: &'static str,
    addr: SocketAddr,
    fault: std::io::Error,
}

/// What we listen on, and under which address each socket is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Sockets {
    udp: Vec<(SocketAddr, Arc<UdpSocket>)>,
    tcp: Vec<SocketAddr>,
}

impl Sockets {
    /// Binds every socket and adds it to the transport layer.
    ///
    /// # Errors
    /// [`BindFault`] names the first address that cannot be had.
    pub(super) async fn bind(listen: &[Listen], layer: &TransportLayer, stop: &CancellationToken) -> Result<Sockets, BindFault> {
        let mut sockets = Sockets::default();
        for it in listen {
            match it.transport {
                ListenOn::Udp => {
                    let (addr, socket) = bind_udp(it.addr).await.map_err(fault("UDP", it.addr))?;
                    layer.add_transport(deaf(addr, &socket, stop).await);
                    sockets.udp.push((addr, socket));
                }
                ListenOn::Tcp => {
                    let addr = probe_tcp(it.addr).map_err(fault("TCP", it.addr))?;
                    let listener = TcpListenerConnection::new(addr, None).await;
                    let listener = listener.map_err(|e| fault("TCP", addr)(std::io::Error::other(e.to_string())))?;
                    layer.add_transport(listener.into());
                    sockets.tcp.push(addr);
                }
            }
        }
        Ok(sockets)
    }

    /// The addresses bound, UDP first.
    pub(super) fn addrs(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.udp.iter().map(|(addr, _)| *addr).chain(self.tcp.iter().copied())
    }

    /// Waits until every TCP listener takes connections: the library binds them in the background
    /// and only warns when it cannot.
    ///
    /// # Errors
    /// [`BindFault`] names the first that does not.
    pub(super) async fn answer(&self) -> Result<(), BindFault> {
        for addr in &self.tcp {
            answers(*addr).await.map_err(fault("TCP", *addr))?;
        }
        Ok(())
    }

    /// Hands on what comes to the UDP sockets, until `stop`.
    pub(super) fn listen(&self, events: &Sender<Event>, stop: &CancellationToken) {
        for (_, socket) in &self.udp {
            let (socket, events, stop) = (socket.clone(), events.clone(), stop.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = hear(&socket, &events) => {}
                }
            });
        }
    }

    /// The UDP socket that can reach `peer`.
    #[must_use]
    pub(super) fn udp_towards(&self, peer: SocketAddr) -> Option<&Arc<UdpSocket>> {
        let (_, socket) = self.udp.iter().find(|(addr, _)| addr.is_ipv6() == peer.is_ipv6())?;
        Some(socket)
    }

    /// The UDP socket bound to `local`.
    #[must_use]
    pub(super) fn udp_at(&self, local: SocketAddr) -> Option<&Arc<UdpSocket>> {
        self.udp.iter().find(|(addr, _)| *addr == local).map(|(_, socket)| socket)
    }

    /// Our own address as `peer` should see it: the listener's, with an unspecified IP made specific.
    #[must_use]
    pub(super) fn own_addr(&self, transport: Transport, peer: SocketAddr) -> SocketAddr {
        let same = |addr: &&SocketAddr| addr.is_ipv6() == peer.is_ipv6();
        let udp = || self.udp.iter().map(|(addr, _)| addr).find(same);
        let tcp = || self.tcp.iter().find(same);
        let own = if transport == Transport::Udp { udp() } else { tcp().or_else(udp) };
        let own = own.copied().unwrap_or(peer);
        if own.ip().is_unspecified() { specific(own, peer) } else { own }
    }
}

/// The address from which the kernel would send to `peer`.
fn specific(own: SocketAddr, peer: SocketAddr) -> SocketAddr {
    let probe = std::net::UdpSocket::bind(SocketAddr::new(own.ip(), 0));
    let local = probe.and_then(|socket| {
        socket.connect(peer)?;
        socket.local_addr()
    });
    local.map_or(own, |local| SocketAddr::new(local.ip(), own.port()))
}

fn fault(transport: &'static str, addr: SocketAddr) -> impl Fn(std::io::Error) -> BindFault {
    move |fault| BindFault { transport, addr, fault }
}

async fn bind_udp(addr: SocketAddr) -> std::io::Result<(SocketAddr, Arc<UdpSocket>)> {
    let socket = UdpSocket::bind(addr).await?;
    Ok((socket.local_addr()?, Arc::new(socket)))
}

/// A UDP socket as the library knows it, by which it finds out how a peer is reached. What comes in is not for it.
async fn deaf(bound: SocketAddr, socket: &Arc<UdpSocket>, stop: &CancellationToken) -> SipConnection {
    let addr = SipAddr { r#type: Some(Transport::Udp), addr: bound.into() };
    let inner = UdpInner { conn: Arc::new(DeafSocket(socket.clone())), addr };
    UdpConnection::attach(inner, None, Some(stop.child_token())).await.into()
}

/// The library only warns when its own bind fails later: find out now.
fn probe_tcp(addr: SocketAddr) -> std::io::Result<SocketAddr> {
    std::net::TcpListener::bind(addr)?.local_addr()
}

/// Tries a connection until one is taken, within [`ANSWER_TRIES`].
async fn answers(addr: SocketAddr) -> std::io::Result<()> {
    let towards = match addr.ip() {
        ip if !ip.is_unspecified() => addr,
        IpAddr::V4(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, addr.port())),
        IpAddr::V6(_) => SocketAddr::from((Ipv6Addr::LOCALHOST, addr.port())),
    };
    let mut last = TcpStream::connect(towards).await;
    for _ in 1..ANSWER_TRIES {
        if last.is_ok() {
            break;
        }
        tokio::time::sleep(ANSWER_PAUSE).await;
        last = TcpStream::connect(towards).await;
    }
    last.map(drop)
}

struct DeafSocket(Arc<UdpSocket>);

#[async_trait]
impl LibrarySocket for DeafSocket {
    async fn recv_from(&self, _: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        std::future::pending().await
    }

    async fn send_to(&self, buf: &[u8], addr: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.0.send_to(buf, addr).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.0.local_addr()?)
    }
}

/// Reads datagrams for ever, and refuses those that cannot be read.
async fn hear(socket: &Arc<UdpSocket>, events: &Sender<Event>) {
    let mut buffer = vec![0; DATAGRAM_OCTETS_MAX];
    let mut behind_since = Instant::now();
    loop {
        let (len, source) = match socket.try_recv_from(&mut buffer) {
            Ok(received) => received,
            Err(nothing) if nothing.kind() == std::io::ErrorKind::WouldBlock => {
                // An error comes again with the next read.
                let _ = socket.readable().await;
                behind_since = Instant::now();
                continue;
            }
            Err(fault) => {
                // On UDP this is a word about an earlier message of ours, such as a closed port.
                tracing::debug!(%fault, "a datagram was not received");
                continue;
            }
        };
        let datagram = buffer.get(..len).unwrap_or_default();
        let message = match judge(datagram, len == buffer.len(), source) {
            Fate::Pass => read(datagram, source),
            Fate::Rewrite(whole) => read(&whole, source),
            Fate::Drop => None,
            Fate::Refuse(answer) => {
                // A full socket buffer loses the answer as the network might: nothing to do.
                let _ = socket.send_to(&answer, source).await;
                None
            }
        };
        let Some(message) = message else { continue };
        let path = Path { link: Link::Udp(socket.clone()), addr: source };
        // A full queue makes the socket wait, and in the end lose what comes, as the network might.
        if events.send(Event::Arrived(Box::new(Arrival { message, path, behind_since }))).await.is_err() {
            return;
        }
    }
}

fn read(datagram: &[u8], source: SocketAddr) -> Option<SipMessage> {
    match SipMessage::try_from(datagram) {
        Ok(SipMessage::Request(mut request)) => {
            mark_source(&mut request, source);
            Some(request.into())
        }
        Ok(response) => Some(response),
        Err(fault) => {
            tracing::debug!(%fault, %source, "a datagram cannot be read");
            None
        }
    }
}
