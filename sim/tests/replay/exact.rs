//! The exact inputs: the exact decisions.

use crate::kept::{keep, keep_the_end};
use crate::truth::{BOOKING, world};
use cabrank_core::{Span, Thresholds, Tick};
use cabrank_sim::replay::{exact, stage};
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
fn where_the_beginning_was_removed_the_rest_comes_to_the_same_desk() {
    for seed in 1..=3 {
        let kept = keep_the_end(&eventful(), seed);
        let again = exact(kept.data.path()).expect("a journal");
        assert!(again.goes_on_at.is_some_and(|first| first.0 > 100), "seed {seed}: {:?}", again.goes_on_at);
        assert_eq!(again.desk_digest, kept.tally.desk_digest, "seed {seed}");
        let (whole, stage) = stage(kept.data.path()).expect("the end of a day");
        assert_eq!(whole, again, "seed {seed}");
        let day = stage.day();
        assert!(day.begins > Tick(0) && day.stands.iter().all(|stand| stand.joined_at >= day.begins), "seed {seed}");
        let present = day.agents.iter().flat_map(|agent| &agent.present);
        assert!(present.clone().any(|window| window.from == day.begins), "seed {seed}: nobody was there already");
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
