//! The demo fleet: a few cabs on a grid of streets, so that a desk can be tried with nothing else running.
//!
//! Deterministic: same bookings at the same ticks, same cabs and times. It knows nothing of any real town; a pickup is a
//! text that stands, by its digest, for a corner.

use cabrank_core::{CallId, DispatchAnswer, Span, Text, Tick};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Corners along each side of the town.
const SIDE: u64 = 24;
/// From one corner to the next.
const BLOCK: Span = Span::secs(40);
/// From the order until the cab moves.
const SETTING_OFF: Span = Span::secs(30);
/// The shortest ride.
const RIDE_MIN: Span = Span::secs(120);
/// Nobody is promised a cab later than this.
const ETA_MAX: Span = Span::secs(30 * 60);
/// One ride in so many meets a jam, and the promise is broken.
const JAM_EVERY: u64 = 20;
/// What a jam costs.
const JAM: Span = Span::secs(5 * 60);
/// Cabs.
const CABS: u64 = 30;
/// Bookings remembered for who asks again with the same call; the oldest is forgotten for a new one.
const BOOKINGS_MAX: usize = 10_000;

/// The fleet.
#[derive(Clone, Debug)]
pub struct Fleet {
    cabs: Vec<Cab>,
    answers: BTreeMap<CallId, DispatchAnswer>,
    oldest_first: VecDeque<CallId>,
    under_way: BTreeSet<(Tick, CallId, bool)>,
}

/// A cab is at a caller's door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whose.
    pub call: CallId,
    /// Whether it is there when it was promised.
    pub kept: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cab {
    corner: Corner,
    free_at: Tick,
}

#[derive(Clone, Copy, Debug)]
struct Corner {
    east: u64,
    north: u64,
}

impl Default for Fleet {
    fn default() -> Self {
        let cab = |number: u64| Cab { corner: Corner::of(&number.to_be_bytes()), free_at: Tick(0) };
        Fleet {
            cabs: (0..CABS).map(cab).collect(),
            answers: BTreeMap::new(),
            oldest_first: VecDeque::new(),
            under_way: BTreeSet::new(),
        }
    }
}

impl Fleet {
    /// Sends the cab that can be there first. The same call gets the same answer again.
    pub fn book(&mut self, call: CallId, pickup: &str, now: Tick) -> DispatchAnswer {
        if let Some(answer) = self.answers.get(&call) {
            return answer.clone();
        }
        let answer = self.send(call, Corner::of(pickup.as_bytes()), now);
        self.remember(call, answer.clone());
        answer
    }

    /// When the next cab arrives, if one is under way.
    pub fn next_arrival(&self) -> Option<Tick> {
        self.under_way.first().map(|(at, ..)| *at)
    }

    /// Who has got a cab by now, each told once.
    pub fn arrivals(&mut self, now: Tick) -> Vec<Arrival> {
        let mut arrived = Vec::new();
        while let Some((at, call, kept)) = self.under_way.first().copied()
            && at <= now
        {
            self.under_way.pop_first();
            arrived.push(Arrival { call, kept });
        }
        arrived
    }

    fn send(&mut self, call: CallId, pickup: Corner, now: Tick) -> DispatchAnswer {
        let there_in = |cab: &Cab| cab.free_at.since(now).plus(SETTING_OFF).plus(cab.corner.drive_to(pickup));
        let first =
            self.cabs.iter_mut().enumerate().map(|(at, cab)| (there_in(cab), at, cab)).min_by_key(|(eta, at, _)| (*eta, *at));
        let Some((eta, at, cab)) = first.filter(|(eta, ..)| *eta <= ETA_MAX) else {
            return DispatchAnswer::Refused { reason: "no cab can be there within half an hour".into() };
        };
        let jammed = digest(&call.0.to_be_bytes()).is_multiple_of(JAM_EVERY);
        let arrives_at = now.plus(eta).plus(if jammed { JAM } else { Span(0) });
        cab.ride(pickup, call, arrives_at);
        self.under_way.insert((arrives_at, call, !jammed));
        DispatchAnswer::Accepted { eta: whole_minutes(eta), reference: Text::from(format!("cab {}", at + 1)) }
    }

    fn remember(&mut self, call: CallId, answer: DispatchAnswer) {
        if self.oldest_first.len() == BOOKINGS_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.oldest_first.push_back(call);
        self.answers.insert(call, answer);
    }
}

impl Cab {
    fn ride(&mut self, from: Corner, call: CallId, begins_at: Tick) {
        self.corner = Corner::of(&call.0.to_le_bytes());
        self.free_at = begins_at.plus(from.drive_to(self.corner).max(RIDE_MIN));
    }
}

impl Corner {
    fn of(bytes: &[u8]) -> Corner {
        let digest = digest(bytes);
        Corner { east: digest % SIDE, north: digest / SIDE % SIDE }
    }

    fn drive_to(self, other: Corner) -> Span {
        let blocks = self.east.abs_diff(other.east) + self.north.abs_diff(other.north);
        Span(BLOCK.0 * blocks)
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Rounded up: what is promised is in whole minutes, as it is spoken.
fn whole_minutes(eta: Span) -> Span {
    Span::secs(eta.0.div_ceil(60_000_000) * 60)
}

#[cfg(test)]
mod tests {
    use super::{BOOKINGS_MAX, Fleet};
    use cabrank_core::{CallId, DispatchAnswer, Span, Tick};
    use std::collections::BTreeMap;

    fn hour(n: u64) -> Tick {
        Tick(Span::secs(3600 * n).0)
    }

    #[test]
    fn the_same_call_is_sent_one_cab_however_often_it_asks() {
        let mut fleet = Fleet::default();
        let answer = fleet.book(CallId(1), "12 Ann Siang Road", Tick(0));
        assert_eq!(fleet.book(CallId(1), "12 Ann Siang Road", hour(1)), answer);
        assert_eq!(fleet.arrivals(hour(2)).len(), 1);
        assert_eq!(fleet.arrivals(hour(2)), []);
    }

    #[test]
    fn two_fleets_with_the_same_bookings_say_the_same() {
        let run = || {
            let mut fleet = Fleet::default();
            let answers: Vec<_> = (0..200).map(|n| fleet.book(CallId(n), &format!("{n} Road"), Tick(n * 7_000_000))).collect();
            (answers, fleet.arrivals(hour(9)))
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn a_cab_arrives_within_what_was_promised_or_the_promise_is_reported_broken() {
        let mut fleet = Fleet::default();
        let mut due = BTreeMap::new();
        for n in 0..100 {
            let now = Tick(Span::secs(n * 120).0);
            if let DispatchAnswer::Accepted { eta, .. } = fleet.book(CallId(n), &format!("{n} Road"), now) {
                due.insert(CallId(n), now.plus(eta));
            }
        }
        assert!(due.len() > 50, "{} of 100 got a cab", due.len());
        let mut broken = 0;
        while let Some(at) = fleet.next_arrival() {
            for arrival in fleet.arrivals(at) {
                assert_eq!(arrival.kept, at <= due[&arrival.call], "call {}", arrival.call);
                broken += usize::from(!arrival.kept);
            }
        }
        assert!((1..20).contains(&broken), "{broken} broken");
    }

    #[test]
    fn when_all_cabs_are_far_from_free_the_caller_is_refused_and_later_served_again() {
        let mut fleet = Fleet::default();
        let refused = |answer: &DispatchAnswer| matches!(answer, DispatchAnswer::Refused { .. });
        let answers: Vec<_> = (0..400).map(|n| fleet.book(CallId(n), "the rank", Tick(0))).collect();
        assert!(answers.iter().any(refused) && !answers.iter().all(refused));
        assert!(!refused(&fleet.book(CallId(999), "the rank", hour(3))));
    }

    #[test]
    fn memory_of_bookings_is_bounded() {
        let mut fleet = Fleet::default();
        for n in 0..BOOKINGS_MAX as u64 + 50 {
            fleet.book(CallId(n), "the rank", Tick(0));
        }
        assert_eq!((fleet.answers.len(), fleet.oldest_first.len()), (BOOKINGS_MAX, BOOKINGS_MAX));
    }
}
