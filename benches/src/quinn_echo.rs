//! Quinn with nothing behind it: a server that sends back what it gets, with the certificate of the engine it is compared with.

use quinn::rustls::RootCertStore;
use quinn::rustls::pki_types::pem::PemObject;
use quinn::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use quinn::{ClientConfig, Connection, Endpoint, Incoming, RecvStream, SendStream, ServerConfig};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// As much as is read at once.
const CHUNK: usize = 4_096;

/// The server, on a runtime of its own like the engine's.
pub struct QuinnEcho {
    endpoint: Endpoint,
    address: SocketAddr,
    certificate: CertificateDer<'static>,
    /// Ends what still runs on it when this goes.
    _runtime: Runtime,
}

/// A client that is connected, and one stream that stays open.
pub struct QuinnClient {
    connection: Connection,
    lasting: (SendStream, RecvStream),
    _endpoint: Endpoint,
}

impl QuinnEcho {
    /// Starts one with this certificate and key.
    pub fn start([certificate, key]: [&Path; 2]) -> QuinnEcho {
        let certificate = CertificateDer::from_pem_file(certificate).expect("a certificate");
        let key = PrivateKeyDer::from_pem_file(key).expect("a key");
        let config = ServerConfig::with_single_cert(vec![certificate.clone()], key).expect("they fit");
        let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let endpoint = {
            let _entered = runtime.enter();
            Endpoint::server(config, (Ipv4Addr::LOCALHOST, 0).into()).expect("a port is free")
        };
        let address = endpoint.local_addr().expect("it has an address");
        runtime.spawn(serve(endpoint.clone()));
        QuinnEcho { endpoint, address, certificate, _runtime: runtime }
    }

    /// Connects to it.
    pub async fn client(&self) -> QuinnClient {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate that can be trusted");
        let config = ClientConfig::with_root_certificates(Arc::new(roots)).expect("it can be used");
        let mut endpoint = Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).expect("a port is free");
        endpoint.set_default_client_config(config);
        let connection = endpoint.connect(self.address, "localhost").expect("an address").await.expect("it is there");
        let lasting = connection.open_bi().await.expect("a stream");
        QuinnClient { connection, lasting, _endpoint: endpoint }
    }
}

impl Drop for QuinnEcho {
    fn drop(&mut self) {
        self.endpoint.close(0_u32.into(), b"");
    }
}

impl QuinnClient {
    /// There and back on a stream that stays open.
    pub async fn echo(&mut self, payload: &[u8]) {
        let (send, receive) = &mut self.lasting;
        there_and_back(send, receive, payload).await;
    }

    /// There and back on a stream of its own, which the caller ends.
    pub async fn echo_on_a_stream(&self, payload: &[u8]) -> SendStream {
        let (mut send, mut receive) = self.connection.open_bi().await.expect("a stream");
        there_and_back(&mut send, &mut receive, payload).await;
        send
    }
}

async fn there_and_back(send: &mut SendStream, receive: &mut RecvStream, payload: &[u8]) {
    send.write_all(payload).await.expect("it is taken");
    let mut left = payload.len();
    while left > 0 {
        left -= receive.read_chunk(left, true).await.expect("the stream goes on").map_or(0, |chunk| chunk.bytes.len());
    }
}

async fn serve(endpoint: Endpoint) {
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(serve_client(incoming));
    }
}

async fn serve_client(incoming: Incoming) {
    let Ok(connection) = incoming.await else { return };
    while let Ok((send, receive)) = connection.accept_bi().await {
        tokio::spawn(send_back(send, receive));
    }
}

async fn send_back(mut send: SendStream, mut receive: RecvStream) {
    while let Ok(Some(chunk)) = receive.read_chunk(CHUNK, true).await {
        if send.write_all(&chunk.bytes).await.is_err() {
            return;
        }
    }
    // Who opened the stream has heard everything.
    let _ = send.finish();
}
