//! Who of several idle agents is rung: the longest idle, so that the idle time is shared.

use crate::bench::{Control, Flow, HANDLE_S, replicate, secs, stands, study};
use crate::markov::{Choice, idle_shares};
use cabrank_core::{AgentId, Order, Span};
use cabrank_sim::chance::Law;
use cabrank_sim::statistics::mean;
use cabrank_sim::study::Study;

fn with_speeds(speeds: &[f64], load: f64, calls: u32) -> Study {
    let load = load * mean(speeds);
    Study { speeds: speeds.to_vec(), ..study(Order::Fifo, &[Flow::new(load, 20.0)], speeds.len(), calls) }
}

/// The shares tell the longest idle first from the fastest first or a favourite, not from a choice by lot (nor from its
/// reverse); the turn taken at each decision is checked in the tests of fairness.
#[test]
fn unequal_agents_idle_as_the_chain_has_it() {
    for (speeds, load) in [(&[1.0, 0.5][..], 0.5), (&[1.5, 0.5], 0.6), (&[1.5, 1.0, 0.5], 0.6), (&[2.0, 0.7, 0.7], 0.5)] {
        let ends: Vec<f64> = speeds.iter().map(|speed| speed / HANDLE_S).collect();
        let exact = idle_shares(load * ends.iter().sum::<f64>(), &ends, Choice::LongestIdle);
        let replications = replicate(&with_speeds(speeds, load, 8_000));
        let control = Control::arrivals(&replications, speeds.len(), load * mean(speeds));
        for (agent, exact) in exact.into_iter().enumerate() {
            let name = format!("M/M/{}, speeds {speeds:?}: idle share of agent {agent}", speeds.len());
            stands(&name, exact, &replications, &control, |r| r.idle_share(AgentId(agent as u32), speeds.len()));
        }
    }
}

/// Equal agents idle for equally long: within 1 % of their mean.
#[test]
fn equal_agents_share_the_idle_time() {
    for (agents, load, seed) in [(3, 0.6, 1), (5, 0.5, 2), (10, 0.7, 3)] {
        let mean = secs(HANDLE_S);
        let flow = Flow::new(load, 20.0).with(Law::Gamma { mean, sd: Span(mean.0 / 2) });
        let trace = study(Order::Proportional, &[flow], agents, 25_000 * agents as u32).run(seed).expect("the desk takes it");
        let shares = trace.idle_shares(agents, cabrank_core::Tick(0));
        let (least, most) = shares.iter().fold((1.0_f64, 0.0_f64), |(least, most), share| (least.min(*share), most.max(*share)));
        println!("{agents} equal agents at {load}: idle shares {least:.4} to {most:.4}");
        assert!((most - least) / (1.0 - load) < 0.01, "{shares:?} seed={seed}");
    }
}
