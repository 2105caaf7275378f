//! How the waits and the idle time were shared.

use super::ClassOf;
use crate::statistics::{jain, mean, quantile, variance};
use crate::study::{Study, Trace, Wait};
use cabrank_core::{AgentId, Tick};
use std::collections::BTreeMap;

/// How long the callers of a class waited: all of them, however the wait ended. In seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassFigures {
    /// Callers.
    pub callers: usize,
    /// Mean.
    pub mean_s: f64,
    /// The wait that half of them did not exceed.
    pub p50_s: f64,
    /// The wait that 90 % did not exceed.
    pub p90_s: f64,
    /// The wait that 99 % did not exceed.
    pub p99_s: f64,
    /// The longest.
    pub max_s: f64,
    /// Variance, in seconds squared.
    pub variance_s2: f64,
    /// Mean wait in targets.
    pub mean_over_target: f64,
    /// The longest wait in targets.
    pub max_over_target: f64,
}

/// How agents who are alike share their idle time.
#[derive(Clone, Debug, PartialEq)]
pub struct IdleFigures {
    /// Who: of the same skills and speed.
    pub agents: Vec<AgentId>,
    /// The idle share of each one's time.
    pub shares: Vec<f64>,
    /// Jain's index of those shares.
    pub jain: f64,
}

impl IdleFigures {
    /// The greatest less the smallest share: a share of the agents' time.
    pub fn spread(&self) -> f64 {
        let most = self.shares.iter().copied().fold(f64::MIN, f64::max);
        most - self.shares.iter().copied().fold(f64::MAX, f64::min)
    }
}

pub(super) fn classes(study: &Study, trace: &Trace) -> BTreeMap<ClassOf, ClassFigures> {
    let mut waits: BTreeMap<ClassOf, Vec<f64>> = BTreeMap::new();
    for Wait { queue, class, waited, .. } in trace.waits() {
        waits.entry((queue, class)).or_default().push(waited.0 as f64 / 1e6);
    }
    let figures = |((queue, class), waits): (ClassOf, Vec<f64>)| {
        let target = study.settings.queues[usize::from(queue.0)].thresholds.target(class);
        ((queue, class), class_figures(waits, target.0 as f64 / 1e6))
    };
    waits.into_iter().map(figures).collect()
}

pub(super) fn jain_waits(classes: &BTreeMap<ClassOf, ClassFigures>) -> f64 {
    jain(&classes.values().map(|class| class.mean_over_target).collect::<Vec<_>>())
}

pub(super) fn idle(study: &Study, trace: &Trace) -> Vec<IdleFigures> {
    let shares = trace.idle_shares(study.settings.agents.len(), Tick(0));
    let mut groups: Vec<IdleFigures> = Vec::new();
    for (index, share) in shares.into_iter().enumerate() {
        let agent = AgentId(index as u32);
        match groups.iter_mut().find(|group| group.agents.first().is_some_and(|first| alike(study, *first, agent))) {
            Some(group) => {
                group.agents.push(agent);
                group.shares.push(share);
            }
            None => groups.push(IdleFigures { agents: vec![agent], shares: vec![share], jain: 1.0 }),
        }
    }
    groups.iter_mut().for_each(|group| group.jain = jain(&group.shares));
    groups
}

fn alike(study: &Study, one: AgentId, other: AgentId) -> bool {
    let skills = |agent: AgentId| &study.settings.agents[agent.0 as usize].skills;
    skills(one) == skills(other) && study.speed(one) == study.speed(other)
}

fn class_figures(mut waits: Vec<f64>, target_s: f64) -> ClassFigures {
    waits.sort_unstable_by(f64::total_cmp);
    let (mean_s, max_s) = (mean(&waits), quantile(&waits, 1.0));
    ClassFigures {
        callers: waits.len(),
        mean_s,
        p50_s: quantile(&waits, 0.5),
        p90_s: quantile(&waits, 0.9),
        p99_s: quantile(&waits, 0.99),
        max_s,
        variance_s2: variance(&waits),
        mean_over_target: mean_s / target_s,
        max_over_target: max_s / target_s,
    }
}
