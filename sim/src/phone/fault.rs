//! What can go wrong on a phone.

use std::net::SocketAddr;

/// What went wrong on a phone.
#[derive(Debug, thiserror::Error)]
pub enum PhoneFault {
    /// A phone for loopback was asked to hear elsewhere.
    #[error("{at} is not on this machine's loopback; bind_anywhere hears there")]
    NotLoopback {
        /// The address.
        at: SocketAddr,
    },
    /// The operating system refused a socket.
    #[error("no socket on {at}: {why}")]
    NoSocket {
        /// The address.
        at: SocketAddr,
        /// The system's words.
        why: std::io::Error,
    },
    /// That is no SIP address.
    #[error("`{text}` is no SIP address; one looks like sip:taxi@127.0.0.1:5060")]
    NoAddress {
        /// The text.
        text: String,
    },
    /// The other side said no, or a server did.
    #[error("the other side answered {code}")]
    Refused {
        /// The SIP status code.
        code: u16,
    },
    /// Nobody answered, not even to refuse.
    #[error("no answer")]
    NoAnswer,
    /// The other side's voice cannot be understood: no PCMU, or no SDP at all.
    #[error("no codec in common")]
    NoCodec,
    /// The password was not accepted, or the challenge could not be read.
    #[error("not let in as {user}")]
    NotLetIn {
        /// The user.
        user: String,
    },
    /// The call is over.
    #[error("the call is over")]
    Over,
    /// The SIP library reported a fault.
    #[error("SIP: {0}")]
    Sip(String),
}

impl From<rsipstack::Error> for PhoneFault {
    fn from(error: rsipstack::Error) -> PhoneFault {
        PhoneFault::Sip(error.to_string())
    }
}

impl From<rsipstack::sip::Error> for PhoneFault {
    fn from(error: rsipstack::sip::Error) -> PhoneFault {
        PhoneFault::Sip(error.to_string())
    }
}
