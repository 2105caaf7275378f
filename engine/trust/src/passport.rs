//! A PASSporT (RFC 8225) of the kind `shaken` (RFC 8588): who calls whom, when, and how sure the provider is.

use crate::call::{Call, canonical_address, canonical_number};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cabrank_core::{Attestation, Flaw};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The kind of token that says who calls.
pub(crate) const SHAKEN: &str = "shaken";
/// Longest `origid`, in bytes; a UUID has 36.
const ORIGID_BYTES_MAX: usize = 128;

/// What a provider signed, not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passport {
    /// How sure the provider is.
    pub attestation: Attestation,
    /// The caller's number, digits only.
    pub origin: String,
    /// When it was signed, in seconds since 1970.
    pub issued_at: u64,
    /// Where the certificate lies.
    pub x5u: String,
    numbers: Vec<String>,
    addresses: Vec<String>,
    signed: String,
    signature: Vec<u8>,
}

impl Passport {
    /// Reads the full form of a token: header, claims and signature.
    ///
    /// # Errors
    /// A [`Flaw`] of its form, kind or algorithm.
    pub fn read(token: &str) -> Result<Passport, Flaw> {
        let head = Head::of_token(token)?;
        let x5u = head.checked()?;
        let (signed, signature) = token.rsplit_once('.').ok_or(Flaw::Malformed)?;
        let (_, claims) = signed.split_once('.').ok_or(Flaw::Malformed)?;
        let claims: Claims = json(claims)?;
        if claims.origid.is_empty() || claims.origid.len() > ORIGID_BYTES_MAX {
            return Err(Flaw::Malformed);
        }
        let signature = decoded(signature)?;
        if signature.len() != 64 {
            return Err(Flaw::Malformed);
        }
        Ok(Passport {
            attestation: claims.attest.into(),
            origin: canonical_number(&claims.orig.tn).ok_or(Flaw::Malformed)?,
            issued_at: claims.iat,
            x5u,
            numbers: claims.dest.tn.each(canonical_number)?,
            addresses: claims.dest.uri.each(canonical_address)?,
            signed: signed.to_owned(),
            signature,
        })
    }

    /// Whether it was signed for this call, and not too long ago.
    ///
    /// # Errors
    /// [`Flaw::Stale`], [`Flaw::FromTheFuture`], [`Flaw::WrongOrigin`] or [`Flaw::WrongDestination`].
    pub fn fits(&self, call: &Call, now_s: u64, freshness_s: u64) -> Result<(), Flaw> {
        if self.issued_at.saturating_add(freshness_s) < now_s {
            return Err(Flaw::Stale);
        }
        if self.issued_at > now_s.saturating_add(freshness_s) {
            return Err(Flaw::FromTheFuture);
        }
        if !call.is_from(&self.origin) {
            return Err(Flaw::WrongOrigin);
        }
        if call.is_to(&self.numbers, &self.addresses) { Ok(()) } else { Err(Flaw::WrongDestination) }
    }

    /// The bytes that are signed; nobody can change one of them and keep the signature.
    #[must_use]
    pub fn signed(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    /// The signature: r and s, 32 bytes each.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// The protected header.
#[derive(Debug, Deserialize)]
pub(crate) struct Head {
    alg: String,
    typ: Option<String>,
    ppt: Option<String>,
    x5u: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Head {
    /// The first of a token's three parts.
    pub(crate) fn of_token(token: &str) -> Result<Head, Flaw> {
        let mut parts = token.split('.');
        match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(""), Some(""), Some(_), None] => Err(Flaw::CompactForm),
            [Some(head), Some(_), Some(_), None] => json(head),
            [..] => Err(Flaw::Malformed),
        }
    }

    /// Whether it says that the token says who calls.
    pub(crate) fn is_shaken(&self) -> bool {
        self.ppt.as_deref() == Some(SHAKEN)
    }

    /// Where the certificate lies, if all the rest is as it must be.
    fn checked(self) -> Result<String, Flaw> {
        if self.alg != "ES256" {
            return Err(Flaw::ForeignAlgorithm);
        }
        if !self.is_shaken() {
            return Err(Flaw::NotShaken);
        }
        // RFC 7515 section 4.1.11: who does not understand what is critical must refuse; we understand no extension.
        if self.typ.as_deref() != Some("passport") || self.crit.is_some() {
            return Err(Flaw::Malformed);
        }
        self.x5u.ok_or(Flaw::Malformed)
    }
}

#[derive(Deserialize)]
struct Claims {
    attest: Attest,
    dest: Destination,
    iat: u64,
    orig: Origin,
    origid: String,
}

#[derive(Deserialize)]
enum Attest {
    A,
    B,
    C,
}

impl From<Attest> for Attestation {
    fn from(attest: Attest) -> Attestation {
        match attest {
            Attest::A => Attestation::Full,
            Attest::B => Attestation::Partial,
            Attest::C => Attestation::Gateway,
        }
    }
}

/// SHAKEN signs for telephone numbers alone.
#[derive(Deserialize)]
struct Origin {
    tn: String,
}

#[derive(Deserialize)]
struct Destination {
    #[serde(default)]
    tn: OneOrMany,
    #[serde(default)]
    uri: OneOrMany,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> OneOrMany {
        OneOrMany::Many(Vec::new())
    }
}

impl OneOrMany {
    fn each(self, canonical: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Flaw> {
        let all = match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        };
        all.iter().map(|one| canonical(one).ok_or(Flaw::Malformed)).collect()
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, Flaw> {
    serde_json::from_slice(&decoded(part)?).map_err(|_| Flaw::Malformed)
}

fn decoded(part: &str) -> Result<Vec<u8>, Flaw> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Flaw::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(head: &str, claims: &str) -> String {
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode([7; 64]))
    }

    const HEAD: &str = r#"{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://c.example/c"}"#;
    const CLAIMS: &str = r#"{"attest":"A","dest":{"tn":["6565521111"],"uri":"sip:taxi@X.example:5060"},"iat":7,"orig":{"tn":"+65 9123"},"origid":"u"}"#;

    #[test]
    fn what_was_signed_is_read() {
        let read = Passport::read(&token(HEAD, CLAIMS)).unwrap();
        assert_eq!((read.attestation, read.origin.as_str(), read.issued_at), (Attestation::Full, "659123", 7));
        assert_eq!((read.numbers, read.addresses), (vec!["6565521111".to_owned()], vec!["taxi@x.example".to_owned()]));
    }

    #[test]
    fn every_deviation_has_its_name() {
        let head = |from: &str, to: &str| token(&HEAD.replace(from, to), CLAIMS);
        let claims = |from: &str, to: &str| token(HEAD, &CLAIMS.replace(from, to));
        let cases = [
            (head("ES256", "HS256"), Flaw::ForeignAlgorithm),
            (head("ES256", "none"), Flaw::ForeignAlgorithm),
            (head("ES256", "es256"), Flaw::ForeignAlgorithm),
            (head("shaken", "div"), Flaw::NotShaken),
            (head("passport", "jwt"), Flaw::Malformed),
            (head("{", r#"{"crit":["x"],"#), Flaw::Malformed),
            (head("{", r#"{"alg":"none","#), Flaw::Malformed),
            (head("x5u", "x5c"), Flaw::Malformed),
            (claims("\"A\"", "\"D\""), Flaw::Malformed),
            (claims("7", "\"7\""), Flaw::Malformed),
            (claims("7", "-7"), Flaw::Malformed),
            (claims("7", "7e400"), Flaw::Malformed),
            (claims("\"u\"", "\"\""), Flaw::Malformed),
            (claims("\"tn\":\"+65 9123\"", "\"uri\":\"sip:a@b\""), Flaw::Malformed),
            (claims("+65 9123", "Ann"), Flaw::Malformed),
            (claims("{\"attest", "{\"attest\":\"B\",\"attest"), Flaw::Malformed),
            (format!("..{}", URL_SAFE_NO_PAD.encode([7; 64])), Flaw::CompactForm),
            (token(HEAD, &token(HEAD, CLAIMS)), Flaw::Malformed),
            (token(HEAD, &"[".repeat(2_000)), Flaw::Malformed),
            (token(HEAD, CLAIMS).replace('.', ".."), Flaw::Malformed),
            (token(HEAD, CLAIMS)[..60].to_owned(), Flaw::Malformed),
            (format!("{}=", token(HEAD, CLAIMS)), Flaw::Malformed),
            (format!("{}AA", token(HEAD, CLAIMS)), Flaw::Malformed),
        ];
        for (token, flaw) in cases {
            assert_eq!(Passport::read(&token), Err(flaw), "{token}");
        }
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(head in ".{0,80}", claims in ".{0,80}", raw in "[-_.=a-zA-Z0-9é]{0,80}") {
            let _ = (Passport::read(&token(&head, &claims)), Passport::read(&raw));
        }

        #[test]
        fn a_cut_token_is_never_read(cut in 0..300_usize) {
            let whole = token(HEAD, CLAIMS);
            prop_assert!(Passport::read(&whole[..cut.min(whole.len() - 1)]).is_err());
        }
    }
}
