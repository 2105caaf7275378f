//! Nonces that prove themselves, and the counters of those that were used.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use subtle::ConstantTimeEq as _;

use super::digest::{hex, mac};

/// How long a nonce may be used, in milliseconds.
const LIFE_MS: u64 = 300_000;
/// Used nonces remembered at once. Beyond it the oldest is forgotten *and* refused.
const USED_MAX: usize = 16_384;
/// Hexadecimal digits of the time and serial number in front of the signature.
const STAMP_DIGITS: usize = 32;

/// Whether a nonce may still be used with this count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Ours, young enough, the count never seen.
    Fresh,
    /// Not ours, another source's, too old, or the count was used before.
    Stale,
}

/// When a nonce was made, and which of that moment: unique in one run of the desk.
type Stamp = (u64, u64);

/// Makes and checks the nonces of one realm.
pub(super) struct Nonces {
    key: [u8; 32],
    serial: u64,
    used: HashMap<Stamp, u32>,
    by_age: BTreeSet<Stamp>,
    /// Nonces made up to here are refused: their counters were forgotten.
    forgotten: Option<Stamp>,
}

impl Nonces {
    /// `key` signs them.
    #[must_use]
    pub(super) fn new(key: [u8; 32]) -> Nonces {
        Nonces { key, serial: 0, used: HashMap::new(), by_age: BTreeSet::new(), forgotten: None }
    }

    /// A new nonce for a phone at `source`. Nothing is remembered.
    pub(super) fn issue(&mut self, source: IpAddr, now_ms: u64) -> String {
        self.serial += 1;
        let stamp = (now_ms, self.serial);
        format!("{:016x}{:016x}{}", stamp.0, stamp.1, self.signature(stamp, source))
    }

    /// Uses `nonce` once with `count`.
    pub(super) fn spend(&mut self, nonce: &str, count: u32, source: IpAddr, now_ms: u64) -> Freshness {
        match self.verified(nonce, source) {
            Some(stamp) if self.is_young(stamp, now_ms) && self.counts_up(stamp, count) => {
                self.forget_old(now_ms);
                Freshness::Fresh
            }
            Some(_) | None => Freshness::Stale,
        }
    }

    fn is_young(&self, stamp: Stamp, now_ms: u64) -> bool {
        now_ms.saturating_sub(stamp.0) <= LIFE_MS && self.forgotten.is_none_or(|old| stamp > old)
    }

    /// RFC 7616 3.4: each use must show a higher count.
    fn counts_up(&mut self, stamp: Stamp, count: u32) -> bool {
        let up = self.used.get(&stamp).is_none_or(|last| count > *last) && count > 0;
        if up {
            self.used.insert(stamp, count);
            self.by_age.insert(stamp);
        }
        up
    }

    fn forget_old(&mut self, now_ms: u64) {
        while let Some(&oldest) = self.by_age.first() {
            let expired = now_ms.saturating_sub(oldest.0) > LIFE_MS;
            if !expired && self.by_age.len() <= USED_MAX {
                break;
            }
            self.by_age.remove(&oldest);
            self.used.remove(&oldest);
            self.forgotten = Some(oldest);
        }
    }

    fn verified(&self, nonce: &str, source: IpAddr) -> Option<Stamp> {
        let (stamp, signature) = nonce.split_at_checked(STAMP_DIGITS)?;
        let (time, serial) = stamp.split_at_checked(STAMP_DIGITS / 2)?;
        let stamp = (u64::from_str_radix(time, 16).ok()?, u64::from_str_radix(serial, 16).ok()?);
        let right = self.signature(stamp, source);
        bool::from(right.as_bytes().ct_eq(signature.as_bytes())).then_some(stamp)
    }

    fn signature(&self, stamp: Stamp, source: IpAddr) -> String {
        let source = source.to_string();
        let whole = mac(&self.key, &[&stamp.0.to_be_bytes(), &stamp.1.to_be_bytes(), source.as_bytes()]);
        hex(&whole[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOURCE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_refused() {
        let mut nonces = Nonces::new([1; 32]);
        let first = nonces.issue(SOURCE, 0);
        assert_eq!(nonces.spend(&first, 1, SOURCE, 0), Freshness::Fresh);
        for _ in 0..USED_MAX {
            let nonce = nonces.issue(SOURCE, 1);
            assert_eq!(nonces.spend(&nonce, 1, SOURCE, 1), Freshness::Fresh);
        }
        assert!(nonces.used.len() <= USED_MAX && nonces.by_age.len() <= USED_MAX);
        assert_eq!(nonces.spend(&first, 2, SOURCE, 1), Freshness::Stale);
    }

    #[test]
    fn issuing_remembers_nothing() {
        let mut nonces = Nonces::new([1; 32]);
        for now_ms in 0..1000 {
            let _ = nonces.issue(SOURCE, now_ms);
        }
        assert!(nonces.used.is_empty() && nonces.by_age.is_empty());
    }

    proptest! {
        #[test]
        fn a_damaged_nonce_is_stale(at in 0usize..64, with in "[0-9a-z]") {
            let mut nonces = Nonces::new([1; 32]);
            let good = nonces.issue(SOURCE, 5);
            let mut bad = good.clone();
            bad.replace_range(at..=at, &with);
            prop_assume!(bad != good);
            prop_assert_eq!(nonces.spend(&bad, 1, SOURCE, 5), Freshness::Stale);
            prop_assert_eq!(nonces.spend(&good, 1, SOURCE, 5), Freshness::Fresh);
        }

        #[test]
        fn foreign_text_is_stale(text in "\\PC{0,80}") {
            prop_assert_eq!(Nonces::new([1; 32]).spend(&text, 1, SOURCE, 5), Freshness::Stale);
        }
    }
}
