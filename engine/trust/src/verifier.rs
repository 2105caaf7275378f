//! Verification, step by step.

use crate::call::Call;
use crate::fetch::Fetcher;
use crate::header;
use crate::passport::Passport;
use crate::replay::{Seen, mark};
use crate::settings::Settings;
use crate::shelf::Shelf;
use cabrank_core::{Attestation, Flaw};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Signatures remembered at once: a minute, either way, of two thousand calls a second.
const SEEN_MAX: usize = 262_144;

/// Verifies signatures.
#[derive(Debug)]
pub struct Verifier {
    settings: Settings,
    fetcher: Fetcher,
    shelf: Shelf,
    seen: Mutex<Seen>,
}

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How sure the provider is.
    pub attestation: Attestation,
    /// The number it signed for, digits only.
    pub origin: String,
}

/// No HTTP client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client to fetch certificates with: {0}; is a set of root certificates (ca-certificates) installed?")]
pub struct NotStarted(#[from] reqwest::Error);

impl Verifier {
    /// A verifier with nothing on its shelf.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub fn new(settings: Settings) -> Result<Verifier, NotStarted> {
        let fetcher = Fetcher::new(settings.source_roots.as_deref(), settings.fetch_within)?;
        let shelf = Shelf::new(settings.certificates_max, settings.keep_certificates_s);
        Ok(Verifier { settings, fetcher, shelf, seen: Mutex::new(Seen::new(SEEN_MAX)) })
    }

    /// What these Identity headers prove of this call; `now_s` is in seconds since 1970. It takes as long as fetching a certificate
    /// may, and costs no more than a signature's verification where the certificate is here. The same signature proves
    /// something once.
    ///
    /// # Errors
    /// The first [`Flaw`], in the order that the crate's documentation gives.
    pub async fn verify(&self, headers: &[String], call: &Call, now_s: u64) -> Result<Verified, Flaw> {
        let passport = passport(headers)?;
        passport.fits(call, now_s, self.settings.freshness_s)?;
        let address = self.settings.sources.address(&passport.x5u)?;
        let mark = mark(passport.signed());
        if self.seen().has(&mark) {
            return Err(Flaw::Replayed);
        }
        let kept = self.shelf.chain(&address, now_s, async |address| self.fetcher.fetch(address).await).await?;
        kept.leads_to(&self.settings.roots, now_s)?;
        kept.chain.may_sign_for(&passport.origin)?;
        kept.chain.signed(passport.signed(), passport.signature())?;
        let until_s = passport.issued_at.saturating_add(self.settings.freshness_s);
        if self.seen().remember(mark, until_s, now_s) {
            Ok(Verified { attestation: passport.attestation, origin: passport.origin })
        } else {
            Err(Flaw::Replayed)
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The token of the header that says who calls; both say the same of where the certificate lies.
fn passport(headers: &[String]) -> Result<Passport, Flaw> {
    let identity = header::pick(headers)?;
    let passport = Passport::read(identity.token)?;
    if passport.x5u == identity.info { Ok(passport) } else { Err(Flaw::Malformed) }
}
