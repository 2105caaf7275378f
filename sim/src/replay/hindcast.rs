//! The day lived through again with unchanged settings, and held against what really was.

use super::judge::Tolerance;
use super::policy::Policy;
use super::real;
use super::stage::Stage;
use crate::figures::{Estimate, Figures, Path};
use crate::replications::{Crew, Job, Onlooker};
use crate::scenario::Scenario;
use crate::statistics::Interval;
use cabrank_core::Refusal;

/// How sure all the intervals together are: each alone is surer (Bonferroni).
pub(super) const CONFIDENCE: f64 = 0.99;

/// A day lived through with one seed after another under one policy; nothing of those that were broken off.
#[derive(Clone, Debug, Default)]
pub struct Lived {
    /// The figures, by seed.
    pub figures: Vec<Option<Figures>>,
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calls.
    Calls,
    /// Seconds.
    Seconds,
    /// A share of 1.
    Share,
}

/// A figure of the real day and of the simulated ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Which figure.
    pub path: Path,
    /// What it is counted in.
    pub unit: Unit,
    /// As it really was.
    pub real: f64,
    /// As it is over the replications.
    pub simulated: Estimate,
    /// Where one real day lies if the simulation is right, at 99 % for all figures together; none of one replication.
    pub day99: Option<(f64, f64)>,
}

/// The real day and the simulated ones side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Hindcast {
    /// Replications.
    pub replications: usize,
    /// Calls, mean wait, service level and abandonment by queue and class.
    pub figures: Vec<Compared>,
}

/// The figures that are compared, by the end of their paths.
const COMPARED: [(&[&str], Unit); 4] = [
    (&["offered"], Unit::Calls),
    (&["wait_s", "mean"], Unit::Seconds),
    (&["service_level"], Unit::Share),
    (&["abandonment"], Unit::Share),
];

/// What a figure is counted in, if it is one of those that are compared.
pub(super) fn unit(path: &Path) -> Option<Unit> {
    let parts: Vec<&str> = path.after(&["queues"])?.iter().map(String::as_str).collect();
    COMPARED.iter().find(|(end, _)| parts.ends_with(end) && !parts.contains(&"answered_wait_s")).map(|(_, unit)| *unit)
}

impl Lived {
    /// Lives through the day with the seeds `seed`, `seed` + 1 and so on, so many of them.
    ///
    /// # Errors
    /// The desk refuses the policy.
    pub fn of(
        stage: &Stage,
        policy: &Policy,
        seed: u64,
        replications: u32,
        crew: &Crew<'_>,
        onlooker: &mut impl Onlooker,
    ) -> Result<Lived, Refusal> {
        let seeds = (0..u64::from(replications)).map(|n| seed.wrapping_add(n));
        let scenarios: Vec<Scenario> = seeds.map(|seed| stage.scenario(seed, policy)).collect();
        let jobs: Vec<Job<'_>> = scenarios.iter().map(|scenario| Job { scenario, seed: scenario.seed }).collect();
        onlooker.begins(jobs.len() as u64);
        let figures = crew.run(&jobs, onlooker, |job, tally| tally.figures(job.scenario));
        Ok(Lived { figures: figures? })
    }

    /// What was lived through with further seeds.
    pub fn append(&mut self, further: Lived) {
        self.figures.extend(further.figures);
    }

    /// The same without figures that are never compared, which are most.
    #[must_use]
    pub fn only_compared(mut self) -> Lived {
        for Figures(figures) in self.figures.iter_mut().flatten() {
            figures.retain(|(path, _)| unit(path).is_some());
        }
        self
    }

    /// Of those that were not broken off.
    pub fn whole(&self) -> Vec<&Figures> {
        self.figures.iter().flatten().collect()
    }
}

impl Hindcast {
    /// Of a day lived through with unchanged settings.
    pub fn of(stage: &Stage, lived: &Lived) -> Hindcast {
        let scenario = stage.scenario(0, &Policy::as_it_was(stage.day()));
        let Figures(real) = real::figures(stage.day(), &scenario);
        let alone = only_classes(stage);
        let told = real.into_iter().filter(|(path, _)| !alone.iter().any(|alone| path.0.starts_with(&alone.0)));
        let real: Vec<(Path, Unit, f64)> = told.filter_map(|(path, value)| unit(&path).map(|unit| (path, unit, value))).collect();
        let confidence = 1.0 - (1.0 - CONFIDENCE) / real.len().max(1) as f64;
        let whole = lived.whole();
        let compared = |(path, unit, real): (Path, Unit, f64)| {
            let samples: Vec<f64> = whole.iter().filter_map(|figures| value(figures, &path)).collect();
            let day99 = (samples.len() > 1).then(|| day_interval(&samples, confidence));
            Compared { simulated: Estimate::of(&samples), day99, path, unit, real }
        };
        let figures = real.into_iter().map(compared).filter(|compared| compared.simulated.replications > 0).collect();
        Hindcast { replications: whole.len(), figures }
    }

    /// The figures that are off.
    pub fn off(&self, tolerance: Tolerance) -> Vec<&Compared> {
        self.figures.iter().filter(|compared| tolerance.is_exceeded(compared)).collect()
    }

    /// How far the figure at this path is off: simulated less real.
    pub fn error(&self, path: &Path) -> Option<f64> {
        self.figures.iter().find(|compared| compared.path == *path).map(Compared::error)
    }
}

impl Compared {
    /// Simulated less real.
    pub fn error(&self) -> f64 {
        self.simulated.value - self.real
    }

    /// Whether the real figure lies where one day does; nothing speaks against it if there is no interval.
    pub fn within(&self) -> bool {
        // A figure that is the same in every replication may differ from the real one by rounding.
        let slack = 1e-9 * self.real.abs().max(1.0);
        self.day99.is_none_or(|(low, high)| low - slack <= self.real && self.real <= high + slack)
    }
}

/// Where a queue has one class, that class has the queue's own figures.
fn only_classes(stage: &Stage) -> Vec<Path> {
    let queues = stage.day().settings.queues.iter().filter(|queue| queue.thresholds.classes.len() == 1);
    queues.map(|queue| Path::of(&["queues", &queue.name, "classes"])).collect()
}

fn value(figures: &Figures, path: &Path) -> Option<f64> {
    figures.0.iter().find(|(at, _)| at == path).map(|(_, value)| *value)
}

/// Where one more day lies: Student's prediction interval, wider than that of the mean by √(n + 1).
fn day_interval(samples: &[f64], confidence: f64) -> (f64, f64) {
    let of_mean = Interval::of(samples, confidence);
    let half_width = of_mean.half_width * (samples.len() as f64 + 1.0).sqrt();
    (of_mean.mean - half_width, of_mean.mean + half_width)
}
