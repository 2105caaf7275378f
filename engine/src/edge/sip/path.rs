//! The way to a peer: through which of our sockets, to which address.

use std::net::{IpAddr, SocketAddr};

use rsipstack::sip::Transport;
use rsipstack::transport::{SipAddr, SipConnection};

/// Where a peer's messages come from, and so where it can be reached even behind NAT.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// The socket or stream it came by.
    pub connection: SipConnection,
    /// The address it came from.
    pub addr: SocketAddr,
}

impl Path {
    /// The way back to whoever sent a message by this connection.
    #[must_use]
    pub(super) fn back(connection: &SipConnection) -> Option<Path> {
        let addr = connection.get_remote_addr()?.get_socketaddr().ok()?;
        Some(Path { connection: connection.clone(), addr })
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

    /// The transport of the connection.
    #[must_use]
    pub(super) fn transport(&self) -> Transport {
        self.connection.transport()
    }

    /// Whether messages can still go this way: a stream may have been closed.
    #[must_use]
    pub(super) fn is_open(&self) -> bool {
        let closed = self.connection.cancel_token().is_some_and(|token| token.is_cancelled());
        !self.connection.is_reliable() || !closed
    }
}
