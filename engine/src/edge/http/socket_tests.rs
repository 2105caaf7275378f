//! Events over a WebSocket, with another's client.

use super::page_tests::{signed_in, token_for};
use super::rig::{Engine, problem};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A WebSocket that is asked for with these headers, or the status of the refusal.
async fn open(engine: &Engine, query: &str, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let url = format!("{}/api/v1/events{query}", engine.url.replace("http://", "ws://"));
    let mut request = url.into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a value"));
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(refusal)) => Err(refusal.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn by_token(engine: &Engine, query: &str) -> Socket {
    open(engine, query, &[("authorization", &format!("Bearer {}", engine.token))]).await.expect("a socket")
}

async fn next(socket: &mut Socket) -> Message {
    socket.next().await.expect("no end").expect("a message")
}

/// The next message that is what is waited for. Wallboards come on and on: there has to be an end to it.
async fn awaited<T>(socket: &mut Socket, what: impl Fn(Message) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = what(next(socket).await) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.expect("in time")
}

/// The next event that fits.
async fn event(socket: &mut Socket, fits: impl Fn(&Value) -> bool) -> Value {
    let told = |message| match message {
        Message::Text(text) => Some(serde_json::from_str(&text).expect("JSON")).filter(&fits),
        Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => None,
    };
    awaited(socket, told).await
}

#[tokio::test]
async fn a_socket_tells_what_a_stream_tells_and_goes_on_where_it_was_left() {
    let engine = Engine::start().await;
    let mut socket = by_token(&engine, "?kinds=board").await;
    let board = event(&mut socket, |_| true).await;
    assert_eq!((&board["event"], &board["data"]["all"]["waiting"]), (&"board".into(), &0.into()));
    let mut all = by_token(&engine, "").await;
    event(&mut all, |told| told["event"] == "board").await;
    // What was so before is no news; the first look after this one is.
    tokio::time::sleep(Duration::from_millis(600)).await;
    engine.caller_waits(8).await;
    let waits = event(&mut all, |told| told["event"] == "call" && told["data"]["state"] == "waiting").await;
    assert_eq!(waits["data"]["call"], "0000000000000008");
    event(&mut socket, |told| told["data"]["all"]["waiting"] == 1).await;
    drop((all, socket));
    let last = waits["id"].as_str().expect("an id");
    engine.caller_leaves(8).await;
    let mut again = by_token(&engine, &format!("?last_event_id={last}")).await;
    let left = event(&mut again, |told| told["event"] == "call").await;
    assert_eq!((&left["data"]["call"], &left["data"]["state"]), (&"0000000000000008".into(), &"ended".into()));
}

#[tokio::test]
async fn a_browser_opens_a_socket_from_our_own_pages_only() {
    let engine = Engine::start().await;
    let cookie = signed_in(&engine, &engine.token).await;
    for elsewhere in ["http://evil.example", "null", ""] {
        let refused = open(&engine, "", &[("cookie", &cookie), ("origin", elsewhere)]).await;
        assert_eq!(refused.err(), Some(403), "{elsewhere}");
    }
    assert!(open(&engine, "", &[("cookie", &cookie), ("origin", &engine.url)]).await.is_ok());
    assert_eq!(open(&engine, "", &[("origin", &engine.url)]).await.err(), Some(401));
    let broken = engine.request(Method::GET, "/api/v1/events").header("upgrade", "websocket").header("connection", "upgrade");
    assert_eq!(problem(broken.send().await.expect("an answer")).await.0, 400);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let engine = Engine::start().await;
    let (token, id) = token_for(&engine, "viewer").await;
    let mut socket = open(&engine, "", &[("authorization", &format!("Bearer {token}"))]).await.expect("a socket");
    event(&mut socket, |told| told["event"] == "board").await;
    let back = engine.request(Method::DELETE, &format!("/api/v1/tokens/{id}")).send().await.expect("an answer");
    assert_eq!(back.status().as_u16(), 204);
    let frame = awaited(&mut socket, |message| if let Message::Close(frame) = message { frame } else { None }).await;
    assert_eq!(frame.code, CloseCode::Away);
}
