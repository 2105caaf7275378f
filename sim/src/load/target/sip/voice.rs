//! What is spoken: keys by RFC 4733, a packet now and then so that no leg is taken for dead, silence if it is asked for.
//!
//! What the desk says is not read at all: the kernel throws it away, which costs next to nothing.

use super::leg::LegId;
use crate::load::clock::{Agenda, Moment};
use crate::phone::sdp::Remote;
use crate::phone::stream::{Sound, Stream};
use std::collections::HashMap;
use std::net::UdpSocket;
use std::time::Duration;

const FRAME: Duration = Duration::from_millis(20);

/// How much is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audio {
    /// A packet of silence every 20 ms.
    pub constant: bool,
    /// Without that: a packet so often. It must be less than the desk's `silence_max`.
    pub keep_alive: Duration,
}

impl Default for Audio {
    fn default() -> Audio {
        Audio { constant: false, keep_alive: Duration::from_secs(10) }
    }
}

/// All legs' voices, over one socket.
#[derive(Debug)]
pub(super) struct Voice {
    socket: UdpSocket,
    audio: Audio,
    talks: HashMap<LegId, Talk>,
    agenda: Agenda<(LegId, Beat)>,
    opened: u32,
    packet: Vec<u8>,
    /// Packets sent.
    pub(super) sent: u64,
}

#[derive(Debug)]
struct Talk {
    stream: Stream,
    /// Whether it is looked at every 20 ms.
    beats: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    Frame,
    KeepAlive,
}

impl Voice {
    pub(super) fn new(socket: UdpSocket, audio: Audio) -> Voice {
        Voice {
            socket,
            audio,
            talks: HashMap::new(),
            agenda: Agenda::default(),
            opened: 0,
            packet: Vec::with_capacity(256),
            sent: 0,
        }
    }

    /// When there is something to send.
    pub(super) fn next(&self) -> Moment {
        self.agenda.next()
    }

    /// A leg talks, or talks otherwise.
    pub(super) fn open(&mut self, leg: LegId, remote: Remote, now: Moment) {
        if let Some(talk) = self.talks.get_mut(&leg) {
            talk.stream.remote = Some(remote);
            return;
        }
        self.opened = self.opened.wrapping_add(1);
        let mut stream = Stream::new(self.opened.wrapping_mul(0x9e37_79b9));
        stream.remote = Some(remote);
        stream.sound = if self.audio.constant { Sound::Silence } else { Sound::Nothing };
        self.talks.insert(leg, Talk { stream, beats: self.audio.constant });
        if self.audio.constant {
            self.agenda.note(now, (leg, Beat::Frame));
        } else {
            self.agenda.note(now.after(self.audio.keep_alive), (leg, Beat::KeepAlive));
        }
    }

    /// A leg presses a key; false if it does not talk, or there is no such key.
    pub(super) fn press(&mut self, leg: LegId, key: char, now: Moment) -> bool {
        let Some(talk) = self.talks.get_mut(&leg) else { return false };
        let pressed = talk.stream.press(key);
        if pressed && !talk.beats {
            talk.beats = true;
            self.agenda.note(now, (leg, Beat::Frame));
        }
        pressed
    }

    /// A leg talks no more.
    pub(super) fn close(&mut self, leg: LegId) {
        self.talks.remove(&leg);
    }

    /// Sends what is due.
    pub(super) fn speak(&mut self, now: Moment) {
        while let Some((due, (leg, beat))) = self.agenda.take_due(now) {
            match beat {
                Beat::Frame => self.beat(leg, due, now),
                Beat::KeepAlive => self.keep_alive(leg, now),
            }
        }
    }

    fn beat(&mut self, leg: LegId, due: Moment, now: Moment) {
        self.send(leg);
        let constant = self.audio.constant;
        let Some(talk) = self.talks.get_mut(&leg) else { return };
        talk.beats = constant || talk.stream.is_pressing();
        if talk.beats {
            // Whoever is late does not send what was missed in one burst.
            self.agenda.note(due.after(FRAME).max(now), (leg, Beat::Frame));
        }
    }

    fn keep_alive(&mut self, leg: LegId, now: Moment) {
        let Some(talk) = self.talks.get_mut(&leg) else { return };
        if !talk.beats {
            talk.stream.sound = Sound::Silence;
            self.send(leg);
            self.talks.get_mut(&leg).into_iter().for_each(|talk| talk.stream.sound = Sound::Nothing);
        }
        self.agenda.note(now.after(self.audio.keep_alive), (leg, Beat::KeepAlive));
    }

    fn send(&mut self, leg: LegId) {
        let Some(talk) = self.talks.get_mut(&leg) else { return };
        if let Some(remote) = talk.stream.remote
            && talk.stream.next_packet(&mut self.packet)
            // A full socket buffer loses a packet, as a network does.
            && self.socket.send_to(&self.packet, remote.at).is_ok()
        {
            self.sent += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::sdp::Direction;

    fn at_ms(ms: u64) -> Moment {
        Moment(ms * 1_000_000)
    }

    fn voice(audio: Audio) -> (Voice, UdpSocket) {
        let bind = || UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let (near, far) = (bind(), bind());
        far.set_nonblocking(true).expect("it can");
        let mut voice = Voice::new(near, audio);
        let at = far.local_addr().expect("it is bound");
        voice.open(LegId::Caller(1), Remote { at, keys: Some(101), direction: Direction::Both }, at_ms(0));
        (voice, far)
    }

    fn heard(far: &UdpSocket) -> Vec<u8> {
        let mut buffer = [0; 512];
        std::iter::from_fn(|| far.recv(&mut buffer).ok().map(|_| buffer[1] & 0x7f)).collect()
    }

    #[test]
    fn a_key_takes_eight_packets_and_then_nothing_is_sent() {
        let (mut voice, far) = voice(Audio::default());
        assert!(voice.press(LegId::Caller(1), '2', at_ms(5)));
        assert!(!voice.press(LegId::Caller(1), 'x', at_ms(5)) && !voice.press(LegId::Caller(2), '2', at_ms(5)));
        (5..2_000).for_each(|ms| voice.speak(at_ms(ms)));
        assert_eq!(heard(&far), [101; 8]);
    }

    #[test]
    fn a_silent_leg_is_kept_alive_and_a_closed_one_is_not() {
        let (mut voice, far) = voice(Audio::default());
        (0..35).for_each(|s| voice.speak(at_ms(s * 1_000)));
        assert_eq!(heard(&far), [0; 3]);
        voice.close(LegId::Caller(1));
        (35..90).for_each(|s| voice.speak(at_ms(s * 1_000)));
        assert!(heard(&far).is_empty());
        assert_eq!(voice.next(), Moment::NEVER);
    }

    #[test]
    fn constant_audio_is_fifty_packets_a_second() {
        let (mut voice, far) = voice(Audio { constant: true, ..Audio::default() });
        (0..1_000).for_each(|ms| voice.speak(at_ms(ms)));
        assert_eq!(heard(&far).len(), 50);
    }
}
