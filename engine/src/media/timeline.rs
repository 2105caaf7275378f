//! The one continuous RTP stream a receiver sees, whatever it is fed from.

use super::codec::{FRAME_SAMPLES, SAMPLES_PER_SECOND};
use super::wire::Stamp;
use std::time::Instant;

const FRAME: u32 = FRAME_SAMPLES as u32;

/// How far own audio may lag behind the clock before its timestamps jump: 200 ms, a tick that was very late.
const LAG_MAX: u32 = SAMPLES_PER_SECOND / 5;

/// The random beginnings RFC 3550 section 5.1 asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
}

/// Sequence numbers and timestamps of what is sent: the next free ones, and a clock for gaps.
#[derive(Debug)]
pub(super) struct Timeline {
    origin: Origin,
    epoch: Instant,
    next_sequence: u16,
    /// The end of all that was sent; nothing new may begin before.
    next_timestamp: u32,
    interrupted: bool,
}

impl Timeline {
    pub(super) fn new(now: Instant, origin: Origin) -> Timeline {
        Timeline { origin, epoch: now, next_sequence: origin.sequence, next_timestamp: origin.timestamp, interrupted: true }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.origin.ssrc
    }

    /// What is sent next begins a talkspurt: it gets the marker (RFC 3551 section 4.1) and the clock's timestamp.
    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// The next 20 ms of our own audio.
    pub(super) fn frame(&mut self, now: Instant) -> Stamp {
        let marker = self.interrupted || self.lag(now) > LAG_MAX;
        let timestamp = if marker { self.junction(now) } else { self.next_timestamp };
        self.interrupted = false;
        self.next_timestamp = timestamp.wrapping_add(FRAME);
        self.stamp(timestamp, marker)
    }

    /// The timestamp of an event of our own that begins now, and that all its packets carry.
    pub(super) fn begin_event(&mut self, now: Instant) -> u32 {
        self.interrupted = true;
        self.junction(now)
    }

    /// The next packet of the event that began at `timestamp` and has lasted `samples`.
    pub(super) fn event(&mut self, timestamp: u32, first: bool, samples: u32) -> Stamp {
        self.next_timestamp = later(self.next_timestamp, timestamp.wrapping_add(samples));
        self.stamp(timestamp, first)
    }

    /// The sequence number at which another source may join.
    pub(super) fn next_sequence(&self) -> u16 {
        self.next_sequence
    }

    /// The timestamp at which another source may join: not in what was sent, nor in the past.
    pub(super) fn junction(&self, now: Instant) -> u32 {
        later(self.next_timestamp, self.clock(now))
    }

    /// Notes a packet of another source that was sent with this sequence number and lasts until `end`.
    pub(super) fn joined(&mut self, sequence: u16, end: u32) {
        let next = sequence.wrapping_add(1);
        if next.wrapping_sub(self.next_sequence).cast_signed() > 0 {
            self.next_sequence = next;
        }
        self.next_timestamp = later(self.next_timestamp, end);
        self.interrupted = true;
    }

    /// What the timestamp would be had audio been sent without a pause.
    pub(super) fn clock(&self, now: Instant) -> u32 {
        let elapsed_us = now.duration_since(self.epoch).as_micros();
        let samples = elapsed_us * u128::from(SAMPLES_PER_SECOND) / 1_000_000;
        // Timestamps wrap: the low 32 bits are the meaning.
        self.origin.timestamp.wrapping_add(samples as u32)
    }

    fn lag(&self, now: Instant) -> u32 {
        let behind = self.clock(now).wrapping_sub(self.next_timestamp).cast_signed();
        u32::try_from(behind).unwrap_or(0)
    }

    fn stamp(&mut self, timestamp: u32, marker: bool) -> Stamp {
        let sequence = self.next_sequence;
        self.next_sequence = sequence.wrapping_add(1);
        Stamp { ssrc: self.origin.ssrc, sequence, timestamp, marker }
    }
}

/// The later of two timestamps, which wrap.
fn later(a: u32, b: u32) -> u32 {
    if a.wrapping_sub(b).cast_signed() > 0 { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn timeline() -> (Timeline, Instant) {
        let now = Instant::now();
        (Timeline::new(now, Origin { ssrc: 5, sequence: 65_534, timestamp: u32::MAX - 200 }), now)
    }

    #[test]
    fn frames_follow_each_other_across_the_wrap() {
        let (mut timeline, now) = timeline();
        let stamps: Vec<_> = (0..4).map(|n| timeline.frame(now + Duration::from_millis(20 * n))).collect();
        for pair in stamps.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160));
        }
        assert_eq!(stamps.iter().map(|stamp| stamp.marker).collect::<Vec<_>>(), [true, false, false, false]);
    }

    #[test]
    fn a_pause_moves_the_timestamp_but_not_the_sequence() {
        let (mut timeline, now) = timeline();
        let before = timeline.frame(now);
        timeline.interrupt();
        let after = timeline.frame(now + Duration::from_secs(1));
        assert!(after.marker);
        assert_eq!(after.sequence, before.sequence.wrapping_add(1));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(8_000));
    }

    #[test]
    fn a_late_tick_does_not_jump_and_a_lost_second_does() {
        let (mut timeline, now) = timeline();
        let first = timeline.frame(now);
        let second = timeline.frame(now + Duration::from_millis(100));
        assert_eq!(second.timestamp, first.timestamp.wrapping_add(160));
        let third = timeline.frame(now + Duration::from_millis(1_100));
        assert!(third.marker);
        assert_eq!(third.timestamp, first.timestamp.wrapping_add(8_800));
    }
}
