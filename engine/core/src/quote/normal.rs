//! The normal distribution, of which a level of confidence is a point.

use super::{Fixed, Permille};

/// One level of confidence and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// How many of a thousand bounds should hold.
    pub(super) share: Permille,
    /// The point of the standard normal distribution under which that share lies.
    pub(super) z: Fixed,
    /// One over the density there: by how much a quantile moves with the share below it.
    pub(super) slope: Fixed,
    /// The share as a number.
    pub(super) kept: Fixed,
}

impl Level {
    /// Nothing is certain: 0 is taken as 1, and 1000 as 999.
    pub(super) fn new(share: Permille) -> Level {
        let share = Permille(share.0.clamp(1, 999));
        let z = quantile(share);
        let slope = Fixed::millionths(2_506_628) * half_square(z).exp();
        Level { share, z, slope, kept: Fixed::ratio(u128::from(share.0), 1_000) }
    }
}

fn half_square(z: Fixed) -> Fixed {
    z * z * Fixed::millionths(500_000)
}

/// Abramowitz and Stegun 26.2.23; wrong by less than 0.0005.
fn quantile(share: Permille) -> Fixed {
    let tail = share.0.min(1_000 - share.0);
    let log = Fixed::ratio(u128::from(tail), 1_000).ln();
    let t = (-(log + log)).sqrt();
    let above = poly(t, &[10_328, 802_853, 2_515_517]);
    let below = poly(t, &[1_308, 189_269, 1_432_788, 1_000_000]);
    let z = t - above / below;
    if share.0 < 500 { -z } else { z }
}

/// A polynomial, its coefficients in millionths and the highest power's first.
fn poly(t: Fixed, coefficients: &[i64]) -> Fixed {
    coefficients.iter().fold(Fixed::ZERO, |sum, c| sum * t + Fixed::millionths(*c))
}
