//! The sockets: bound before anything is promised, with our own eyes in front of the library's.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use rsipstack::platform::CancellationToken;
use rsipstack::platform::net::UdpSocket as LibrarySocket;
use rsipstack::sip::Transport;
use rsipstack::transport::tcp_listener::TcpListenerConnection;
use rsipstack::transport::udp::{UdpConnection, UdpInner};
use rsipstack::transport::{SipAddr, SipConnection, TransportLayer};
use tokio::net::UdpSocket;

use super::datagram::{Fate, judge};
use super::settings::{Listen, ListenOn};

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
    udp: Vec<(SocketAddr, SipConnection)>,
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
                    let connection = bind_udp(it.addr, stop).await.map_err(fault("UDP", it.addr))?;
                    layer.add_transport(connection.clone());
                    sockets.udp.push((it.addr, connection));
                }
                ListenOn::Tcp => {
                    probe_tcp(it.addr).map_err(fault("TCP", it.addr))?;
                    let listener = TcpListenerConnection::new(it.addr, None).await;
                    let listener = listener.map_err(|e| fault("TCP", it.addr)(std::io::Error::other(e.to_string())))?;
                    layer.add_transport(listener.into());
                    sockets.tcp.push(it.addr);
                }
            }
        }
        Ok(sockets)
    }

    /// The UDP socket that can reach `peer`.
    #[must_use]
    pub(super) fn udp_towards(&self, peer: SocketAddr) -> Option<&SipConnection> {
        let (_, connection) = self.udp.iter().find(|(addr, _)| addr.is_ipv6() == peer.is_ipv6())?;
        Some(connection)
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

async fn bind_udp(addr: SocketAddr, stop: &CancellationToken) -> std::io::Result<SipConnection> {
    let socket = UdpSocket::bind(addr).await?;
    let addr = SipAddr { r#type: Some(Transport::Udp), addr: socket.local_addr()?.into() };
    let inner = UdpInner { conn: Arc::new(ScreenedSocket(socket)), addr };
    Ok(UdpConnection::attach(inner, None, Some(stop.child_token())).await.into())
}

/// The library only warns when its own bind fails later: find out now.
fn probe_tcp(addr: SocketAddr) -> std::io::Result<()> {
    std::net::TcpListener::bind(addr).map(drop)
}

/// A UDP socket that refuses what the library would drop in silence.
struct ScreenedSocket(UdpSocket);

#[async_trait]
impl LibrarySocket for ScreenedSocket {
    async fn recv_from(&self, buf: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        loop {
            let (len, source) = self.0.recv_from(buf).await?;
            let datagram = buf.get(..len).unwrap_or_default();
            match judge(datagram, len == buf.len(), source) {
                Fate::Pass => return Ok((len, source)),
                Fate::StateLength { at, header } => return Ok((insert(buf, len, at, &header), source)),
                Fate::Drop => {}
                Fate::Refuse(answer) => {
                    // A full socket buffer loses the answer as the network might: nothing to do.
                    let _ = self.0.send_to(&answer, source).await;
                }
            }
        }
    }

    async fn send_to(&self, buf: &[u8], addr: SocketAddr) -> rsipstack::Result<usize> {
        Ok(self.0.send_to(buf, addr).await?)
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.0.local_addr()?)
    }
}

/// Inserts `header` at `at` if the buffer has room; the new length of the datagram.
fn insert(buf: &mut [u8], len: usize, at: usize, header: &str) -> usize {
    let longer = len + header.len();
    if longer > buf.len() || at > len {
        return len;
    }
    buf.copy_within(at..len, at + header.len());
    if let Some(gap) = buf.get_mut(at..at + header.len()) {
        gap.copy_from_slice(header.as_bytes());
    }
    longer
}
