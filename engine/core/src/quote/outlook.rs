//! What the pace of a line lets one expect of a wait, before experience corrects it.
//!
//! With m ahead and nobody overtaking, a wait ends after m + 1 departures, the next of them at the rate cμ + kθ while k
//! are ahead (c agents of pace μ, impatience θ). Its mean and variance are sums over k; the quantiles are those of the
//! gamma distribution that has them, by Wilson and Hilferty's cube: within 2 % where cμ ≥ θ, as a test shows.
//! Who may overtake takes a share ρ of the starts, which makes the wait 1/(1-ρ) longer and its spread wider as in a busy
//! period of a single server: (1+ρ)/(1-ρ).

use super::flow::Speed;
use super::{Ahead, Fixed};
use crate::Span;

/// Stages summed one by one; the rest is an integral.
const STAGES_SUMMED: u32 = 8;
/// Overtakers never count for more than this share of the starts, or a wait would have no end.
const OVERTAKEN_MAX: Fixed = Fixed::millionths(950_000);
/// Below it the cube is no likeness of the gamma distribution.
const SHAPE_MIN: Fixed = Fixed::millionths(250_000);
/// The horizon depends on who is served within it: so often it is looked at anew.
const ROUNDS: usize = 4;

/// The wait that a newcomer may expect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outlook {
    pub(super) mean_s: Fixed,
    /// The squared mean over the variance.
    shape: Fixed,
}

impl Outlook {
    /// For a newcomer to `line`, when callers of each class arrive at `arrivals` (a second).
    pub(super) fn new(speed: Speed, arrivals: impl Iterator<Item = Fixed> + Clone, line: &impl Ahead) -> Outlook {
        let overtaking = |horizon: Span| {
            let shares = arrivals.clone().enumerate();
            let taken = shares.map(|(class, rate)| rate * line.arriving(class, horizon).fraction());
            (taken.fold(Fixed::ZERO, |sum, rate| sum + rate) / speed.service).min(OVERTAKEN_MAX)
        };
        let mut outlook = Outlook { mean_s: Fixed::ZERO, shape: Fixed::ONE };
        for _ in 0..ROUNDS {
            let horizon = outlook.mean_s.span();
            outlook = Outlook::of(speed, line.waiting(horizon), overtaking(horizon));
        }
        outlook
    }

    /// For a newcomer behind so many, whom nobody overtakes.
    pub(super) fn behind(speed: Speed, ahead: u32) -> Outlook {
        Outlook::of(speed, ahead, Fixed::ZERO)
    }

    fn of(speed: Speed, ahead: u32, overtaken: Fixed) -> Outlook {
        let left = Fixed::ONE - overtaken;
        let (mean_s, variance) = departures(speed.service * left, speed.leaving, ahead);
        let widened = variance / mean_s / mean_s * (Fixed::ONE + overtaken) / left;
        let unsure = Fixed::ONE / speed.evidence;
        Outlook { mean_s, shape: (Fixed::ONE / (widened + unsure)).max(SHAPE_MIN) }
    }

    /// The deviation over the mean.
    pub(super) fn spread(&self) -> Fixed {
        (Fixed::ONE / self.shape).sqrt()
    }

    /// The wait in seconds that is not exceeded with the confidence whose normal point is `z`.
    pub(super) fn bound_s(&self, z: Fixed) -> Fixed {
        let ninth = Fixed::ONE / (self.shape * Fixed::whole(9));
        let root = (Fixed::ONE - ninth + z * ninth.sqrt()).max(Fixed::millionths(50_000));
        self.mean_s * root * root * root
    }
}

/// Mean and variance of the time until `ahead + 1` have departed, the last of them at the rate `service`.
fn departures(service: Fixed, leaving: Fixed, ahead: u32) -> (Fixed, Fixed) {
    let stages = ahead.saturating_add(1);
    let (mut mean, mut variance) = (Fixed::ZERO, Fixed::ZERO);
    for stage in 0..stages.min(STAGES_SUMMED) {
        let each = Fixed::ONE / (service + leaving * Fixed::whole(u64::from(stage)));
        mean = mean + each;
        variance = variance + each * each;
    }
    let rest = Fixed::whole(u64::from(stages.saturating_sub(STAGES_SUMMED)));
    let low = service + leaving * Fixed::millionths(i64::from(STAGES_SUMMED) * 1_000_000 - 500_000);
    let high = low + leaving * rest;
    (mean + integral(low, high, leaving, rest), variance + rest / low / high)
}

/// The integral of 1/(low + xθ) from x = 0 to `rest`, where the rate is `high`: exact also where θ is nearly nothing.
fn integral(low: Fixed, high: Fixed, leaving: Fixed, rest: Fixed) -> Fixed {
    let span = high - low;
    if span > low {
        return (high / low).ln() / leaving;
    }
    // ln(high/low) = 2 atanh(t), t = (high-low)/(high+low) ≤ 1/3, and t/θ = rest/(high+low).
    let t = span / (high + low);
    let swell = if t > Fixed::millionths(1_000) { t.atanh_twice() / (t + t) } else { Fixed::ONE };
    let over = rest / (high + low);
    (over + over) * swell
}
