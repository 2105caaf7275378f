//! The correction at one length of line; in between it is a mixture of two.

use super::fixed::Signed;
use super::{BOUNDS, Fixed};
use crate::{Code, Malformed, Reader, Sink};

/// The lengths of line at which corrections are kept.
pub(super) const MARKS: [u32; 16] = [0, 1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90, 135, 200, 300, 450];
/// A bound is stretched by e^3 = 20 at the most, or shrunk as much.
const SHIFT_MAX: Fixed = Fixed::millionths(3_000_000);
/// One outcome stretches by e^0.5 at the most.
const STEP_MAX: Fixed = Fixed::millionths(500_000);
/// Steps shrink with the outcomes seen, as for an average, until each is one part in so many ...
const MEMORY: u64 = 100;
/// ... or, since as many outcomes are still to come as callers are in line, one in so many for each of them.
const MEMORY_BY_CALLER: u64 = 4;
/// So many outcomes the first bound is worth.
const PRIOR: u64 = 40;
/// One, of the spread that is kept.
const SPREAD: u32 = 20_000;

/// What outcomes at lines of about one length taught.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    outcomes: u16,
    /// How far the waits spread that were bounded here, over their means and in steps of 1/[`SPREAD`]: an average.
    spread: u16,
    /// Logarithms of the factors, by level, in steps of 2^-16.
    shifts: [Signed; BOUNDS],
}

/// The marks around a line of this length, and how near it is to each; together one.
pub(super) fn around(in_line: u32) -> [(usize, Fixed); 2] {
    let lower = MARKS.partition_point(|mark| *mark <= in_line).saturating_sub(1);
    let upper = (lower + 1).min(MARKS.len() - 1);
    let [from, to] = [lower, upper].map(|place| u128::from(MARKS[place]));
    let nearness = if upper > lower { Fixed::ratio(u128::from(in_line) - from, to - from) } else { Fixed::ZERO };
    [(lower, Fixed::ONE - nearness), (upper, nearness)]
}

impl Mark {
    pub(super) const NEW: Mark = Mark { outcomes: 0, spread: 0, shifts: [Signed(0); BOUNDS] };

    pub(super) fn has_learned(&self) -> bool {
        self.outcomes > 0
    }

    /// The logarithm of the factor at one level.
    pub(super) fn shift(&self, level: usize) -> Fixed {
        self.shifts.get(level).map_or(Fixed::ZERO, |Signed(shift)| Fixed::from_coarse(*shift))
    }

    /// What has learned nothing itself goes on from what another has.
    pub(super) fn begin_like(&mut self, other: &Mark) {
        if !self.has_learned() {
            self.shifts = other.shifts;
        }
    }

    /// Takes a step where an outcome pushes, by level, as far as it is near.
    pub(super) fn learn(&mut self, place: usize, nearness: Fixed, spread: Fixed, pushes: &[Fixed; BOUNDS]) {
        let step = self.average(spread) / self.steps(place) * nearness;
        for (shift, push) in self.shifts.iter_mut().zip(pushes) {
            let by = (step * *push).clamp(-STEP_MAX, STEP_MAX);
            *shift = Signed((Fixed::from_coarse(shift.0) + by).clamp(-SHIFT_MAX, SHIFT_MAX).coarse());
        }
        self.outcomes = self.outcomes.saturating_add(1);
    }

    /// Hardly moves from one outcome to the next: were steps long where bounds tend to hold and short where they tend not
    /// to, the share that holds would be off by as much.
    fn average(&mut self, spread: Fixed) -> Fixed {
        let latest = (spread * Fixed::whole(SPREAD.into())).floor().clamp(0, u16::MAX.into()) as u32;
        let before = if self.has_learned() { self.spread.into() } else { latest };
        self.spread = ((before * 63 + latest) / 64).try_into().unwrap_or(u16::MAX);
        Fixed::ratio(self.spread.into(), SPREAD.into())
    }

    /// In how many steps a bound of slope one walks as far as waits spread.
    fn steps(&self, place: usize) -> Fixed {
        let callers = MARKS.get(place).map_or(1, |in_line| u64::from(*in_line) + 1);
        let memory = MEMORY.max(callers * MEMORY_BY_CALLER);
        Fixed::whole((u64::from(self.outcomes) + PRIOR.max(callers)).min(memory))
    }
}

impl Code for Mark {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.outcomes.encode(sink);
        self.spread.encode(sink);
        self.shifts.iter().for_each(|shift| shift.encode(sink));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut mark = Mark { outcomes: u16::decode(reader)?, spread: u16::decode(reader)?, ..Mark::NEW };
        for shift in &mut mark.shifts {
            *shift = Signed::decode(reader)?;
        }
        Ok(mark)
    }
}
