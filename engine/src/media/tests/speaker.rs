//! A far end that speaks, and the network it speaks through.

use super::scene::{EVENTS_AT, Scene, Sent, far, id};
use crate::media::wire::{Stamp, tests::datagram};
use std::time::Duration;

/// A far end that speaks: numbers of its own, and each packet's payload unlike all others.
pub(super) struct Speaker {
    pub(super) leg: usize,
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) spoken: u32,
}

impl Speaker {
    pub(super) fn new(leg: usize) -> Speaker {
        Speaker { leg, ssrc: 70 + id(leg).berth, sequence: 65_500, timestamp: u32::MAX - 4_000, spoken: 0 }
    }

    pub(super) fn stamp(&mut self, samples: u32) -> Stamp {
        let stamp = Stamp { ssrc: self.ssrc, sequence: self.sequence, timestamp: self.timestamp, marker: false };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(samples);
        stamp
    }

    pub(super) fn audio(&mut self) -> Vec<u8> {
        let stamp = self.stamp(160);
        self.spoken += 1;
        let mut payload = [0; 160];
        payload[..4].copy_from_slice(&self.spoken.to_be_bytes());
        payload[4] = u8::try_from(self.leg).expect("few legs");
        datagram(0, stamp, &payload)
    }

    pub(super) fn comfort_noise(&mut self) -> Vec<u8> {
        let stamp = self.stamp(0);
        datagram(13, stamp, &[40])
    }

    /// The packets of a key press.
    pub(super) fn press(&mut self) -> Vec<Vec<u8>> {
        let octets = [160_u16, 320, 480, 640, 800, 960, 960, 960].into_iter().enumerate().map(|(n, duration)| {
            let [high, low] = duration.to_be_bytes();
            let stamp = self.stamp(0);
            datagram(EVENTS_AT, stamp, &[5, if n >= 5 { 0x80 } else { 0 }, high, low])
        });
        let packets = octets.collect();
        self.timestamp = self.timestamp.wrapping_add(960);
        packets
    }

    pub(super) fn pause(&mut self, time: Duration) {
        let samples = u32::try_from(time.as_millis() * 8).expect("a short pause");
        self.timestamp = self.timestamp.wrapping_add(samples);
    }
}

/// Sends a speaker's datagrams, one each 20 ms, to its leg.
pub(super) fn speak(scene: &mut Scene, leg: usize, datagrams: &[Vec<u8>]) -> Vec<Sent> {
    let mut heard = vec![];
    for octets in datagrams {
        scene.wait(Duration::from_millis(20));
        heard.extend(scene.receive(leg, far(leg), octets));
    }
    heard
}

/// What the network makes of a row of packets: one in five lost, one in ten doubled, one in five late.
pub(super) fn network(packets: Vec<Vec<u8>>, fates: &[u8]) -> Vec<Vec<u8>> {
    let mut arrivals: Vec<(usize, Vec<u8>)> = vec![];
    for (n, (packet, fate)) in packets.into_iter().zip(fates).enumerate() {
        match fate {
            0..20 => {}
            20..30 => arrivals.extend([(n, packet.clone()), (n + 3, packet)]),
            30..50 => arrivals.push((n + usize::from(*fate) % 4, packet)),
            _whole => arrivals.push((n, packet)),
        }
    }
    arrivals.sort_by_key(|(due, _)| *due);
    arrivals.into_iter().map(|(_, packet)| packet).collect()
}
