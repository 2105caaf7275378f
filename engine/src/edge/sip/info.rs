//! Keys sent by INFO (RFC 6086's legacy use): `application/dtmf-relay` and `application/dtmf`.

use crate::media::Digit;

/// What we read in an INFO.
pub(super) const ACCEPT: &str = "application/dtmf-relay, application/dtmf";

/// What an INFO said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// A key.
    Key(Digit),
    /// No body: nothing, and nothing wrong with it.
    Nothing,
    /// A key body without a key: 400.
    Malformed,
    /// Another kind of body: 415.
    Foreign,
}

/// Reads the body of an INFO.
#[must_use]
pub(super) fn read(kind: &str, body: &[u8]) -> Read {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if body.is_empty() {
        return Read::Nothing;
    }
    let Ok(text) = std::str::from_utf8(body) else { return Read::Malformed };
    let signal = if kind.eq_ignore_ascii_case("application/dtmf-relay") {
        relayed(text)
    } else if kind.eq_ignore_ascii_case("application/dtmf") {
        Some(text.trim())
    } else {
        return Read::Foreign;
    };
    signal.and_then(key).map_or(Read::Malformed, Read::Key)
}

fn relayed(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case("Signal").then(|| value.trim())
    })
}

/// A key by its face or by its RFC 4733 number.
fn key(signal: &str) -> Option<Digit> {
    let mut faces = signal.chars();
    match (faces.next(), faces.next()) {
        (Some(face), None) => Digit::from_key(face.to_ascii_uppercase()),
        (Some(_), Some(_)) => Digit::from_event(signal.parse().ok()?),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(kind: &str, body: &str) -> Option<char> {
        match read(kind, body.as_bytes()) {
            Read::Key(digit) => Some(digit.key()),
            Read::Nothing | Read::Malformed | Read::Foreign => None,
        }
    }

    #[test]
    fn both_kinds_of_body_are_read() {
        assert_eq!(pressed("application/dtmf-relay", "Signal=1\r\nDuration=160\r\n"), Some('1'));
        assert_eq!(pressed("Application/DTMF-Relay; x=y", "duration= 100\nsignal = *\n"), Some('*'));
        assert_eq!(pressed("application/dtmf-relay", "Signal=11"), Some('#'));
        assert_eq!(pressed("application/dtmf", "2\r\n"), Some('2'));
        assert_eq!(pressed("application/dtmf", "d"), Some('D'));
    }

    #[test]
    fn the_rest_is_told_apart() {
        assert_eq!(read("application/dtmf", b""), Read::Nothing);
        assert_eq!(read("application/dtmf", b"x"), Read::Malformed);
        assert_eq!(read("application/dtmf-relay", b"Duration=1"), Read::Malformed);
        assert_eq!(read("application/dtmf-relay", b"Signal=99"), Read::Malformed);
        assert_eq!(read("application/media_control+xml", b"<x/>"), Read::Foreign);
    }
}
