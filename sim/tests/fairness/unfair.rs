//! Unfair on purpose, and found out.

use crate::scenarios;
use crate::toys::{Toy, Whim};
use cabrank_core::{AgentId, ClassId, Order, QueueId};
use cabrank_sim::study::Study;
use cabrank_sim::study::fairness::{ClassOf, Fairness, Wrong};

const SEED: u64 = 1;
const SHORT: ClassOf = (QueueId(0), ClassId(0));
const LONG: ClassOf = (QueueId(0), ClassId(1));

fn examine(study: &Study, whim: Whim) -> Fairness {
    let mut toy = Toy::new(whim, study.settings.agents.len() as u32, SEED);
    Fairness::of(study, &study.run_with(&mut toy, SEED))
}

fn fifo(whim: Whim) -> Fairness {
    examine(&scenarios::one_queue(Order::Fifo), whim)
}

/// The kinds of wrong that were found.
fn wrongs(fairness: &Fairness) -> Vec<Wrong> {
    let mut wrongs: Vec<Wrong> = fairness.breaches.iter().map(|breach| breach.wrong).collect();
    wrongs.sort_unstable();
    wrongs.dedup();
    wrongs
}

/// The toy itself is not what is found out; and it does what the core does.
#[test]
fn a_fair_toy_passes_and_is_first_come_first_served() {
    let study = scenarios::one_queue(Order::Fifo);
    let toy = study.run_with(&mut Toy::new(Whim::Nothing, 5, SEED), SEED);
    assert_eq!(Fairness::of(&study, &toy).breaches, []);
    assert!(toy == study.run(SEED).expect("the desk takes the settings"), "the core and the toy differ, seed={SEED}");
}

#[test]
fn last_come_first_served_is_found_out() {
    let (fair, unfair) = (fifo(Whim::Nothing), fifo(Whim::LastFirst));
    assert_eq!(wrongs(&unfair), [Wrong::UnexplainedSkip, Wrong::Starvation]);
    assert!(unfair.skips[&(LONG, LONG)].unexplained > 1_000, "callers skip their own class");
    for class in [SHORT, LONG] {
        let variance = |fairness: &Fairness| fairness.classes[&class].variance_s2;
        assert!(variance(&unfair) > 3.0 * variance(&fair), "waits within {class:?} vary more");
    }
}

#[test]
fn a_favourite_class_is_found_out() {
    let unfair = fifo(Whim::Favourite(LONG.1));
    assert_eq!(wrongs(&unfair), [Wrong::UnexplainedSkip, Wrong::Starvation]);
    let pairs: Vec<_> = unfair.skips.keys().copied().collect();
    assert_eq!(pairs, [(LONG, SHORT)], "who skips whom is named");
    let by_target = examine(&scenarios::one_queue(Order::Proportional), Whim::Favourite(LONG.1));
    assert!(by_target.count(Wrong::UnexplainedSkip) > 1_000, "no target explains it");
    assert!(by_target.jain_waits < 0.7, "Jain's index {}", by_target.jain_waits);
}

/// What strict priority is told to do is no defect; the same is one where it was not told.
#[test]
fn a_favourite_is_explained_by_the_order_that_names_it() {
    let short_first = Whim::Favourite(SHORT.1);
    assert_eq!(examine(&scenarios::one_queue(Order::StrictPriority), short_first).breaches, []);
    assert!(examine(&scenarios::one_queue(Order::HeadStart), short_first).count(Wrong::UnexplainedSkip) > 1_000);
    assert!(examine(&scenarios::one_queue(Order::Proportional), short_first).count(Wrong::Starvation) > 1_000);
}

#[test]
fn a_spared_agent_is_found_out() {
    let unfair = fifo(Whim::Spares(AgentId(2)));
    assert_eq!(wrongs(&unfair), [Wrong::OutOfTurn]);
    let [group] = &unfair.idle[..] else { panic!("all agents are alike: {:?}", unfair.idle) };
    assert!(group.spread() > 0.05, "{group:?}");
    assert!(group.shares.iter().all(|share| *share <= group.shares[2]), "{group:?}");
    assert!(group.jain < fifo(Whim::Nothing).idle[0].jain);
}

#[test]
fn a_pick_by_lot_is_found_out() {
    let unfair = fifo(Whim::ByLot);
    assert_eq!(wrongs(&unfair), [Wrong::UnexplainedSkip, Wrong::Starvation]);
    for pair in [(SHORT, SHORT), (SHORT, LONG), (LONG, SHORT), (LONG, LONG)] {
        assert!(unfair.skips[&pair].unexplained > 500, "{pair:?}");
    }
}

#[test]
fn dawdling_is_found_out() {
    assert!(fifo(Whim::Dawdles).count(Wrong::WaitedInVain) > 100);
}

#[test]
fn a_router_blind_to_skills_and_levels_is_found_out() {
    let too_early = examine(&scenarios::widening(Order::Fifo), Whim::Nothing);
    assert!(too_early.count(Wrong::NotOpen) > 1_000, "levels that open later");
    let unskilled = examine(&scenarios::mixed_skills(Order::Fifo), Whim::Nothing);
    assert!(unskilled.count(Wrong::NotOpen) > 1_000, "skills that an agent has not");
    assert!(
        unskilled.count(Wrong::OutOfTurn) > 1_000,
        "agents who serve the queue better: {}",
        unskilled.count(Wrong::OutOfTurn)
    );
}

/// A guard that does not act: the favourite class first, however long the others wait.
#[test]
fn a_starved_class_is_found_out_at_the_decision() {
    let guard = &scenarios::ALL[5];
    let study = (guard.study)(Order::StrictPriority);
    let unfair = examine(&study, Whim::Favourite(SHORT.1));
    assert_eq!(wrongs(&unfair), [Wrong::UnexplainedSkip, Wrong::Starvation], "{}", guard.name);
    assert!(unfair.breaches.iter().all(|breach| breach.call.0 > 0));
}
