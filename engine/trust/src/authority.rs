//! Whose numbers the owner of a certificate may sign for: the TNAuthList extension (RFC 8226 section 9).

use crate::der::{Der, IA5, INTEGER, SEQUENCE, extension};

/// 1.3.6.1.5.5.7.1.26.
const TN_AUTH_LIST: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 1, 26];
/// Entries that are looked at.
const ENTRIES_MAX: usize = 1_000;

/// Whose numbers somebody may sign for; at least one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// A service provider, who answers for the numbers of its customers.
    Provider,
    /// So many numbers from this one on.
    Range { start: String, count: u64 },
    /// This number.
    One(String),
}

impl Authority {
    /// What the certificate says; nothing if it does not say, or says it unreadably.
    pub(crate) fn of(certificate: &[u8]) -> Option<Authority> {
        Authority::read(extension(certificate, &TN_AUTH_LIST)?)
    }

    fn read(list: &[u8]) -> Option<Authority> {
        let mut whole = Der::new(list);
        let mut list = Der::new(whole.expect(SEQUENCE)?);
        let mut entries = Vec::new();
        while !list.is_empty() && entries.len() < ENTRIES_MAX {
            entries.push(Entry::read(list.next()?)?);
        }
        (whole.is_empty() && list.is_empty() && !entries.is_empty()).then_some(Authority(entries))
    }

    /// Whether the number, digits only, is among them.
    pub(crate) fn covers(&self, number: &str) -> bool {
        self.0.iter().any(|entry| entry.covers(number))
    }
}

impl Entry {
    /// The tags are explicit: a value within a value.
    fn read((tag, content): (u8, &[u8])) -> Option<Entry> {
        let mut content = Der::new(content);
        let entry = match tag {
            0xa0 => content.expect(IA5).map(|_| Entry::Provider),
            0xa1 => {
                let mut range = Der::new(content.expect(SEQUENCE)?);
                Some(Entry::Range { start: number(range.expect(IA5)?)?, count: count(range.expect(INTEGER)?)? })
            }
            0xa2 => Some(Entry::One(number(content.expect(IA5)?)?)),
            _ => None,
        }?;
        content.is_empty().then_some(entry)
    }

    fn covers(&self, number: &str) -> bool {
        match self {
            Entry::Provider => true,
            Entry::Range { start, count } => within(number, start, *count),
            Entry::One(one) => one == number,
        }
    }
}

/// Whether it is one of `count` numbers of the same length from `start` on.
fn within(number: &str, start: &str, count: u64) -> bool {
    let value = |digits: &str| digits.parse::<u64>().ok();
    let (Some(number_value), Some(first)) = (value(number), value(start)) else { return false };
    number.len() == start.len() && number_value.checked_sub(first).is_some_and(|after| after < count)
}

/// RFC 8226 section 9: 1 to 15 of `0` to `9`, `#` and `*`.
fn number(text: &[u8]) -> Option<String> {
    let plain = text.iter().all(|b| b.is_ascii_digit() || b"#*".contains(b));
    (plain && (1..=15).contains(&text.len())).then(|| text.iter().copied().map(char::from).collect())
}

/// A range has two numbers or more.
fn count(bytes: &[u8]) -> Option<u64> {
    let positive = bytes.first().is_some_and(|first| *first < 0x80) && bytes.len() <= 8;
    let count = bytes.iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
    (positive && count >= 2).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(entries: &[u8]) -> Option<Authority> {
        let length = u8::try_from(entries.len()).unwrap();
        Authority::read(&[&[SEQUENCE, length], entries].concat())
    }

    #[test]
    fn entries_cover_what_they_say() {
        let provider = [0xa0, 6, 0x16, 4, b'7', b'0', b'9', b'J'];
        let one = [0xa2, 4, 0x16, 2, b'6', b'5'];
        let range = [0xa1, 9, 0x30, 7, 0x16, 2, b'1', b'0', 0x02, 1, 5];
        assert!(list(&provider).unwrap().covers("6591234567"));
        let both = list(&[&one[..], &range].concat()).unwrap();
        for (number, covered) in
            [("65", true), ("10", true), ("14", true), ("15", false), ("09", false), ("010", false), ("", false)]
        {
            assert_eq!(both.covers(number), covered, "{number}");
        }
    }

    #[test]
    fn an_unreadable_list_covers_nothing() {
        let one_more = [0xa2, 5, 0x16, 2, b'6', b'5', 0];
        let of_one = [0xa1, 9, 0x30, 7, 0x16, 2, b'1', b'0', 0x02, 1, 1];
        for odd in [&[][..], &[0xa3, 4, 0x16, 2, b'6', b'5'], &[0xa2, 4, 0x16, 2, b'+', b'5'], &one_more, &of_one] {
            assert_eq!(list(odd), None, "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), number in "[0-9*#]{0,20}") {
            if let Some(authority) = list(&bytes) {
                authority.covers(&number);
            }
        }
    }
}
