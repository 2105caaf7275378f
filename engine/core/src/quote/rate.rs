//! How often something happens: events over the exposure to them, the last ones weighing most.

use super::Fixed;

/// An event counts for 255/256 of what it did once another has happened: the last few hundred tell.
const MEMORY_EVENTS: u64 = 256;
/// Events are kept in steps of 1/65536.
const EVENT: u64 = 1 << 16;

/// Events over exposure. Forgets by events, not by time, so that it is as precise in a slow night as on a busy day,
/// while a silence still counts: exposure grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rate {
    events: u64,
    /// Microseconds, or microseconds times agents or callers.
    exposure_us: u64,
}

impl Rate {
    /// One more event.
    pub(super) fn happened(&mut self) {
        self.events = self.events.saturating_sub(self.events / MEMORY_EVENTS).saturating_add(EVENT);
        self.exposure_us -= self.exposure_us / MEMORY_EVENTS;
    }

    /// It could have happened for so long.
    pub(super) fn exposed(&mut self, exposure_us: u64) {
        self.exposure_us = self.exposure_us.saturating_add(exposure_us);
    }

    /// Events a second of exposure; none before the first.
    pub(super) fn per_second(&self) -> Fixed {
        if self.events == 0 {
            return Fixed::ZERO;
        }
        Fixed::coarse_ratio(self.events, 1_000_000, self.exposure_us)
    }

    /// How many events this rests on, as weighed: 256 at most.
    pub(super) fn evidence(&self) -> Fixed {
        Fixed::ratio(u128::from(self.events), u128::from(EVENT))
    }
}

crate::code::code_struct! {
    Rate { events, exposure_us }
}
