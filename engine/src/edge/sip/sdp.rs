//! Session descriptions (RFC 8866) and the offer/answer exchange (RFC 3264) for one audio stream.
//!
//! The desk speaks PCMU, PCMA and telephone-event. Of an offer the first codec we share, in the
//! offerer's order, is taken; every other media line is answered with port 0, in its place.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use sdp_types::{Connection, Direction, Media, RtpMap, Session};

use super::note;
use crate::media::{self, Codec, Remote};

/// Clock rate of every payload the desk speaks, in hertz.
const RATE_HZ: u32 = 8000;
/// The payload type we propose for telephone-event; the answer may not change it (RFC 3264 6.1).
const OUR_EVENT_PAYLOAD: u8 = 101;
/// More media lines than any telephone sends; a longer list is refused rather than echoed.
const MEDIA_LINES_MAX: usize = 16;

/// Where the other side wants its audio and what it may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RemoteAudio {
    /// Address of its RTP.
    pub addr: SocketAddr,
    /// The codec agreed on.
    pub codec: Codec,
    /// Payload type agreed for telephone-event, when both sides speak it.
    pub event_payload: Option<u8>,
    /// What *we* may do: `SendOnly` means we may send and will not hear.
    pub direction: Direction,
}

impl RemoteAudio {
    /// Whether the other side asked not to be sent audio (hold, RFC 3264 8.4).
    #[must_use]
    pub(super) fn holds_us(&self) -> bool {
        !self.direction.has_send()
    }

    /// The same as the media edge wants it told.
    #[must_use]
    pub(super) fn remote(&self) -> Remote {
        let direction = match self.direction {
            Direction::SendRecv => media::Direction::SendRecv,
            Direction::SendOnly => media::Direction::SendOnly,
            Direction::RecvOnly => media::Direction::RecvOnly,
            Direction::Inactive => media::Direction::Inactive,
        };
        Remote { addr: self.addr, codec: self.codec, telephone_event: self.event_payload, direction }
    }
}

/// Why a description cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SdpFault {
    /// It does not parse, or lacks what RFC 8866 demands: 400.
    #[error("the session description cannot be read: {0}")]
    Malformed(String),
    /// It parses, and offers nothing we speak: 488.
    #[error("the session description has no codec in common with ours (PCMU, PCMA)")]
    NothingInCommon,
}

/// An offer we can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// The part of it we take.
    pub audio: RemoteAudio,
    lines: Vec<Line>,
}

/// One media line of an offer, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Taken,
    Refused { media: String, proto: String, fmt: String },
}

/// Reads an offer: the first audio line that shares a codec with us is taken.
///
/// # Errors
/// [`SdpFault::Malformed`] (answer 400) or [`SdpFault::NothingInCommon`] (answer 488).
pub(super) fn read_offer(body: &[u8]) -> Result<Offer, SdpFault> {
    let session = parse(body)?;
    let mut taken = None;
    let mut lines = Vec::with_capacity(session.medias.len());
    for media in &session.medias {
        let audio = if taken.is_none() { audio_of(&session, media)? } else { None };
        lines.push(if audio.is_some() { Line::Taken } else { refused(media) });
        taken = taken.or(audio);
    }
    let audio = taken.ok_or(SdpFault::NothingInCommon)?;
    Ok(Offer { audio, lines })
}

/// Reads the answer to our own offer.
///
/// # Errors
/// [`SdpFault::Malformed`], or [`SdpFault::NothingInCommon`] when our audio was refused.
pub(super) fn read_answer(body: &[u8]) -> Result<RemoteAudio, SdpFault> {
    let session = parse(body)?;
    let first = session.medias.first().ok_or(SdpFault::NothingInCommon)?;
    audio_of(&session, first)?.ok_or(SdpFault::NothingInCommon)
}

/// Our end of one audio stream: counts the versions of what we said (RFC 3264 8).
#[derive(Debug, Clone)]
pub(super) struct LocalAudio {
    addr: SocketAddr,
    session: u64,
    version: u64,
    said: String,
}

impl LocalAudio {
    /// Our audio is at `addr`; `session` must be unique among the sessions of this host.
    #[must_use]
    pub(super) fn new(addr: SocketAddr, session: u64) -> LocalAudio {
        LocalAudio { addr, session, version: 1, said: String::new() }
    }

    /// As it is noted for a restart.
    #[must_use]
    pub(super) fn noted(&self) -> note::Local {
        note::Local { addr: self.addr.to_string(), session: self.session, version: self.version, said: self.said.clone() }
    }

    /// The same after a restart.
    #[must_use]
    pub(super) fn resumed(noted: &note::Local) -> Option<LocalAudio> {
        let addr = noted.addr.parse().ok()?;
        Some(LocalAudio { addr, session: noted.session, version: noted.version, said: noted.said.clone() })
    }

    /// Where our audio is.
    #[must_use]
    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Offers both codecs, `first` in front: the one that spares transcoding.
    pub(super) fn offer(&mut self, first: Codec, direction: Direction) -> Vec<u8> {
        let (a, b) = match first {
            Codec::Pcmu => ("0 8", "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"),
            Codec::Pcma => ("8 0", "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"),
        };
        let mut media = String::with_capacity(192);
        let _ = write!(media, "m=audio {} RTP/AVP {a} {OUR_EVENT_PAYLOAD}\r\n{b}", self.addr.port());
        push_event(&mut media, OUR_EVENT_PAYLOAD);
        push_direction(&mut media, direction);
        self.describe(media)
    }

    /// Answers `offer`, line for line.
    pub(super) fn answer(&mut self, offer: &Offer) -> Vec<u8> {
        let mut media = String::with_capacity(192);
        for line in &offer.lines {
            match line {
                Line::Taken => self.push_audio(&mut media, &offer.audio),
                Line::Refused { media: kind, proto, fmt } => {
                    let _ = write!(media, "m={kind} 0 {proto} {fmt}\r\n");
                }
            }
        }
        self.describe(media)
    }

    fn push_audio(&self, media: &mut String, audio: &RemoteAudio) {
        let payload = audio.codec.payload_type();
        let _ = write!(media, "m=audio {} RTP/AVP {payload}", self.addr.port());
        if let Some(event) = audio.event_payload {
            let _ = write!(media, " {event}");
        }
        let _ = write!(media, "\r\na=rtpmap:{payload} {}/{RATE_HZ}\r\n", name(audio.codec));
        if let Some(event) = audio.event_payload {
            push_event(media, event);
        }
        push_direction(media, audio.direction);
    }

    /// The version grows only when what is described has changed (RFC 3264 8).
    fn describe(&mut self, media: String) -> Vec<u8> {
        if !self.said.is_empty() && self.said != media {
            self.version += 1;
        }
        let ip = self.addr.ip();
        let family = if ip.is_ipv6() { "IP6" } else { "IP4" };
        let (session, version) = (self.session, self.version);
        let body = format!("v=0\r\no=- {session} {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n{media}");
        self.said = media;
        body.into_bytes()
    }
}

fn parse(body: &[u8]) -> Result<Session, SdpFault> {
    let session = Session::parse(body).map_err(|fault| SdpFault::Malformed(fault.to_string()))?;
    if session.medias.len() > MEDIA_LINES_MAX {
        return Err(SdpFault::Malformed(format!("more than {MEDIA_LINES_MAX} media lines")));
    }
    Ok(session)
}

fn refused(media: &Media) -> Line {
    Line::Refused { media: media.media.clone(), proto: media.proto.clone(), fmt: media.fmt.clone() }
}

/// What we can take of one media line; `None` when it is not for us.
fn audio_of(session: &Session, media: &Media) -> Result<Option<RemoteAudio>, SdpFault> {
    if media.media != "audio" || media.port == 0 || media.proto != "RTP/AVP" {
        return Ok(None);
    }
    let Some(codec) = payloads(media).find_map(|payload| codec_of(media, payload)) else { return Ok(None) };
    let connection = media.connections.first().or(session.connection.as_ref());
    let ip = address(connection.ok_or_else(|| SdpFault::Malformed("there is no c= line".into()))?)?;
    Ok(Some(RemoteAudio {
        addr: SocketAddr::new(ip, media.port),
        codec,
        event_payload: payloads(media).find(|p| is_event(media, *p)),
        direction: our_direction(session, media, ip),
    }))
}

fn payloads(media: &Media) -> impl Iterator<Item = u8> + '_ {
    media.fmt.split_ascii_whitespace().filter_map(|p| p.parse().ok()).filter(|p| *p < 128)
}

/// G.711 by its static number; those need no rtpmap (RFC 3551 6), but one that contradicts counts.
fn codec_of(media: &Media, payload: u8) -> Option<Codec> {
    let codec = Codec::from_payload_type(payload)?;
    let fits = |map: RtpMap| map.clock_rate == RATE_HZ && map.encoding_name.eq_ignore_ascii_case(name(codec));
    mapping(media, payload).is_none_or(fits).then_some(codec)
}

fn is_event(media: &Media, payload: u8) -> bool {
    payload >= 96
        && mapping(media, payload)
            .is_some_and(|map| map.clock_rate == RATE_HZ && map.encoding_name.eq_ignore_ascii_case("telephone-event"))
}

fn mapping(media: &Media, payload: u8) -> Option<RtpMap> {
    media.attributes_typed::<RtpMap>().filter_map(Result::ok).find(|map| map.payload_type == payload)
}

fn address(connection: &Connection) -> Result<IpAddr, SdpFault> {
    let address = connection.try_address().map_err(|_| {
        let said = &connection.connection_address;
        SdpFault::Malformed(format!("the c= line holds \"{said}\", which is no IP address"))
    })?;
    Ok(address.ip)
}

/// The media line's own direction goes before the session's; an unspecified address is the old way
/// to say hold (RFC 3264 8.4, RFC 2543).
fn our_direction(session: &Session, media: &Media, ip: IpAddr) -> Direction {
    let theirs = direction_in(|name| media.has_attribute(name))
        .or_else(|| direction_in(|name| session.has_attribute(name)))
        .unwrap_or_default();
    let ours = theirs.reverse();
    if ip.is_unspecified() { ours.intersect_with_remote(Direction::SendOnly) } else { ours }
}

fn direction_in(has: impl Fn(&str) -> bool) -> Option<Direction> {
    let all = [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];
    all.into_iter().find(|direction| has(direction.as_str()))
}

fn name(codec: Codec) -> &'static str {
    match codec {
        Codec::Pcmu => "PCMU",
        Codec::Pcma => "PCMA",
    }
}

fn push_event(media: &mut String, payload: u8) {
    let _ = write!(media, "a=rtpmap:{payload} telephone-event/{RATE_HZ}\r\na=fmtp:{payload} 0-15\r\n");
}

fn push_direction(media: &mut String, direction: Direction) {
    let _ = write!(media, "a=ptime:20\r\na={direction}\r\n");
}

#[cfg(test)]
mod tests;
