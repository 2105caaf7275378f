//! Trials by simulation.

use super::search::{Answer, Asked, Trials};
use super::space::Point;
use crate::figures::Figures;
use crate::goal::{Goal, Measured};
use crate::replications::{Crew, Job, Onlooker};
use crate::scenario::Scenario;
use cabrank_core::Refusal;
use std::collections::BTreeMap;

/// What is kept of a replication: what the goal sees, and all figures if they are to be kept.
type Lived = (Measured, Option<Figures>);

/// Trials by simulation: a point is a scenario, replications of the same number have the same seed in all.
pub struct Simulated<'a, B, O> {
    crew: Crew<'a>,
    goal: &'a Goal,
    /// The seed of replication 0.
    seed: u64,
    build: B,
    onlooker: O,
    scenarios: BTreeMap<Point, Result<Scenario, String>>,
    /// From this replication on the figures are kept whole: those by which the best proves itself.
    kept_from: u32,
    kept: BTreeMap<Point, Vec<Figures>>,
    refused: Option<Refusal>,
}

impl<'a, B, O> Simulated<'a, B, O>
where
    B: FnMut(&Point) -> Result<Scenario, String>,
    O: Onlooker,
{
    /// Trials of scenarios as `build` makes them, or says why there is no such scenario.
    pub fn new(crew: Crew<'a>, goal: &'a Goal, seed: u64, kept_from: u32, build: B, onlooker: O) -> Simulated<'a, B, O> {
        let (scenarios, kept) = (BTreeMap::new(), BTreeMap::new());
        Simulated { crew, goal, seed, build, onlooker, scenarios, kept_from, kept, refused: None }
    }

    /// All figures of the fresh days of a point that tried to prove itself.
    pub fn kept(&self, point: &Point) -> &[Figures] {
        self.kept.get(point).map_or(&[], Vec::as_slice)
    }

    /// The scenario of a point that was tried.
    pub fn scenario(&self, point: &Point) -> Option<&Scenario> {
        self.scenarios.get(point)?.as_ref().ok()
    }

    /// Why the search had to stop, if a desk refused its settings.
    pub fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref()
    }

    fn build(&mut self, asked: &[Asked]) {
        for Asked { point, .. } in asked {
            if !self.scenarios.contains_key(point) {
                self.scenarios.insert(point.clone(), (self.build)(point));
            }
        }
    }

    fn live(&mut self, asked: &[Asked]) -> Option<Vec<Option<Lived>>> {
        let jobs: Vec<Job<'_>> = asked.iter().flat_map(|asked| jobs(&self.scenarios, asked, self.seed)).collect();
        let is_kept = |job: &Job<'_>| job.seed.wrapping_sub(self.seed) >= u64::from(self.kept_from);
        self.onlooker.begins(jobs.len() as u64);
        let lived = self.crew.run(&jobs, &mut self.onlooker, |job, tally| {
            let figures = tally.figures(job.scenario);
            (self.goal.measure(&figures), is_kept(job).then_some(figures))
        });
        match lived {
            Ok(lived) => Some(lived),
            Err(refusal) => {
                self.refused = Some(refusal);
                None
            }
        }
    }
}

fn jobs<'s>(scenarios: &'s BTreeMap<Point, Result<Scenario, String>>, asked: &Asked, seed: u64) -> Vec<Job<'s>> {
    let Some(Ok(scenario)) = scenarios.get(&asked.point) else { return Vec::new() };
    asked.replications.clone().map(|n| Job { scenario, seed: seed.wrapping_add(u64::from(n)) }).collect()
}

impl<B, O> Trials for Simulated<'_, B, O>
where
    B: FnMut(&Point) -> Result<Scenario, String>,
    O: Onlooker,
{
    fn run(&mut self, asked: &[Asked]) -> Option<Vec<Answer>> {
        self.build(asked);
        let lived: Option<Vec<_>> = self.live(asked)?.into_iter().collect();
        let mut lived = lived?.into_iter();
        let mut answers = Vec::with_capacity(asked.len());
        for Asked { point, replications } in asked {
            if let Some(Err(why)) = self.scenarios.get(point) {
                answers.push(Err(why.clone()));
                continue;
            }
            let (measured, kept): (Vec<Measured>, Vec<Option<Figures>>) = lived.by_ref().take(replications.len()).unzip();
            let kept: Vec<Figures> = kept.into_iter().flatten().collect();
            if !kept.is_empty() {
                self.kept.entry(point.clone()).or_default().extend(kept);
            }
            answers.push(Ok(measured));
        }
        Some(answers)
    }
}
