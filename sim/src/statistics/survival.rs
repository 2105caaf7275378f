//! Lengths of time of which some are only known to be longer than what was seen.

use cabrank_core::Span;

/// How a length of time was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ended {
    /// It ended by itself.
    Event,
    /// It was cut short: it would have lasted longer.
    Censored,
}

/// The share that lasts longer than any given time, by the product-limit estimate (Kaplan and Meier 1958). Where an event and
/// a censoring fall on the same moment, the event comes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KaplanMeier {
    /// The moments at which something ended by itself, and the share that lasts longer; times ascend, shares fall.
    steps: Vec<(Span, f64)>,
}

impl KaplanMeier {
    /// From what was seen, in any order. From nothing: all last for ever.
    pub fn of(seen: impl IntoIterator<Item = (Span, Ended)>) -> KaplanMeier {
        let mut seen: Vec<(Span, Ended)> = seen.into_iter().collect();
        seen.sort_unstable();
        let (mut steps, mut survival, mut at_risk) = (Vec::new(), 1.0, seen.len());
        for alike in seen.chunk_by(|a, b| a.0 == b.0) {
            let events = alike.partition_point(|(_, ended)| *ended == Ended::Event);
            if events > 0 {
                survival *= (at_risk - events) as f64 / at_risk as f64;
                steps.push((alike[0].0, survival));
            }
            at_risk -= alike.len();
        }
        KaplanMeier { steps }
    }

    /// The share that lasts longer than this, from 0 to 1. Beyond the longest time seen it stays as it is there.
    pub fn survival(&self, time: Span) -> f64 {
        let passed = self.steps.partition_point(|(step, _)| *step <= time);
        passed.checked_sub(1).map_or(1.0, |last| self.steps[last].1)
    }

    /// A draw of a whole length that is known to be longer than `time`, for a `uniform` number from 0 to 1 (not 1). None if it
    /// outlasts whatever was seen to end, or if nothing lasts longer than `time`.
    pub fn beyond(&self, time: Span, uniform: f64) -> Option<Span> {
        let left = uniform * self.survival(time);
        let passed = self.steps.partition_point(|(step, _)| *step <= time);
        let ahead = &self.steps[passed..];
        ahead.get(ahead.partition_point(|(_, survival)| *survival > left)).map(|(step, _)| *step)
    }

    /// The moments at which something ended by itself, and the share that lasts longer; times ascend, shares fall.
    pub fn steps(&self) -> &[(Span, f64)] {
        &self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Law, Purpose, stream};
    use Ended::{Censored, Event};
    use proptest::prelude::*;
    use rand::RngExt;

    fn seen() -> impl Strategy<Value = Vec<(Span, Ended)>> {
        let ended = prop_oneof![Just(Event), Just(Censored)];
        prop::collection::vec(((0..40_u64).prop_map(Span::secs), ended), 0..60)
    }

    #[test]
    fn by_hand() {
        // At risk: 5 at 2 s (two end), 3 at 4 s (one ends, one is censored after it), 1 at 9 s.
        let seen = [(4, Censored), (2, Event), (9, Event), (2, Event), (4, Event)];
        let curve = KaplanMeier::of(seen.map(|(s, ended)| (Span::secs(s), ended)));
        let survival = |s| (curve.survival(Span::secs(s)) * 1e6).round() / 1e6;
        assert_eq!([0, 1, 2, 3, 4, 8, 9, 50].map(survival), [1.0, 1.0, 0.6, 0.6, 0.4, 0.4, 0.0, 0.0]);
        let drawn = |s, uniform| curve.beyond(Span::secs(s), uniform).map(Span::as_secs);
        assert_eq!([drawn(0, 0.7), drawn(0, 0.6), drawn(0, 0.5), drawn(0, 0.0)], [Some(2), Some(2), Some(4), Some(9)]);
        assert_eq!([drawn(2, 0.9), drawn(2, 0.5), drawn(4, 0.99), drawn(9, 0.5)], [Some(4), Some(9), Some(9), None]);
    }

    #[test]
    fn of_nothing_all_last_for_ever() {
        let curve = KaplanMeier::of([]);
        assert_eq!((curve.survival(Span::secs(9)), curve.beyond(Span(0), 0.5)), (1.0, None));
    }

    #[test]
    fn a_law_is_found_again_though_half_of_it_is_cut_short() {
        let law = |mean| Law::Exponential { mean: Span::secs(mean) }.sampler();
        let (mut stream, patience, wait) = (stream(5, 0, Purpose::Patience), law(120), law(90));
        let mut pair = || (patience.draw(&mut stream), wait.draw(&mut stream));
        let seen = (0..100_000).map(|_| pair()).map(|(patience, wait)| match patience < wait {
            true => (patience, Event),
            false => (wait, Censored),
        });
        let curve = KaplanMeier::of(seen);
        for s in [5, 30, 60, 120, 240] {
            let (found, known) = (curve.survival(Span::secs(s)), (-(s as f64) / 120.0).exp());
            assert!((found - known).abs() < 0.01, "{found} outlast {s} s, which {known} do");
        }
    }

    #[test]
    fn draws_beyond_a_time_are_distributed_as_the_curve_says() {
        let law = Law::Gamma { mean: Span::secs(60), sd: Span::secs(30) }.sampler();
        let mut stream = stream(6, 0, Purpose::Patience);
        let curve = KaplanMeier::of((0..2_000).map(|_| law.draw(&mut stream)).map(|span| (span, Event)));
        let known = Span::secs(50);
        let mut drawn: Vec<Span> = (0..40_000).filter_map(|_| curve.beyond(known, stream.random())).collect();
        drawn.sort_unstable();
        assert!(drawn[0] > known, "drew {:?}", drawn[0]);
        for s in [55, 70, 90, 120] {
            let longer = (drawn.len() - drawn.partition_point(|span| *span <= Span::secs(s))) as f64 / 40_000.0;
            let said = curve.survival(Span::secs(s)) / curve.survival(known);
            assert!((longer - said).abs() < 0.015, "{longer} of the draws outlast {s} s, which {said} should");
        }
    }

    proptest! {
        #[test]
        fn without_censoring_it_is_the_plain_share(times in prop::collection::vec(0..40_u64, 1..60), at in 0..45_u64) {
            let curve = KaplanMeier::of(times.iter().map(|s| (Span::secs(*s), Event)));
            let longer = times.iter().filter(|s| **s > at).count() as f64 / times.len() as f64;
            prop_assert!((curve.survival(Span::secs(at)) - longer).abs() < 1e-9);
        }

        #[test]
        fn it_falls_from_one_to_no_less_than_nothing(seen in seen()) {
            let curve = KaplanMeier::of(seen);
            let shares: Vec<f64> = (0..45).map(|s| curve.survival(Span::secs(s))).collect();
            prop_assert!(shares.windows(2).all(|pair| pair[0] >= pair[1]) && shares.iter().all(|share| (0.0..=1.0).contains(share)));
        }

        /// What those who were cut short would have weighed goes to those who were there longer: nothing is lost, but for what
        /// is left when the last of all was cut short.
        #[test]
        fn weights_by_the_inverse_sum_to_all(seen in seen()) {
            let curve = KaplanMeier::of(seen.iter().copied());
            let weigh = |(time, ended): &(Span, Ended)| if *ended == Censored { 1.0 / curve.survival(*time) } else { 0.0 };
            let weight: f64 = seen.iter().map(weigh).sum();
            let last = seen.iter().max().map(|last| last.1);
            let all = seen.len() as f64;
            prop_assert!(if last == Some(Event) { weight <= all + 1e-6 } else { (weight - all).abs() < 1e-6 }, "{weight} of {all}");
        }
    }
}
