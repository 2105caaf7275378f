//! What verification goes by.

use crate::source::Sources;
use rustls_pki_types::CertificateDer;
use std::time::Duration;

/// What verification goes by. Checked already.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The authorities whose word counts; at least one.
    pub roots: Vec<CertificateDer<'static>>,
    /// From where certificates may be fetched.
    pub sources: Sources,
    /// The authorities behind the hosts they are fetched from; those of this machine if none is named.
    pub source_roots: Option<Vec<CertificateDer<'static>>>,
    /// How far the time of signing may lie from now, either way, in seconds.
    pub freshness_s: u64,
    /// How long a call waits for the verdict.
    pub verify_within: Duration,
    /// How long fetching a certificate may take; the next call may need it even if this one no longer waits.
    pub fetch_within: Duration,
    /// Certificates kept at once.
    pub certificates_max: usize,
    /// How long one is kept before it is fetched anew, in seconds.
    pub keep_certificates_s: u64,
}
