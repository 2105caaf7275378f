//! What was foreseen held against what came.
//!
//! The band of a day is that of the simulated days (95 %). Of n calls where a day has N, chance makes √(N/n) as much; and never less
//! than what n calls scatter by that have nothing to do with each other (a share's √(p(1-p)/n); a wait's mean/√n, as of exponential
//! ones). By as much as the hindcast was off, the band is wider still. Other hours than those that were lived through may lie outside
//! for no other reason than their traffic: outside says look, not guilty.

use super::document::{Figure, Foreseen, Level, Unit};
use crate::store::LineCounts;
use cabrank_core::Thresholds;
use serde::Serialize;
use utoipa::ToSchema;

/// With fewer calls nothing is said.
const CALLS_MIN: u64 = 20;
/// An hour, in microseconds.
const HOUR_US: f64 = 3.6e9;
/// The normal law's, at 95 %.
const Z95: f64 = 1.96;

/// What came of a change in one queue, beside what was foreseen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Aftermath)]
pub struct Aftermath {
    /// How the two compare.
    pub verdict: Verdict,
    /// Calls that joined the line since, until the next change of this queue or until now, and are decided.
    pub calls: u64,
    /// The same an hour.
    pub calls_per_hour: f64,
    /// What was foreseen is of a day with so many an hour: with others, figures differ for that reason alone.
    pub foreseen_per_hour: f64,
    /// Each figure.
    pub figures: Vec<Held>,
    /// Whether the simulated day was the real one: if not, there is less in what was foreseen.
    pub hindcast_holds: bool,
}

/// How what came compares with what was foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Fewer than 20 calls.
    TooEarly,
    /// Every figure lies in its band.
    AsPredicted,
    /// One does not.
    Outside,
}

/// A figure foreseen and as it came.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = PredictedAndActual)]
pub struct Held {
    /// Which figure.
    pub figure: Figure,
    /// What it is counted in.
    pub unit: Unit,
    /// As it was before, simulated.
    pub before: f64,
    /// As it was foreseen.
    pub predicted: f64,
    /// The lower end of the band for so many calls, at 95 %.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// As it came.
    pub actual: Option<f64>,
    /// On which side of the band it came.
    pub side: Side,
}

/// Where a figure came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Below the band.
    Below,
    /// In it, or nothing can be said.
    Within,
    /// Above it.
    Above,
}

/// What came of a queue's calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Was {
    calls: u64,
    hours: f64,
    wait_mean_s: Option<f64>,
    service_level: Option<f64>,
    abandonment: Option<f64>,
}

impl Was {
    /// By these counts of so many microseconds, and the definitions of these thresholds.
    pub fn of(counts: &LineCounts, lasted_us: i64, thresholds: &Thresholds) -> Was {
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Was {
            calls: counts.ends.offered,
            hours: lasted_us.max(1) as f64 / HOUR_US,
            wait_mean_s: share(counts.waited_us, counts.waited).map(|us| us / 1e6),
            service_level: share(counts.ends.within, counts.ends.whole(thresholds.service_level.of)),
            abandonment: share(counts.ends.gave_up(), counts.ends.offered),
        }
    }

    fn figure(&self, figure: Figure) -> Option<f64> {
        match figure {
            Figure::Offered => None,
            Figure::WaitMean => self.wait_mean_s,
            Figure::ServiceLevel => self.service_level,
            Figure::Abandonment => self.abandonment,
        }
    }
}

impl Aftermath {
    /// What came of a change in that queue; nothing if nothing was foreseen of it.
    pub fn of(foreseen: &Foreseen, queue: &str, was: &Was) -> Option<Aftermath> {
        let a_day = foreseen.level(queue, Figure::Offered)?.changed;
        let figures = [Figure::WaitMean, Figure::ServiceLevel, Figure::Abandonment];
        let held = figures.into_iter().filter_map(|figure| Some(Held::of(foreseen.level(queue, figure)?, a_day, was)));
        let figures: Vec<Held> = held.collect();
        let verdict = match was.calls {
            few if few < CALLS_MIN => Verdict::TooEarly,
            _ if figures.iter().all(|held| held.side == Side::Within) => Verdict::AsPredicted,
            _ => Verdict::Outside,
        };
        Some(Aftermath {
            verdict,
            calls: was.calls,
            calls_per_hour: rounded(was.calls as f64 / was.hours),
            foreseen_per_hour: rounded(a_day / foreseen.hours()),
            figures,
            hindcast_holds: foreseen.hindcast.holds,
        })
    }
}

impl Held {
    fn of(level: &Level, a_day: f64, was: &Was) -> Held {
        let reach = reach(level, a_day, was.calls.max(1) as f64);
        let (low, high) = within_sense(level.unit, (level.changed - reach, level.changed + reach));
        let actual = was.figure(level.figure);
        let side = match actual {
            Some(actual) if actual < low => Side::Below,
            Some(actual) if actual > high => Side::Above,
            Some(_) | None => Side::Within,
        };
        Held {
            figure: level.figure,
            unit: level.unit,
            before: level.unchanged,
            predicted: level.changed,
            low,
            high,
            actual,
            side,
        }
    }
}

/// How far the band reaches to either side for so many calls.
fn reach(level: &Level, a_day: f64, calls: f64) -> f64 {
    let of_a_day = level.changed_day95.map_or(0.0, |(low, high)| (high - low) / 2.0);
    let value = level.changed;
    let alone = match level.unit {
        Unit::Share => (value * (1.0 - value)).max(0.0).sqrt(),
        Unit::Seconds => value,
        Unit::Calls => 0.0,
    };
    let scaled = of_a_day * (a_day.max(1.0) / calls).sqrt();
    scaled.max(Z95 * alone / calls.sqrt()) + level.hindcast_error.abs()
}

/// To a tenth.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn within_sense(unit: Unit, (low, high): (f64, f64)) -> (f64, f64) {
    match unit {
        Unit::Share => (low.max(0.0), high.min(1.0)),
        Unit::Seconds | Unit::Calls => (low.max(0.0), high),
    }
}

#[cfg(test)]
mod tests {
    use super::{Aftermath, Side, Verdict, Was};
    use crate::foresight::{Effect, Figure, Foreseen, Hindcasted, Level, Unit};
    use proptest::prelude::*;

    /// 400 calls a day, and a band of a day that reaches 2 s, or 4 points, to either side.
    fn foreseen(hindcast_error: f64) -> Foreseen {
        let level = |figure, unit, changed: f64, reach: f64| Level {
            queue: "booking".to_owned(),
            class: None,
            figure,
            unit,
            unchanged: changed,
            changed,
            changed_day95: Some((changed - reach, changed + reach)),
            difference: 0.0,
            ci95: None,
            day95: None,
            hindcast_error,
            clear: false,
            effect: Effect::Unclear,
        };
        Foreseen {
            from: "2026-11-22T08:00:00Z".to_owned(),
            until: "2026-11-22T16:00:00Z".to_owned(),
            calls: 400,
            seeds: 20,
            took_ms: 1,
            hindcast: Hindcasted { holds: true, off: Vec::new() },
            figures: vec![
                level(Figure::Offered, Unit::Calls, 400.0, 0.0),
                level(Figure::WaitMean, Unit::Seconds, 10.0, 2.0),
                level(Figure::ServiceLevel, Unit::Share, 0.8, 0.04),
                level(Figure::Abandonment, Unit::Share, 0.1, 0.04),
            ],
        }
    }

    fn was(calls: u64, wait_s: f64, service_level: f64, abandonment: f64) -> Was {
        Was { calls, hours: 1.0, wait_mean_s: Some(wait_s), service_level: Some(service_level), abandonment: Some(abandonment) }
    }

    fn aftermath(was: &Was) -> Aftermath {
        Aftermath::of(&foreseen(0.0), "booking", was).expect("foreseen")
    }

    #[test]
    fn few_calls_say_nothing_and_what_lies_far_off_is_outside() {
        assert_eq!(aftermath(&was(19, 100.0, 0.0, 1.0)).verdict, Verdict::TooEarly);
        assert_eq!(aftermath(&was(20, 10.0, 0.8, 0.1)).verdict, Verdict::AsPredicted);
        let off = aftermath(&was(400, 13.0, 0.7, 0.1));
        assert_eq!((off.verdict, off.calls_per_hour, off.foreseen_per_hour), (Verdict::Outside, 400.0, 50.0));
        assert_eq!(off.figures.iter().map(|held| held.side).collect::<Vec<_>>(), [Side::Above, Side::Below, Side::Within]);
        assert_eq!(Aftermath::of(&foreseen(0.0), "elsewhere", &was(400, 1.0, 1.0, 0.0)), None);
    }

    proptest! {
        /// The fewer calls, and the worse the hindcast, the wider the band; and what was foreseen lies in it.
        #[test]
        fn a_band_is_the_wider_the_less_is_known(calls in 1_u64..10_000, more in 1_u64..10_000, error in 0.0..3.0_f64) {
            let band = |calls, error| {
                let aftermath = Aftermath::of(&foreseen(error), "booking", &was(calls, 10.0, 0.8, 0.1)).expect("foreseen");
                aftermath.figures.into_iter().map(|held| (held.low, held.predicted, held.high)).collect::<Vec<_>>()
            };
            let (few, many, worse) = (band(calls, 0.0), band(calls + more, 0.0), band(calls, error));
            for ((few, many), worse) in few.iter().zip(&many).zip(&worse) {
                prop_assert!(few.0 <= many.0 && many.0 <= many.1 && many.1 <= many.2 && many.2 <= few.2);
                prop_assert!(worse.0 <= few.0 && few.2 <= worse.2);
            }
        }
    }
}
