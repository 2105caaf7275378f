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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "v=0\r\no=u 1 1 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n";

    fn offer(tail: &str) -> Result<Offer, SdpFault> {
        read_offer(format!("{HEAD}{tail}").as_bytes())
    }

    fn local() -> LocalAudio {
        LocalAudio::new("192.0.2.1:16384".parse().unwrap(), 77)
    }

    fn text(body: Vec<u8>) -> String {
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn the_offerers_first_shared_codec_is_taken() {
        let it = offer("m=audio 4000 RTP/AVP 111 8 0 96\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n")
            .unwrap();
        assert_eq!(it.audio.codec, Codec::Pcma);
        assert_eq!(it.audio.event_payload, Some(96));
        assert_eq!(it.audio.addr, "10.0.0.7:4000".parse().unwrap());
        assert_eq!(it.audio.direction, Direction::SendRecv);
    }

    #[test]
    fn a_static_number_mapped_to_something_else_is_not_g711() {
        let it = offer("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 G726-32/8000\r\n");
        assert_eq!(it, Err(SdpFault::NothingInCommon));
    }

    #[test]
    fn a_wideband_telephone_event_is_not_ours() {
        let it = offer("m=audio 4000 RTP/AVP 0 110\r\na=rtpmap:110 telephone-event/48000\r\n");
        assert_eq!(it.unwrap().audio.event_payload, None);
    }

    #[test]
    fn every_other_media_line_is_refused_in_its_place() {
        let it = offer("m=video 5000 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/AVP 0\r\n");
        let said = text(local().answer(&it.unwrap()));
        let lines: Vec<&str> = said.lines().filter(|l| l.starts_with("m=")).collect();
        assert_eq!(lines, ["m=video 0 RTP/AVP 31", "m=audio 16384 RTP/AVP 0", "m=audio 0 RTP/AVP 0"]);
    }

    #[test]
    fn nothing_in_common_is_said_so() {
        for tail in ["m=audio 4000 RTP/AVP 18\r\n", "m=audio 0 RTP/AVP 0\r\n", "m=audio 4000 RTP/SAVP 0\r\n", ""] {
            assert_eq!(offer(tail), Err(SdpFault::NothingInCommon), "{tail:?}");
        }
    }

    #[test]
    fn hold_is_recognised_in_all_its_spellings() {
        let cases = [
            ("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n", Direction::RecvOnly),
            ("m=audio 4000 RTP/AVP 0\r\na=inactive\r\n", Direction::Inactive),
            ("a=sendonly\r\nm=audio 4000 RTP/AVP 0\r\n", Direction::RecvOnly),
            ("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", Direction::RecvOnly),
            ("a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n", Direction::SendRecv),
            ("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n", Direction::SendOnly),
        ];
        for (tail, ours) in cases {
            assert_eq!(offer(tail).unwrap().audio.direction, ours, "{tail:?}");
        }
    }

    #[test]
    fn the_version_grows_only_with_what_is_said() {
        let mut local = local();
        let talk = offer("m=audio 4000 RTP/AVP 0\r\n").unwrap();
        let hold = offer("m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n").unwrap();
        assert!(text(local.answer(&talk)).contains("o=- 77 1 "));
        assert!(text(local.answer(&talk)).contains("o=- 77 1 "));
        assert!(text(local.answer(&hold)).contains("o=- 77 2 "));
        assert!(text(local.answer(&talk)).contains("o=- 77 3 "));
    }

    #[test]
    fn ipv6_is_read_and_written() {
        let body = "v=0\r\no=u 1 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        let it = read_offer(body.as_bytes()).unwrap();
        assert_eq!(it.audio.addr, "[2001:db8::7]:4000".parse().unwrap());
        let mut local = LocalAudio::new("[2001:db8::1]:16384".parse().unwrap(), 1);
        assert!(text(local.answer(&it)).contains("c=IN IP6 2001:db8::1\r\n"));
    }

    #[test]
    fn our_own_offer_can_be_read() {
        let body = local().offer(Codec::Pcma, Direction::SendRecv);
        let audio = read_offer(&body).unwrap().audio;
        assert_eq!((audio.codec, audio.event_payload), (Codec::Pcma, Some(101)));
    }

    #[test]
    fn a_host_name_or_a_missing_address_is_malformed() {
        let body = "v=0\r\no=u 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        assert!(matches!(read_offer(body.as_bytes()), Err(SdpFault::Malformed(_))));
        let named = "v=0\r\no=u 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 pc.example\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        assert!(matches!(read_offer(named.as_bytes()), Err(SdpFault::Malformed(_))));
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_offer(&body);
            let _ = read_answer(&body);
        }

        #[test]
        fn a_damaged_offer_never_panics(at in 0usize..200, with in any::<u8>()) {
            let mut body = format!("{HEAD}m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n").into_bytes();
            if let Some(byte) = body.get_mut(at) { *byte = with; }
            if let Ok(offer) = read_offer(&body) {
                let mut local = LocalAudio::new("192.0.2.1:16384".parse().unwrap(), 77);
                prop_assert!(read_offer(&local.answer(&offer)).is_ok());
            }
        }
    }
}
