//! From what is live to the form of its note, and back. What cannot be read back is gone.

use std::net::SocketAddr;

use rsipstack::sip::{Request, SipMessage, Transport};
use sdp_types::Direction;

use super::super::leg::{Exchange, Ringing, Session, Talk};
use super::super::listen::Sockets;
use super::super::path::{Link, Path};
use super::super::sdp::{LocalAudio, RemoteAudio};
use super::super::session_timer::{Refresher, SessionTimer};
use super::super::transactions::{Way, octets};
use super::form;
use crate::media::{Codec, StreamId};

impl Path {
    /// As it is noted.
    #[must_use]
    pub(in super::super) fn noted(&self) -> form::Path {
        let local = match &self.link {
            Link::Udp(socket) => socket.local_addr().map(|addr| addr.to_string()).unwrap_or_default(),
            Link::Stream(_) | Link::Gone(_) => String::new(),
        };
        form::Path { transport: self.transport().to_string(), addr: self.addr.to_string(), local }
    }
}

impl Sockets {
    /// The way that was noted: by the same socket of ours, or along a stream that is no more.
    #[must_use]
    pub(in super::super) fn path(&self, noted: &form::Path) -> Option<Path> {
        let addr: SocketAddr = noted.addr.parse().ok()?;
        let link = match noted.transport.parse().ok()? {
            Transport::Udp => {
                let bound = noted.local.parse().ok().and_then(|local| self.udp_at(local));
                Link::Udp(bound.or_else(|| self.udp_towards(addr))?.clone())
            }
            stream
            @ (Transport::Tcp | Transport::Tls | Transport::TlsSctp | Transport::Sctp | Transport::Ws | Transport::Wss) => {
                Link::Gone(stream)
            }
        };
        Some(Path { link, addr })
    }
}

impl Talk {
    /// As it is noted.
    #[must_use]
    pub(in super::super) fn noted(&self) -> form::Talk {
        let latched = self.latched.filter(|latched| self.remote.is_some_and(|remote| remote.addr == latched.announced));
        form::Talk {
            dialog: Some(self.dialog.noted()),
            local: Some(self.local.noted()),
            remote: self.remote.map(remote),
            latched: latched.map(|latched| latched.from.to_string()),
            session: self.session.agreed.map(session),
            asks: self.session.agreed.is_none() && self.session.due_ms.is_some(),
        }
    }
}

/// What a note of a talk says, read but for the dialog, which needs our sockets, and the stream, which must be opened.
pub(in super::super) struct Described {
    /// What we said about our media.
    pub local: LocalAudio,
    /// What they said.
    pub remote: RemoteAudio,
    /// From where they speak, if not from where they said.
    pub latched: Option<SocketAddr>,
    /// The agreed timer.
    pub session: Option<SessionTimer>,
    /// Without one: whether we ask now and then.
    pub asks: bool,
}

impl Described {
    /// Reads it.
    #[must_use]
    pub(in super::super) fn read(noted: &form::Talk) -> Option<Described> {
        Some(Described {
            local: LocalAudio::resumed(noted.local.as_ref()?)?,
            remote: remote_of(noted.remote.as_ref()?)?,
            latched: noted.latched.as_ref().map(|addr| addr.parse()).transpose().ok()?,
            session: noted.session.as_ref().map(session_of),
            asks: noted.asks,
        })
    }
}

impl Ringing {
    /// As it is noted; none along a way that a restart cuts off.
    #[must_use]
    pub(in super::super) fn noted(&self, call: u64) -> Option<form::Ringing> {
        let Way::Open(path @ Path { link: Link::Udp(_), .. }) = &self.way else { return None };
        Some(form::Ringing {
            call,
            invite: octets(&self.invite),
            path: Some(path.noted()),
            local: Some(self.local.noted()),
            retried: self.retried,
        })
    }

    /// The same INVITE, to be sent once more.
    #[must_use]
    pub(in super::super) fn resumed(noted: &form::Ringing, sockets: &Sockets, stream: StreamId) -> Option<Ringing> {
        let local = LocalAudio::resumed(noted.local.as_ref()?)?;
        let path = sockets.path(noted.path.as_ref()?)?;
        let ringing = Ringing::new(request(&noted.invite)?, Way::Open(path), stream, local);
        Some(Ringing { retried: noted.retried, ..ringing })
    }
}

/// A request as it was noted.
#[must_use]
pub(in super::super) fn request(noted: &[u8]) -> Option<Request> {
    match SipMessage::try_from(noted) {
        Ok(SipMessage::Request(request)) => Some(request),
        Ok(SipMessage::Response(_)) | Err(_) => None,
    }
}

/// The leg that a restart has left, with a stream of its own. What was under way is given up: whoever asked asks again.
#[must_use]
pub(in super::super) fn talk(
    dialog: super::super::dialog::Dialog,
    stream: StreamId,
    described: Described,
    session: Session,
) -> Talk {
    let Described { local, remote, latched, .. } = described;
    let latched = latched.map(|from| super::super::leg::Latched { announced: remote.addr, from });
    Talk { dialog, stream, local, remote: Some(remote), latched, exchange: Exchange::Idle, session }
}

fn remote(audio: RemoteAudio) -> form::Remote {
    form::Remote {
        addr: audio.addr.to_string(),
        payload: audio.codec.payload_type().into(),
        event: audio.event_payload.map(u32::from),
        sends: matches!(audio.direction, Direction::SendRecv | Direction::SendOnly),
        hears: matches!(audio.direction, Direction::SendRecv | Direction::RecvOnly),
    }
}

fn remote_of(noted: &form::Remote) -> Option<RemoteAudio> {
    Some(RemoteAudio {
        addr: noted.addr.parse().ok()?,
        codec: Codec::from_payload_type(u8::try_from(noted.payload).ok()?)?,
        event_payload: noted.event.map(u8::try_from).transpose().ok()?.filter(|payload| (96..128).contains(payload)),
        direction: match (noted.sends, noted.hears) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        },
    })
}

fn session(timer: SessionTimer) -> form::Session {
    form::Session { interval_s: timer.interval_s, we_refresh: timer.refresher == Refresher::Us }
}

fn session_of(noted: &form::Session) -> SessionTimer {
    let refresher = if noted.we_refresh { Refresher::Us } else { Refresher::Them };
    SessionTimer { interval_s: noted.interval_s.max(super::super::session_timer::MIN_SE_S), refresher }
}
