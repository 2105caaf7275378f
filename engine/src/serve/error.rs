//! Why an engine did not start.

use super::RecoveryError;
use super::sip_settings::AddressUnreadable;
use crate::dispatch::WebhookError;
use crate::edge::{quic, sip};
use crate::house::PromptMissing;
use crate::media::{self, LibraryError};
use crate::store::StoreError;
use crate::vault::VaultError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be made.
    #[error("cannot make the data directory {}: {error}; name another with --data", .path.display())]
    Data {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The desk cannot go on from its journal.
    #[error("the desk cannot go on: {0}")]
    Recovery(#[from] RecoveryError),
    /// Who callers are cannot be told.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The example profiles cannot be taken.
    #[error("the example profiles cannot be taken: {0}")]
    Profiles(String),
    /// A prompt file is none.
    #[error("the prompts cannot be used: {0}")]
    Prompts(#[from] LibraryError),
    /// A prompt is missing.
    #[error(transparent)]
    PromptMissing(#[from] PromptMissing),
    /// A fulfilment service cannot be set up.
    #[error("a fulfilment service cannot be set up: {0}")]
    Dispatch(#[from] WebhookError),
    /// Media cannot start.
    #[error(transparent)]
    Media(#[from] media::StartError),
    /// SIP cannot start.
    #[error(transparent)]
    Sip(#[from] sip::StartFault),
    /// QUIC cannot start.
    #[error(transparent)]
    Quic(#[from] quic::StartFault),
    /// An agent or a trunk cannot be called.
    #[error(transparent)]
    Address(#[from] AddressUnreadable),
    /// HTTP cannot listen.
    #[error("HTTP cannot listen on {addr}: {error}; name another address in [http] listen")]
    Http {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The system refuses a thread or a file.
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
}
