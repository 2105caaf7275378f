//! The binary against a model of the same desks in SimPy, where theory has no formula.
//!
//! `model.py` was written from what the README promises, and holds its own numbers: a scenario that is read wrongly shows,
//! too. All figures of both desks are one family: each difference must lie within the interval of the difference at a
//! confidence of 1 - 0.001 / (number of figures), by the smaller number of replications, and half of that interval must be
//! less than 8 % of the figure. A desk that is otherwise than the model must be found out.

mod figures;
mod simpy;

use figures::{Difference, Figures};
use std::collections::BTreeMap;

const FAMILY_LEVEL: f64 = 0.001;
const NARROW: f64 = 0.08;

#[test]
fn simpy_finds_the_same() {
    let models = BTreeMap::from(
        [("impatience-general", 400), ("two-skills-day", 1_000)].map(|(name, days)| (name, simpy::days(name, days))),
    );
    let family: usize = models.values().map(Figures::count).sum();
    let confidence = 1.0 - FAMILY_LEVEL / family as f64;
    for (name, model) in &models {
        let differences = figures::of_binary(name, "seed=1").differences(model, confidence);
        differences.iter().for_each(|difference| println!("{name}: {difference}"));
        let apart: Vec<&Difference> = differences.iter().filter(|difference| !difference.is_chance()).collect();
        assert!(apart.is_empty(), "{name}: {apart:#?}");
        let wide: Vec<&Difference> = differences.iter().filter(|difference| difference.width() >= NARROW).collect();
        assert!(wide.is_empty(), "{name}: too wide to tell anything: {wide:#?}");
    }
    for (name, otherwise) in [
        ("impatience-general", "queue.main.wrap_up=15s"),
        ("impatience-general", "callers.0.patience.gamma.sd=60s"),
        ("two-skills-day", "queue.*.order=fifo"),
        ("two-skills-day", "queue.sales.widen=[{ after = \"70s\", level = 2 }]"),
        ("two-skills-day", "queue.support.class.all=60s"),
    ] {
        let differences =
            figures::of_binary(name, &format!("replications=200;{otherwise}")).differences(&models[name], confidence);
        let apart = differences.iter().filter(|difference| !difference.is_chance()).count();
        println!("{name} with {otherwise}: {apart} of {} figures are apart", differences.len());
        assert!(apart > 0, "{name} with {otherwise} passes for the model");
    }
}
