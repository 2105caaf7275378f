//! A bounded list: how it began and how it ended are kept, what is too much in between is counted.

use std::collections::VecDeque;

/// Kept of the beginning, and as many of the end.
const KEPT_MAX: usize = 200;

/// The first and the last of many.
#[derive(Debug)]
pub(super) struct Moments<T> {
    first: Vec<T>,
    last: VecDeque<T>,
    left_out: u64,
}

impl<T> Default for Moments<T> {
    fn default() -> Self {
        Moments { first: Vec::new(), last: VecDeque::new(), left_out: 0 }
    }
}

impl<T> Moments<T> {
    pub(super) fn push(&mut self, item: T) {
        if self.first.len() < KEPT_MAX {
            return self.first.push(item);
        }
        if self.last.len() == KEPT_MAX {
            self.last.pop_front();
            self.left_out += 1;
        }
        self.last.push_back(item);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The items in order, how many stand before the gap, and how many are missing there.
    pub(super) fn into_parts(self) -> (Vec<T>, usize, u64) {
        let before_gap = self.first.len();
        (self.first.into_iter().chain(self.last).collect(), before_gap, self.left_out)
    }
}
