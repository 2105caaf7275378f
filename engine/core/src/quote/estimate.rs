//! Bounds of one caller's wait, as given.

use super::{BOUNDS, CONFIGURED, Fixed};
use crate::Span;
use crate::code::{Code, Malformed, Reader, Sink};

/// However long the line, bounds are stretched in steps of a spread of an eighth at least: the pace is not known better.
const SPREAD_MIN: u8 = 12;

/// Upper bounds of one caller's wait, counted from the moment of the estimate. Kept with the call: what came of it is
/// what the quoter learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// At [`LEVELS`](super::LEVELS), then at the configured confidence.
    bounds_ms: [u32; BOUNDS],
    /// How many were in line then; 65535 if more.
    in_line: u16,
    /// How far such waits spread: the deviation over the mean, in hundredths.
    spread: u8,
}

impl Estimate {
    pub(super) fn new(bounds_s: [Fixed; BOUNDS], in_line: u32, spread: Fixed) -> Estimate {
        let spread = (spread * Fixed::whole(100)).floor().clamp(SPREAD_MIN.into(), u8::MAX.into()) as u8;
        Estimate { bounds_ms: bounds_s.map(millis), in_line: in_line.try_into().unwrap_or(u16::MAX), spread }
    }

    /// One bound, as an estimate holds it.
    pub(super) fn rounded(bound_s: Fixed) -> Span {
        Span::millis(millis(bound_s).into())
    }

    /// At the configured confidence.
    pub fn bound(&self) -> Span {
        self.at(CONFIGURED)
    }

    /// At one of [`LEVELS`](super::LEVELS), by its place there; past the last it is at the configured confidence.
    pub fn at(&self, level: usize) -> Span {
        Span::millis(self.bounds_ms[level.min(CONFIGURED)].into())
    }

    pub(super) fn in_line(&self) -> u32 {
        self.in_line.into()
    }

    pub(super) fn spread(&self) -> Fixed {
        Fixed::ratio(self.spread.into(), 100)
    }
}

/// Rounded up to a whole number.
fn millis(bound_s: Fixed) -> u32 {
    u32::try_from(bound_s.span().as_millis().saturating_add(1)).unwrap_or(u32::MAX)
}

impl Code for Estimate {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.bounds_ms.iter().for_each(|bound| bound.encode(sink));
        self.in_line.encode(sink);
        self.spread.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut bounds_ms = [0; BOUNDS];
        for millis in &mut bounds_ms {
            *millis = u32::decode(reader)?;
        }
        Ok(Estimate { bounds_ms, in_line: u16::decode(reader)?, spread: u8::decode(reader)? })
    }
}
