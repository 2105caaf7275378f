//! Verification, step by step.

use crate::call::Call;
use crate::certificate::{Roots, RootsUnreadable};
use crate::fetch::Fetcher;
use crate::header;
use crate::passport::Passport;
use crate::replay::{Seen, mark};
use crate::settings::Settings;
use crate::shelf::Shelf;
use crate::source::Sources;
use cabrank_core::{Attestation, Flaw};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Signatures remembered at once: a minute, either way, of two thousand calls a second.
const SEEN_MAX: usize = 262_144;

/// Verifies signatures.
#[derive(Debug)]
pub struct Verifier {
    roots: Roots,
    sources: Sources,
    freshness_s: u64,
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

/// Why nothing can be verified.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// No HTTP client could be made.
    #[error("no HTTP client to fetch certificates with: {0}; is a set of root certificates (ca-certificates) installed?")]
    Client(#[from] reqwest::Error),
    /// An authority is none.
    #[error("among the authorities of [trust], {0}")]
    Roots(#[from] RootsUnreadable),
}

impl Verifier {
    /// A verifier with nothing on its shelf.
    ///
    /// # Errors
    /// [`NotStarted`].
    pub fn new(settings: Settings) -> Result<Verifier, NotStarted> {
        let fetcher = Fetcher::new(settings.source_roots.as_deref(), settings.fetch_within)?;
        let shelf = Shelf::new(settings.certificates_max, settings.keep_certificates_s);
        let (roots, freshness_s) = (Roots::new(&settings.roots)?, settings.freshness_s);
        let seen = Mutex::new(Seen::new(SEEN_MAX));
        Ok(Verifier { roots, sources: settings.sources, freshness_s, fetcher, shelf, seen })
    }

    /// What these Identity headers prove of this call; `now_s` is in seconds since 1970. It takes as long as fetching a certificate
    /// may, and costs no more than a signature's verification where the certificate is here. The same signature proves
    /// something once.
    ///
    /// # Errors
    /// The first [`Flaw`], in the order that the crate's documentation gives.
    pub async fn verify(&self, headers: &[String], call: &Call, now_s: u64) -> Result<Verified, Flaw> {
        let passport = passport(headers)?;
        passport.fits(call, now_s, self.freshness_s)?;
        let address = self.sources.address(&passport.x5u)?;
        let mark = mark(passport.signed());
        if self.seen().has(&mark) {
            return Err(Flaw::Replayed);
        }
        let kept = self.shelf.chain(&address, now_s, async |address| self.fetcher.fetch(address).await).await?;
        kept.leads_to(&self.roots, now_s)?;
        kept.chain.may_sign_for(&passport.origin)?;
        kept.chain.signed(passport.signed(), passport.signature())?;
        let until_s = passport.issued_at.saturating_add(self.freshness_s);
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
