//! Many comparisons, one judgement.

use crate::report::Report;
use cabrank_sim::statistics::Interval;

/// How often a family with no fault in it may fail.
const FAMILY_LEVEL: f64 = 0.001;
/// Half an interval's width as a share of the scale, at the most.
const NARROW: f64 = 0.03;

/// An estimate beside what it should be.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    what: String,
    exact: f64,
    /// What the width is measured by: the exact value, unless that is zero.
    scale: f64,
    value: f64,
    half_width_95: f64,
    replications: usize,
}

/// What became of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Stands,
    Refuted,
    TooWide,
}

/// A report's figure, which should be `exact`.
pub(crate) fn comparison(what: &str, report: &Report, figure: &str, exact: f64) -> Comparison {
    vanishing(what, report, figure, exact).about(exact)
}

/// A report's figure, which should be nothing next to `scale`.
pub(crate) fn vanishing(what: &str, report: &Report, figure: &str, scale: f64) -> Comparison {
    let estimate = report.estimate(figure);
    let half_width_95 = estimate.half_width.unwrap_or_else(|| panic!("{what}: {figure} has no interval"));
    let (what, replications) = (format!("{what}: {figure}"), report.replications());
    Comparison { what, exact: 0.0, scale, value: estimate.value, half_width_95, replications }
}

impl Comparison {
    fn about(self, exact: f64) -> Comparison {
        Comparison { exact, ..self }
    }

    /// Half the width of the interval that holds in a family of so many.
    fn half_width(&self, family: usize) -> f64 {
        let any: Vec<f64> = (0..self.replications).map(|n| n as f64).collect();
        let at = |confidence| Interval::of(&any, confidence).half_width;
        self.half_width_95 * at(1.0 - FAMILY_LEVEL / family as f64) / at(0.95)
    }

    fn verdict(&self, family: usize) -> Verdict {
        let half_width = self.half_width(family);
        match () {
            () if (self.value - self.exact).abs() > half_width => Verdict::Refuted,
            () if half_width >= NARROW * self.scale.abs() => Verdict::TooWide,
            () => Verdict::Stands,
        }
    }
}

/// Prints all comparisons and gives those that do not stand.
pub(crate) fn failing(comparisons: &[Comparison], family: usize) -> Vec<(String, Verdict)> {
    let verdicts = comparisons.iter().map(|comparison| (comparison, comparison.verdict(family)));
    let told = verdicts.inspect(|(comparison, verdict)| {
        let Comparison { what, exact, value, scale, .. } = comparison;
        let width = comparison.half_width(family);
        println!("{what:<85} exact {exact:>10.5}  found {value:>10.5} ± {width:.5} ({:.2} %) {verdict:?}", width / scale * 100.0);
    });
    told.filter(|(_, verdict)| *verdict != Verdict::Stands)
        .map(|(comparison, verdict)| (comparison.what.clone(), verdict))
        .collect()
}
