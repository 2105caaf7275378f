//! What the pace of a line lets one expect of a wait, before experience corrects it.
//!
//! With m ahead and nobody overtaking, a wait ends after m + 1 departures, the next of them at the rate cμ + kθ while k
//! are ahead (c agents of pace μ, impatience θ). Its mean and variance are sums over k; the quantiles are those of the
//! gamma distribution that has them, by Wilson and Hilferty's cube: within 2 % where cμ ≥ θ, as a test shows.
//! Who may overtake takes a share ρ of the starts, which makes the wait 1/(1-ρ) longer and its spread wider as in a busy
//! period of a single server: (1+ρ)/(1-ρ).

use super::flow::Speed;
use super::{Ahead, Fixed};
use crate::{Permille, Span};

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
    /// For a newcomer to `line`, when callers of so many classes arrive at `arrivals` (a second).
    pub(super) fn new(speed: Speed, classes: usize, arrivals: impl Fn(usize) -> Fixed, line: &impl Ahead) -> Outlook {
        let overtaking = |horizon: Span| {
            let shares = (0..classes).map(|class| (class, line.arriving(class, horizon)));
            let some = shares.filter(|(_, share)| *share > Permille(0));
            let taken = some.fold(Fixed::ZERO, |sum, (class, share)| sum + arrivals(class) * share.fraction());
            (taken / speed.service).min(OVERTAKEN_MAX)
        };
        let mut horizon = Span(0);
        let mut way = Way::within(horizon, line, overtaking);
        for _ in 1..ROUNDS {
            horizon = way.mean_s(speed).span();
            let next = Way::within(horizon, line, overtaking);
            if next == way {
                break;
            }
            way = next;
        }
        way.outlook(speed)
    }

    /// For a newcomer behind so many, whom nobody overtakes.
    pub(super) fn behind(speed: Speed, ahead: u32) -> Outlook {
        Way { ahead, overtaken: Fixed::ZERO }.outlook(speed)
    }

    /// The deviation over the mean.
    pub(super) fn spread(&self) -> Fixed {
        self.shape.inverse().sqrt()
    }

    /// The waits in seconds that are not exceeded with the confidences whose normal points are `z`.
    pub(super) fn bounds_s<const N: usize>(&self, z: [Fixed; N]) -> [Fixed; N] {
        let ninth = (self.shape * Fixed::whole(9)).inverse();
        let third = ninth.sqrt();
        z.map(|z| {
            let root = (Fixed::ONE - ninth + z * third).max(Fixed::millionths(50_000));
            self.mean_s * root * root * root
        })
    }
}

/// Who is served before a newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// In line now.
    ahead: u32,
    /// The share of the starts that later callers take.
    overtaken: Fixed,
}

impl Way {
    fn within(horizon: Span, line: &impl Ahead, overtaking: impl Fn(Span) -> Fixed) -> Way {
        Way { ahead: line.waiting(horizon), overtaken: overtaking(horizon) }
    }

    fn stages(&self) -> u32 {
        self.ahead.saturating_add(1)
    }

    fn departures(&self, speed: Speed) -> Departures {
        Departures::new(speed.service * (Fixed::ONE - self.overtaken), speed.leaving, self.stages())
    }

    fn mean_s(&self, speed: Speed) -> Fixed {
        self.departures(speed).mean_s()
    }

    fn outlook(&self, speed: Speed) -> Outlook {
        let departures = self.departures(speed);
        let mean_s = departures.mean_s();
        let left = Fixed::ONE - self.overtaken;
        let widened = departures.variance_s2() / mean_s / mean_s * (Fixed::ONE + self.overtaken) / left;
        let unsure = speed.evidence.inverse();
        Outlook { mean_s, shape: (widened + unsure).inverse().max(SHAPE_MIN) }
    }
}

/// The time until so many have departed, the last of them at the rate `service`.
struct Departures {
    /// The mean times of the last ones, the very last first.
    each_s: [Fixed; STAGES_SUMMED as usize],
    leaving: Fixed,
    /// How many there are before those, and their rates at the ends.
    rest: Fixed,
    low: Fixed,
    high: Fixed,
}

impl Departures {
    fn new(service: Fixed, leaving: Fixed, stages: u32) -> Departures {
        let mut each_s = [Fixed::ZERO; STAGES_SUMMED as usize];
        let mut rate = service;
        for (_, each) in (0..stages).zip(&mut each_s) {
            *each = rate.inverse();
            rate = rate + leaving;
        }
        let rest = Fixed::whole(u64::from(stages.saturating_sub(STAGES_SUMMED)));
        let low = service + leaving * Fixed::millionths(i64::from(STAGES_SUMMED) * 1_000_000 - 500_000);
        Departures { each_s, leaving, rest, low, high: low + leaving * rest }
    }

    fn mean_s(&self) -> Fixed {
        let summed = self.each_s.iter().fold(Fixed::ZERO, |sum, each| sum + *each);
        if self.all_summed() { summed } else { summed + integral(self.low, self.high, self.leaving, self.rest) }
    }

    fn variance_s2(&self) -> Fixed {
        let summed = self.each_s.iter().fold(Fixed::ZERO, |sum, each| sum + *each * *each);
        if self.all_summed() { summed } else { summed + self.rest / self.low / self.high }
    }

    /// Whether nothing is left over to be integrated.
    fn all_summed(&self) -> bool {
        self.rest == Fixed::ZERO && self.low > Fixed::ZERO
    }
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
