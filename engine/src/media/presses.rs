//! Which event packets are a new key press, and which tell of one already known.

use super::event::{Digit, Event};
use std::time::{Duration, Instant};

/// Events remembered. A late packet of an older event than these would count as a press:
/// eight presses within the reordering time of a network do not happen.
const REMEMBERED: usize = 8;

/// After this long without a packet, an event's timestamp may serve a new event.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(2);

/// Where RFC 4733 section 2.5.1.3 cuts a long event into segments: near the largest duration that fits.
const SEGMENT_MIN: u16 = 0xf000;

/// The presses heard lately on a stream.
///
/// An event is known by its RTP timestamp, which all its packets share, so a press is reported at the first
/// packet that arrives and whichever others are lost changes nothing. The SSRC is no part of the key: a source
/// that changes it in the middle of a press keeps the timestamp or begins a new one.
#[derive(Debug, Default)]
pub(super) struct Presses {
    recent: [Option<Seen>; REMEMBERED],
    next: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    timestamp: u32,
    digit: Digit,
    duration: u16,
    ended: bool,
    heard: Instant,
}

impl Presses {
    /// The digit, if this packet is the first one heard of a press.
    pub(super) fn hear(&mut self, now: Instant, timestamp: u32, marker: bool, event: Event) -> Option<Digit> {
        let seen = Seen { timestamp, digit: event.digit, duration: event.duration, ended: event.end, heard: now };
        if let Some(known) = self.known(&seen) {
            known.duration = known.duration.max(event.duration);
            known.ended |= event.end;
            known.heard = now;
            return None;
        }
        let continued = !marker && self.recent.iter().flatten().any(|earlier| earlier.continues_in(&seen));
        self.remember(seen);
        (!continued).then_some(event.digit)
    }

    fn known(&mut self, seen: &Seen) -> Option<&mut Seen> {
        self.recent.iter_mut().flatten().find(|known| {
            known.timestamp == seen.timestamp
                && known.digit == seen.digit
                && seen.heard.duration_since(known.heard) < FORGOTTEN_AFTER
        })
    }

    fn remember(&mut self, seen: Seen) {
        if let Some(place) = self.recent.get_mut(self.next) {
            *place = Some(seen);
        }
        self.next = (self.next + 1) % REMEMBERED;
    }
}

impl Seen {
    /// Whether `later` is the next segment of the same long press.
    fn continues_in(&self, later: &Seen) -> bool {
        let distance = later.timestamp.wrapping_sub(self.timestamp);
        self.digit == later.digit
            && !self.ended
            && later.heard.duration_since(self.heard) < FORGOTTEN_AFTER
            && self.duration >= SEGMENT_MIN
            && (u32::from(self.duration)..=u32::from(u16::MAX)).contains(&distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(code: u8, duration: u16, end: bool) -> Event {
        Event { digit: Digit::from_event(code).expect("a key"), end, volume_db: 10, duration }
    }

    /// The packets of one press: five updates, then the end three times.
    fn press(code: u8) -> Vec<Event> {
        let updates = (1..=5).map(|n| event(code, n * 160, false));
        updates.chain(std::iter::repeat_n(event(code, 960, true), 3)).collect()
    }

    #[test]
    fn a_press_longer_than_its_duration_field_is_one_press() {
        let (mut presses, start) = (Presses::default(), Instant::now());
        let mut reported = 0;
        for n in 0_u32..1_200 {
            let (segment, within) = (n * 160 / 0xffa0, (n * 160 % 0xffa0) as u16);
            let now = start + Duration::from_millis(u64::from(n) * 20);
            let heard = presses.hear(now, segment * 0xffa0, n == 0, event(5, within.max(160), false));
            reported += usize::from(heard.is_some());
        }
        // The last update of each segment says 65,280 here, less than the 65,440 between timestamps.
        assert_eq!(reported, 1);
    }

    #[test]
    fn a_timestamp_used_again_much_later_is_a_new_press() {
        let (mut presses, start) = (Presses::default(), Instant::now());
        assert!(presses.hear(start, 0, true, event(1, 160, false)).is_some());
        assert!(presses.hear(start + Duration::from_secs(3), 0, true, event(1, 160, false)).is_some());
    }

    proptest! {
        /// Whatever is lost, doubled or late: each press of which one packet arrives is reported once, in order.
        #[test]
        fn each_press_is_reported_once(
            codes in prop::collection::vec(0_u8..16, 1..20),
            fates in prop::collection::vec((0_u8..100, 0_u8..4), 160),
            origin in any::<u32>(),
            new_ssrc_keeps_nothing in any::<bool>(),
        ) {
            let (mut presses, start) = (Presses::default(), Instant::now());
            let (mut expected, mut heard, mut arrivals) = (vec![], vec![], vec![]);
            for (n, code) in codes.iter().enumerate() {
                // A source that takes a new SSRC starts again from a timestamp of its choice.
                let jump = if new_ssrc_keeps_nothing { 0x9000_0000 } else { 2_400 };
                let timestamp = origin.wrapping_add((n as u32).wrapping_mul(jump));
                let mut arrived = false;
                for (m, packet) in press(*code).into_iter().enumerate() {
                    let (fate, late) = fates[(n * 8 + m) % fates.len()];
                    if fate < 50 {
                        continue;
                    }
                    arrived = true;
                    let copies = if fate > 90 { 2 } else { 1 };
                    let due_ms = (n * 300 + m * 20 + usize::from(late) * 30) as u64;
                    arrivals.extend(std::iter::repeat_n((due_ms, timestamp, m == 0, packet), copies));
                }
                if arrived {
                    expected.push(*code);
                }
            }
            arrivals.sort_by_key(|(due_ms, ..)| *due_ms);
            for (due_ms, timestamp, marker, packet) in arrivals {
                let now = start + Duration::from_millis(due_ms);
                heard.extend(presses.hear(now, timestamp, marker, packet).map(Digit::event));
            }
            prop_assert_eq!(heard, expected);
        }
    }
}
