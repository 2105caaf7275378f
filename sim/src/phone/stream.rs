//! One side of one talk: which packet comes next, and what was heard. No socket, no clock.

use super::sdp::Remote;
use rtp_types::{RtpPacket, RtpPacketBuilder};
use std::collections::VecDeque;

/// Samples in a packet: 20 ms at 8 kHz.
const FRAME: u32 = 160;
const PCMU: u8 = 0;
/// A key is held so many packets, and its end is said three times (RFC 4733, 2.5.1.4).
const KEY_PACKETS: u16 = 5;
const KEY_END_PACKETS: u16 = 3;
/// Packets of sound between two keys.
const KEY_GAP: u16 = 3;
/// Keys that may wait to be sent.
const KEYS_MAX: usize = 32;
/// Keys remembered of the other side.
const HEARD_KEYS_MAX: usize = 64;
/// Silence in mu-law.
const SILENT: u8 = 0xff;

/// What a phone says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sound {
    /// Packets of silence.
    #[default]
    Silence,
    /// A sine; the pitch in Hz is rounded to a multiple of 50, so that each packet holds whole periods.
    Tone(u16),
    /// No packets at all, as a phone that has died.
    Nothing,
}

/// What a phone has heard so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Packets of voice.
    pub packets: u64,
    /// Those of them that were not silent.
    pub loud: u64,
    /// Voice packets that never came or came too late, by their sequence numbers.
    pub lost: u64,
    /// Keys pressed by the other side, the first few.
    pub keys: String,
}

/// One side of one talk.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) remote: Option<Remote>,
    pub(crate) sound: Sound,
    pub(super) heard: Heard,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    keys: VecDeque<u8>,
    pressing: Option<Pressing>,
    pause: u16,
    last_sequence: Option<u16>,
    last_event_at: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Pressing {
    event: u8,
    timestamp: u32,
    sent: u16,
}

impl Stream {
    pub(crate) fn new(ssrc: u32) -> Stream {
        Stream {
            remote: None,
            sound: Sound::default(),
            heard: Heard::default(),
            sequence: ssrc as u16,
            timestamp: ssrc.rotate_left(16),
            ssrc,
            keys: VecDeque::new(),
            pressing: None,
            pause: 0,
            last_sequence: None,
            last_event_at: None,
        }
    }

    /// Queues a key; false if it is none, or too many wait.
    pub(crate) fn press(&mut self, key: char) -> bool {
        let event = event_of(key).filter(|_| self.keys.len() < KEYS_MAX);
        self.keys.extend(event);
        event.is_some()
    }

    /// Whether keys are still to be sent.
    pub(crate) fn is_pressing(&self) -> bool {
        self.pressing.is_some() || !self.keys.is_empty()
    }

    /// The packet of this 20 ms, if there is one; `packet` is overwritten.
    pub(crate) fn next_packet(&mut self, packet: &mut Vec<u8>) -> bool {
        let at = self.timestamp;
        self.timestamp = at.wrapping_add(FRAME);
        let Some(remote) = self.remote.filter(|remote| remote.direction.sends()) else { return false };
        self.begin_key(at);
        match (self.pressing, remote.keys) {
            (Some(pressing), Some(payload_type)) => self.key_packet(pressing, payload_type, packet),
            (Some(_), None) => {
                self.pressing = None;
                false
            }
            (None, Some(_) | None) => self.sound_packet(at, packet),
        }
    }

    fn begin_key(&mut self, at: u32) {
        self.pause = self.pause.saturating_sub(1);
        if self.pressing.is_none() && self.pause == 0 {
            self.pressing = self.keys.pop_front().map(|event| Pressing { event, timestamp: at, sent: 0 });
        }
    }

    fn key_packet(&mut self, pressing: Pressing, payload_type: u8, packet: &mut Vec<u8>) -> bool {
        let held = pressing.sent.min(KEY_PACKETS - 1) + 1;
        let end = if pressing.sent >= KEY_PACKETS { 0x80 } else { 0 };
        let [high, low] = (held * FRAME as u16).to_be_bytes();
        self.write(payload_type, pressing.timestamp, pressing.sent == 0, &[pressing.event, end | 10, high, low], packet);
        let sent = pressing.sent + 1;
        self.pressing = (sent < KEY_PACKETS + KEY_END_PACKETS).then_some(Pressing { sent, ..pressing });
        if self.pressing.is_none() {
            self.pause = KEY_GAP;
        }
        true
    }

    fn sound_packet(&mut self, at: u32, packet: &mut Vec<u8>) -> bool {
        let frame = match self.sound {
            Sound::Nothing => return false,
            Sound::Silence => [SILENT; FRAME as usize],
            Sound::Tone(pitch) => tone(pitch),
        };
        self.write(PCMU, at, false, &frame, packet);
        true
    }

    fn write(&mut self, payload_type: u8, timestamp: u32, marker: bool, payload: &[u8], packet: &mut Vec<u8>) {
        packet.clear();
        let header = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type)
            .sequence_number(self.sequence)
            .timestamp(timestamp)
            .ssrc(self.ssrc)
            .marker_bit(marker)
            .payload(payload);
        // Nothing about this header can be out of range.
        let _ = header.write_into_vec(packet);
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// Takes a packet from the other side; anything that is no RTP is passed over.
    pub(super) fn hear(&mut self, packet: &[u8]) {
        let Ok(packet) = RtpPacket::parse(packet) else { return };
        self.note_lost(packet.sequence_number());
        if packet.payload_type() == PCMU {
            self.heard.packets += 1;
            self.heard.loud += u64::from(is_loud(packet.payload()));
        } else {
            self.hear_key(packet.timestamp(), packet.payload());
        }
    }

    fn note_lost(&mut self, sequence: u16) {
        let missed = self.last_sequence.map_or(0, |last| sequence.wrapping_sub(last).wrapping_sub(1));
        if missed < 1_000 {
            self.heard.lost += u64::from(missed);
        }
        self.last_sequence = Some(sequence);
    }

    /// All packets of one press have one timestamp.
    fn hear_key(&mut self, timestamp: u32, payload: &[u8]) {
        let key = payload.first().and_then(|event| key_of(*event));
        if self.last_event_at == Some(timestamp) || self.heard.keys.len() >= HEARD_KEYS_MAX {
            return;
        }
        self.last_event_at = Some(timestamp);
        self.heard.keys.extend(key);
    }
}

const KEYS: &[u8; 16] = b"0123456789*#ABCD";

fn event_of(key: char) -> Option<u8> {
    KEYS.iter().position(|known| char::from(*known) == key.to_ascii_uppercase()).and_then(|at| at.try_into().ok())
}

fn key_of(event: u8) -> Option<char> {
    KEYS.get(usize::from(event)).map(|key| char::from(*key))
}

fn tone(pitch: u16) -> [u8; FRAME as usize] {
    let periods = (f64::from(pitch) / 50.0).round();
    std::array::from_fn(|sample| {
        let turn = periods * sample as f64 / f64::from(FRAME);
        audio_codec_algorithms::encode_ulaw((8_000.0 * (turn * std::f64::consts::TAU).sin()) as i16)
    })
}

/// Whether any sample is well above silence.
fn is_loud(frame: &[u8]) -> bool {
    frame.iter().any(|sample| audio_codec_algorithms::decode_ulaw(*sample).unsigned_abs() > 500)
}

#[cfg(test)]
mod tests {
    use super::super::sdp::Direction;
    use super::*;

    fn pair() -> (Stream, Stream) {
        let remote = Remote { at: ([127, 0, 0, 1], 9).into(), keys: Some(101), direction: Direction::Both };
        let mut speaker = Stream::new(0xffff_fff0);
        speaker.remote = Some(remote);
        (speaker, Stream::new(2))
    }

    fn talk(speaker: &mut Stream, listener: &mut Stream, ticks: usize) {
        let mut packet = Vec::new();
        for _ in 0..ticks {
            if speaker.next_packet(&mut packet) {
                listener.hear(&packet);
            }
        }
    }

    #[test]
    fn a_tone_is_loud_and_silence_is_not() {
        let (mut speaker, mut listener) = pair();
        talk(&mut speaker, &mut listener, 10);
        speaker.sound = Sound::Tone(440);
        talk(&mut speaker, &mut listener, 7);
        speaker.sound = Sound::Nothing;
        talk(&mut speaker, &mut listener, 5);
        assert_eq!(listener.heard, Heard { packets: 17, loud: 7, lost: 0, keys: String::new() });
    }

    #[test]
    fn keys_arrive_once_each_and_in_order_though_packets_are_lost() {
        let (mut speaker, mut listener) = pair();
        assert!("1122#*".chars().all(|key| speaker.press(key)));
        assert!(!speaker.press('x'));
        let mut packet = Vec::new();
        for tick in 0..80 {
            if speaker.next_packet(&mut packet) && tick % 3 != 0 {
                listener.hear(&packet);
            }
        }
        assert_eq!(listener.heard.keys, "1122#*");
        assert!(listener.heard.lost > 0);
    }

    #[test]
    fn whatever_is_no_rtp_is_passed_over() {
        let mut listener = Stream::new(1);
        for (fill, length) in (0..=255_u8).flat_map(|fill| (0..40).map(move |length| (fill, length))) {
            let heard_before = listener.heard.clone();
            listener.hear(&vec![fill; length]);
            let version = fill >> 6;
            assert!(version == 2 && length >= 12 || listener.heard == heard_before, "{fill:#x} {length} times");
        }
    }

    #[test]
    fn keys_that_wait_are_limited() {
        let (mut speaker, _) = pair();
        assert_eq!((0..100).filter(|_| speaker.press('1')).count(), KEYS_MAX);
    }
}
