//! How fast everybody is.

use cabrank_core::Span;
use cabrank_sim::Draw;
use std::time::Duration;

/// How many times as fast as in life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) speed: f64,
}

impl Pace {
    /// A time about this long: many short ones, few long ones.
    pub(super) fn about(self, draw: &mut Draw, mean: Duration) -> Duration {
        let mean_ms = u64::try_from(mean.as_millis()).unwrap_or(u64::MAX);
        self.scaled(draw.about(mean_ms))
    }

    /// A time between the two, in milliseconds.
    pub(super) fn between(self, draw: &mut Draw, low_ms: u64, high_ms: u64) -> Duration {
        self.scaled(draw.millis(low_ms, high_ms))
    }

    fn scaled(self, span: Span) -> Duration {
        Duration::from_micros((span.0 as f64 / self.speed) as u64)
    }
}
