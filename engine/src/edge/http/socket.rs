//! Events over a WebSocket (RFC 6455), for those who have no server-sent events.

use super::connections::Place;
use super::events::STILL_THERE;
use super::origin;
use super::pass::{Pass, Stay};
use super::problem::Problem;
use super::server::Api;
use crate::events::Event;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use tokio::time::{Instant, interval_at};

/// The longest message that is taken, in bytes. Nothing is asked this way.
const SAID_BYTES_MAX: usize = 1_024;

/// The WebSocket that is asked for, if one is. A browser sends its cookie whoever's page asked: it must be ours.
pub(super) fn wanted(
    api: &Api,
    pass: &Pass,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Option<WebSocketUpgrade>, Problem> {
    let is_wanted = headers.get(header::UPGRADE).is_some_and(|what| what.as_bytes().eq_ignore_ascii_case(b"websocket"));
    if !is_wanted {
        return Ok(None);
    }
    if matches!(pass, Pass::Session(_)) {
        origin::is_our_page(headers, api.hosts())?;
    }
    upgrade.map(Some).map_err(|rejection| {
        let status =
            if rejection.status() == StatusCode::UPGRADE_REQUIRED { rejection.status() } else { StatusCode::BAD_REQUEST };
        Problem::new(status, rejection.body_text())
    })
}

/// Tells what happens until either side has enough.
pub(super) fn tell(upgrade: WebSocketUpgrade, stay: Stay, place: Place) -> Response {
    let upgrade = upgrade.max_message_size(SAID_BYTES_MAX).max_frame_size(SAID_BYTES_MAX);
    upgrade.on_upgrade(|socket| async move {
        // An end is an end, whoever makes it.
        let _ = converse(socket, stay).await;
        drop(place);
    })
}

async fn converse(mut socket: WebSocket, mut stay: Stay) -> Result<(), axum::Error> {
    let mut pings = interval_at(Instant::now() + STILL_THERE, STILL_THERE);
    let mut is_answered = true;
    loop {
        tokio::select! {
            event = stay.next() => match event {
                Some(event) => socket.send(Message::text(as_text(&event))).await?,
                None => return socket.send(farewell()).await,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Ok(()),
                Some(Ok(Message::Pong(_))) => is_answered = true,
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_))) => {}
            },
            _ = pings.tick() => {
                if !std::mem::take(&mut is_answered) {
                    return Ok(());
                }
                socket.send(Message::Ping(Default::default())).await?;
            }
        }
    }
}

/// Numbers and words of ours, and a document that is JSON already.
fn as_text(event: &Event) -> String {
    format!(r#"{{"id":"{}","event":"{}","data":{}}}"#, event.id, event.topic.kind().word(), event.data)
}

fn farewell() -> Message {
    Message::Close(Some(CloseFrame { code: close_code::AWAY, reason: "Come again, with the last event's id.".into() }))
}
