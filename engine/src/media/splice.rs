//! Joining a relayed source to the stream a leg already receives, with no jitter buffer.

use super::codec::SAMPLES_PER_SECOND;
use super::timeline::Timeline;
use super::wire::{Arrival, Stamp};
use std::time::Instant;

/// RFC 3550 appendix A.1: a larger step forward is a source that started again.
const DROPOUT_MAX: i16 = 3_000;

/// RFC 3550 appendix A.1: a larger step back is one, too.
const EARLIEST: i16 = -100;

/// A source whose timestamps stray this far from the clock has set its own anew without telling (10 s: more
/// than the longest event segment, which keeps its first timestamp, and than the drift of a long call).
const STRAY_MAX: i32 = 10 * SAMPLES_PER_SECOND.cast_signed();

/// The fixed distance between a source's numbers and ours.
///
/// Order, gaps and repetitions of the source stay as they are: the receiver's jitter buffer has to see them.
#[derive(Debug)]
pub(super) struct Splice {
    ssrc: u32,
    /// The first sequence number that is ours to send: what the source sent before it belongs to what the
    /// receiver heard before, and its number there is taken.
    first: u16,
    highest: u16,
    sequence_offset: u16,
    timestamp_offset: u32,
    /// The next sequence number of a source that seems to have started again.
    suspect: Option<u16>,
    fresh: bool,
}

/// What a sequence number is to the ones before it.
enum Step {
    Forward,
    Late,
    Restart,
    Stray,
}

impl Splice {
    /// A splice that lets `arrival` follow what the timeline has sent.
    pub(super) fn join(timeline: &Timeline, now: Instant, arrival: &Arrival<'_>) -> Splice {
        Splice {
            ssrc: arrival.ssrc,
            first: arrival.sequence,
            highest: arrival.sequence.wrapping_sub(1),
            sequence_offset: timeline.next_sequence().wrapping_sub(arrival.sequence),
            timestamp_offset: timeline.junction(now).wrapping_sub(arrival.timestamp),
            suspect: None,
            fresh: true,
        }
    }

    /// The place of a packet in our stream, or `None` if it has none.
    pub(super) fn place(&mut self, timeline: &mut Timeline, now: Instant, arrival: &Arrival<'_>) -> Option<Stamp> {
        match self.step(arrival) {
            Step::Forward => self.advance(timeline, now, arrival),
            Step::Late => {}
            Step::Restart => *self = Splice::join(timeline, now, arrival),
            Step::Stray => return None,
        }
        self.suspect = None;
        self.highest = furthest(self.highest, arrival.sequence);
        let stamp = Stamp {
            ssrc: timeline.ssrc(),
            sequence: arrival.sequence.wrapping_add(self.sequence_offset),
            timestamp: arrival.timestamp.wrapping_add(self.timestamp_offset),
            marker: arrival.marker || self.fresh,
        };
        self.fresh = false;
        timeline.joined(stamp.sequence, stamp.timestamp.wrapping_add(arrival.samples()));
        Some(stamp)
    }

    /// Closes the gap that a packet we don't pass on would leave in our sequence.
    ///
    /// Only where it is the next in order: otherwise its number may be needed for a late neighbour.
    pub(super) fn skip(&mut self, arrival: &Arrival<'_>) {
        if arrival.ssrc == self.ssrc && arrival.sequence == self.highest.wrapping_add(1) {
            self.highest = arrival.sequence;
            self.first = arrival.sequence.wrapping_add(1);
            self.sequence_offset = self.sequence_offset.wrapping_sub(1);
        }
    }

    fn step(&mut self, arrival: &Arrival<'_>) -> Step {
        if arrival.ssrc != self.ssrc {
            return Step::Restart;
        }
        match arrival.sequence.wrapping_sub(self.highest).cast_signed() {
            1..DROPOUT_MAX => Step::Forward,
            EARLIEST..=0 if self.is_ours(arrival.sequence) => Step::Late,
            EARLIEST..=0 => Step::Stray,
            _far => self.far(arrival.sequence),
        }
    }

    /// Two consecutive packets far away are a restart; a single one is a straggler.
    fn far(&mut self, sequence: u16) -> Step {
        if self.suspect == Some(sequence) {
            return Step::Restart;
        }
        self.suspect = Some(sequence.wrapping_add(1));
        Step::Stray
    }

    fn is_ours(&self, sequence: u16) -> bool {
        sequence.wrapping_sub(self.first).cast_signed() >= 0
    }

    fn advance(&mut self, timeline: &Timeline, now: Instant, arrival: &Arrival<'_>) {
        let timestamp = arrival.timestamp.wrapping_add(self.timestamp_offset);
        let stray = timestamp.wrapping_sub(timeline.clock(now)).cast_signed();
        if stray.saturating_abs() > STRAY_MAX {
            self.timestamp_offset = timeline.junction(now).wrapping_sub(arrival.timestamp);
            self.fresh = true;
        }
        // `is_ours` compares half a circle: keep its reference near.
        if arrival.sequence.wrapping_sub(self.first) > 2 * DROPOUT_MAX.cast_unsigned() {
            self.first = arrival.sequence.wrapping_sub(DROPOUT_MAX.cast_unsigned());
        }
    }
}

fn furthest(a: u16, b: u16) -> u16 {
    if a.wrapping_sub(b).cast_signed() > 0 { a } else { b }
}
