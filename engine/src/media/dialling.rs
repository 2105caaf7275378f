//! Digits we send (RFC 4733): each a row of packets, one a tick.

use super::event::{Digit, Event};
use super::timeline::Timeline;
use super::wire::Stamp;
use std::collections::VecDeque;
use std::time::Instant;

/// Digits that may wait to be sent on one stream.
const WAITING_MAX: usize = 32;

/// Samples added to the duration by each packet: one tick.
const STEP: u16 = 160;

/// Packets that tell of a key held down (100 ms), before the three that tell of its end (RFC 4733 section 2.5.1.4).
const UPDATES: u16 = 5;
const ENDS: u16 = 3;

/// Ticks between two digits; with the repeated ends that is 80 ms for the receiver to tell them apart.
const PAUSE: u16 = 2;

const VOLUME_DB: u8 = 10;

/// The digits still to be sent.
#[derive(Debug, Default)]
pub(super) struct Dialling {
    waiting: VecDeque<Digit>,
    current: Option<Tone>,
}

#[derive(Debug)]
struct Tone {
    digit: Digit,
    timestamp: u32,
    ticks: u16,
}

/// What a tick is for while digits are sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// No digit is being sent: the tick is free for audio.
    Free,
    /// The pause between two digits.
    Pause,
    /// An event packet is due.
    Packet(Event, Stamp),
}

impl Dialling {
    /// Adds a digit; `false` if too many wait.
    pub(super) fn push(&mut self, digit: Digit) -> bool {
        let room = self.waiting.len() < WAITING_MAX;
        if room {
            self.waiting.push_back(digit);
        }
        room
    }

    /// Drops all digits, the one being sent too; says how many.
    pub(super) fn drop_all(&mut self) -> usize {
        let dropped = self.waiting.len() + usize::from(self.current.is_some());
        *self = Dialling::default();
        dropped
    }

    pub(super) fn is_idle(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty()
    }

    pub(super) fn tick(&mut self, now: Instant, timeline: &mut Timeline) -> Turn {
        let Some(tone) = self.current.as_mut() else {
            return self.begin(now, timeline);
        };
        let turn = tone.packet(timeline);
        if tone.ticks == UPDATES + ENDS + PAUSE {
            self.current = None;
        }
        turn
    }

    fn begin(&mut self, now: Instant, timeline: &mut Timeline) -> Turn {
        let Some(digit) = self.waiting.pop_front() else {
            return Turn::Free;
        };
        let mut tone = Tone { digit, timestamp: timeline.begin_event(now), ticks: 0 };
        let turn = tone.packet(timeline);
        self.current = Some(tone);
        turn
    }
}

impl Tone {
    fn packet(&mut self, timeline: &mut Timeline) -> Turn {
        let first = self.ticks == 0;
        self.ticks += 1;
        if self.ticks > UPDATES + ENDS {
            return Turn::Pause;
        }
        let duration = STEP * self.ticks.min(UPDATES + 1);
        let event = Event { digit: self.digit, end: self.ticks > UPDATES, volume_db: VOLUME_DB, duration };
        Turn::Packet(event, timeline.event(self.timestamp, first, u32::from(duration)))
    }
}
