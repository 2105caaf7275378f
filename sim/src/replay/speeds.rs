//! How fast agents are, estimated from their talks.
//!
//! The logarithm of a talk's length is taken as that of its queue and class, less the agent's own, plus chance. An agent's own
//! mean deviation is drawn towards nothing by as much as chance alone explains it (empirical Bayes, one-way random effects;
//! Efron and Morris 1975), so that few talks say little, and agents who are alike come out alike.

use super::day::{Day, Stand, Talk};
use crate::statistics::Ended;
use std::collections::BTreeMap;

/// With fewer talks nothing is said of anybody.
const TALKS_MIN: usize = 200;

/// Agents' speeds by agent id: handle times are divided by them. All 1 where nothing can be said.
pub(super) fn speeds(day: &Day) -> Vec<f64> {
    let talks: Vec<Logged> = day.stands.iter().filter_map(logged).collect();
    let mut sums = vec![(0.0, 0.0); day.agents.len()];
    if talks.len() >= TALKS_MIN {
        let usual = usual(&talks);
        for talk in &talks {
            let (count, sum) = &mut sums[talk.agent];
            *count += 1.0;
            *sum += talk.log - usual[&talk.line];
        }
    }
    let (within, between) = variances(&talks, &sums);
    let speed = |(count, sum): &(f64, f64)| match between > 0.0 && *count > 0.0 {
        true => (-sum / count * between / (between + within / count)).exp(),
        false => 1.0,
    };
    sums.iter().map(speed).collect()
}

/// A talk that was not cut short.
struct Logged {
    agent: usize,
    line: (u16, u8),
    log: f64,
}

fn logged(stand: &Stand) -> Option<Logged> {
    let Talk { agent, lasted, .. } = stand.talk.filter(|talk| talk.ended == Ended::Event && talk.lasted.0 > 0)?;
    Some(Logged { agent: agent.0 as usize, line: (stand.queue.0, stand.class.0), log: (lasted.0 as f64).ln() })
}

/// The mean by queue and class.
fn usual(talks: &[Logged]) -> BTreeMap<(u16, u8), f64> {
    let mut sums: BTreeMap<(u16, u8), (f64, f64)> = BTreeMap::new();
    for talk in talks {
        let (count, sum) = sums.entry(talk.line).or_default();
        *count += 1.0;
        *sum += talk.log;
    }
    sums.into_iter().map(|(line, (count, sum))| (line, sum / count)).collect()
}

/// The variance of talks within an agent, and that between agents by the method of moments: what the means scatter more
/// than chance has them.
fn variances(talks: &[Logged], sums: &[(f64, f64)]) -> (f64, f64) {
    let busy: Vec<(f64, f64)> = sums.iter().copied().filter(|(count, _)| *count > 0.0).collect();
    let (agents, total) = (busy.len() as f64, talks.len() as f64);
    if agents < 2.0 || total <= agents || busy.iter().map(|(count, _)| count).sum::<f64>() < total {
        return (0.0, 0.0);
    }
    let usual = usual(talks);
    let own = |talk: &Logged| sums[talk.agent].1 / sums[talk.agent].0;
    let off = talks.iter().map(|talk| (talk.log - usual[&talk.line] - own(talk)).powi(2));
    let within = off.sum::<f64>() / (total - agents);
    let among: f64 = busy.iter().map(|(count, sum)| count * (sum / count).powi(2)).sum();
    let weight = total - busy.iter().map(|(count, _)| count * count).sum::<f64>() / total;
    (within, ((among - (agents - 1.0) * within) / weight).max(0.0))
}
