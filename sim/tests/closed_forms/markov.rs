//! Unequal agents, longest idle first: an exact Markov chain over the idle agents in the order in which they became idle.

use std::collections::BTreeMap;

type IdleInOrder = Vec<usize>;

/// Who of the idle is given the next caller.
#[derive(Clone, Copy)]
pub(crate) enum Choice {
    LongestIdle,
    /// Each with the same chance.
    ByLot,
}

/// The share of time for which each agent is idle, with callers at `rate` a second and talks ending at `ends` a second.
///
/// With everybody busy the line grows and shrinks as M/M/1 does, whoever is in it: its lengths have geometric shares, and
/// only the empty line leads out of it. So the chain has one state for it, which weighs as much as all lengths together.
pub(crate) fn idle_shares(rate: f64, ends: &[f64], choice: Choice) -> Vec<f64> {
    let total: f64 = ends.iter().sum();
    let mut shares = stationary(rate, ends, choice);
    if let Some(all_busy) = shares.get_mut(&Vec::new()) {
        *all_busy /= 1.0 - rate / total;
    }
    let weight: f64 = shares.values().sum();
    let idle = |agent| shares.iter().filter(|(idle, _)| idle.contains(&agent)).map(|(_, share)| share).sum::<f64>();
    (0..ends.len()).map(|agent| idle(agent) / weight).collect()
}

/// By steps of the uniformised chain until nothing moves.
fn stationary(rate: f64, ends: &[f64], choice: Choice) -> BTreeMap<IdleInOrder, f64> {
    let step = 1.0 / (rate + ends.iter().sum::<f64>());
    let mut shares = BTreeMap::from([((0..ends.len()).collect::<IdleInOrder>(), 1.0)]);
    for _ in 0..3_000 {
        let mut next: BTreeMap<IdleInOrder, f64> = BTreeMap::new();
        for (idle, share) in shares {
            let moves = moves(&idle, rate, ends, choice);
            let leaving: f64 = moves.iter().map(|(_, rate)| rate * step).sum();
            moves.into_iter().for_each(|(to, rate)| *next.entry(to).or_default() += share * rate * step);
            *next.entry(idle).or_default() += share * (1.0 - leaving);
        }
        shares = next;
    }
    shares
}

fn moves(idle: &IdleInOrder, rate: f64, ends: &[f64], choice: Choice) -> Vec<(IdleInOrder, f64)> {
    let without = |at: usize| idle.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, agent)| *agent).collect::<IdleInOrder>();
    let busy = (0..ends.len()).filter(|agent| !idle.contains(agent));
    let mut moves: Vec<(IdleInOrder, f64)> = busy.map(|agent| ([&idle[..], &[agent]].concat(), ends[agent])).collect();
    match choice {
        Choice::LongestIdle => moves.extend((0..idle.len().min(1)).map(|at| (without(at), rate))),
        Choice::ByLot => moves.extend((0..idle.len()).map(|at| (without(at), rate / idle.len() as f64))),
    }
    moves
}

/// Longest idle first and by lot give the same idle shares (Armony 2005), though not the same chain.
#[test]
fn longest_idle_first_idles_as_by_lot() {
    for ends in [&[1.0, 0.4][..], &[1.5, 1.0, 0.5], &[2.0, 0.3, 0.3]] {
        for load in [0.3, 0.6, 0.9] {
            let rate = load * ends.iter().sum::<f64>();
            let both = [Choice::LongestIdle, Choice::ByLot].map(|choice| idle_shares(rate, ends, choice));
            let apart = both[0].iter().zip(&both[1]).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-9, "{both:?}");
        }
    }
}

/// Two agents by hand: with equal ones the chain is M/M/2, whose agents are idle for 1 - load.
#[test]
fn equal_agents_idle_as_the_load_leaves_them() {
    for agents in [2, 3] {
        let shares = idle_shares(0.6 * agents as f64, &vec![1.0; agents], Choice::LongestIdle);
        assert!(shares.iter().all(|share| (share - 0.4).abs() < 1e-9), "{shares:?}");
    }
}
