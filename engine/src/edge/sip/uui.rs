//! `User-to-User` (RFC 7433): the caller's context in the agent's INVITE, as hexadecimal.

use super::digest::hex;

/// Longest context carried, in bytes: with its hexadecimal form the INVITE stays well under the
/// 8,192 bytes of a datagram that the library reads.
pub(super) const CONTEXT_BYTES_MAX: usize = 2_048;

/// The header's value, or `None` when the context is too long to carry.
#[must_use]
pub(super) fn value(context: &[u8]) -> Option<String> {
    (context.len() <= CONTEXT_BYTES_MAX).then(|| format!("{};encoding=hex", hex(context)))
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
