//! TLS and transport: what is agreed upon before the first message.

use super::certificate::Certificate;
use super::settings::QuicLimits;
use cabrank_wire::ALPN;
use quinn::crypto::rustls::{NoInitialCipherSuite, QuicServerConfig};
use quinn::{IdleTimeout, ServerConfig, TransportConfig, VarInt};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use std::sync::Arc;

/// Bytes of one stream that may lie unread: half a message of the longest kind, and hundreds of usual ones.
const STREAM_WINDOW: u32 = 32 * 1024;
/// Bytes of one connection that may lie unread.
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Bytes of one connection that may be sent and not acknowledged.
const SEND_WINDOW: u64 = 1024 * 1024;
/// Bytes of datagrams that may wait to leave; older ones make room.
const DATAGRAMS_BYTES_MAX: usize = 64 * 1024;
/// Bytes of datagrams that clients may send: none is ever read, but who takes none may send none.
const UNREAD_DATAGRAMS_BYTES_MAX: usize = 1_024;
/// Streams beyond the calls: the session, and offers that are refused rather than held up.
const STREAMS_BESIDES: usize = 256;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// The certificate and its key do not fit, or cannot be used.
    #[error("certificate and key cannot be used together: {0}")]
    Certificate(#[from] Error),
    /// The library lacks what QUIC starts with.
    #[error("TLS lacks what QUIC starts with: {0}")]
    Cipher(#[from] NoInitialCipherSuite),
}

/// What the endpoint serves with. Of early data (0-RTT) nothing is ever taken.
///
/// # Errors
/// [`TlsFault`].
pub(super) fn server(certificate: Certificate, limits: &QuicLimits) -> Result<ServerConfig, TlsFault> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Arc::new(AnyCertificate(provider.signature_verification_algorithms));
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificate.chain, certificate.key)?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    tls.max_early_data_size = 0;
    let mut server = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls)?));
    server.transport_config(Arc::new(transport(limits))).migration(true).max_incoming(limits.sessions_max);
    Ok(server)
}

/// A connection holds [`CONNECTION_WINDOW`] unread and [`SEND_WINDOW`] unacknowledged at the most; what its streams have heard of a
/// message and not the rest, and what they have still to say, is bounded where they are served.
fn transport(limits: &QuicLimits) -> TransportConfig {
    let streams = u32::try_from(limits.calls_max.saturating_add(STREAMS_BESIDES)).unwrap_or(u32::MAX);
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(streams))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .max_idle_timeout(IdleTimeout::try_from(limits.idle_timeout).ok())
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(CONNECTION_WINDOW))
        .send_window(SEND_WINDOW)
        .send_fairness(false)
        .datagram_receive_buffer_size(Some(UNREAD_DATAGRAMS_BYTES_MAX))
        .datagram_send_buffer_size(DATAGRAMS_BYTES_MAX);
    transport
}

/// Takes whatever certificate a client has, if the client has its key: whose it is, its fingerprint says later. A client needs none.
#[derive(Debug)]
struct AnyCertificate(WebPkiSupportedAlgorithms);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
