//! A certificate's fingerprint, by which it is pinned.

use hex::FromHex;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The SHA-256 of a certificate (DER).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl From<[u8; 32]> for Fingerprint {
    fn from(sha256: [u8; 32]) -> Fingerprint {
        Fingerprint(sha256)
    }
}

/// That is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is `sha256:` and 64 hexadecimal digits, colons between them or not")]
pub struct NoFingerprint;

impl Fingerprint {
    /// The fingerprint of a certificate (DER).
    pub fn of(certificate: &[u8]) -> Fingerprint {
        Fingerprint(Sha256::digest(certificate).into())
    }
}

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let digits: String = text.strip_prefix("sha256:").ok_or(NoFingerprint)?.chars().filter(|digit| *digit != ':').collect();
        <[u8; 32]>::from_hex(digits).map(Fingerprint).map_err(|_| NoFingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, NoFingerprint};

    #[test]
    fn what_is_shown_is_read() {
        let fingerprint = Fingerprint::of(b"certificate");
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        assert_eq!("sha256:12".parse::<Fingerprint>(), Err(NoFingerprint));
        assert_eq!("sha256:+".repeat(33).parse::<Fingerprint>(), Err(NoFingerprint));
        assert_eq!(fingerprint.to_string().replace("sha256:", "md5:").parse::<Fingerprint>(), Err(NoFingerprint));
    }
}
