//! An engine that does what a test says, message by message.

use bytes::Bytes;
use cabrank_wire::client::{Call, Gateway, Identity, Order, Target};
use cabrank_wire::v1::to_gateway::Message as Told;
use cabrank_wire::v1::{FromGateway, Hello, Offer, Offered, ToGateway, Welcome, from_gateway};
use cabrank_wire::{ALPN, Code, Fingerprint, Frames, framed};
use prost::Message;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, RecvStream, SendStream, ServerConfig, TransportConfig};
use rustls::DigitallySignedStruct;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const CALL: u64 = 0x2a;

/// A gateway, its guest at the engine, and a call that the engine has.
pub(crate) async fn offered(fake: &Fake) -> (Gateway, Guest, Call, Line) {
    offered_to(fake, fake.target()).await
}

pub(crate) async fn offered_to(fake: &Fake, target: Target) -> (Gateway, Guest, Call, Line) {
    let (gateway, guest) = tokio::join!(Gateway::connect(target, pbx()), fake.welcomed());
    let gateway = gateway.unwrap();
    let (call, line) = one_more(&gateway, &guest, CALL).await;
    (gateway, guest, call, line)
}

pub(crate) async fn one_more(gateway: &Gateway, guest: &Guest, id: u64) -> (Call, Line) {
    let mut call = gateway.offer(Offer { line: "taxi".into(), caller: "alice".into(), ..Offer::default() }).await.unwrap();
    let (mut line, _) = guest.call().await;
    line.takes(id).await;
    assert_eq!(call.next().await.unwrap(), Some(Order::Offered { call: id, name: None }));
    (call, line)
}

/// A made-up session.
pub(crate) const SESSION: &[u8] = b"session";

pub(crate) struct Fake {
    endpoint: Endpoint,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Fake {
    /// Listens on a free port of the loopback, with a certificate made for it.
    pub(crate) fn start() -> Fake {
        Fake::start_with(|_| {})
    }

    pub(crate) fn start_with(tune: impl FnOnce(&mut TransportConfig)) -> Fake {
        let made = rcgen::generate_simple_self_signed(["cabrank".into()]).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut crypto = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_client_cert_verifier(Arc::new(AnyCertificate))
            .with_single_cert(vec![made.cert.der().clone()], made.signing_key.into())
            .unwrap();
        crypto.alpn_protocols = vec![ALPN.to_vec()];
        let mut config = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(crypto).unwrap()));
        let mut transport = TransportConfig::default();
        tune(&mut transport);
        config.transport_config(Arc::new(transport));
        let endpoint = Endpoint::server(config, (Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Fake { endpoint, certificate: made.cert.der().clone() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint.local_addr().unwrap()
    }

    /// Hears and says nothing any more where its clients know it to be.
    pub(crate) fn vanish(&self) {
        self.endpoint.rebind(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).unwrap();
    }

    pub(crate) fn target(&self) -> Target {
        Target::pinned(self.address(), Fingerprint::of(&self.certificate))
    }

    /// The next client, who has said hello and waits.
    pub(crate) async fn guest(&self) -> Guest {
        let connection = soon(self.endpoint.accept()).await.unwrap().await.unwrap();
        let mut session = Line::of(soon(connection.accept_bi()).await.unwrap());
        let hello = session.hears().await.unwrap();
        Guest { connection, session, hello }
    }

    /// The next client, with whom the handshake fails.
    pub(crate) async fn refused(&self) {
        assert!(soon(self.endpoint.accept()).await.unwrap().await.is_err());
    }

    /// The next client, who is not even heard.
    pub(crate) async fn turns_away(&self) {
        soon(self.endpoint.accept()).await.unwrap().refuse();
    }

    /// The next client, let in with a new session.
    pub(crate) async fn welcomed(&self) -> Guest {
        let mut guest = self.guest().await;
        guest.welcome(false).await;
        guest
    }
}

/// A client that does not do its part is not waited for.
async fn soon<T>(wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("the client to do its part")
}

pub(crate) fn pbx() -> Identity {
    Identity::with_token("pbx", "secret")
}

pub(crate) struct Guest {
    pub(crate) connection: Connection,
    pub(crate) session: Line,
    pub(crate) hello: Hello,
}

impl Guest {
    pub(crate) async fn welcome(&mut self, resumed: bool) {
        let welcome =
            Welcome { session: SESSION.into(), resumed, resume_for_ms: 10_000, desk: "taxi".into(), engine: "0".into() };
        self.session.says(&welcome).await;
    }

    /// The next stream that the client opens, with its first message.
    pub(crate) async fn call(&self) -> (Line, from_gateway::Message) {
        let mut line = Line::of(soon(self.connection.accept_bi()).await.unwrap());
        let first = line.heard().await.unwrap();
        (line, first)
    }

    /// A stream for a caller to be called back.
    pub(crate) async fn opens(&self) -> Line {
        Line::of(self.connection.open_bi().await.unwrap())
    }

    pub(crate) fn close(&self, code: Code) {
        self.connection.close(code.varint(), b"");
    }
}

/// A stream.
pub(crate) struct Line {
    pub(crate) send: SendStream,
    pub(crate) receive: RecvStream,
    frames: Frames,
}

impl Line {
    pub(crate) fn of((send, receive): (SendStream, RecvStream)) -> Line {
        Line { send, receive, frames: Frames::default() }
    }

    pub(crate) async fn says(&mut self, message: &impl Message) {
        self.send.write_chunk(framed(message)).await.unwrap();
    }

    pub(crate) async fn tells(&mut self, told: Told) {
        self.says(&ToGateway { message: Some(told) }).await;
    }

    pub(crate) async fn takes(&mut self, call: u64) {
        self.tells(Told::Offered(Offered { call, ..Offered::default() })).await;
    }

    /// Sends these bytes by themselves: with a pause, so that they come alone.
    pub(crate) async fn sends(&mut self, bytes: &[u8]) {
        self.send.write_chunk(Bytes::copy_from_slice(bytes)).await.unwrap();
        tokio::task::yield_now().await;
    }

    pub(crate) async fn hears<M: Message + Default>(&mut self) -> Option<M> {
        loop {
            if let Some(message) = self.frames.message().unwrap() {
                return Some(message);
            }
            let chunk = soon(self.receive.read_chunk(usize::MAX, true)).await.ok()??;
            self.frames.take_chunk(chunk.bytes);
        }
    }

    /// What the gateway says next about its call.
    pub(crate) async fn heard(&mut self) -> Option<from_gateway::Message> {
        self.hears::<FromGateway>().await?.message
    }
}

/// Lets every client in that has the key of its certificate, or none.
#[derive(Debug)]
struct AnyCertificate;

impl ClientCertVerifier for AnyCertificate {
    fn root_hint_subjects(&self) -> &[rustls::DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("QUIC has TLS 1.3".into()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
