//! A scenario's outcome held against its targets and against what must always be true.

use crate::figures::{Estimate, Estimates, Figures, Path};
use crate::scenario::Scenario;
use std::fmt;

/// A figure below this is nothing: what is left of adding up floating-point numbers.
const NOTHING: f64 = 1e-9;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// What must be so, in words.
    pub what: String,
    /// Where the figure stands in the report, or what it is counted from.
    pub figure: String,
    /// The figure; none if it cannot be said.
    pub seen: Option<Estimate>,
    /// Between which values it must lie.
    pub limits: Limits,
    /// What came of it.
    pub verdict: Verdict,
    /// What is known beyond the figure, for whoever looks for the fault.
    pub more: Option<String>,
}

/// Between which values a figure must lie; both are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The least, if there is one.
    pub low: Option<f64>,
    /// The most, if there is one.
    pub high: Option<f64>,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within the limits, the whole interval is.
    Kept,
    /// Within the limits, but the interval reaches across (or there is none).
    KeptNarrowly,
    /// Outside, but the interval reaches across (or there is none).
    MissedNarrowly,
    /// Outside, the whole interval is.
    Missed,
    /// There is no such figure.
    Unjudged,
}

impl Verdict {
    /// Whether it was missed.
    pub fn is_miss(self) -> bool {
        match self {
            Verdict::MissedNarrowly | Verdict::Missed => true,
            Verdict::Kept | Verdict::KeptNarrowly | Verdict::Unjudged => false,
        }
    }
}

impl Limits {
    /// Nothing at all.
    pub const NONE: Limits = Limits { low: None, high: Some(NOTHING) };

    /// No more than this.
    pub fn at_most(high: f64) -> Limits {
        Limits { low: None, high: Some(high) }
    }

    /// No less than this.
    pub fn at_least(low: f64) -> Limits {
        Limits { low: Some(low), high: None }
    }

    /// No farther away than this.
    pub fn around(middle: f64, most: f64) -> Limits {
        Limits { low: Some(middle - most), high: Some(middle + most) }
    }

    fn hold(self, value: f64) -> bool {
        self.low.is_none_or(|low| value >= low) && self.high.is_none_or(|high| value <= high)
    }

    fn judge(self, seen: &Estimate) -> Verdict {
        let kept = self.hold(seen.value);
        let clear = seen.ci95.is_some_and(|(low, high)| {
            let apart = self.low.is_some_and(|least| high < least) || self.high.is_some_and(|most| low > most);
            if kept { self.hold(low) && self.hold(high) } else { apart }
        });
        match (kept, clear) {
            (true, true) => Verdict::Kept,
            (true, false) => Verdict::KeptNarrowly,
            (false, false) => Verdict::MissedNarrowly,
            (false, true) => Verdict::Missed,
        }
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if high - low <= 2.0 * NOTHING => write!(f, "{}", (low + high) / 2.0),
            (Some(low), Some(high)) => write!(f, "{low:.3} to {high:.3}"),
            (Some(low), None) => write!(f, "at least {low}"),
            (None, Some(high)) if high <= NOTHING => f.write_str("0"),
            (None, Some(high)) => write!(f, "at most {high}"),
            (None, None) => f.write_str("anything"),
        }
    }
}

impl Check {
    fn new(what: String, path: &Path, seen: Option<&Estimate>, limits: Limits) -> Check {
        let verdict = seen.map_or(Verdict::Unjudged, |seen| limits.judge(seen));
        Check { what, figure: path.to_string(), seen: seen.copied(), limits, verdict, more: None }
    }

    /// That a count over all replications is zero.
    pub fn zero(what: &str, counted: &str, by_replication: &[f64]) -> Check {
        let seen = Estimate::of(by_replication);
        let nothing = by_replication.iter().all(|count| *count == 0.0);
        // One is one too many, however seldom it is.
        let verdict = if nothing { Verdict::Kept } else { Verdict::Missed };
        Check { what: what.to_owned(), figure: counted.to_owned(), seen: Some(seen), limits: Limits::NONE, verdict, more: None }
    }
}

/// What must be so of the figures of these replications of a scenario: its targets, its limits, and the books.
pub fn checks(scenario: &Scenario, replications: &[Figures]) -> Vec<Check> {
    let seen = Estimates::of(replications);
    let mut checks = targets(scenario, &seen);
    checks.extend(limits(scenario, &seen));
    checks.push(unexplained(replications));
    checks.extend(little(&seen));
    if scenario.trouble.is_none() {
        checks.extend(conservation(&seen));
    }
    checks
}

fn targets(scenario: &Scenario, seen: &Estimates) -> Vec<Check> {
    let queues = scenario.settings.queues.iter();
    let target = |queue: &cabrank_core::Queue| {
        let path = Path::of(&["queues", &queue.name, "service_level"]);
        let level = queue.thresholds.service_level;
        let what = format!("{}: share answered within {} s", queue.name, level.within.0 as f64 / 1e6);
        Check::new(what, &path, at(seen, &path), Limits::at_least(f64::from(level.share.0) / 1000.0))
    };
    queues.map(target).collect()
}

fn limits(scenario: &Scenario, seen: &Estimates) -> Vec<Check> {
    let limits = scenario.limits;
    let mut checks = Vec::new();
    if let Some(most) = limits.max_wait_over_target {
        let path = Path::of(&["fairness", "max_wait_over_target"]);
        checks.push(Check::new("the longest wait over its target".to_owned(), &path, at(seen, &path), Limits::at_most(most)));
    }
    if let Some(most) = limits.abandoned {
        checks.extend(scenario.settings.queues.iter().map(|queue| {
            let path = Path::of(&["queues", &queue.name, "abandonment"]);
            let what = format!("{}: share of callers who hang up while waiting", queue.name);
            Check::new(what, &path, at(seen, &path), Limits::at_most(f64::from(most.0) / 1000.0))
        }));
    }
    if let Some(most) = limits.quote_error {
        checks.extend(seen.under(&["quotes", "coverage"]).filter_map(|(rest, estimate)| coverage(rest, estimate, most)));
    }
    checks
}

fn coverage(level: &[String], seen: &Estimate, most: f64) -> Option<Check> {
    let [level] = level else { return None };
    let path = Path::of(&["quotes", "coverage", level]);
    let confidence = level.parse().ok()?;
    let what = format!("share of quotes at {level} that were kept");
    Some(Check::new(what, &path, Some(seen), Limits::around(confidence, most)))
}

fn unexplained(replications: &[Figures]) -> Check {
    let counts = replications.iter().filter_map(|figures| figures.value(&["fairness", "unexplained_skips"]));
    Check::zero("skips that no rule explains", "fairness.unexplained_skips", &counts.collect::<Vec<_>>())
}

/// A residual is nothing, or scatters about nothing.
fn little(seen: &Estimates) -> Vec<Check> {
    let by_queue = seen.under(&["checks", "littles_law_by_queue"]).filter_map(|(rest, estimate)| {
        let [queue] = rest else { return None };
        let path = Path::of(&["checks", "littles_law_by_queue", queue]);
        let nothing = estimate.value.abs() <= estimate.half_width().unwrap_or(0.0).max(NOTHING);
        let verdict = if nothing { Verdict::Kept } else { Verdict::Missed };
        let what = format!("{queue}: callers in line beyond what their waits explain (Little)");
        Some(Check { verdict, ..Check::new(what, &path, Some(estimate), Limits::around(0.0, NOTHING)) })
    });
    by_queue.collect()
}

fn conservation(seen: &Estimates) -> Option<Check> {
    let path = Path::of(&["checks", "conservation_residual"]);
    let what = "share of agents' time that was idle while a caller they might take waited".to_owned();
    Some(Check::new(what, &path, Some(at(seen, &path)?), Limits::NONE))
}

fn at<'a>(seen: &'a Estimates, path: &Path) -> Option<&'a Estimate> {
    seen.0.iter().find(|(at, _)| at == path).map(|(_, estimate)| estimate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::tallies;

    fn estimate(value: f64, half_width: f64) -> Estimate {
        Estimate { value, ci95: Some((value - half_width, value + half_width)), replications: 5 }
    }

    #[test]
    fn a_verdict_says_whether_the_interval_is_clear_of_the_limit() {
        let judged =
            [(0.9, 0.05), (0.82, 0.05), (0.78, 0.05), (0.7, 0.05)].map(|(v, h)| Limits::at_least(0.8).judge(&estimate(v, h)));
        assert_eq!(judged, [Verdict::Kept, Verdict::KeptNarrowly, Verdict::MissedNarrowly, Verdict::Missed]);
        let around = [0.8, 0.84, 0.86, 0.95].map(|value| Limits::around(0.8, 0.05).judge(&estimate(value, 0.02)));
        assert_eq!(around, [Verdict::Kept, Verdict::KeptNarrowly, Verdict::MissedNarrowly, Verdict::Missed]);
        let alone = Estimate { ci95: None, ..estimate(0.9, 0.0) };
        assert_eq!(Limits::at_least(0.8).judge(&alone), Verdict::KeptNarrowly, "one replication is never clear");
    }

    #[test]
    fn a_day_made_by_hand_misses_what_it_misses() {
        let mut scenario = tallies::scenario();
        scenario.limits.max_wait_over_target = Some(5.0);
        scenario.limits.abandoned = Some(cabrank_core::Permille(50));
        let day = Figures::of(&tallies::tally(), &scenario);
        let checks = checks(&scenario, &[day.clone(), day]);
        let missed: Vec<_> = checks.iter().filter(|check| check.verdict.is_miss()).map(|check| check.figure.as_str()).collect();
        let queue = scenario.settings.queues[0].name.to_string();
        let abandoned = Path::of(&["queues", &queue, "abandonment"]).to_string();
        let level = Path::of(&["queues", &queue, "service_level"]).to_string();
        let little = Path::of(&["checks", "littles_law_by_queue", &queue]).to_string();
        assert_eq!(missed, [&level, &abandoned, "fairness.unexplained_skips", &little, "checks.conservation_residual"]);
        let longest = checks.iter().find(|check| check.figure == "fairness.max_wait_over_target").unwrap();
        assert_eq!(longest.verdict, Verdict::Kept);
    }

    #[test]
    fn one_of_many_is_one_too_many() {
        assert!(Check::zero("", "", &[0.0, 0.0, 1.0, 0.0]).verdict.is_miss());
        assert!(!Check::zero("", "", &[0.0, 0.0]).verdict.is_miss());
    }
}
