//! What is put under load, as it is written: `sip:LINE@HOST:PORT` or `quic://HOST:PORT`.

use super::people::is_of_user;
use std::net::{SocketAddr, ToSocketAddrs};

const SIP_PORT: u16 = 5_060;
const QUIC_PORT: u16 = 4_433;

/// What is put under load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A line behind SIP over UDP: the user part, and where.
    Sip(String, SocketAddr),
    /// A desk behind QUIC: its name as it was written, and where.
    Quic(String, SocketAddr),
}

/// Why that cannot be put under load.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is no such address.
    #[error("`{0}` is nothing to call: name sip:LINE@HOST:PORT, such as sip:taxi@127.0.0.1:5060, or quic://HOST:PORT")]
    Unreadable(String),
    /// Its host is not known.
    #[error("host `{0}` is not known: {1}")]
    Unknown(String, String),
    /// It is another machine, and nobody said that it may be.
    #[error(
        "{0} is not this machine: load is made for what is yours. If it is, and whoever runs it knows, say so with --anywhere"
    )]
    NotLoopback(SocketAddr),
}

impl Address {
    /// Reads an address and looks its host up. Every address of the host must be this machine's loopback, unless `anywhere`.
    ///
    /// # Errors
    /// It is none, its host is not known, or it is elsewhere.
    pub fn read(text: &str, anywhere: bool) -> Result<Address, AddressFault> {
        let unreadable = || AddressFault::Unreadable(text.escape_debug().to_string());
        if let Some(host) = text.strip_prefix("quic://") {
            let host = host.trim_end_matches('/');
            let (name, at) = found(host, QUIC_PORT, anywhere).ok_or_else(unreadable)??;
            return Ok(Address::Quic(name, at));
        }
        let (line, host) = text.strip_prefix("sip:").and_then(|rest| rest.split_once('@')).ok_or_else(unreadable)?;
        if line.is_empty() || !line.bytes().all(is_of_user) {
            return Err(unreadable());
        }
        let (_, at) = found(host, SIP_PORT, anywhere).ok_or_else(unreadable)??;
        Ok(Address::Sip(line.to_owned(), at))
    }

    /// Where it is.
    #[must_use]
    pub fn at(&self) -> SocketAddr {
        match self {
            Address::Sip(_, at) | Address::Quic(_, at) => *at,
        }
    }
}

/// The host's name and the address it stands for; nothing, if that is no host and port.
fn found(host: &str, usual_port: u16, anywhere: bool) -> Option<Result<(String, SocketAddr), AddressFault>> {
    let (name, port) = split(host, usual_port)?;
    Some(look_up(name, port, anywhere).map(|at| (name.to_owned(), at)))
}

/// `HOST`, `HOST:PORT`, `[IPV6]`, `[IPV6]:PORT`.
fn split(host: &str, usual_port: u16) -> Option<(&str, u16)> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']')?;
            (name, port.strip_prefix(':').or_else(|| port.is_empty().then_some("")))
        }
        None => host.split_once(':').map_or((host, Some("")), |(name, port)| (name, Some(port))),
    };
    let port = match port? {
        "" => usual_port,
        digits => digits.parse().ok().filter(|port| *port > 0)?,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    (!name.is_empty() && name.chars().all(plain)).then_some((name, port))
}

fn look_up(name: &str, port: u16, anywhere: bool) -> Result<SocketAddr, AddressFault> {
    let unknown = |why: String| AddressFault::Unknown(name.to_owned(), why);
    let found: Vec<SocketAddr> = (name, port).to_socket_addrs().map_err(|error| unknown(error.to_string()))?.collect();
    let elsewhere = found.iter().find(|at| !at.ip().to_canonical().is_loopback());
    if let Some(at) = elsewhere.filter(|_| !anywhere) {
        return Err(AddressFault::NotLoopback(*at));
    }
    found.first().copied().ok_or_else(|| unknown("it has no address".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_read_with_their_usual_ports() {
        let read = |text| Address::read(text, false).map(|address| address.at().to_string());
        assert_eq!(read("sip:taxi@127.0.0.1").as_deref(), Ok("127.0.0.1:5060"));
        assert_eq!(read("sip:+6565521111@[::1]:5070").as_deref(), Ok("[::1]:5070"));
        assert_eq!(read("quic://127.0.0.1").as_deref(), Ok("127.0.0.1:4433"));
        assert_eq!(read("quic://[::1]:9/").as_deref(), Ok("[::1]:9"));
    }

    #[test]
    fn other_machines_are_not_called_unless_told() {
        for elsewhere in ["sip:taxi@192.0.2.1:5060", "quic://198.51.100.7", "sip:taxi@0.0.0.0", "quic://[2001:db8::1]:4433"] {
            assert!(matches!(Address::read(elsewhere, false), Err(AddressFault::NotLoopback(_))), "{elsewhere}");
            assert!(Address::read(elsewhere, true).is_ok(), "{elsewhere}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_so() {
        let bad = ["", "taxi", "sip:taxi", "sip:@127.0.0.1", "sip:a b@127.0.0.1", "sip:a@127.0.0.1:0", "sip:a@127.0.0.1:x"];
        for text in bad.into_iter().chain(["http://127.0.0.1", "quic://", "sip:a@[::1", "sip:a@b c", "sip:a\r\n@127.0.0.1"]) {
            assert!(matches!(Address::read(text, true), Err(AddressFault::Unreadable(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_refused(text in "(sip:|quic://)?[\\[\\]:@/a-f0-9.]{0,16}") {
            // Only what needs no look-up.
            prop_assume!(!text.chars().any(|c| ('a'..='f').contains(&c)) || text.contains('@') && text.contains('/'));
            let _ = split(&text, 1);
        }
    }
}
