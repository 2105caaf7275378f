//! Every order of service on every scenario, by every checker.

use crate::scenarios::{self, Scenario};
use crate::table;
use cabrank_core::{ClassId, Order, QueueId};
use cabrank_sim::study::fairness::{Fairness, Skips};

const SEED: u64 = 1;

/// Equal agents' idle shares differ by less than this share of their time.
const SPREAD: f64 = 0.01;

#[test]
fn every_order_passes_every_checker() {
    for Scenario { name, study } in scenarios::ALL {
        let examine = |order: &Order| {
            let study = study(*order);
            let trace = study.run(SEED).expect("the desk takes the settings");
            (*order, Fairness::of(&study, &trace))
        };
        let rows: Vec<(Order, Fairness)> = Order::ALL.iter().map(examine).collect();
        table::print(name, &rows);
        for (order, fairness) in &rows {
            passes(&format!("{name}, {}, seed={SEED}", order.name()), *order, fairness);
        }
    }
}

fn passes(what: &str, order: Order, fairness: &Fairness) {
    let first = fairness.breaches.first();
    assert_eq!(first, None, "{what}: {} breaches", fairness.breaches.len());
    assert_eq!(fairness.all_skips().unexplained, 0, "{what}");
    if order == Order::Fifo {
        assert_eq!(fairness.all_skips(), Skips::default(), "{what}: nobody is skipped");
    } else {
        assert!(fairness.all_skips().explained > 100, "{what}: nobody skips, so nothing was checked");
    }
    for ((by, of), skips) in &fairness.skips {
        assert!(by != of || *skips == Skips::default(), "{what}: {by:?} skip their own class");
    }
    for group in fairness.idle.iter().filter(|group| group.agents.len() > 1) {
        assert!(group.spread() < SPREAD, "{what}: {group:?}");
    }
}

/// What each order is for: proportional equalises waits in targets where the load is high, strict priority buys the short
/// target's wait with everybody else's tail.
#[test]
fn the_orders_differ_as_they_promise() {
    let fairness = |order| {
        let study = scenarios::one_queue(order);
        Fairness::of(&study, &study.run(SEED).expect("the desk takes the settings"))
    };
    let [proportional, fifo, strict] = [Order::Proportional, Order::Fifo, Order::StrictPriority].map(fairness);
    assert!(proportional.jain_waits > 0.97, "proportional: {}", proportional.jain_waits);
    assert!(fifo.jain_waits < 0.85 && strict.jain_waits < 0.95, "fifo {}, strict {}", fifo.jain_waits, strict.jain_waits);
    let long = |fairness: &Fairness| fairness.classes[&(QueueId(0), ClassId(1))];
    assert!(long(&strict).max_s > 1.2 * long(&fifo).max_s);
    assert!(long(&strict).variance_s2 > 1.2 * long(&fifo).variance_s2);
}
