//! How long calls take to where they are going: through the menu, and to a human.

use cabrank_core::{Record, Span, Tick};
use hdrhistogram::Histogram;
use std::sync::{Mutex, PoisonError};

/// The times of every call whose record was written, those of the journal included.
#[derive(Debug)]
pub struct Times(Mutex<Both>);

#[derive(Debug)]
struct Both {
    menu_ms: Histogram<u64>,
    human_ms: Histogram<u64>,
}

/// What became of many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// The median.
    pub p50: Span,
    /// The 95th percentile.
    pub p95: Span,
    /// The longest.
    pub max: Span,
}

impl Default for Times {
    fn default() -> Self {
        // A millisecond to ten hours, three digits: these bounds are valid by construction.
        let empty = || Histogram::new_with_bounds(1, 36_000_000, 3).expect("the bounds are constant and valid");
        Times(Mutex::new(Both { menu_ms: empty(), human_ms: empty() }))
    }
}

impl Times {
    /// A call was recorded.
    pub fn note(&self, record: &Record) {
        let mut both = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        add(&mut both.menu_ms, record, record.queued_at);
        add(&mut both.human_ms, record, record.connected_at);
    }

    /// From coming in to joining a queue.
    pub fn menu(&self) -> Spread {
        spread(&self.0.lock().unwrap_or_else(PoisonError::into_inner).menu_ms)
    }

    /// From coming in to the first word with an agent.
    pub fn to_human(&self) -> Spread {
        spread(&self.0.lock().unwrap_or_else(PoisonError::into_inner).human_ms)
    }
}

fn add(times: &mut Histogram<u64>, record: &Record, until: Option<Tick>) {
    if let Some(until) = until {
        times.saturating_record(until.since(record.offered_at).as_millis());
    }
}

fn spread(times: &Histogram<u64>) -> Spread {
    let at = |quantile| Span::millis(times.value_at_quantile(quantile));
    Spread { count: times.len(), p50: at(0.5), p95: at(0.95), max: Span::millis(times.max()) }
}
