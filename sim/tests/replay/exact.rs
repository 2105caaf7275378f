//! The exact inputs: the exact decisions.

use crate::kept::keep;
use crate::truth::{BOOKING, world};
use cabrank_core::{Span, Thresholds, Tick};
use cabrank_sim::replay::exact;
use cabrank_sim::scenario::{PlannedChange, Scenario, Trouble};

#[test]
fn the_same_inputs_come_to_the_same_decisions() {
    for seed in 1..=5 {
        let kept = keep(&world(), seed);
        let again = exact(kept.data.path()).expect("a whole journal");
        assert_eq!(again.decisions_digest, kept.tally.decisions_digest, "seed {seed}");
        assert_eq!(again.desk_digest, kept.tally.desk_digest, "seed {seed}");
        assert_eq!((again.inputs, again.records), (kept.tally.inputs, kept.tally.calls), "seed {seed}");
        assert_eq!(again.calls_live, 0);
        assert_eq!(again, exact(kept.data.path()).expect("a whole journal"), "seed {seed}: twice the same");
    }
}

#[test]
fn another_day_comes_to_other_decisions() {
    let digest = |seed| exact(keep(&world(), seed).data.path()).expect("a whole journal").decisions_digest;
    assert_ne!(digest(1), digest(2));
}

#[test]
fn crashes_doubled_facts_and_changes_of_thresholds_are_run_again_as_they_were() {
    let world = eventful();
    for seed in 1..=3 {
        let kept = keep(&world, seed);
        let again = exact(kept.data.path()).expect("a whole journal");
        assert!(kept.tally.recoveries > 0, "seed {seed}: no crash");
        assert_eq!(again.decisions_digest, kept.tally.decisions_digest, "seed {seed}");
        assert_eq!(again.desk_digest, kept.tally.desk_digest, "seed {seed}");
    }
}

/// A day on which things go wrong and a supervisor steps in.
fn eventful() -> Scenario {
    let world = world();
    let current = &world.settings.queues[0].thresholds;
    let tuned = Thresholds { wrap_up: Span::secs(5), service_level: current.service_level, ..current.clone() };
    let changes = vec![PlannedChange { at: Tick(Span::secs(2 * 3_600).0), queues: vec![(BOOKING, tuned)] }];
    let trouble = Trouble {
        lost: 0.001,
        late: 0.01,
        late_by: cabrank_sim::chance::Law::Exponential { mean: Span::secs(2) },
        doubled: 0.01,
        crash_every: Some(Span::secs(2 * 3_600)),
    };
    Scenario { changes, trouble: Some(trouble), ..world }
}
