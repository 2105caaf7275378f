//! The engine's own certificate: from files, or made at the first start.

use super::settings::CertificateSource;
use cabrank_wire::Fingerprint;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Names that a certificate made here is for. Clients pin its fingerprint; the names are for those that insist on one.
const NAMES: [&str; 4] = ["cabrank", "localhost", "127.0.0.1", "::1"];

/// A certificate and its key.
pub(super) struct Certificate {
    /// Our own first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// The key of the first.
    pub(super) key: PrivateKeyDer<'static>,
    /// Of the first.
    pub(super) fingerprint: Fingerprint,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    /// A file holds none, or cannot be read.
    #[error("{} cannot be used: {why}; it has to hold {wanted} in PEM", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What should be in it.
        wanted: &'static str,
        /// What the reader said.
        why: String,
    },
    /// None could be made.
    #[error("a certificate could not be made: {0}")]
    Making(#[from] rcgen::Error),
    /// What was made could not be kept.
    #[error("{} cannot be written: {error}", .path.display())]
    Keeping {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Certificate {
    /// Reads it, or makes it where it is to be made and none is there.
    ///
    /// # Errors
    /// [`CertificateFault`].
    pub(super) fn open(source: &CertificateSource) -> Result<Certificate, CertificateFault> {
        match source {
            CertificateSource::Files { chain, key } => read(chain, key),
            CertificateSource::Made(dir) => {
                let (chain, key) = (dir.join("quic.pem"), dir.join("quic.key"));
                if !(chain.exists() && key.exists()) {
                    make(&chain, &key)?;
                }
                read(&chain, &key)
            }
        }
    }
}

fn read(chain: &Path, key: &Path) -> Result<Certificate, CertificateFault> {
    let unread = |path: &Path, wanted, why: String| CertificateFault::File { path: path.to_owned(), wanted, why };
    let wanted = "a certificate chain";
    let certificates = CertificateDer::pem_file_iter(chain).and_then(Iterator::collect);
    let certificates: Vec<_> = certificates.map_err(|error| unread(chain, wanted, error.to_string()))?;
    let Some(own) = certificates.first() else { return Err(unread(chain, wanted, "there is none".into())) };
    let fingerprint = Fingerprint::of(own);
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, "a private key", error.to_string()))?;
    Ok(Certificate { chain: certificates, key, fingerprint })
}

/// The key first: a certificate whose key was not kept would be of no use.
fn make(chain: &Path, key: &Path) -> Result<(), CertificateFault> {
    let made = rcgen::generate_simple_self_signed(NAMES.map(str::to_owned))?;
    keep(key, &made.signing_key.serialize_pem(), 0o600)?;
    keep(chain, &made.cert.pem(), 0o600)
}

fn keep(path: &Path, text: &str, mode: u32) -> Result<(), CertificateFault> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| CertificateFault::Keeping { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::{Certificate, CertificateFault, CertificateSource};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn it_is_made_once_and_its_key_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let source = CertificateSource::Made(dir.path().to_owned());
        let fingerprint = Certificate::open(&source).unwrap().fingerprint;
        assert_eq!(Certificate::open(&source).unwrap().fingerprint, fingerprint);
        let mode = std::fs::metadata(dir.path().join("quic.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (chain, key) = (dir.path().join("c.pem"), dir.path().join("k.pem"));
        std::fs::write(&chain, "nothing").unwrap();
        let fault = Certificate::open(&CertificateSource::Files { chain: chain.clone(), key }).err().unwrap();
        assert!(matches!(&fault, CertificateFault::File { path, .. } if *path == chain), "{fault}");
    }
}
