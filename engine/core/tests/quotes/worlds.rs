//! The lines that are simulated.

use crate::draw::{Draw, Time};
use crate::line::{Order, Step, World};

/// Twenty agents who could just serve all who come.
pub(crate) fn world() -> World {
    World {
        seed: 1,
        agents: 20,
        service: exponential(180.0),
        patience: [exponential(300.0); 2],
        per_hour: [200.0, 200.0],
        step: None,
        order: Order::Fifo,
        callers: 120_000,
    }
}

/// A little less load, but for half as much again in every second hour.
pub(crate) fn steps(world: World) -> World {
    let per_hour = world.per_hour.map(|rate| rate * 0.9);
    World { per_hour, step: Some(Step { every_s: 3_600.0, load: 1.5, agents: world.agents }), ..world }
}

pub(crate) fn exponential(mean_s: f64) -> Time {
    Time::Exponential { mean_s }
}

pub(crate) fn lognormal(mean_s: f64, cv: f64) -> Time {
    Time::Lognormal { mean_s, cv }
}

/// Whatever the seed makes: 3 to 60 agents, a load of 0.8 to 1.4, steps or none, in any order.
pub(crate) fn any(seed: u64) -> World {
    let mut draw = Draw::new(seed, 9);
    let mut between = |low: f64, high: f64| low * (high / low).powf(draw.uniform());
    let agents = between(3.0, 60.0) as u32;
    let mean_s = between(60.0, 300.0);
    let per_hour = f64::from(agents) * 3_600.0 / mean_s * between(0.8, 1.4);
    let share = between(0.15, 0.6);
    let service = if between(1.0, 3.0) < 1.5 { exponential(mean_s) } else { lognormal(mean_s, between(0.5, 1.5)) };
    let patience = [(); 2].map(|()| exponential(between(60.0, 900.0)));
    let steps = between(1.0, 4.0) > 2.0;
    let step = Step { every_s: between(1_000.0, 10_000.0), load: between(0.6, 1.7), agents };
    let order = [Order::Fifo, Order::Strict, Order::Proportional([20.0, 40.0])][between(1.0, 4.0) as usize - 1];
    let per_hour = [share * per_hour, (1.0 - share) * per_hour];
    World { seed, agents, service, patience, per_hour, step: steps.then_some(step), order, callers: 40_000 }
}
