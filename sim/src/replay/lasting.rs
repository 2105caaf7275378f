//! Lengths of time of which some are only known to be longer than what was seen: how long such a one may have been.

use crate::statistics::{Ended, KaplanMeier};
use cabrank_core::Span;

/// What ended by itself is too little to go by below this.
const EVENTS_MIN: usize = 20;

/// How long something lasts, learnt from what was seen of it: the product-limit estimate as far as it goes, and beyond it an
/// exponential tail at the mean rate of all that was seen (as Brown, Hollander and Korwar 1974 complete the curve).
#[derive(Clone, Debug)]
pub struct Lasting {
    curve: KaplanMeier,
    /// The longest that was seen, ended or not: so far the curve holds, flat though it may be towards its end.
    seen_until: Span,
    /// How long on the average until something ends, beyond the curve; never if there is none.
    tail: Option<f64>,
    events: usize,
}

impl Lasting {
    /// From what was seen.
    pub fn of(seen: &[(Span, Ended)]) -> Lasting {
        let events = seen.iter().filter(|(_, ended)| *ended == Ended::Event).count();
        let exposure: f64 = seen.iter().map(|(span, _)| span.0 as f64).sum();
        let tail = (events > 0 && exposure > 0.0).then(|| exposure / events as f64);
        let seen_until = seen.iter().map(|(span, _)| *span).max().unwrap_or_default();
        Lasting { seen_until, curve: KaplanMeier::of(seen.iter().copied()), tail, events }
    }

    /// The share that lasts longer.
    pub fn curve(&self) -> &KaplanMeier {
        &self.curve
    }

    /// Whether enough was seen to go by.
    pub fn is_enough(&self) -> bool {
        self.events >= EVENTS_MIN
    }

    /// How long in all what is known to be longer than `known`, for a `uniform` number from 0 to 1 (not 1); for ever if nothing
    /// was ever seen to end.
    pub fn beyond(&self, known: Span, uniform: f64) -> Option<Span> {
        self.curve.beyond(known, uniform).or_else(|| self.tail_beyond(known, uniform))
    }

    fn tail_beyond(&self, known: Span, uniform: f64) -> Option<Span> {
        let mean = self.tail?;
        let (base, left) = (known.max(self.seen_until), self.curve.survival(known));
        // What is left of the lot once the curve is used up.
        let share = if left > 0.0 { uniform * left / self.curve.survival(base).max(f64::MIN_POSITIVE) } else { uniform };
        let further = -share.clamp(f64::MIN_POSITIVE, 1.0).ln() * mean;
        Some(base.plus(Span(further.round() as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Law, Purpose, stream};
    use rand::RngExt;

    #[test]
    fn what_outlasts_all_that_was_seen_ends_at_the_mean_rate() {
        // Everything is cut off at 60 s, of a law with a mean of 100 s: the rate can be seen, the rest cannot.
        let law = Law::Exponential { mean: Span::secs(100) }.sampler();
        let (mut chance, cut) = (stream(9, 0, Purpose::Patience), Span::secs(60));
        let mut draw = || law.draw(&mut chance);
        let seen: Vec<(Span, Ended)> = (0..50_000)
            .map(|_| draw())
            .map(|span| if span < cut { (span, Ended::Event) } else { (cut, Ended::Censored) })
            .collect();
        let lasting = Lasting::of(&seen);
        for known in [0, 30, 60, 300] {
            let drawn = (0..50_000).filter_map(|_| lasting.beyond(Span::secs(known), chance.random()));
            let further: Vec<f64> = drawn.map(|span| span.0 as f64 / 1e6 - known as f64).collect();
            let mean = further.iter().sum::<f64>() / further.len() as f64;
            assert_eq!(further.len(), 50_000);
            assert!((mean / 100.0 - 1.0).abs() < 0.03, "{mean} s more after {known} s");
        }
    }

    #[test]
    fn nobody_is_seen_to_leave_then_nobody_does() {
        let lasting = Lasting::of(&[(Span::secs(5), Ended::Censored)]);
        assert_eq!(lasting.beyond(Span(0), 0.3), None);
    }
}
