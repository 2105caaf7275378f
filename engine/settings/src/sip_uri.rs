//! The address of a phone that does not register: a `sip:` URI, as much of RFC 3261 section 19.1 as a phone needs.

use crate::Transport;
use std::fmt;
use std::str::FromStr;
use url::Host;

/// A `sip:` URI: `sip:a101@10.0.0.7:5060;transport=tcp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipUri {
    /// The part before `@`.
    pub user: Option<String>,
    /// Name or address.
    pub host: Host<String>,
    /// The port, if said; never 0.
    pub port: Option<u16>,
    /// The transport, if said.
    pub transport: Option<Transport>,
}

/// Why a text is no `sip:` URI; goes on after the text ("… does not start with `sip:`").
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableSipUri(&'static str);

impl FromStr for SipUri {
    type Err = UnreadableSipUri;

    fn from_str(text: &str) -> Result<SipUri, UnreadableSipUri> {
        let rest = after_scheme(text)?;
        let (address, parameters) = rest.split_once(';').map_or((rest, None), |(address, rest)| (address, Some(rest)));
        let (user, place) = address.rsplit_once('@').map_or((None, address), |(user, place)| (Some(user), place));
        let (host, port) = split_port(place);
        Ok(SipUri {
            user: user.map(readable_user).transpose()?,
            host: Host::parse(host).map_err(|_| UnreadableSipUri("has a host that is neither a name nor an address"))?,
            port: port.map(readable_port).transpose()?,
            transport: parameters.map(readable_transport).transpose()?,
        })
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sip:")?;
        self.user.iter().try_for_each(|user| write!(f, "{user}@"))?;
        write!(f, "{}", self.host)?;
        self.port.iter().try_for_each(|port| write!(f, ":{port}"))?;
        self.transport.iter().try_for_each(|transport| write!(f, ";transport={transport}"))
    }
}

fn after_scheme(text: &str) -> Result<&str, UnreadableSipUri> {
    match text.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sip") => Ok(rest),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("sips") => Err(UnreadableSipUri("needs TLS, which is not built yet")),
        Some(_) | None => Err(UnreadableSipUri("does not start with `sip:`")),
    }
}

fn split_port(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (place, None),
    }
}

fn readable_user(user: &str) -> Result<String, UnreadableSipUri> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,".contains(c);
    match user {
        "" => Err(UnreadableSipUri("has nothing before the `@`")),
        odd if !odd.chars().all(plain) => Err(UnreadableSipUri("has a user with characters that do not belong there")),
        plain => Ok(plain.to_owned()),
    }
}

fn readable_port(port: &str) -> Result<u16, UnreadableSipUri> {
    port.parse().ok().filter(|port| *port != 0).ok_or(UnreadableSipUri("has a port that is not a number from 1 to 65535"))
}

fn readable_transport(parameters: &str) -> Result<Transport, UnreadableSipUri> {
    match parameters.to_ascii_lowercase().as_str() {
        "transport=udp" => Ok(Transport::Udp),
        "transport=tcp" => Ok(Transport::Tcp),
        _ => Err(UnreadableSipUri("has other parameters than `;transport=udp` or `;transport=tcp`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readable_uri_is_written_as_it_was_read() {
        for text in ["sip:a101@10.0.0.7", "sip:10.0.0.7:5070", "sip:a@[2001:db8::1]:5060;transport=tcp", "sip:a@phones.example"] {
            assert_eq!(text.parse::<SipUri>().map(|uri| uri.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_not_a_sip_uri_is_refused() {
        for text in [
            "",
            "a101@10.0.0.7",
            "tel:+6565521111",
            "sips:a@b.example",
            "sip:",
            "sip:@h",
            "sip:a@h:0",
            "sip:a@h;lr",
            "sip:a b@h",
            "sip:a@[::1",
        ] {
            assert!(text.parse::<SipUri>().is_err(), "{text:?} was taken");
        }
    }
}
