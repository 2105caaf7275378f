//! From one moment to another.

use cabrank_core::{Span, Tick};

/// From one moment to another, which is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Tick,
    /// The first moment after.
    pub until: Tick,
}

impl Window {
    /// Whether the moment lies within.
    pub fn holds(&self, at: Tick) -> bool {
        self.from <= at && at < self.until
    }

    /// How long it is.
    pub fn length(&self) -> Span {
        self.until.since(self.from)
    }

    /// How much of the time between two moments lies within.
    pub fn overlap(&self, from: Tick, until: Tick) -> Span {
        until.min(self.until).since(from.max(self.from))
    }
}
