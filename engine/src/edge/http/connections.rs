//! Connections: so many at once, none that never says anything, and an end to all of them.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::{debug, warn};

/// Connections at once; the next one waits to be accepted. Descriptors are finite, and calls need them more.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take to send a request's head, the wait for a next request included.
const HEAD_TIME_MAX: Duration = Duration::from_secs(30);
/// How often accepting may fail in a row before the server gives up.
const FAILURES_MAX: u32 = 300;
/// The wait after a failure (out of descriptors, as a rule).
const FAILURE_PAUSE: Duration = Duration::from_millis(100);
/// How long requests under way may take once the server is to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves these routes until `end` comes; requests under way are then given a moment to finish.
pub(super) async fn serve(listener: TcpListener, routes: Router, end: impl Future<Output = ()>) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let open = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        tokio::select! {
            accepted = accept(&listener, &room) => {
                let (stream, permit) = accepted?;
                tokio::spawn(converse(stream, routes.clone(), open.watcher(), permit));
            }
            () = &mut end => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, open.shutdown()).await.is_err() {
        warn!("some HTTP requests were cut off at the end");
    }
    Ok(())
}

async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let mut failures = 0;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Ok((stream, permit)),
            Err(error) if failures == FAILURES_MAX => return Err(error),
            Err(error) => warn!(%error, "a connection was not accepted"),
        }
        failures += 1;
        tokio::time::sleep(FAILURE_PAUSE).await;
    }
}

async fn converse(stream: TcpStream, routes: Router, open: Watcher, permit: OwnedSemaphorePermit) {
    // A small answer should not wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(routes);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = open.watch(connection).await {
        debug!(%error, "a connection ended badly");
    }
    drop(permit);
}
