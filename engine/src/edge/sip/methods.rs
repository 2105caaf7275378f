//! What this server understands, in one place.

use rsipstack::sip::Header;

/// The value of `Allow`.
pub(super) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER, REFER";
/// The value of `Supported`.
pub(super) const SUPPORTED: &str = "timer";
/// The only session description we read.
pub(super) const SDP: &str = "application/sdp";

/// Methods the library can parse; others are refused before it.
const KNOWN: [&str; 14] = [
    "ACK",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SUBSCRIBE",
    "UPDATE",
];

/// Whether a method can be parsed at all. Methods are case-sensitive (RFC 3261 7.1).
#[must_use]
pub(super) fn is_known(method: &str) -> bool {
    KNOWN.contains(&method)
}

/// Option tags of a `Require` header that we do not support, comma-separated; `None` when all are.
#[must_use]
pub(super) fn unsupported<'a>(headers: impl Iterator<Item = &'a Header>) -> Option<String> {
    let tags = headers.filter_map(|header| {
        let Header::Require(value) = header else { return None };
        Some(value.value())
    });
    let foreign: Vec<&str> = tags
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && !tag.eq_ignore_ascii_case(SUPPORTED))
        .collect();
    (!foreign.is_empty()).then(|| foreign.join(", "))
}

/// `Allow`, `Accept` and `Supported`, as an OPTIONS is answered (RFC 3261 11.2).
#[must_use]
pub(super) fn capabilities() -> Vec<Header> {
    vec![Header::Allow(ALLOW.into()), Header::Accept(SDP.into()), Header::Supported(SUPPORTED.into())]
}
