//! The door to the desk, for facts that must not be lost while it is busy.

use std::collections::VecDeque;

use cabrank_core::Input;

use crate::door::{Busy, Door};

/// Facts kept while the desk is busy. Each leg yields few, so the cap on legs bounds them; past
/// this many the newest is lost, and said so.
const WAITING_MAX: usize = 65_536;

/// Tells the desk what happened, in order.
pub(crate) struct Desk {
    door: Door,
    waiting: VecDeque<Input>,
}

impl Desk {
    /// Behind this door.
    #[must_use]
    pub(crate) fn new(door: Door) -> Desk {
        Desk { door, waiting: VecDeque::new() }
    }

    /// Tells of something that may be refused: a new call.
    ///
    /// # Errors
    /// [`Busy`]: answer 503.
    pub(crate) fn offer(&mut self, input: Input) -> Result<(), Busy> {
        if self.is_behind() { Err(Busy) } else { self.door.offer(input) }
    }

    /// Tells of something that has happened and must be heard, now or as soon as the desk can.
    pub(crate) fn tell(&mut self, input: Input) {
        if self.is_behind() || self.door.submit(input.clone()).is_err() {
            self.keep(input);
        }
    }

    /// A door to ask at.
    #[must_use]
    pub(crate) fn door(&self) -> Door {
        self.door.clone()
    }

    /// Hands in what waited, as far as the desk takes it.
    pub(crate) fn catch_up(&mut self) {
        while let Some(input) = self.waiting.front() {
            if self.door.submit(input.clone()).is_err() {
                return;
            }
            self.waiting.pop_front();
        }
    }

    /// Whether facts wait.
    #[must_use]
    pub(crate) fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn keep(&mut self, input: Input) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(input);
        } else {
            tracing::error!("the desk has been busy for too long: a fact was lost");
        }
    }
}
