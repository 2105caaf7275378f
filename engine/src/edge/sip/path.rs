//! The way to a peer: through which of our sockets, to which address.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rsipstack::sip::Transport;
use rsipstack::transport::{SipAddr, SipConnection};
use tokio::net::UdpSocket;

/// Where a peer's messages come from, and so where it can be reached even behind NAT.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// The socket or stream it came by.
    pub link: Link,
    /// The address it came from.
    pub addr: SocketAddr,
}

/// What messages go through.
#[derive(Clone)]
pub(super) enum Link {
    /// A socket of ours, to anybody.
    Udp(Arc<UdpSocket>),
    /// A connection to one peer.
    Stream(Box<SipConnection>),
    /// A connection that a restart cut off; another one may reach the peer.
    Gone(Transport),
}

impl Path {
    /// The way back along a stream.
    #[must_use]
    pub(super) fn back(connection: &SipConnection) -> Option<Path> {
        let addr = connection.get_remote_addr()?.get_socketaddr().ok()?;
        Some(Path { link: Link::Stream(Box::new(connection.clone())), addr })
    }

    /// To another address, where the link reaches more than one.
    #[must_use]
    pub(super) fn towards(&self, addr: SocketAddr) -> Path {
        Path { link: self.link.clone(), addr }
    }

    /// The peer's IP address.
    #[must_use]
    pub(super) fn ip(&self) -> IpAddr {
        self.addr.ip().to_canonical()
    }

    /// As the library writes addresses.
    #[must_use]
    pub(super) fn sip_addr(&self) -> SipAddr {
        SipAddr { r#type: Some(self.transport()), addr: self.addr.into() }
    }

    /// The transport of the link.
    #[must_use]
    pub(super) fn transport(&self) -> Transport {
        match &self.link {
            Link::Udp(_) => Transport::Udp,
            Link::Stream(connection) => connection.transport(),
            Link::Gone(transport) => *transport,
        }
    }

    /// Whether what is sent arrives, or the link breaks.
    #[must_use]
    pub(super) fn is_reliable(&self) -> bool {
        match &self.link {
            Link::Udp(_) => false,
            Link::Stream(_) | Link::Gone(_) => true,
        }
    }

    /// Whether messages can still go this way: a stream may have been closed.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        match &self.link {
            Link::Udp(_) => true,
            Link::Gone(_) => false,
            Link::Stream(connection) => !connection.cancel_token().is_some_and(|token| token.is_cancelled()),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Link::Udp(_) => f.write_str("Udp"),
            Link::Stream(connection) => write!(f, "Stream({})", connection.get_addr()),
            Link::Gone(transport) => write!(f, "Gone({transport})"),
        }
    }
}
