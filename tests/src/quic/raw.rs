//! A client that says what no proper one would: bytes, halves of messages, too much and too early.

use std::net::Ipv4Addr;
use std::sync::Arc;

use cabrank_wire::client::Proof;
use cabrank_wire::v1::{Echo, FromGateway, FromLoad, Hello, ToGateway, Welcome, from_load, to_gateway};
use cabrank_wire::{ALPN, Code, Fingerprint, Frames, framed};
use prost::Message;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ClientConfig, Connection, ConnectionError, Endpoint, RecvStream, SendStream, TransportConfig, VarInt};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use super::soon;
use crate::scene::Scene;

/// A client's certificate.
pub struct Certificate {
    /// As a configuration names it.
    pub fingerprint: String,
    chain: CertificateDer<'static>,
    key: Vec<u8>,
}

/// One that was just made.
pub fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["pbx2".to_owned()]).expect("a certificate");
    let chain = made.cert.der().clone();
    Certificate { fingerprint: Fingerprint::of(&chain).to_string(), chain, key: made.signing_key.serialize_der() }
}

impl Certificate {
    /// As a client shows it.
    pub fn proof(&self) -> Proof {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.clone()));
        Proof::Certificate { chain: vec![self.chain.clone()], key }
    }
}

/// A connection and its session's stream.
pub struct Raw {
    endpoint: Endpoint,
    connection: Connection,
    session: Option<(SendStream, RecvStream)>,
}

impl Raw {
    /// A connection to the engine.
    pub async fn connect(scene: &Scene) -> Raw {
        Raw::connect_with(scene, TransportConfig::default()).await
    }

    /// One that has room for little to be sent to it.
    pub async fn connect_reading_little(scene: &Scene) -> Raw {
        let mut transport = TransportConfig::default();
        transport.stream_receive_window(VarInt::from_u32(2_048)).receive_window(VarInt::from_u32(4_096));
        Raw::connect_with(scene, transport).await
    }

    async fn connect_with(scene: &Scene, transport: TransportConfig) -> Raw {
        let endpoint = endpoint(transport, false);
        let address = scene.engine.quic().address;
        let connecting = endpoint.connect(address, "cabrank").expect("an address");
        let connection = soon("a connection", connecting).await.expect("a connection");
        Raw { endpoint, connection, session: None }
    }

    /// Says who it is.
    pub async fn hello(&mut self, hello: &Hello) -> Option<Welcome> {
        let (mut send, mut recv) = self.connection.open_bi().await.ok()?;
        send.write_all(&framed(hello)).await.ok()?;
        let welcome = next::<Welcome>(&mut recv).await;
        self.session = Some((send, recv));
        welcome
    }

    /// The first answer on a stream whose first message is this one.
    pub async fn call(&mut self, message: FromGateway) -> Option<to_gateway::Message> {
        let (mut send, mut recv) = self.connection.open_bi().await.ok()?;
        send.write_all(&framed(&message)).await.ok()?;
        next::<ToGateway>(&mut recv).await?.message
    }

    /// How a stream ends on which these bytes are said, and no more.
    pub async fn stream_ends_with(&mut self, bytes: &[u8]) -> Option<Code> {
        let (mut send, mut recv) = self.connection.open_bi().await.expect("a stream");
        send.write_all(bytes).await.expect("room for a few bytes");
        let _ = send.finish();
        loop {
            match soon("the stream to end", recv.read_chunk(1_024, true)).await {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(quinn::ReadError::Reset(code)) => return Code::from_number(code.into_inner()),
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// How the connection ends whose session begins with these bytes.
    pub async fn session_ends_with(&mut self, bytes: &[u8]) -> Option<Code> {
        let (mut send, _recv) = self.connection.open_bi().await.expect("a stream");
        send.write_all(bytes).await.expect("room for a few bytes");
        closed(&self.connection).await
    }

    /// Has much said back and reads nothing of it; how that ends.
    pub async fn echoes_without_reading(&mut self) -> Option<Code> {
        let (send, _recv) = self.session.as_mut().expect("a session");
        let echo = from_load::Message::Echo(Echo { payload: vec![7; 4_096] });
        let echo = framed(&FromLoad { message: Some(echo) });
        while send.write_all(&echo).await.is_ok() {}
        closed(&self.connection).await
    }

    /// Comes twice, and the second time says everything before the handshake is over. Whether the engine would not have it.
    pub async fn tries_early_data(scene: &Scene) -> bool {
        let endpoint = endpoint(TransportConfig::default(), true);
        let address = scene.engine.quic().address;
        let first = endpoint.connect(address, "cabrank").expect("an address").await.expect("a connection");
        let mut first = Raw { endpoint, connection: first, session: None };
        first.hello(&Hello::default()).await;
        first.connection.close(VarInt::from_u32(0), &[]);
        match first.endpoint.connect(address, "cabrank").expect("an address").into_0rtt() {
            // There was no leave to try it.
            Err(_) => true,
            Ok((_connection, accepted)) => !accepted.await,
        }
    }
}

async fn closed(connection: &Connection) -> Option<Code> {
    let end = soon("the connection to end", connection.closed()).await;
    let ConnectionError::ApplicationClosed(closed) = end else { panic!("{end}") };
    Code::from_number(closed.error_code.into_inner())
}

async fn next<M: Message + Default>(recv: &mut RecvStream) -> Option<M> {
    let mut frames = Frames::default();
    loop {
        if let Some(message) = frames.message().expect("a message") {
            return Some(message);
        }
        let chunk = soon("an answer", recv.read_chunk(1_024, true)).await.ok()??;
        frames.take(&chunk.bytes);
    }
}

fn endpoint(transport: TransportConfig, early: bool) -> Endpoint {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
    let tls = tls.expect("TLS 1.3").dangerous().with_custom_certificate_verifier(Arc::new(Anybody));
    let mut tls = tls.with_no_client_auth();
    tls.alpn_protocols = vec![ALPN.to_vec()];
    tls.enable_early_data = early;
    let mut config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).expect("a cipher to start with")));
    config.transport_config(Arc::new(transport));
    let mut endpoint = Endpoint::client((Ipv4Addr::UNSPECIFIED, 0).into()).expect("a socket");
    endpoint.set_default_client_config(config);
    endpoint
}

/// The tests know whom they have started.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
