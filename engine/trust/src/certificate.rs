//! A signer's certificate with the chain to a root.

use crate::authority::Authority;
use crate::der::{BITS, Der, SEQUENCE, extension};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use cabrank_core::Flaw;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime, alg_id};
use std::time::Duration;
use webpki::{
    EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert, aws_lc_rs as algorithms,
};

/// Certificates in a chain, and roots.
const CHAIN_MAX: usize = 6;
/// 2.5.29.15.
const KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x0f];
/// 1.3.6.1.5.5.7.1.27: what the signed claims must be (RFC 8226 section 8).
const CLAIM_CONSTRAINTS: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 1, 27];
/// 1.3.6.1.5.5.7.1.33: the same, later (RFC 9118).
const ENHANCED_CONSTRAINTS: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 1, 33];

/// What certificates may be signed with.
const SIGNED_WITH: [&dyn SignatureVerificationAlgorithm; 4] =
    [algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P256_SHA384, algorithms::ECDSA_P384_SHA256, algorithms::ECDSA_P384_SHA384];

/// The authorities whose word counts; at least one.
#[derive(Clone, Debug)]
pub struct Roots(Vec<TrustAnchor<'static>>);

/// A file of certificates that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("certificate {number} cannot be an authority: {why}")]
pub struct RootsUnreadable {
    number: usize,
    why: String,
}

impl Roots {
    /// The authorities of these certificates.
    ///
    /// # Errors
    /// [`RootsUnreadable`]: the first one that is none.
    pub fn new(certificates: &[CertificateDer<'_>]) -> Result<Roots, RootsUnreadable> {
        let anchor = |(at, certificate)| {
            let anchor = anchor_from_trusted_cert(certificate).map(|anchor: TrustAnchor<'_>| anchor.to_owned());
            anchor.map_err(|error| RootsUnreadable { number: at + 1, why: error.to_string() })
        };
        certificates.iter().enumerate().map(anchor).collect::<Result<_, _>>().map(Roots)
    }
}

/// A signer's certificate, and those between it and a root. Nothing is believed of it before [`Chain::leads_to`].
#[derive(Clone, Debug)]
pub struct Chain {
    signer: CertificateDer<'static>,
    between: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
    authority: Option<Authority>,
}

impl Chain {
    /// Reads a chain in PEM, the signer's certificate first, or that certificate alone in DER.
    ///
    /// # Errors
    /// [`Flaw::CertificateUnusable`].
    pub fn read(body: &[u8]) -> Result<Chain, Flaw> {
        let all = if body.first() == Some(&SEQUENCE) { vec![CertificateDer::from(body.to_vec())] } else { pem(body)? };
        let mut all = all.into_iter();
        let signer = all.next().ok_or(Flaw::CertificateUnusable)?;
        let key = EndEntityCert::try_from(&signer).ok().and_then(|it| p256_key(it.subject_public_key_info().as_ref()));
        let key = key.filter(|_| may_sign(&signer)).ok_or(Flaw::CertificateUnusable)?;
        let authority = Authority::of(&signer);
        Ok(Chain { signer, between: all.collect(), key, authority })
    }

    /// Whether it leads to one of these roots, and every certificate of it is valid now.
    ///
    /// # Errors
    /// [`Flaw::UnknownAuthority`], [`Flaw::CertificateExpired`], [`Flaw::CertificateNotYetValid`] or [`Flaw::CertificateUnusable`].
    pub fn leads_to(&self, roots: &Roots, now_s: u64) -> Result<(), Flaw> {
        let signer = EndEntityCert::try_from(&self.signer).map_err(flaw_of)?;
        let now = UnixTime::since_unix_epoch(Duration::from_secs(now_s));
        let path = signer.verify_for_usage(&SIGNED_WITH, &roots.0, &self.between, now, AnyUsage, None, None);
        path.map(|_| ()).map_err(flaw_of)
    }

    /// Whether its owner may sign for this number, digits only.
    ///
    /// # Errors
    /// [`Flaw::NoNumbers`] or [`Flaw::NotItsNumber`].
    pub fn may_sign_for(&self, number: &str) -> Result<(), Flaw> {
        let authority = self.authority.as_ref().ok_or(Flaw::NoNumbers)?;
        if authority.covers(number) { Ok(()) } else { Err(Flaw::NotItsNumber) }
    }

    /// Whether its owner signed this (ES256: r and s, 32 bytes each).
    ///
    /// # Errors
    /// [`Flaw::BadSignature`].
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> Result<(), Flaw> {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.key);
        key.verify(message, signature).map_err(|_| Flaw::BadSignature)
    }
}

/// SHAKEN's certificates name no extended usage, and its authorities issue for nothing else.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _usages: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

fn pem(body: &[u8]) -> Result<Vec<CertificateDer<'static>>, Flaw> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(body).take(CHAIN_MAX + 1).collect();
    all.ok().filter(|all| all.len() <= CHAIN_MAX).ok_or(Flaw::CertificateUnusable)
}

/// The point on the curve, if that is the key of one.
fn p256_key(info: &[u8]) -> Option<Vec<u8>> {
    let mut info = Der::new(Der::new(info).expect(SEQUENCE)?);
    let algorithm = info.expect(SEQUENCE)?;
    let (unused, point) = info.expect(BITS)?.split_first()?;
    (algorithm == alg_id::ECDSA_P256.as_ref() && *unused == 0).then(|| point.to_vec())
}

/// Whether it says that it may sign, or does not say; constraints that are not understood forbid it.
fn may_sign(certificate: &[u8]) -> bool {
    let usage =
        extension(certificate, &KEY_USAGE).map(|usage| Der::new(usage).expect(BITS).and_then(|bits| bits.get(1).copied()));
    let signs = usage.is_none_or(|bits| bits.is_some_and(|bits| bits & 0x80 != 0));
    let constrained = [CLAIM_CONSTRAINTS, ENHANCED_CONSTRAINTS].iter().any(|object| extension(certificate, object).is_some());
    signs && !constrained
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum: all else is alike here")]
fn flaw_of(error: Error) -> Flaw {
    match error {
        Error::CertExpired { .. } => Flaw::CertificateExpired,
        Error::CertNotValidYet { .. } => Flaw::CertificateNotYetValid,
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => Flaw::UnknownAuthority,
        _ => Flaw::CertificateUnusable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn foreign_bytes_are_no_chain(mut bytes in prop::collection::vec(any::<u8>(), 0..300), der: bool) {
            if der {
                bytes.insert(0, SEQUENCE);
            }
            prop_assert!(Chain::read(&bytes).is_err());
        }
    }
}
