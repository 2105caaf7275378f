//! Where the engine is, by what it is known, and who comes to it.

use crate::Fingerprint;
use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// How long a connection may be silent if nobody says otherwise.
pub const SILENCE_MAX: Duration = Duration::from_secs(15);

/// The name said in the handshake where the certificate is known by its fingerprint, and the name means nothing.
const ANY_NAME: &str = "cabrank";

/// An engine to connect to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it is called in the handshake, and in its certificate where [`Trust::Roots`] decides.
    pub server_name: String,
    /// Which certificate is believed.
    pub trust: Trust,
    /// Silence after which the connection counts as lost ([`SILENCE_MAX`] is a good one). The engine has its own; the
    /// shorter one counts. The client lets itself be heard five times as often.
    pub silence_max: Duration,
}

impl Target {
    /// The engine at this address with the certificate of this fingerprint, as it prints both at its start.
    pub fn pinned(address: SocketAddr, fingerprint: Fingerprint) -> Target {
        Target { address, server_name: ANY_NAME.into(), trust: Trust::Fingerprint(fingerprint), silence_max: SILENCE_MAX }
    }
}

/// Which certificate of an engine is believed.
#[derive(Clone, Debug)]
pub enum Trust {
    /// The one with this fingerprint, whoever signed it and whatever it says.
    Fingerprint(Fingerprint),
    /// One with the server's name that leads back to one of these.
    Roots(RootCertStore),
}

impl Trust {
    /// Believes what the certificates of a PEM file signed.
    ///
    /// # Errors
    /// The file cannot be read, or holds no usable certificate.
    pub fn roots_from_pem_file(path: impl AsRef<Path>) -> Result<Trust, pem::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>()?);
        if roots.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(Trust::Roots(roots)) }
    }
}

/// Who comes, and how that is proved. The role goes without saying: it is the kind of client.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The name under `[[quic.peer]]`; an agent's own name.
    pub name: String,
    /// How it is proved.
    pub proof: Proof,
    /// What the client calls itself, for the engine's log (`asterisk-bridge/1.2`); may be empty.
    pub software: String,
}

impl Identity {
    /// One known by a token: a peer's, or an agent's password.
    pub fn with_token(name: impl Into<String>, token: impl Into<String>) -> Identity {
        Identity { name: name.into(), proof: Proof::Token(token.into()), software: String::new() }
    }
}

/// How a client proves who it is.
pub enum Proof {
    /// By a secret that the engine knows, too.
    Token(String),
    /// By a certificate whose fingerprint the engine knows.
    Certificate {
        /// The client's own first, then those that signed it, if any.
        chain: Vec<CertificateDer<'static>>,
        /// Its key.
        key: PrivateKeyDer<'static>,
    },
}

impl Proof {
    /// A certificate and its key out of PEM files.
    ///
    /// # Errors
    /// One cannot be read, or does not hold what it should.
    pub fn from_pem_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Proof, pem::Error> {
        let chain = CertificateDer::pem_file_iter(chain)?.collect::<Result<Vec<_>, _>>()?;
        Ok(Proof::Certificate { chain, key: PrivateKeyDer::from_pem_file(key)? })
    }

    /// What `Hello` says of it.
    pub(super) fn token(&self) -> &str {
        match self {
            Proof::Token(token) => token,
            Proof::Certificate { .. } => "",
        }
    }
}

impl Clone for Proof {
    fn clone(&self) -> Proof {
        match self {
            Proof::Token(token) => Proof::Token(token.clone()),
            Proof::Certificate { chain, key } => Proof::Certificate { chain: chain.clone(), key: key.clone_key() },
        }
    }
}

/// Without the secret.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Proof::Token(_) => "Token",
            Proof::Certificate { .. } => "Certificate",
        })
    }
}
