//! What is foreseen, as programs and pages are told.

use crate::epoch::{Epoch, timestamp};
use cabrank_core::Tick;
use cabrank_sim::figures::{Estimate, Path};
use cabrank_sim::replay::{self, Compared, Hindcast, Predicted, Prediction, Stage, Tolerance};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// What other thresholds would have made of a day, seed by seed beside those in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Foreseen)]
pub struct Foreseen {
    /// When the day begins that was lived through; RFC 3339.
    pub from: String,
    /// When it ends.
    pub until: String,
    /// Callers who stood in a line and left it in that time.
    pub calls: u64,
    /// How often it was lived through each way: with the same seeds, so that differences are those of the thresholds.
    pub seeds: u32,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
    /// Whether the simulator tells of the day as it was.
    pub hindcast: Hindcasted,
    /// The figures of each queue and of its classes, if it has several.
    pub figures: Vec<Level>,
}

/// Whether the simulated day is the real one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Hindcast)]
pub struct Hindcasted {
    /// Whether every figure lies where chance has it, or is off by no more than a tenth (shares: 5 points; waits: a second in any case).
    pub holds: bool,
    /// Those that do not.
    pub off: Vec<Off>,
}

/// A figure by which the simulated day is not the real one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HindcastOff)]
pub struct Off {
    /// The queue.
    pub queue: String,
    /// The class, if it is of one.
    pub class: Option<String>,
    /// Which figure.
    pub figure: Figure,
    /// As it really was.
    pub real: f64,
    /// As it was simulated.
    pub simulated: f64,
}

/// Which figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Callers who joined the line.
    Offered,
    /// The mean wait of all who joined the line, however it ended.
    WaitMean,
    /// Answered in time, by the queue's own definition.
    ServiceLevel,
    /// Hung up while waiting, the short ones aside, as a share of those who joined.
    Abandonment,
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calls.
    Calls,
    /// Seconds.
    Seconds,
    /// A share of 1.
    Share,
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Clearly better for callers.
    Better,
    /// Clearly worse for them.
    Worse,
    /// Clearly another, and neither better nor worse.
    Different,
    /// It may be chance.
    Unclear,
    /// There is none at all.
    Same,
}

/// A figure under both thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ForeseenFigure)]
pub struct Level {
    /// The queue.
    pub queue: String,
    /// The class, if it is of one.
    pub class: Option<String>,
    /// Which figure.
    pub figure: Figure,
    /// What it is counted in.
    pub unit: Unit,
    /// With the thresholds in force, all day.
    pub unchanged: f64,
    /// With the others.
    pub changed: f64,
    /// Where `changed` lies on one such day, at 95 %.
    pub changed_day95: Option<(f64, f64)>,
    /// `changed` less `unchanged`, seed by seed.
    pub difference: f64,
    /// The interval of the mean difference, at 95 %.
    pub ci95: Option<(f64, f64)>,
    /// The interval of the difference on one such day, at 95 %.
    pub day95: Option<(f64, f64)>,
    /// How far the simulated day is off the real one: simulated less real.
    pub hindcast_error: f64,
    /// Whether the interval leaves zero out: more than chance would make.
    pub clear: bool,
    /// What that means to callers.
    pub effect: Effect,
}

impl Foreseen {
    pub(super) fn of(stage: &Stage, hindcast: &Hindcast, prediction: &Prediction, seeds: usize, took: Duration) -> Foreseen {
        let off = hindcast.off(Tolerance::default()).into_iter().filter_map(Off::of).collect::<Vec<_>>();
        let day = stage.day();
        let epoch = Epoch::new(timestamp(i64::try_from(stage.epoch().0).unwrap_or(i64::MAX)));
        let at = |tick: Tick| epoch.at(tick).to_string();
        Foreseen {
            from: at(day.begins),
            until: at(day.ends),
            calls: day.stands.len() as u64,
            seeds: u32::try_from(seeds).unwrap_or(u32::MAX),
            took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            hindcast: Hindcasted { holds: off.is_empty(), off },
            figures: prediction.figures.iter().filter_map(Level::of).collect(),
        }
    }

    /// How long the day is, in hours; hardly anything if nobody can tell.
    pub(super) fn hours(&self) -> f64 {
        let at = |moment: &str| moment.parse::<Timestamp>().map(Timestamp::as_microsecond).unwrap_or(0);
        (at(&self.until) - at(&self.from)).max(1) as f64 / 3.6e9
    }

    /// A figure of a whole queue.
    pub fn level(&self, queue: &str, figure: Figure) -> Option<&Level> {
        self.figures.iter().find(|level| level.queue == queue && level.class.is_none() && level.figure == figure)
    }
}

impl Off {
    fn of(compared: &Compared) -> Option<Off> {
        let (queue, class, figure) = place(&compared.path)?;
        Some(Off { queue, class, figure, real: rounded(compared.real), simulated: rounded(compared.simulated.value) })
    }
}

impl Level {
    fn of(predicted: &Predicted) -> Option<Level> {
        let (queue, class, figure) = place(&predicted.path)?;
        let difference = &predicted.difference;
        let clear = difference.is_clear();
        Some(Level {
            queue,
            class,
            figure,
            unit: unit(predicted.unit),
            unchanged: rounded(difference.a.value),
            changed: rounded(difference.b.value),
            changed_day95: day(&difference.b).map(both),
            difference: rounded(difference.difference.value),
            ci95: difference.difference.ci95.map(both),
            day95: predicted.day95.map(both),
            hindcast_error: rounded(predicted.hindcast_error),
            clear,
            effect: figure.effect(&difference.difference, clear),
        })
    }
}

impl Figure {
    /// Whether more of it is better for callers; nothing if it is neither.
    pub fn more_is_better(self) -> Option<bool> {
        match self {
            Figure::Offered => None,
            Figure::WaitMean | Figure::Abandonment => Some(false),
            Figure::ServiceLevel => Some(true),
        }
    }

    fn effect(self, difference: &Estimate, clear: bool) -> Effect {
        if difference.value == 0.0 && difference.ci95.is_none_or(|(low, high)| low == 0.0 && high == 0.0) {
            return Effect::Same;
        }
        match self.more_is_better() {
            _ if !clear => Effect::Unclear,
            None => Effect::Different,
            Some(better) if better == (difference.value > 0.0) => Effect::Better,
            Some(_) => Effect::Worse,
        }
    }
}

/// Whose figure it is, and which.
fn place(path: &Path) -> Option<(String, Option<String>, Figure)> {
    let parts: Vec<&str> = path.after(&["queues"])?.iter().map(String::as_str).collect();
    let (queue, class, end) = match parts.as_slice() {
        [queue, "classes", class, end @ ..] => (*queue, Some((*class).to_owned()), end),
        [queue, end @ ..] => (*queue, None, end),
        [] => return None,
    };
    let figure = match end {
        ["offered"] => Figure::Offered,
        ["wait_s", "mean"] => Figure::WaitMean,
        ["service_level"] => Figure::ServiceLevel,
        ["abandonment"] => Figure::Abandonment,
        _ => return None,
    };
    Some((queue.to_owned(), class, figure))
}

fn unit(unit: replay::Unit) -> Unit {
    match unit {
        replay::Unit::Calls => Unit::Calls,
        replay::Unit::Seconds => Unit::Seconds,
        replay::Unit::Share => Unit::Share,
    }
}

/// To a millionth: what lies behind is noise of adding up, and would not come back from a text as it was.
fn rounded(value: f64) -> f64 {
    // Plus nothing, lest there be a negative one.
    (value * 1e6).round() / 1e6 + 0.0
}

fn both((low, high): (f64, f64)) -> (f64, f64) {
    (rounded(low), rounded(high))
}

/// Where one more day lies, wider than the interval of the mean by √(n + 1).
fn day(estimate: &Estimate) -> Option<(f64, f64)> {
    let reach = estimate.half_width()? * (estimate.replications as f64 + 1.0).sqrt();
    Some((estimate.value - reach, estimate.value + reach))
}
