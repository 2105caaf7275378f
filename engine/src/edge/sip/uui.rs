//! `User-to-User` (RFC 7433): the caller's context in the agent's INVITE, as hexadecimal; and in a caller's INVITE what the
//! caller's own device sends to be known by when it calls again.

use cabrank_core::Text;
use rsipstack::sip::{Header, Request};

use super::digest::hex;

/// Longest token taken from a caller, in characters.
const TOKEN_CHARS_MAX: usize = 128;

/// Longest context carried, in bytes: with its hexadecimal form the INVITE stays well under the
/// 8,192 bytes of a datagram that the library reads.
pub(super) const CONTEXT_BYTES_MAX: usize = 2_048;

/// The header's value, or `None` when the context is too long to carry.
#[must_use]
pub(super) fn value(context: &[u8]) -> Option<String> {
    (context.len() <= CONTEXT_BYTES_MAX).then(|| format!("{};encoding=hex", hex(context)))
}

/// What the caller is to be known by, whatever number it shows: the header as it stands, if it is printable and short.
#[must_use]
pub(super) fn token(invite: &Request) -> Option<Text> {
    let mut values = invite.headers.iter().filter_map(|header| {
        let Header::UserToUser(value) = header else { return None };
        Some(value.value().trim())
    });
    let (Some(token), None) = (values.next(), values.next()) else { return None };
    let printable = token.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    (printable && (1..=TOKEN_CHARS_MAX).contains(&token.len())).then(|| token.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(value: &str) -> Vec<u8> {
        let digits = value.strip_suffix(";encoding=hex").unwrap();
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn json_becomes_hex() {
        assert_eq!(value(br#"{"a":1}"#).unwrap(), "7b2261223a317d;encoding=hex");
    }

    fn token_of(headers: &str) -> Option<String> {
        let text = format!(
            "INVITE sip:taxi@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n\
             To: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n{headers}\r\n"
        );
        token(&Request::try_from(text.as_str()).unwrap()).map(|token| token.to_string())
    }

    #[test]
    fn a_token_is_printable_short_and_alone() {
        assert_eq!(token_of("User-to-User:  56a390f3d2b7;encoding=hex \r\n").as_deref(), Some("56a390f3d2b7;encoding=hex"));
        let longest = "x".repeat(TOKEN_CHARS_MAX);
        assert_eq!(token_of(&format!("User-to-User: {longest}\r\n")), Some(longest.clone()));
        for odd in [
            "User-to-User: \r\n",
            "User-to-User: a\u{e9}\r\n",
            "User-to-User: a\tb\r\n",
            "User-to-User: a\r\nUser-to-User: b\r\n",
            "",
        ] {
            assert_eq!(token_of(odd), None, "{odd:?}");
        }
        assert_eq!(token_of(&format!("User-to-User: {longest}x\r\n")), None);
    }

    #[test]
    fn what_is_too_long_is_not_cut() {
        assert_eq!(value(&vec![b'x'; CONTEXT_BYTES_MAX + 1]), None);
    }

    proptest! {
        #[test]
        fn every_context_survives(context in proptest::collection::vec(any::<u8>(), 0..CONTEXT_BYTES_MAX)) {
            prop_assert_eq!(read(&value(&context).unwrap()), context);
        }
    }
}
