//! How busy an agent has been: the smoothed share of time spent ringing, talking and in wrap-up.
//!
//! It rises towards 1 while busy and falls towards 0 while idle, halving its distance in 30 minutes. All who are idle fall
//! alike, so that their order stays as it is while time passes and can be kept sorted.

use crate::{Code, Malformed, Reader, Sink, Span, Tick};

/// In so long the past counts half.
const HALF_LIFE: Span = Span::secs(30 * 60);

/// One, in the fixed-point form of shares and of binary logarithms.
const ONE: u64 = 1 << 32;

/// The share of time busy, 0 to [`ONE`], as it was at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Occupancy {
    share: u64,
    at: Tick,
}

impl Occupancy {
    /// After a time spent busy, or not, up to `now`.
    pub(super) fn after(self, busy: bool, now: Tick) -> Occupancy {
        let past = now.since(self.at);
        let share = if busy { ONE - fade(ONE - self.share, past) } else { fade(self.share, past) };
        Occupancy { share, at: now }
    }

    /// A number by which the idle are ordered: the least busy have the lowest, at whatever moment it is asked.
    /// It is the moment at which the share, falling ever since, was one whole, in half-lives.
    pub(super) fn rank(self) -> u64 {
        let half_lives = (u128::from(self.at.0) << 32) / u128::from(HALF_LIFE.0);
        let level = if self.share == 0 { 0 } else { log2(self.share) };
        u64::try_from(half_lives).unwrap_or(u64::MAX).saturating_add(level)
    }
}

/// What is left of a share after a time.
fn fade(share: u64, past: Span) -> u64 {
    let halvings = past.0 / HALF_LIFE.0;
    if halvings >= 33 {
        return 0;
    }
    let part = ((past.0 % HALF_LIFE.0) << 32) / HALF_LIFE.0;
    let halved = share >> halvings;
    times(halved, half_to_the(part))
}

/// 2^-x for x in 0..1, by its series to the fifth power; within a millionth.
fn half_to_the(x: u64) -> u64 {
    // ln(2)^n / n! in units of 2^-32.
    const TERMS: [u64; 5] = [2_977_044_472, 1_031_764_991, 238_388_332, 41_309_550, 5_726_720];
    let mut sum = ONE;
    let mut power = ONE;
    for (n, term) in TERMS.iter().enumerate() {
        power = times(power, x);
        let part = times(*term, power);
        sum = if n % 2 == 0 { sum.saturating_sub(part) } else { sum.saturating_add(part) };
    }
    sum.min(ONE)
}

/// The binary logarithm of a share in units of 2^-32, as a whole number above zero: bit by bit, since squaring doubles it.
fn log2(share: u64) -> u64 {
    let whole = share.ilog2();
    let mut rest = share << (32 - whole.min(32));
    let mut log = u64::from(whole);
    for _ in 0..32 {
        rest = times(rest, rest);
        log <<= 1;
        if rest >= 2 * ONE {
            rest >>= 1;
            log |= 1;
        }
    }
    log
}

fn times(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 32) as u64
}

impl Code for Occupancy {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.share.encode(sink);
        self.at.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (share, at) = (u64::decode(reader)?, Tick::decode(reader)?);
        if share <= ONE { Ok(Occupancy { share, at }) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_an_hour_halves() {
        let full = Occupancy { share: ONE, at: Tick(0) };
        let later = full.after(false, Tick(HALF_LIFE.0));
        assert!(later.share.abs_diff(ONE / 2) < ONE / 100_000, "{later:?}");
        let busy = Occupancy::default().after(true, Tick(HALF_LIFE.0 / 2));
        let expected = (ONE as f64 * (1.0 - core::f64::consts::FRAC_1_SQRT_2)) as u64;
        assert!(busy.share.abs_diff(expected) < ONE / 100_000, "{busy:?} is not {expected}");
    }

    #[test]
    fn a_logarithm_is_exact_to_a_millionth() {
        for share in [1, 3, 1_000, ONE / 7, ONE / 3, ONE / 2 + 1, ONE - 1, ONE] {
            let exact = (share as f64).log2() * ONE as f64;
            assert!((log2(share) as f64 - exact).abs() < ONE as f64 / 1e6, "of {share}");
        }
    }

    #[test]
    fn the_order_of_the_idle_does_not_change_with_time() {
        let one = Occupancy::default().after(true, Tick(60_000_000));
        let other = Occupancy::default().after(true, Tick(20_000_000)).after(false, Tick(50_000_000));
        assert!(other.rank() < one.rank());
        let (one, other) = (one.after(false, Tick(9_000_000_000)), other.after(false, Tick(9_000_000_000)));
        assert!(other.share < one.share && other.rank() < one.rank());
    }
}
