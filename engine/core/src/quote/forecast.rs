//! How long the line will be, if calls go on coming and going as they do.

use super::Fixed;
use super::flow::Speed;
use crate::Span;

/// The way is gone in so many steps, each with the line as it is at its beginning.
const STEPS: u64 = 16;

/// Who will be in line so long from now, when callers arrive at `arrivals` (a second): as many more as arrive, fewer as are
/// served or leave; a fluid, without chance.
pub(super) fn in_line(now: u32, arrivals: Fixed, speed: Speed, after: Span) -> u32 {
    let step_s = Fixed::ratio(u128::from(after.0), 1_000_000 * u128::from(STEPS));
    let mut line = Fixed::whole(now.into());
    for _ in 0..STEPS {
        let come = arrivals * step_s;
        let go = (speed.service + speed.leaving * line) * step_s;
        line = if line + come > go { line + come - go } else { Fixed::ZERO };
    }
    u32::try_from(line.floor()).unwrap_or(u32::MAX)
}
