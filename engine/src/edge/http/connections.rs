//! Connections: so many at once, none that never says anything, and an end to all of them.

use super::unread::Unread;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::{debug, warn};

/// Connections at once; the next one waits to be accepted. Descriptors are finite, and calls need them more.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send a request's head, the wait for a next request included.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a client may take none of what it is sent: then it has the connection no longer.
const UNREAD_MAX: Duration = Duration::from_secs(10);
/// How often accepting may fail in a row before the server gives up.
const FAILURES_MAX: u32 = 300;
/// The wait after a failure (out of descriptors, as a rule).
const FAILURE_PAUSE: Duration = Duration::from_millis(100);
/// How long requests under way may take once the server is to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// One of the connections that there may be, as long as anybody has it: what a connection was made into has it, too.
#[derive(Clone, Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "it is had, and that is all")] Arc<OwnedSemaphorePermit>);

/// Serves these routes until `end` comes; requests under way are then given a moment to finish.
pub(super) async fn serve(listener: TcpListener, routes: Router, end: impl Future<Output = ()>) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (farewell, _) = watch::channel(false);
    let mut end = pin!(end);
    loop {
        tokio::select! {
            accepted = accept(&listener, &room) => {
                let (stream, peer, permit) = accepted?;
                let place = Place(Arc::new(permit));
                let routes = routes.clone().layer(Extension(peer)).layer(Extension(place.clone()));
                tokio::spawn(converse(stream, routes, farewell.subscribe(), place));
            }
            () = &mut end => break,
        }
    }
    drop(listener);
    farewell.send_replace(true);
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    if tokio::time::timeout(FAREWELL, room.acquire_many(all)).await.is_err() {
        warn!("some HTTP requests were cut off at the end");
    }
    Ok(())
}

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> io::Result<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let mut failures = 0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return Ok((stream, Peer(peer.ip()), permit)),
            Err(error) if failures == FAILURES_MAX => return Err(error),
            Err(error) => warn!(%error, "a connection was not accepted"),
        }
        failures += 1;
        tokio::time::sleep(FAILURE_PAUSE).await;
    }
}

async fn converse(stream: TcpStream, routes: Router, farewell: watch::Receiver<bool>, place: Place) {
    // A small answer should not wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(routes);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(Unread::new(stream, UNREAD_MAX)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = is_time(farewell) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection ended badly");
    }
    drop(place);
}

/// Waits for the end.
async fn is_time(mut farewell: watch::Receiver<bool>) {
    drop(farewell.wait_for(|is_time| *is_time).await);
}
