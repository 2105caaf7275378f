//! Several classes: who gains and who loses by an order of service is known exactly.

use crate::bench::{Control, Flow, HANDLE_S, Replication, exponential, figures, replicate, secs, stands, study, vanishes};
use crate::formulas::{accumulating, cobham, erlang_c, mean_wait};
use cabrank_core::Order;
use cabrank_sim::chance::Law;
use cabrank_sim::statistics::mean;

/// The line is the same whoever stands where in it: flows by target, the shortest first.
struct Line {
    agents: usize,
    loads: &'static [f64],
    targets_s: &'static [f64],
    calls: u32,
}

const LINES: [Line; 3] = [
    Line { agents: 1, loads: &[0.25, 0.3], targets_s: &[20.0, 40.0], calls: 9_000 },
    Line { agents: 1, loads: &[0.15, 0.2, 0.2], targets_s: &[20.0, 40.0, 120.0], calls: 12_000 },
    Line { agents: 3, loads: &[0.2, 0.2, 0.2], targets_s: &[30.0, 45.0, 90.0], calls: 23_000 },
];

impl Line {
    fn run(&self, order: Order) -> Vec<Replication> {
        let flows: Vec<Flow> = self.loads.iter().zip(self.targets_s).map(|(load, target)| Flow::new(*load, *target)).collect();
        replicate(&study(order, &flows, self.agents, self.calls))
    }

    fn load(&self) -> f64 {
        self.loads.iter().sum()
    }

    fn name(&self, order: Order, figure: &str) -> String {
        format!("M/M/{} at {:.2}, {} classes, {}: {figure}", self.agents, self.load(), self.loads.len(), order.name())
    }

    /// The mean wait of each class, where it is known.
    fn exact(&self, order: Order) -> Option<Vec<f64>> {
        let first_come = mean_wait(self.agents, self.load(), HANDLE_S);
        match order.name() {
            "fifo" => Some(vec![first_come; self.loads.len()]),
            "strict-priority" => {
                let residual = erlang_c(self.agents, self.load() * self.agents as f64) * HANDLE_S / self.agents as f64;
                Some(cobham(residual, self.loads))
            }
            "proportional" => {
                let rising = |all: &[f64]| all.iter().rev().copied().collect::<Vec<_>>();
                let rates: Vec<f64> = rising(self.targets_s).iter().map(|target| 1.0 / target).collect();
                Some(rising(&accumulating(first_come, &rising(self.loads), &rates)))
            }
            _ => None,
        }
    }
}

/// Every order on one line: each class's mean wait where a formula has it, and the mean over all, which no order changes
/// (Kleinrock 1965).
fn all_orders(line: &Line) {
    let fifo = line.run(Order::Fifo);
    let first_come = mean_wait(line.agents, line.load(), HANDLE_S);
    for order in Order::ALL.iter().filter(|order| **order != Order::Fifo) {
        let replications = line.run(*order);
        for (class, exact) in line.exact(*order).into_iter().flatten().enumerate() {
            let control = Control::first_come(&fifo, class, first_come);
            let name = line.name(*order, &format!("E[W] of class {class}, s"));
            stands(&name, exact, &replications, &control, |r| r.mean_wait_of_s(class));
        }
        let all = |replications| figures(replications, |r| r.mean_wait_s(|_| true));
        let apart: Vec<f64> = all(&replications).iter().zip(all(&fifo)).map(|(one, fifo)| one - fifo).collect();
        vanishes(&line.name(*order, "conservation, s"), first_come, &apart);
    }
}

#[test]
fn two_classes_one_agent() {
    all_orders(&LINES[0]);
}

#[test]
fn three_classes_one_agent() {
    all_orders(&LINES[1]);
}

#[test]
fn three_classes_three_agents() {
    all_orders(&LINES[2]);
}

/// Classes whose talks differ: what is left of the talk that a newcomer finds is all that counts of them. The loads, not the
/// numbers, weigh the waits that are conserved.
#[test]
fn cobham_with_unequal_talks() {
    let laws = [exponential(120.0), Law::Constant(secs(240.0)), Law::LogNormal { mean: secs(180.0), sd: secs(150.0) }];
    let loads = [0.15, 0.2, 0.2];
    let flows = || loads.iter().zip(laws).zip([20.0, 40.0, 60.0]).map(|((load, law), target)| Flow::new(*load, target).with(law));
    let flows: Vec<Flow> = flows().collect();
    let residual: f64 = flows.iter().map(|flow| flow.rate(1) * flow.handle.second_moment_s2() / 2.0).sum();
    let run = |order| replicate(&study(order, &flows, 1, 15_000));
    let replications = run(Order::StrictPriority);
    let fifo = run(Order::Fifo);
    let control = |class| Control::first_come(&fifo, class, residual / (1.0 - 0.55));
    for (class, exact) in cobham(residual, &loads).into_iter().enumerate() {
        let name = format!("M/G/1, 3 classes, strict-priority: E[W] of class {class}, s");
        stands(&name, exact, &replications, &control(class), |r| r.mean_wait_of_s(class));
    }
    let conserved = residual * 0.55 / (1.0 - 0.55);
    stands("M/G/1, 3 classes, strict-priority: sum of load x wait, s", conserved, &replications, &control(2), |r| {
        (0..3).map(|class| loads[class] * r.mean_wait_of_s(class)).sum()
    });
}

/// With talks of equal length agents are free at the same moments whoever is served: no order changes the sum of waits, and
/// not by a microsecond. Nor does it with several agents.
#[test]
fn equal_talks_conserve_the_sum_of_waits_exactly() {
    for agents in [1, 3] {
        let flows = |targets: [f64; 3]| {
            let flow = |target| Flow::new(0.3, target).with(Law::Constant(secs(HANDLE_S)));
            targets.map(flow)
        };
        let sum = |order, seed| -> u64 {
            let trace = study(order, &flows([20.0, 40.0, 90.0]), agents, 10_000).run(seed).expect("the desk takes the settings");
            trace.waits().iter().map(|wait| wait.waited.0).sum()
        };
        for seed in 1..=3 {
            let sums: Vec<u64> = Order::ALL.iter().map(|order| sum(*order, seed)).collect();
            assert!(sums.iter().all(|one| *one == sums[0]), "agents={agents} seed={seed}: {sums:?}");
        }
    }
}

/// Without a difference between targets every order is first come, first served: the same event for event.
#[test]
fn equal_targets_make_every_order_first_come_first_served() {
    for seed in 1..=5 {
        let run = |order| study(order, &[0.3, 0.3, 0.35].map(|load| Flow::new(load, 30.0)), 3, 10_000).run(seed);
        for order in Order::ALL {
            assert!(run(*order) == run(Order::Fifo), "{}: not first come, first served, seed={seed}", order.name());
        }
    }
}

/// A head start in time: whom it favours waits less, and by the difference of targets at the most, where all wait long.
#[test]
fn a_head_start_is_worth_no_more_than_the_difference_of_targets() {
    let replications = replicate(&study(Order::HeadStart, &[Flow::new(0.45, 20.0), Flow::new(0.45, 80.0)], 2, 10_000));
    let gain = mean(&figures(&replications, |r| r.mean_wait_of_s(1) - r.mean_wait_of_s(0)));
    assert!((30.0..60.0).contains(&gain), "the shorter target gains {gain} s");
}
