//! What a configuration refers to outside of itself: prompts and secret files.

use crate::Secret;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What a configuration may refer to. The real thing is [`OnDisk`]; the embedded default and tests bring their own.
pub trait Surroundings {
    /// Whether there is that prompt in that language; the error says where it was looked for.
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String>;

    /// The content of a secret file; a relative path starts where the configuration lies.
    fn secret(&self, path: &str) -> io::Result<String>;

    /// The authorities in a file of certificates, at least one; a relative path starts where the configuration lies.
    fn certificates(&self, path: &str) -> io::Result<Vec<CertificateDer<'static>>>;
}

/// Longest file of certificates taken, in bytes.
const CERTIFICATES_LENGTH_MAX: u64 = 1 << 20;

/// The authorities in a PEM text.
///
/// # Errors
/// There is none, or one that cannot be an authority; the error says which.
pub fn authorities(pem: &[u8]) -> io::Result<Vec<CertificateDer<'static>>> {
    let wrong = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|error| wrong(format!("it is no PEM: {error}")))?;
    for (at, certificate) in all.iter().enumerate() {
        let anchor = webpki::anchor_from_trusted_cert(certificate);
        anchor.map_err(|error| wrong(format!("certificate {} is none of an authority: {error}", at + 1)))?;
    }
    if all.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(all) }
}

/// The directory that a configuration file lies in: `prompts/<language>/<name>.wav` and secret files.
#[derive(Clone, Debug)]
pub struct OnDisk {
    dir: PathBuf,
}

impl OnDisk {
    /// The surroundings of that configuration file.
    pub fn beside(config_file: &Path) -> OnDisk {
        OnDisk { dir: config_file.parent().map(Path::to_path_buf).unwrap_or_default() }
    }
}

impl Surroundings for OnDisk {
    fn find_prompt(&self, language: &str, name: &str) -> Result<(), String> {
        let file = self.dir.join("prompts").join(language).join(format!("{name}.wav"));
        if file.is_file() { Ok(()) } else { Err(file.display().to_string()) }
    }

    fn secret(&self, path: &str) -> io::Result<String> {
        let length_max = (Secret::LENGTH_MAX + 3) as u64; // room for a line's end, and for being seen to be too long
        let mut text = String::new();
        File::open(self.dir.join(path))?.take(length_max).read_to_string(&mut text)?;
        Ok(text)
    }

    fn certificates(&self, path: &str) -> io::Result<Vec<CertificateDer<'static>>> {
        let mut pem = Vec::new();
        File::open(self.dir.join(path))?.take(CERTIFICATES_LENGTH_MAX).read_to_end(&mut pem)?;
        authorities(&pem)
    }
}
