//! Offers and answers with PCMU and telephone-event, and what matters of the other side's (RFC 3264, RFC 8866).

use sdp_types::{Attribute, Media, Session};
use std::net::{IpAddr, SocketAddr};

/// The payload type that our offers give telephone-event.
pub(crate) const TELEPHONE_EVENT: u8 = 101;

/// Which way voice goes, as seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Both,
    OnlySend,
    OnlyReceive,
    Neither,
}

/// What the other side said of its voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Where it wants to hear us.
    pub(crate) at: SocketAddr,
    /// The payload type it wants for keys, if it takes them.
    pub(crate) keys: Option<u8>,
    /// What we may do.
    pub(crate) direction: Direction,
}

impl Direction {
    fn attribute(self) -> &'static str {
        match self {
            Direction::Both => "sendrecv",
            Direction::OnlySend => "sendonly",
            Direction::OnlyReceive => "recvonly",
            Direction::Neither => "inactive",
        }
    }

    /// The same, seen from the other side.
    pub(crate) fn mirrored(self) -> Direction {
        match self {
            Direction::OnlySend => Direction::OnlyReceive,
            Direction::OnlyReceive => Direction::OnlySend,
            Direction::Both | Direction::Neither => self,
        }
    }

    pub(crate) fn sends(self) -> bool {
        matches!(self, Direction::Both | Direction::OnlySend)
    }
}

/// Our side: where we hear, under which payload type we take keys, which way voice goes.
pub(crate) fn describe(here: SocketAddr, version: u32, keys: u8, direction: Direction) -> Vec<u8> {
    let family = if here.is_ipv4() { "IP4" } else { "IP6" };
    let (ip, port, way) = (here.ip(), here.port(), direction.attribute());
    format!(
        "v=0\r\no=phone 1 {version} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 0 {keys}\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:{keys} telephone-event/8000\r\na=fmtp:{keys} 0-15\r\na=ptime:20\r\na={way}\r\n"
    )
    .into_bytes()
}

/// The other side, if it speaks PCMU.
pub(crate) fn read(body: &[u8]) -> Option<Remote> {
    let session = Session::parse(body).ok()?;
    let audio = session.medias.iter().find(|media| media.media == "audio" && media.port != 0)?;
    audio.fmt.split_whitespace().find(|format| *format == "0")?;
    let address = audio.connections.first().or(session.connection.as_ref())?.connection_address.as_str();
    let ip: IpAddr = address.split('/').next()?.parse().ok()?;
    let direction = if ip.is_unspecified() { Direction::Neither } else { direction(&session, audio) };
    Some(Remote { at: SocketAddr::new(ip, audio.port), keys: keys(audio), direction: direction.mirrored() })
}

fn direction(session: &Session, audio: &Media) -> Direction {
    let of = |attributes: &[Attribute]| attributes.iter().find_map(|attribute| named(&attribute.attribute));
    of(&audio.attributes).or(of(&session.attributes)).unwrap_or(Direction::Both)
}

fn named(attribute: &str) -> Option<Direction> {
    [Direction::Both, Direction::OnlySend, Direction::OnlyReceive, Direction::Neither]
        .into_iter()
        .find(|direction| direction.attribute() == attribute)
}

fn keys(audio: &Media) -> Option<u8> {
    let maps = audio.attributes.iter().filter(|attribute| attribute.attribute == "rtpmap");
    let values = maps.filter_map(|attribute| attribute.value.as_deref());
    let event = values.filter_map(|value| value.split_once(' ')).find(|(_, name)| name.starts_with("telephone-event/8000"))?;
    event.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_describe_we_read() {
        for here in ["127.0.0.1:31000", "[::1]:31002"].map(|text| text.parse().expect("an address")) {
            let read = read(&describe(here, 1, 97, Direction::OnlySend)).expect("our own words");
            assert_eq!(read, Remote { at: here, keys: Some(97), direction: Direction::OnlyReceive });
        }
    }

    #[test]
    fn no_common_codec_or_no_sdp_is_nothing() {
        assert_eq!(read(b"hello"), None);
        assert_eq!(read(b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"), None);
    }

    #[test]
    fn an_unspecified_address_is_a_hold() {
        let body = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
        assert_eq!(read(body).map(|remote| remote.direction), Some(Direction::Neither));
    }
}
