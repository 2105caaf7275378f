//! Seeded chance: one independent stream for each source, so that a change in one leaves the others' draws alone.

use cabrank_core::Span;
use rand::RngExt;
use rand_pcg::Pcg64;

/// A stream of draws.
#[derive(Clone, Debug)]
pub struct Draw {
    stream: Pcg64,
}

impl Draw {
    /// The stream of `source` under `seed`. Streams of different sources are independent.
    pub fn new(seed: u64, source: u64) -> Draw {
        Draw { stream: Pcg64::new(u128::from(seed), u128::from(source)) }
    }

    /// True in `percent` of a hundred draws.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.stream.random_range(0..100) < percent
    }

    /// A whole number between the two, both included; `low` if they are out of order.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        if high <= low { low } else { self.stream.random_range(low..=high) }
    }

    /// A span between the two, in milliseconds.
    pub fn millis(&mut self, low: u64, high: u64) -> Span {
        Span(self.between(low.saturating_mul(1_000), high.saturating_mul(1_000)))
    }

    /// A span of many short ones and few long ones: exponential with this mean, in milliseconds, at most tenfold.
    pub fn about(&mut self, mean_ms: u64) -> Span {
        let uniform: f64 = self.stream.random_range(f64::EPSILON..1.0);
        let factor = (-uniform.ln()).min(10.0);
        Span((mean_ms as f64 * 1_000.0 * factor) as u64)
    }

    /// One of these; nothing if there is none.
    pub fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let last = items.len().checked_sub(1)?;
        items.get(self.between(0, last as u64) as usize)
    }

    /// A number out of the whole range.
    pub fn any(&mut self) -> u64 {
        self.stream.random()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_and_source_draw_the_same_for_ever() {
        let draws = |seed, source| {
            let mut draw = Draw::new(seed, source);
            [draw.any(), draw.any(), draw.any()]
        };
        assert_eq!(draws(7, 1), draws(7, 1));
        assert_ne!(draws(7, 1), draws(7, 2));
        assert_ne!(draws(7, 1), draws(8, 1));
    }

    #[test]
    fn an_exponential_has_its_mean() {
        let mut draw = Draw::new(1, 1);
        let mean = (0..100_000).map(|_| draw.about(1_000).0).sum::<u64>() / 100_000;
        assert!((980_000..1_020_000).contains(&mean), "mean {mean} us for 1,000,000");
    }
}
