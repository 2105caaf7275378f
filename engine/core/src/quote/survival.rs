//! How many callers would still be waiting after so long, were nobody answered: Kaplan and Meier's estimate, with a
//! constant hazard within each stretch of time. A caller who is answered stops being looked at, and that is no departure.

use super::Fixed;
use super::correction::Waited;
use crate::Span;
use alloc::vec;
use alloc::vec::Vec;

/// The first ends after a second, each other at 1.41 times the one before, the last never.
pub(super) const STRETCHES: usize = 27;
/// After so many callers all that was seen counts for half.
const MEMORY_CALLERS: u32 = 2_048;

/// The patience of one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Survival {
    /// Since all was last halved.
    callers: u32,
    stretches: Vec<Stretch>,
}

/// One stretch of a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Who left in it, each one [`DEPARTURE`].
    left: u64,
    waited_us: u64,
}

/// One departure, in steps of 2^-16: fine enough to be halved often.
const DEPARTURE: u64 = 1 << 16;

impl Survival {
    /// Nothing seen: everybody is patient.
    pub(super) fn new() -> Survival {
        Survival { callers: 0, stretches: vec![Stretch::default(); STRETCHES] }
    }

    /// A caller's wait ended.
    pub(super) fn learn(&mut self, waited: Waited) {
        match waited {
            Waited::Answered(span) => self.waited(span),
            Waited::Longer(span) => {
                self.waited(span);
                self.left(span);
            }
        }
    }

    /// The share of callers who would wait longer than that.
    pub(super) fn after(&self, span: Span) -> Fixed {
        let (mut start, mut hazard) = (0, Fixed::ZERO);
        for (stretch, end) in self.stretches.iter().zip(&ENDS_US) {
            if start > 0 && start >= span.0 {
                break;
            }
            hazard = hazard + stretch.hazard_over(span.0.min(*end) - start);
            start = *end;
        }
        (-hazard).exp()
    }

    fn waited(&mut self, waited: Span) {
        self.callers = self.callers.saturating_add(1);
        if self.callers >= MEMORY_CALLERS {
            self.halve();
        }
        for (stretch, within) in self.stretches.iter_mut().zip(parts(waited)) {
            stretch.waited_us = stretch.waited_us.saturating_add(within);
        }
    }

    fn left(&mut self, waited: Span) {
        let index = parts(waited).count().saturating_sub(1);
        if let Some(stretch) = self.stretches.get_mut(index) {
            stretch.left = stretch.left.saturating_add(DEPARTURE);
        }
    }

    fn halve(&mut self) {
        self.callers = 0;
        for stretch in &mut self.stretches {
            stretch.left /= 2;
            stretch.waited_us /= 2;
        }
    }
}

impl Stretch {
    fn hazard_over(&self, micros: u64) -> Fixed {
        if self.left == 0 {
            return Fixed::ZERO;
        }
        Fixed::coarse_ratio(self.left, micros, self.waited_us)
    }
}

/// The parts of a span that lie in the stretches it reaches, in microseconds: at least one.
fn parts(span: Span) -> impl Iterator<Item = u64> {
    let mut start = 0;
    ENDS_US.iter().map_while(move |end| {
        let within = (start == 0 || start < span.0).then(|| span.0.min(*end) - start);
        start = *end;
        within
    })
}

/// Where each stretch ends.
const ENDS_US: [u64; STRETCHES] = {
    let mut ends = [u64::MAX; STRETCHES];
    let mut stretch = 0;
    while stretch + 1 < STRETCHES {
        let octave = 1_000_000 << (stretch / 2);
        ends[stretch] = if stretch % 2 == 0 { octave } else { octave * 141_421 / 100_000 };
        stretch += 1;
    }
    ends
};

crate::code::code_struct! {
    Survival { callers, stretches }
    Stretch { left, waited_us }
}
