//! Quotes hold as often as they say, in steady lines and in unsteady ones, and a quoter that lies is found out.
//!
//! No caller is left out as a warm-up: who was quoted is judged. `--nocapture` shows the figures.

mod coverage;
mod draw;
mod exact;
mod line;
mod worlds;

use cabrank_core::{LEVELS, Permille, Quoter};
use coverage::{Bound, RIVALS, coverage, coverage_seen, estimated, faults, loss_and_length, print};
use line::{Caller, Order, Teller, World, run};
use std::collections::BTreeMap;
use worlds::{any, exponential, lognormal, steps, world};

const HALF: usize = 0;
const CONFIDENT: usize = 2;

fn simulated(world: &World) -> Vec<Caller> {
    run(world, Quoter::new(Permille(800), 2), Teller::Honest)
}

/// Runs a line, prints what came of it, and holds the quotes to their word and to be sharper than simpler ones.
fn holds(name: &str, world: &World) {
    let callers = simulated(world);
    print(name, &callers);
    none(name, world, faults(&callers, &estimated));
    for (level, share) in LEVELS.iter().enumerate() {
        let off = coverage_seen(&callers, level) - coverage(&callers, &estimated, level);
        assert!(off.abs() < 0.01, "{name}: {world:?}: what a desk can see of {} is off by {off}", share.0);
        let (loss, _) = loss_and_length(&callers, &estimated, level);
        for (rival, bound) in RIVALS {
            assert!(loss < loss_and_length(&callers, bound, level).0, "{name}: {world:?}: {rival} is better at {}", share.0);
        }
    }
}

fn none(name: &str, world: &World, faults: Vec<String>) {
    assert!(faults.is_empty(), "{name}: {world:?}\n{}", faults.join("\n"));
}

#[test]
fn quotes_hold_with_exponential_service() {
    holds("M/M/20+M, moderate", &world());
    holds("M/M/20+M, overloaded", &World { per_hour: [260.0, 260.0], ..world() });
    holds("M/M/20+M, steps", &steps(world()));
}

#[test]
fn quotes_hold_with_lognormal_service() {
    for cv in [0.8, 1.3] {
        let world = World { service: lognormal(180.0, cv), ..world() };
        holds(&format!("M/G/20+M, cv {cv}, moderate"), &world);
        holds(&format!("M/G/20+M, cv {cv}, overloaded"), &World { per_hour: [260.0, 260.0], ..world });
        holds(&format!("M/G/20+M, cv {cv}, steps"), &steps(world));
    }
}

#[test]
fn quotes_hold_when_classes_overtake() {
    for order in [Order::Strict, Order::Proportional([20.0, 40.0])] {
        let patience = [exponential(120.0), exponential(300.0)];
        let world = World { order, patience, per_hour: [120.0, 250.0], ..world() };
        holds(&format!("{order:?}, moderate"), &world);
        holds(&format!("{order:?}, steps"), &steps(world));
    }
}

#[test]
fn quotes_hold_when_patience_is_not_exponential() {
    let patience = [lognormal(200.0, 0.7), lognormal(400.0, 1.5)];
    holds("M/M/20+G, steps", &steps(World { patience, ..world() }));
}

#[test]
fn quotes_hold_when_agents_come_and_go() {
    let step = steps(world()).step.map(|step| line::Step { load: 1.0, agents: 15, ..step });
    holds("M/M/20+M, then 15 agents", &World { step, per_hour: [190.0, 190.0], ..world() });
}

#[test]
fn quotes_hold_in_any_line() {
    for seed in 1..=30 {
        let world = any(seed);
        let callers = simulated(&world);
        if callers.iter().filter(|caller| caller.estimate.is_some()).count() < 5_000 {
            println!("seed {seed}: too few waited, or too few so long that quotes can be learned: {world:?}");
            continue;
        }
        none(&format!("seed {seed}"), &world, faults(&callers, &estimated));
    }
}

#[test]
fn any_confidence_holds() {
    for (confidence, seed) in [(600, 1), (700, 2), (850, 3), (980, 4)] {
        let world = World { seed, ..world() };
        let callers = run(&world, Quoter::new(Permille(confidence), 2), Teller::Honest);
        let bound: Bound = &|caller, _| caller.estimate.map(|estimate| estimate.bound().0 as f64 / 1e6);
        let off = 100.0 * coverage(&callers, bound, 0) - f64::from(confidence) / 10.0;
        assert!(off.abs() < 1.0, "{world:?} at {confidence}: off by {off} points");
    }
}

#[test]
fn a_configured_level_is_that_level() {
    let callers = simulated(&world());
    assert!(callers.iter().filter_map(|caller| caller.estimate).all(|estimate| estimate.bound() == estimate.at(1)));
}

/// The best there is: the exact quantile from the true rates. What is learned costs something, but not much.
#[test]
fn quotes_are_nearly_as_sharp_as_if_the_rates_were_known() {
    let world = World { per_hour: [260.0, 260.0], ..world() };
    let callers = simulated(&world);
    let lines = callers.iter().map(|caller| caller.in_line).max().unwrap_or(0);
    let quantile = |ahead, share: Permille| exact::quantile_s(20.0 / 180.0, 1.0 / 300.0, ahead, f64::from(share.0) / 1e3);
    let known: BTreeMap<u32, [f64; 4]> = (0..=lines).map(|ahead| (ahead, LEVELS.map(|share| quantile(ahead, share)))).collect();
    for (level, share) in LEVELS.iter().enumerate() {
        let (loss, length) = loss_and_length(&callers, &estimated, level);
        let (best, right) = loss_and_length(&callers, &|caller, level| Some(known[&caller.in_line][level]), level);
        println!("at {}: pinball loss {loss:.2} s, {best:.2} s at best; mean bound {length:.1} s, {right:.1} s", share.0);
        assert!(loss < best * 1.25, "{world:?} at {}: loss {loss} s, {best} s if rates were known", share.0);
        assert!((length / right - 1.0).abs() < 0.05, "{world:?} at {}: {length} s, {right} s if rates were known", share.0);
    }
}

/// Whether the check finds fault with `bound` at a level.
fn rejected(callers: &[Caller], bound: Bound, level: usize) -> bool {
    let at = format!("at {}: ", LEVELS[level].0);
    faults(callers, bound).iter().any(|fault| fault.contains(&at) && fault.starts_with("all"))
}

#[test]
fn wrong_quoters_are_found_out() {
    let callers = simulated(&world());
    assert!(rejected(&callers, &|caller, _| estimated(caller, HALF), CONFIDENT), "the median sold as 90 %");
    assert!(rejected(&callers, &|_, _| Some(3_600.0), CONFIDENT), "always an hour");
    assert!(rejected(&callers, &|caller, level| Some(estimated(caller, level)? * 1.1), CONFIDENT), "a tenth too long");
    for (rival, bound) in RIVALS {
        assert!(rejected(&callers, bound, CONFIDENT), "{rival}");
    }
}

#[test]
fn to_count_who_left_as_a_kept_promise_is_found_out() {
    let world = World { per_hour: [260.0, 260.0], ..world() };
    for (teller, level) in [(Teller::LeftMeansKept, CONFIDENT), (Teller::LeftMeansNothing, HALF)] {
        let callers = run(&world, Quoter::new(Permille(800), 2), teller);
        print(&format!("{teller:?}"), &callers);
        assert!(rejected(&callers, &estimated, level), "{teller:?}");
    }
}
