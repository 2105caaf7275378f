//! Telephone events (RFC 4733): the digit, and the four octets it travels in.

use std::fmt;

/// One of the sixteen keys of a telephone: 0-9, `*`, `#`, A-D (RFC 4733 section 3.2, events 0-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digit(u8);

const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

impl Digit {
    /// The digit of an event code; `None` for codes above 15, which are no keys.
    pub const fn from_event(code: u8) -> Option<Digit> {
        if code < 16 { Some(Digit(code)) } else { None }
    }

    /// The digit written as `key` (`0`-`9`, `*`, `#`, `A`-`D`, either case); `None` for any other character.
    pub fn from_key(key: char) -> Option<Digit> {
        let key = key.to_ascii_uppercase();
        let code = KEYS.iter().position(|known| *known == key)?;
        u8::try_from(code).ok().and_then(Digit::from_event)
    }

    /// The event code, 0-15.
    pub const fn event(self) -> u8 {
        self.0
    }

    /// The character on the key.
    pub fn key(self) -> char {
        KEYS.get(usize::from(self.0)).copied().unwrap_or('?')
    }
}

impl fmt::Display for Digit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key())
    }
}

/// Octets of an event payload (RFC 4733 section 2.3).
pub(super) const EVENT_OCTETS: usize = 4;

const END: u8 = 0x80;
const VOLUME: u8 = 0x3f;

/// The payload of a telephone-event packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) digit: Digit,
    pub(super) end: bool,
    /// Power below 0 dBm0, 0-63 dB.
    pub(super) volume_db: u8,
    /// Samples since the event began.
    pub(super) duration: u16,
}

impl Event {
    /// The first event of a payload; `None` if it is cut short or no key.
    pub(super) fn parse(payload: &[u8]) -> Option<Event> {
        let [code, flags, high, low] = *payload.first_chunk::<EVENT_OCTETS>()?;
        Some(Event {
            digit: Digit::from_event(code)?,
            end: flags & END != 0,
            volume_db: flags & VOLUME,
            duration: u16::from_be_bytes([high, low]),
        })
    }

    pub(super) fn octets(self) -> [u8; EVENT_OCTETS] {
        let [high, low] = self.duration.to_be_bytes();
        let end = if self.end { END } else { 0 };
        [self.digit.event(), end | (self.volume_db & VOLUME), high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_an_event_and_the_other_way_round() {
        for code in 0..16 {
            let digit = Digit::from_event(code).expect("a key");
            assert_eq!(Digit::from_key(digit.key()), Some(digit));
        }
        assert_eq!(Digit::from_event(16), None);
        assert_eq!(Digit::from_key('E'), None);
        assert_eq!(Digit::from_key('d'), Digit::from_event(15));
    }

    #[test]
    fn an_event_survives_its_octets() {
        let event = Event { digit: Digit(11), end: true, volume_db: 10, duration: 1_234 };
        assert_eq!(Event::parse(&event.octets()), Some(event));
    }

    #[test]
    fn short_and_foreign_payloads_are_no_event() {
        assert_eq!(Event::parse(&[1, 0, 0]), None);
        assert_eq!(Event::parse(&[16, 0, 0, 0]), None);
        assert_eq!(Event::parse(&[]), None);
    }
}
