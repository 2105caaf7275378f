//! As much of DER (X.690) as a certificate's extensions take: definite lengths, tags of one byte.

/// What a certificate's list of extensions is kept under (RFC 5280 section 4.1).
const EXTENSIONS: u8 = 0xa3;
/// A sequence.
pub(crate) const SEQUENCE: u8 = 0x30;
/// A whole number.
pub(crate) const INTEGER: u8 = 0x02;
/// Bits; the first byte counts those left over.
pub(crate) const BITS: u8 = 0x03;
/// ASCII text.
pub(crate) const IA5: u8 = 0x16;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;

/// What is left to read. Every step consumes, so that whatever the bytes are, reading ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// Values one after another.
    pub(crate) fn new(bytes: &'a [u8]) -> Der<'a> {
        Der(bytes)
    }

    /// Whether all is read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value: its tag and content.
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (length, rest) = length(rest)?;
        if tag & 0x1f == 0x1f || rest.len() < length {
            return None;
        }
        let (content, rest) = rest.split_at(length);
        self.0 = rest;
        Some((tag, content))
    }

    /// The content of the next value, which must be of that kind.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let count = usize::from(first & 0x7f);
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    if !(1..=3).contains(&count) || rest.len() < count {
        return None;
    }
    let (length, rest) = rest.split_at(count);
    Some((length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest))
}

/// The content of a certificate's extension with that object identifier (its own content octets), if the certificate has it once.
pub(crate) fn extension<'a>(certificate: &'a [u8], object: &[u8]) -> Option<&'a [u8]> {
    let mut to_be_signed = Der::new(Der::new(Der::new(certificate).expect(SEQUENCE)?).expect(SEQUENCE)?);
    let list = loop {
        if let (EXTENSIONS, content) = to_be_signed.next()? {
            break Der::new(content).expect(SEQUENCE)?;
        }
    };
    let (mut list, mut found) = (Der::new(list), None);
    while !list.is_empty() {
        let mut extension = Der::new(list.expect(SEQUENCE)?);
        if extension.expect(OBJECT)? == object {
            let (mut tag, mut content) = extension.next()?;
            if tag != OCTETS {
                (tag, content) = extension.next()?;
            }
            if tag != OCTETS || found.replace(content).is_some() {
                return None;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_follow_each_other() {
        let mut der = Der::new(&[0x16, 2, b'4', b'2', 0x02, 0x81, 1, 9]);
        assert_eq!(der.expect(IA5), Some(b"42".as_slice()));
        assert_eq!(der.next(), Some((INTEGER, [9].as_slice())));
        assert!(der.is_empty());
    }

    #[test]
    fn what_is_cut_or_endless_is_no_value() {
        for bytes in [&[][..], &[0x30], &[0x30, 2, 0], &[0x30, 0x80, 0, 0], &[0x30, 0x84, 0, 0, 0, 0], &[0x3f, 1, 0, 0]] {
            assert_eq!(Der::new(bytes).next(), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = extension(&bytes, &[0x55, 0x1d, 0x0f]);
        }
    }
}
