//! RTP on the wire (RFC 3550): what an arriving datagram says, and the packet that is sent.

use super::codec::Codec;
use super::event::Event;
use rtp_types::{RtpPacket, RtpPacketBuilder};

/// Octets of the largest datagram taken or sent: an Ethernet frame's worth, 180 ms of G.711.
pub(super) const DATAGRAM_OCTETS_MAX: usize = 1_472;

const HEADER_OCTETS: usize = RtpPacket::MIN_RTP_PACKET_LEN;

/// Comfort noise (RFC 3389), which some phones send unasked.
const COMFORT_NOISE: u8 = 13;

/// A well-formed RTP packet, read once. Extensions, contributing sources and padding have been stepped over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'d> {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) content: Content<'d>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'d> {
    Audio {
        codec: Codec,
        octets: &'d [u8],
    },
    Event(Event),
    /// Nothing to pass on: comfort noise, an empty keep-alive, an event that is no key.
    Idle,
    /// A payload type nobody agreed on; RTCP sent to the RTP port ends here too (RFC 5761 section 4).
    Unknown,
}

impl<'d> Arrival<'d> {
    /// Reads a datagram; `None` if it is not RTP version 2 or contradicts itself.
    pub(super) fn parse(datagram: &'d [u8], telephone_event: Option<u8>) -> Option<Arrival<'d>> {
        let packet = RtpPacket::parse(datagram).ok()?;
        let end = datagram.len().checked_sub(usize::from(packet.padding().unwrap_or(0)))?;
        let payload = datagram.get(packet.payload_offset()..end)?;
        Some(Arrival {
            ssrc: packet.ssrc(),
            sequence: packet.sequence_number(),
            timestamp: packet.timestamp(),
            marker: packet.marker_bit(),
            content: Content::of(packet.payload_type(), payload, telephone_event),
        })
    }

    /// Samples from this packet's timestamp to what follows it.
    pub(super) fn samples(&self) -> u32 {
        match self.content {
            Content::Audio { octets, .. } => u32::try_from(octets.len()).unwrap_or(0),
            Content::Event(event) => u32::from(event.duration),
            Content::Idle | Content::Unknown => 0,
        }
    }
}

impl<'d> Content<'d> {
    fn of(payload_type: u8, payload: &'d [u8], telephone_event: Option<u8>) -> Content<'d> {
        if let Some(codec) = Codec::from_payload_type(payload_type) {
            return if payload.is_empty() { Content::Idle } else { Content::Audio { codec, octets: payload } };
        }
        if telephone_event == Some(payload_type) {
            return Event::parse(payload).map_or(Content::Idle, Content::Event);
        }
        if payload_type == COMFORT_NOISE { Content::Idle } else { Content::Unknown }
    }
}

/// Where a packet stands in the stream it is sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
}

/// The one packet a thread is about to send: written in place, so that nothing is allocated for it.
#[derive(Debug)]
pub(super) struct Packet {
    octets: [u8; DATAGRAM_OCTETS_MAX],
    len: usize,
}

impl Packet {
    pub(super) const fn new() -> Packet {
        Packet { octets: [0; DATAGRAM_OCTETS_MAX], len: 0 }
    }

    /// The datagram.
    pub(super) fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// Room for a payload of `len` octets (as many as fit), to be written before [`Packet::stamp`].
    pub(super) fn payload(&mut self, len: usize) -> &mut [u8] {
        self.len = (HEADER_OCTETS + len).min(DATAGRAM_OCTETS_MAX);
        self.octets.get_mut(HEADER_OCTETS..self.len).unwrap_or_default()
    }

    /// Writes the header.
    pub(super) fn stamp(&mut self, payload_type: u8, stamp: Stamp) {
        let header = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type & 0x7f)
            .marker_bit(stamp.marker)
            .sequence_number(stamp.sequence)
            .timestamp(stamp.timestamp)
            .ssrc(stamp.ssrc);
        let written = header.write_into(&mut self.octets);
        debug_assert_eq!(written, Ok(HEADER_OCTETS), "a plain header always fits");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A datagram with that header and payload.
    pub(in crate::media) fn datagram(payload_type: u8, stamp: Stamp, payload: &[u8]) -> Vec<u8> {
        let mut packet = Packet::new();
        packet.payload(payload.len()).copy_from_slice(payload);
        packet.stamp(payload_type, stamp);
        packet.octets().to_vec()
    }

    fn stamp() -> Stamp {
        Stamp { ssrc: 1, sequence: 65_535, timestamp: 3, marker: true }
    }

    #[test]
    fn what_is_written_is_read() {
        let octets = datagram(8, stamp(), &[1; 160]);
        let arrival = Arrival::parse(&octets, None).expect("RTP");
        assert_eq!((arrival.ssrc, arrival.sequence, arrival.timestamp, arrival.marker), (1, 65_535, 3, true));
        assert_eq!(arrival.content, Content::Audio { codec: Codec::Pcma, octets: &[1; 160] });
        assert_eq!(arrival.samples(), 160);
    }

    #[test]
    fn the_event_payload_type_is_the_agreed_one() {
        let octets = datagram(101, stamp(), &[5, 10, 0, 160]);
        let content = |agreed| Arrival::parse(&octets, agreed).expect("RTP").content;
        assert!(matches!(content(Some(101)), Content::Event(_)));
        assert_eq!(content(Some(96)), Content::Unknown);
        assert_eq!(content(None), Content::Unknown);
    }

    #[test]
    fn padding_extension_and_contributors_are_stepped_over() {
        let octets = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(0)
            .add_csrc(9)
            .extension(1, &[0; 8])
            .payload(&[7; 10])
            .padding(4)
            .write_vec()
            .expect("valid");
        let arrival = Arrival::parse(&octets, None).expect("RTP");
        assert_eq!(arrival.content, Content::Audio { codec: Codec::Pcmu, octets: &[7; 10] });
    }

    #[test]
    fn empty_audio_and_comfort_noise_are_idle_and_rtcp_is_unknown() {
        let content = |payload_type, payload: &[u8]| {
            let octets = datagram(payload_type, stamp(), payload);
            matches!(Arrival::parse(&octets, None).expect("RTP").content, Content::Idle)
        };
        assert!(content(0, &[]));
        assert!(content(13, &[40]));
        assert!(!content(72, &[0; 24]));
    }

    proptest! {
        #[test]
        fn no_datagram_panics(octets in prop::collection::vec(any::<u8>(), 0..200), agreed in any::<Option<u8>>()) {
            let _ = Arrival::parse(&octets, agreed);
        }

        /// Random octets are seldom RTP: begin from a valid packet with everything on and flip a few bits.
        #[test]
        fn no_flipped_bit_panics(flips in prop::collection::vec((0_usize..60, 0_u8..8), 0..6), cut in 0_usize..60) {
            let mut octets = RtpPacketBuilder::<&[u8], &[u8]>::new()
                .payload_type(101).add_csrc(9).add_csrc(8).extension(1, &[0; 8]).payload(&[7; 20]).padding(8)
                .write_vec().expect("valid");
            for (place, bit) in flips {
                if let Some(octet) = octets.get_mut(place) {
                    *octet ^= 1 << bit;
                }
            }
            octets.truncate(cut);
            if let Some(arrival) = Arrival::parse(&octets, Some(101)) {
                prop_assert!(usize::try_from(arrival.samples()).is_ok());
            }
        }

        #[test]
        fn no_payload_length_overflows_the_packet(len in 0_usize..3_000) {
            let mut packet = Packet::new();
            packet.payload(len).fill(1);
            packet.stamp(0, stamp());
            prop_assert_eq!(packet.octets().len(), (len + HEADER_OCTETS).min(DATAGRAM_OCTETS_MAX));
        }
    }
}
