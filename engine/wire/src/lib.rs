//! Cabrank over QUIC: the messages of `engine/proto/cabrank.proto`, how they stand on a stream, and a client.
//!
//! The schema's own comments say what each message means; [`v1`] holds them as Rust types.

mod certificate;
pub mod client;
mod code;
mod frames;

pub use certificate::{Fingerprint, NoFingerprint};
pub use code::Code;
pub use frames::{Frames, MESSAGE_BYTES_MAX, Unreadable, framed};

/// Version 1 of the messages.
#[allow(missing_docs, clippy::all, clippy::wildcard_enum_match_arm, rustdoc::all, unreachable_pub)]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/cabrank.v1.rs"));
}

/// What both sides say in the TLS handshake (RFC 7301): the protocol and its version.
pub const ALPN: &[u8] = b"cabrank/1";
