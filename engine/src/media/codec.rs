//! The two telephone codecs (G.711) and how one becomes the other.

use audio_codec_algorithms::{convert_alaw_to_ulaw, convert_ulaw_to_alaw, encode_alaw, encode_ulaw};

/// Samples a second of everything spoken here; also the RTP clock rate of both codecs (RFC 3551 section 4.5.14).
pub const SAMPLES_PER_SECOND: u32 = 8_000;

/// Samples, and for G.711 also octets, of one 20 ms frame.
pub(super) const FRAME_SAMPLES: usize = 160;

/// How audio is coded on a leg (ITU-T G.711; RFC 3551 section 6 fixes the payload types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// mu-law, payload type 0.
    Pcmu,
    /// A-law, payload type 8.
    Pcma,
}

impl Codec {
    /// The static RTP payload type.
    pub const fn payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
        }
    }

    /// The codec of a static RTP payload type, if it is one of ours.
    pub const fn from_payload_type(payload_type: u8) -> Option<Codec> {
        match payload_type {
            0 => Some(Codec::Pcmu),
            8 => Some(Codec::Pcma),
            _ => None,
        }
    }

    /// The octet that decodes to silence.
    pub(super) const fn silence(self) -> u8 {
        match self {
            Codec::Pcmu => 0xff,
            Codec::Pcma => 0xd5,
        }
    }

    pub(super) fn encode(self, sample: i16) -> u8 {
        match self {
            Codec::Pcmu => encode_ulaw(sample),
            Codec::Pcma => encode_alaw(sample),
        }
    }
}

/// Writes `from` into `into`, octet by octet, changing the codec if the two differ.
///
/// The tables are those of G.711 itself: a way there and back keeps all but the lowest bit.
pub(super) fn transcode(from: &[u8], from_codec: Codec, into: &mut [u8], into_codec: Codec) {
    let pairs = into.iter_mut().zip(from);
    match (from_codec, into_codec) {
        (Codec::Pcmu, Codec::Pcma) => pairs.for_each(|(to, octet)| *to = convert_ulaw_to_alaw(*octet)),
        (Codec::Pcma, Codec::Pcmu) => pairs.for_each(|(to, octet)| *to = convert_alaw_to_ulaw(*octet)),
        (Codec::Pcmu, Codec::Pcmu) | (Codec::Pcma, Codec::Pcma) => {
            pairs.for_each(|(to, octet)| *to = *octet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio_codec_algorithms::{decode_alaw, decode_ulaw};

    #[test]
    fn silence_decodes_to_next_to_nothing() {
        assert!(decode_ulaw(Codec::Pcmu.silence()).abs() <= 8);
        assert!(decode_alaw(Codec::Pcma.silence()).abs() <= 8);
    }

    #[test]
    fn transcoding_keeps_the_sound() {
        for octet in 0..=255_u8 {
            let mut alaw = [0];
            transcode(&[octet], Codec::Pcmu, &mut alaw, Codec::Pcma);
            let (before, after) = (i32::from(decode_ulaw(octet)), i32::from(decode_alaw(alaw[0])));
            let step = before.abs() / 8 + 32;
            assert!((before - after).abs() <= step, "mu-law {octet}: {before} became {after}");
        }
    }

    #[test]
    fn equal_codecs_are_copied() {
        let mut into = [0; 3];
        transcode(&[1, 2, 3], Codec::Pcma, &mut into, Codec::Pcma);
        assert_eq!(into, [1, 2, 3]);
    }
}
