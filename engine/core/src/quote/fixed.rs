//! Numbers with a fraction, the same on every machine: 32 bits before the point, 32 behind it. Nothing overflows; what
//! would is held at the nearest end.

use crate::{Code, Malformed, Reader, Sink, Span};
use core::ops::{Add, Div, Mul, Neg, Sub};

const FRACTION_BITS: u32 = 32;
const LN_2: Fixed = Fixed(2_977_044_472);

/// A number in steps of 2^-32, between -2^31 and 2^31.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed(i64);

impl Fixed {
    pub(super) const ZERO: Fixed = Fixed(0);
    pub(super) const ONE: Fixed = Fixed(1 << FRACTION_BITS);

    /// So many millionths.
    pub(super) const fn millionths(n: i64) -> Fixed {
        Fixed(narrow(((n as i128) << FRACTION_BITS) / 1_000_000))
    }

    /// A whole number.
    pub(super) fn whole(n: u64) -> Fixed {
        Fixed(narrow(i128::from(n) << FRACTION_BITS))
    }

    /// `n / d`; the largest number there is if `d` is nothing.
    pub(super) fn ratio(n: u128, d: u128) -> Fixed {
        match (u64::try_from(n), u64::try_from(d)) {
            (Ok(n), Ok(d)) => Fixed(i64::try_from(quotient(n, d)).unwrap_or(i64::MAX)),
            _ => {
                let quotient = n.saturating_mul(1 << FRACTION_BITS).checked_div(d);
                Fixed(quotient.and_then(|q| i64::try_from(q).ok()).unwrap_or(i64::MAX))
            }
        }
    }

    /// `n * times / d`, where `n` is in steps of 2^-16; the largest number there is if `d` is nothing.
    pub(super) fn coarse_ratio(n: u64, times: u64, d: u64) -> Fixed {
        match n.checked_mul(times).and_then(|n| n.checked_mul(1 << 16)) {
            Some(n) => Fixed(n.checked_div(d).and_then(|q| i64::try_from(q).ok()).unwrap_or(i64::MAX)),
            None => Fixed::ratio(u128::from(n) * u128::from(times), u128::from(d) << 16),
        }
    }

    /// One over it; the largest number there is over nothing.
    pub(super) fn inverse(self) -> Fixed {
        let inverse = inverse(self.0.unsigned_abs());
        Fixed(if self.0 < 0 { negated(inverse) } else { i64::try_from(inverse).unwrap_or(i64::MAX) })
    }

    /// So many seconds; none if negative.
    pub(super) fn span(self) -> Span {
        let micros = (i128::from(self.0.max(0)) * 1_000_000) >> FRACTION_BITS;
        Span(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// The square root; nothing for a negative number.
    pub(super) fn sqrt(self) -> Fixed {
        let bits = u64::try_from(self.0).unwrap_or(0);
        if bits >> FRACTION_BITS == 0 {
            return Fixed((bits << FRACTION_BITS).isqrt() as i64);
        }
        Fixed(i64::try_from((u128::from(bits) << FRACTION_BITS).isqrt()).unwrap_or(i64::MAX))
    }

    /// The natural logarithm; the least number there is unless `self` is positive.
    pub(super) fn ln(self) -> Fixed {
        let Ok(bits @ 1..) = u64::try_from(self.0) else { return Fixed(i64::MIN) };
        let octave = i64::from(bits.ilog2()) - i64::from(FRACTION_BITS);
        let mantissa = Fixed((u128::from(bits) << FRACTION_BITS >> bits.ilog2()) as i64);
        let t = (mantissa - Fixed::ONE) / (mantissa + Fixed::ONE);
        t.atanh_twice() + Fixed(LN_2.0 * octave)
    }

    /// `ln((1 + self) / (1 - self))`, for -1/3 to 1/3.
    pub(super) fn atanh_twice(self) -> Fixed {
        let square = self * self;
        let mut power = self;
        let mut sum = self;
        for odd in [3, 5, 7, 9, 11, 13, 15, 17, 19] {
            power = power * square;
            sum = sum + Fixed(power.0 / odd);
        }
        sum + sum
    }

    /// The exponential.
    pub(super) fn exp(self) -> Fixed {
        let octaves = self.0.div_euclid(LN_2.0);
        let sum = exp_of_fraction(self.0.rem_euclid(LN_2.0) as u64);
        match octaves {
            31.. => Fixed(i64::MAX),
            0..31 => Fixed(narrow(i128::from(sum) << octaves)),
            -34..0 => Fixed((sum >> -octaves) as i64),
            ..-34 => Fixed::ZERO,
        }
    }

    /// The whole number below.
    pub(super) fn floor(self) -> i64 {
        self.0 >> FRACTION_BITS
    }

    /// In steps of 2^-16: enough for what is kept for long.
    pub(super) fn coarse(self) -> i32 {
        (self.0 >> 16).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    }

    /// From steps of 2^-16.
    pub(super) fn from_coarse(n: i32) -> Fixed {
        Fixed(i64::from(n) << 16)
    }
}

#[cfg(test)]
impl Fixed {
    /// So many steps.
    pub(super) fn from_bits(n: i64) -> Fixed {
        Fixed(n)
    }

    /// How many steps.
    pub(super) fn bits(self) -> i64 {
        self.0
    }
}

const fn narrow(n: i128) -> i64 {
    if n > i64::MAX as i128 {
        i64::MAX
    } else if n < i64::MIN as i128 {
        i64::MIN
    } else {
        n as i64
    }
}

impl Add for Fixed {
    type Output = Fixed;
    fn add(self, other: Fixed) -> Fixed {
        Fixed(self.0.saturating_add(other.0))
    }
}

impl Sub for Fixed {
    type Output = Fixed;
    fn sub(self, other: Fixed) -> Fixed {
        Fixed(self.0.saturating_sub(other.0))
    }
}

impl Neg for Fixed {
    type Output = Fixed;
    fn neg(self) -> Fixed {
        Fixed(self.0.saturating_neg())
    }
}

impl Mul for Fixed {
    type Output = Fixed;
    fn mul(self, other: Fixed) -> Fixed {
        Fixed(narrow((i128::from(self.0) * i128::from(other.0)) >> FRACTION_BITS))
    }
}

/// Over nothing it is the largest number there is, or the least.
impl Div for Fixed {
    type Output = Fixed;
    fn div(self, other: Fixed) -> Fixed {
        let quotient = quotient(self.0.unsigned_abs(), other.0.unsigned_abs());
        let negative = (self.0 < 0) != (other.0 < 0);
        Fixed(if negative { negated(quotient) } else { i64::try_from(quotient).unwrap_or(i64::MAX) })
    }
}

/// `n / d` in steps of 2^-32, or as much as there is room for. Most numbers are small enough for one short division.
fn quotient(n: u64, d: u64) -> u64 {
    if n >> FRACTION_BITS == 0 {
        return (n << FRACTION_BITS).checked_div(d).unwrap_or(u64::MAX);
    }
    let quotient = (u128::from(n) << FRACTION_BITS).checked_div(d.into());
    quotient.and_then(|q| u64::try_from(q).ok()).unwrap_or(u64::MAX)
}

/// 2^64 / d, or as much as there is room for: one short division, which is one too low where nothing is left over.
fn inverse(d: u64) -> u64 {
    u64::MAX.checked_div(d).unwrap_or(u64::MAX).saturating_add(d.is_power_of_two().into())
}

/// The other way from nothing, or as far as there is room for.
fn negated(size: u64) -> i64 {
    0i64.saturating_sub_unsigned(size)
}

/// The exponential of a number below one, both in steps of 2^-32, by its series. No product has more than 64 bits.
fn exp_of_fraction(x: u64) -> u64 {
    let mut term = 1 << FRACTION_BITS;
    let mut sum = term;
    // Each divisor is known here, so that none is divided by.
    for n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13] {
        term = ((term * x) >> FRACTION_BITS) / n;
        sum += term;
    }
    sum
}

/// A whole number of either sign, small ones of either sign short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signed(pub(super) i32);

impl Code for Signed {
    fn encode<S: Sink>(&self, sink: &mut S) {
        (((self.0 << 1) ^ (self.0 >> 31)) as u32).encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let folded = u32::decode(reader)?;
        Ok(Signed((folded >> 1) as i32 ^ -((folded & 1) as i32)))
    }
}
