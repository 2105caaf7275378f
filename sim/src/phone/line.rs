//! The endpoint that all calls of a phone share, and where its incoming requests go.

use super::fault::PhoneFault;
use super::ring::{Ring, Rings};
use super::voice::Voice;
use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog::Dialog;
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::sip::{HeadersExt, Method, StatusCode, Uri};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use rsipstack::transaction::transaction::Transaction;
use rsipstack::transaction::{Endpoint, TransactionReceiver};
use rsipstack::transport::TransportLayer;
use rsipstack::transport::udp::UdpConnection;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Calls that may ring at once without anybody looking.
const RINGS_MAX: usize = 4_096;

/// The endpoint shared by a phone's calls. It stops when the last of them lets go of it.
pub(super) struct Line {
    pub(super) here: SocketAddr,
    pub(super) endpoint: EndpointInnerRef,
    pub(super) dialogs: Arc<DialogLayer>,
    pub(super) voice: Voice,
    _stop: DropGuard,
}

impl Line {
    pub(super) async fn bind(at: SocketAddr) -> Result<(Arc<Line>, Rings), PhoneFault> {
        let stop = CancellationToken::new();
        let no_socket = |why| PhoneFault::NoSocket { at, why };
        let voice_port = if at.port() == 0 { 0 } else { at.port().saturating_add(2) };
        let voice = Voice::bind(SocketAddr::new(at.ip(), voice_port), stop.clone()).await.map_err(no_socket)?;
        let (endpoint, here) = endpoint(at, &stop).await?;
        let incoming = endpoint.incoming_transactions()?;
        let line = Arc::new(Line {
            here,
            dialogs: Arc::new(DialogLayer::new(endpoint.inner.clone())),
            endpoint: endpoint.inner.clone(),
            voice,
            _stop: stop.clone().drop_guard(),
        });
        let (ring_sender, rings) = mpsc::channel(RINGS_MAX);
        let pump = pump(incoming, Arc::downgrade(&line), ring_sender);
        tokio::spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = endpoint.serve() => {}
                () = pump => {}
            }
            endpoint.shutdown();
        });
        Ok((line, Rings::new(rings)))
    }

    /// How a user of this phone is reached.
    pub(super) fn contact(&self, user: &str) -> Result<Uri, PhoneFault> {
        address(&format!("sip:{user}@{}", self.here))
    }
}

/// Reads a SIP address.
pub(super) fn address(text: &str) -> Result<Uri, PhoneFault> {
    let no_address = || PhoneFault::NoAddress { text: text.into() };
    text.strip_prefix("sip:").ok_or_else(no_address)?;
    Uri::try_from(text).map_err(|_| no_address())
}

async fn endpoint(at: SocketAddr, stop: &CancellationToken) -> Result<(Endpoint, SocketAddr), PhoneFault> {
    let connection = UdpConnection::create_connection(at, None, Some(stop.child_token())).await?;
    let here = connection.get_addr().get_socketaddr()?;
    let transports = TransportLayer::new(stop.child_token());
    transports.add_transport(connection.into());
    let endpoint = EndpointBuilder::new()
        .with_user_agent("cabrank-phone")
        .with_cancel_token(stop.child_token())
        .with_transport_layer(transports)
        .build();
    Ok((endpoint, here))
}

/// Hands on what comes in; each request is seen to on its own, so that a slow one holds up no other.
async fn pump(mut incoming: TransactionReceiver, line: Weak<Line>, rings: mpsc::Sender<Ring>) {
    while let Some(transaction) = incoming.recv().await {
        let Some(line) = line.upgrade() else { return };
        let rings = rings.clone();
        tokio::spawn(async move {
            if let Err(fault) = route(line, transaction, rings).await {
                tracing::debug!(%fault, "a request could not be seen to");
            }
        });
    }
}

async fn route(line: Arc<Line>, mut transaction: Transaction, rings: mpsc::Sender<Ring>) -> Result<(), PhoneFault> {
    let known = line.dialogs.match_dialog(&transaction);
    let in_dialog = transaction.original.to_header()?.tag()?.is_some();
    match (known, transaction.original.method) {
        (Some(Dialog::Invite(mut dialog)), _) => dialog.handle(&mut transaction).await?,
        (_, Method::Ack) => {}
        (None, Method::Invite) if !in_dialog => Ring::begin(line, transaction, rings).await?,
        (None, Method::Options) if !in_dialog => transaction.reply(StatusCode::OK).await?,
        (None, _) if in_dialog => transaction.reply(StatusCode::CallTransactionDoesNotExist).await?,
        (Some(_) | None, _) => transaction.reply(StatusCode::MethodNotAllowed).await?,
    }
    Ok(())
}
