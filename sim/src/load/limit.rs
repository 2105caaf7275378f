//! The highest rate that a target sustains: up in a geometric row until it no longer does, then halfway between, again and again.
//!
//! The search knows nothing of calls: whoever asks for it measures.

/// What a rate came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All bounds held.
    Sustained,
    /// Too many calls failed.
    Failures,
    /// Too many calls were refused, or let go without an agent.
    Refusals,
    /// The latency grew beyond its bound.
    Slow,
    /// We could not keep our own schedule: what the target would have done is not known.
    GeneratorIsTheLimit,
    /// Somebody ended it.
    Interrupted,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Verdict::Sustained => "sustained",
            Verdict::Failures => "calls failed",
            Verdict::Refusals => "calls were refused",
            Verdict::Slow => "too slow",
            Verdict::GeneratorIsTheLimit => "the generator is the limit",
            Verdict::Interrupted => "interrupted",
        }
    }
}

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// The first rate, above 0.
    pub from: f64,
    /// No rate is tried beyond.
    pub to: f64,
    /// Each rate is so many times the one before, until one is not sustained; above 1.
    pub growth: f64,
    /// The answer is as near as that to the truth: a share of it.
    pub precision: f64,
}

impl Default for Search {
    fn default() -> Search {
        Search { from: 10.0, to: 100_000.0, growth: 1.6, precision: 0.05 }
    }
}

/// What a search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<S> {
    /// Each rate that was tried and what it came to, in the order in which they were.
    pub steps: Vec<(f64, Verdict, S)>,
    /// The highest rate sustained with none at or below it that was not; none, if there is no such rate.
    pub sustained: Option<f64>,
    /// The lowest rate that was not, and why.
    pub broke: Option<(f64, Verdict)>,
}

/// So often a rate that is too high is divided, before it is said that there is none.
const DOWN_MAX: u32 = 12;

/// Searches with what `measure` says of each rate.
pub fn search<S>(search: Search, mut measure: impl FnMut(f64) -> (Verdict, S)) -> Found<S> {
    let mut found = Found { steps: Vec::new(), sustained: None, broke: None };
    let mut tries_down = 0;
    let mut rate = search.from.min(search.to);
    loop {
        let (verdict, step) = measure(rate);
        found.steps.push((rate, verdict, step));
        match verdict {
            Verdict::Interrupted => return found,
            Verdict::Sustained => found.sustained = Some(rate),
            Verdict::Failures | Verdict::Refusals | Verdict::Slow | Verdict::GeneratorIsTheLimit => {
                found.broke = Some((rate, verdict));
            }
        }
        let next = match (found.sustained, found.broke) {
            (Some(low), _) if low >= search.to => None,
            (Some(low), None) => Some((low * search.growth).min(search.to)),
            (Some(low), Some((high, _))) => (high / low > 1.0 + search.precision).then(|| (low * high).sqrt()),
            (None, _) => {
                tries_down += 1;
                (tries_down <= DOWN_MAX).then_some(rate / search.growth)
            }
        };
        let Some(next) = next else { return found };
        rate = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edge(limit: f64, why: Verdict) -> impl FnMut(f64) -> (Verdict, ()) {
        move |rate| (if rate <= limit { Verdict::Sustained } else { why }, ())
    }

    #[test]
    fn nothing_is_sustained_where_nothing_is() {
        let found = search(Search::default(), |_| (Verdict::Failures, ()));
        assert_eq!(found.sustained, None);
        assert!(found.broke.is_some_and(|(rate, why)| rate < 0.1 && why == Verdict::Failures));
    }

    #[test]
    fn whoever_interrupts_gets_the_steps_so_far() {
        let mut left = 3;
        let found = search(Search::default(), |_| {
            left -= 1;
            (if left == 0 { Verdict::Interrupted } else { Verdict::Sustained }, ())
        });
        assert_eq!((found.steps.len(), found.broke), (3, None));
        assert!(found.sustained.is_some_and(|rate| (rate - 16.0).abs() < 1e-9));
    }

    #[test]
    fn what_has_no_limit_is_sustained_up_to_the_last_rate_asked_for() {
        let found = search(Search { to: 5_000.0, ..Search::default() }, edge(f64::MAX, Verdict::Slow));
        assert_eq!((found.sustained, found.broke), (Some(5_000.0), None));
    }

    proptest! {
        #[test]
        fn the_edge_is_found_as_near_as_asked_for(
            limit in 0.5..50_000.0_f64,
            from in 1.0..1_000.0_f64,
            growth in 1.1..3.0_f64,
            precision in 0.01..0.2_f64,
        ) {
            let wanted = Search { from, growth, precision, ..Search::default() };
            let found = search(wanted, edge(limit, Verdict::Refusals));
            prop_assume!(limit > from / growth.powi(DOWN_MAX as i32));
            let sustained = found.sustained.expect("there is a rate that is sustained");
            prop_assert!(sustained <= limit && sustained * (1.0 + precision) >= limit, "{} for {}", sustained, limit);
            prop_assert!(found.steps.len() < 160, "{} steps", found.steps.len());
            prop_assert!(found.broke.is_some_and(|(rate, _)| rate > limit));
        }
    }
}
