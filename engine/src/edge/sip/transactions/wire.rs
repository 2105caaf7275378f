//! Out to the peers: at once where the socket takes it, by a task where one must wait.

use std::sync::Arc;

use rsipstack::sip::{Header, Request, Response, SipMessage};
use rsipstack::transaction::endpoint::EndpointInnerRef;
use tokio::sync::mpsc::Sender;

use super::super::event::Event;
use super::super::listen::Sockets;
use super::super::path::{Link, Path};
use super::{TxId, Way};

/// A message as it goes out.
pub(super) type Packet = Arc<[u8]>;

/// The way out.
#[derive(Clone)]
pub(in super::super) struct Wire {
    /// The library's endpoint, for streams and for names.
    pub endpoint: EndpointInnerRef,
    /// Our sockets.
    pub sockets: Sockets,
    /// Where faults are reported.
    pub events: Sender<Event>,
}

impl Wire {
    /// Sends along a path; `of` hears of it when a stream does not take it.
    pub(super) fn send(&self, packet: &Packet, path: &Path, of: Option<TxId>) {
        match &path.link {
            Link::Udp(socket) => match socket.try_send_to(packet, path.addr) {
                Ok(_) => {}
                Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => self.send_when_it_can_be(packet, path, of),
                Err(fault) => tracing::debug!(%fault, "a message was not sent"),
            },
            Link::Stream(_) | Link::Gone(_) => self.send_when_it_can_be(packet, path, of),
        }
    }

    fn send_when_it_can_be(&self, packet: &Packet, path: &Path, of: Option<TxId>) {
        let (packet, path, events) = (packet.clone(), path.clone(), self.events.clone());
        tokio::spawn(async move {
            if let Err(fault) = send(&packet, &path).await {
                tracing::debug!(%fault, "a message was not sent");
                if let Some(id) = of {
                    let _ = events.send(Event::Unsent(id)).await;
                }
            }
        });
    }

    /// Finds a way to a peer and reports it.
    pub(super) fn find(&self, id: TxId, way: Way) {
        let wire = self.clone();
        tokio::spawn(async move {
            let event = wire.resolve(way).await.map_or(Event::Unsent(id), |path| Event::Found(id, Box::new(path)));
            let _ = wire.events.send(event).await;
        });
    }

    /// Sends without a transaction, as soon as there is a way.
    pub(super) fn send_by(&self, packet: Packet, way: Way) {
        match way {
            Way::Open(path) if path.is_open() => self.send(&packet, &path, None),
            Way::Open(_) | Way::Named(_) => {
                let wire = self.clone();
                tokio::spawn(async move {
                    if let Some(path) = wire.resolve(way).await {
                        wire.send(&packet, &path, None);
                    }
                });
            }
        }
    }

    async fn resolve(&self, way: Way) -> Option<Path> {
        let target = match way {
            Way::Open(path) => path.sip_addr(),
            Way::Named(target) => target,
        };
        match self.endpoint.transport_layer.lookup(&target, None).await {
            Ok((connection, addr)) => {
                let addr = addr.get_socketaddr().ok()?;
                if connection.is_reliable() {
                    return Some(Path { link: Link::Stream(Box::new(connection)), addr });
                }
                self.sockets.udp_towards(addr).map(|socket| Path { link: Link::Udp(socket.clone()), addr })
            }
            Err(fault) => {
                tracing::debug!(%fault, "no way to a peer");
                None
            }
        }
    }
}

async fn send(packet: &Packet, path: &Path) -> Result<(), rsipstack::Error> {
    match &path.link {
        Link::Udp(socket) => drop(socket.send_to(packet, path.addr).await?),
        Link::Stream(connection) => connection.send(SipMessage::try_from(&**packet)?, Some(&path.sip_addr())).await?,
        Link::Gone(_) => return Err(rsipstack::Error::Error("its connection is gone".into())),
    }
    Ok(())
}

/// A request's octets.
#[must_use]
pub(super) fn request(request: &Request) -> Packet {
    written(&format!("{} {} {}\r\n", request.method, request.uri, request.version), &request.headers.0, &request.body)
}

/// A response's octets.
#[must_use]
pub(super) fn response(response: &Response) -> Packet {
    let status = &response.status_code;
    written(&format!("{} {} {}\r\n", response.version, status.code(), status.text()), &response.headers.0, &response.body)
}

fn written(first_line: &str, headers: &[Header], body: &[u8]) -> Packet {
    let mut octets = Vec::with_capacity(1_024 + body.len());
    octets.extend_from_slice(first_line.as_bytes());
    for header in headers {
        for part in [header.name(), ": ", header.value(), "\r\n"] {
            octets.extend_from_slice(part.as_bytes());
        }
    }
    octets.extend_from_slice(b"\r\n");
    octets.extend_from_slice(body);
    octets.into()
}
