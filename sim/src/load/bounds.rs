//! What a desk must keep to for a rate to count as sustained.

use super::figures::{Figures, Latency};
use super::limit::Verdict;
use std::time::Duration;

/// What a desk must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The share of calls that may fail.
    pub failed: f64,
    /// The share of calls that may be refused, or let go without an agent.
    pub refused: f64,
    /// 99 of 100 calls are answered within this time from when they were due.
    pub answer_p99: Duration,
    /// 99 of 100 calls for which an agent is rung have that within this time; not looked at, if none.
    pub rung_p99: Option<Duration>,
    /// 99 of 100 calls are made no later than this; else the generator is the limit.
    pub late_p99: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            failed: 0.0,
            refused: 0.01,
            answer_p99: Duration::from_millis(100),
            rung_p99: None,
            late_p99: Duration::from_millis(10),
        }
    }
}

impl Bounds {
    /// What these figures say. Our own fault comes first: of a desk that was not called as planned nothing is known.
    #[must_use]
    pub fn judge(&self, figures: &Figures) -> Verdict {
        let share = |count: u64| count as f64 / figures.due.max(1) as f64;
        let p99 = |latency| Duration::from_secs_f64(figures.latency(latency).at_ms(0.99) / 1e3);
        let agents_failed: u64 = figures.agents_failed.values().sum();
        let is_mute = figures.called > 0 && figures.latency(Latency::Answer).count() == 0;
        if p99(Latency::Lateness) > self.late_p99 {
            Verdict::GeneratorIsTheLimit
        } else if share(figures.failed_in_all() + agents_failed) > self.failed {
            Verdict::Failures
        } else if share(figures.refused_in_all() + figures.dismissed) > self.refused {
            Verdict::Refusals
        } else if is_mute || p99(Latency::Answer) > self.answer_p99 || self.rung_p99.is_some_and(|most| p99(Latency::Rung) > most)
        {
            Verdict::Slow
        } else {
            Verdict::Sustained
        }
    }

    /// In words.
    #[must_use]
    pub fn told(&self) -> String {
        let ms = |length: Duration| format!("{} ms", length.as_secs_f64() * 1e3);
        let rung = self.rung_p99.map(|most| format!(", agents rung within {} (p99)", ms(most))).unwrap_or_default();
        format!(
            "at most {} % failed and {} % refused, answered within {} (p99){rung}; called no later than {} (p99)",
            self.failed * 100.0,
            self.refused * 100.0,
            ms(self.answer_p99),
            ms(self.late_p99)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::limit::{Search, search};
    use crate::load::plan::Plan;
    use crate::load::stage::{Numbers, perform};
    use crate::load::target::fake::Fake;

    /// A desk that takes so many calls a second, and has a queue before it.
    fn measured(rate: f64, desk: impl Fn() -> Fake, bounds: Bounds) -> (Verdict, Figures) {
        let plan = Plan { drain: Duration::ZERO, ..Plan::default().at_rate(rate, Duration::from_secs(10)) };
        let figures = perform(&plan, &mut desk(), &mut (), &mut Numbers::default()).figures;
        (bounds.judge(&figures), figures)
    }

    #[test]
    fn a_desk_of_a_known_speed_is_found_out() {
        let desk = || Fake::new(Duration::from_millis(2));
        let found = search(Search::default(), |rate| measured(rate, desk, Bounds::default()));
        let (sustained, broke) = (found.sustained.expect("some"), found.broke.expect("a limit"));
        assert!((400.0..510.0).contains(&sustained), "500 a second, less the room that chance needs: {sustained}");
        assert_eq!(broke.1, Verdict::Slow);
    }

    #[test]
    fn a_desk_that_refuses_is_found_out_by_its_refusals() {
        let desk = || Fake { backlog_max: 5, ..Fake::new(Duration::from_millis(2)) };
        let found = search(Search::default(), |rate| measured(rate, desk, Bounds::default()));
        assert_eq!(found.broke.expect("a limit").1, Verdict::Refusals);
    }

    #[test]
    fn a_generator_that_cannot_keep_its_schedule_says_that_it_is_the_limit() {
        let second = |from: u64| crate::load::Moment(from * 1_000_000_000)..crate::load::Moment((from + 1) * 1_000_000_000);
        let desk = || Fake { freezes: vec![second(3)], ..Fake::new(Duration::from_millis(1)) };
        assert_eq!(measured(50.0, desk, Bounds::default()).0, Verdict::GeneratorIsTheLimit);
    }

    #[test]
    fn failures_have_a_bound_of_their_own() {
        let desk = || Fake { fails_every: Some(50), ..Fake::new(Duration::from_millis(1)) };
        assert_eq!(measured(50.0, desk, Bounds::default()).0, Verdict::Failures);
        assert_eq!(measured(50.0, desk, Bounds { failed: 0.05, ..Bounds::default() }).0, Verdict::Sustained);
    }
}
