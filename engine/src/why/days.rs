//! Whole days by lot: every overtaking has a reason, and telling a story leaves the desk as it was.

use super::watch::Watch;
use super::{Because, Happening, Replay, Story};
use crate::epoch::{Epoch, timestamp};
use cabrank_core::{CallId, Desk, Input};
use cabrank_journal::{Entry, Seq};
use cabrank_sim::Day;
use std::collections::BTreeMap;

/// Days.
const SEEDS: std::ops::Range<u64> = 0..250;
/// Calls of each day whose stories are told.
const CALLS: usize = 12;

fn story(day: &Day, call: CallId) -> (Option<Story>, u64) {
    let desk = Desk::new(day.settings.clone(), day.seed).expect("the day's settings");
    let mut replay = Replay { desk, watch: Watch::new(call, Epoch::new(timestamp(0))), entries: 0 };
    for step in &day.steps {
        replay.tell(Entry { seq: Seq(0), tick: step.at, input: step.input.clone() });
    }
    let Replay { desk, watch, .. } = replay;
    let digest = desk.digest();
    (watch.story(&desk), digest)
}

fn calls(day: &Day) -> Vec<CallId> {
    let taken = day.steps.iter().filter(|step| step.refusals.is_empty());
    let offered = taken.filter_map(|step| if let Input::CallOffered { call, .. } = &step.input { Some(*call) } else { None });
    let mut calls: Vec<CallId> = offered.collect();
    calls.sort_unstable();
    calls.dedup();
    let every = calls.len().div_ceil(CALLS).max(1);
    calls.into_iter().step_by(every).collect()
}

#[test]
fn every_overtaking_has_a_reason_and_the_desk_stays_as_it_was() {
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for seed in SEEDS {
        let day = cabrank_sim::live_through(seed).unwrap_or_else(|fault| panic!("{fault}"));
        for call in calls(&day) {
            let (story, digest) = story(&day, call);
            assert_eq!(digest, day.digest, "seed={seed} call={call}: the replay came to another desk");
            let story = story.unwrap_or_else(|| panic!("seed={seed} call={call}: no story"));
            for moment in &story.moments {
                if let Happening::Overtaken { because, .. } = &moment.what {
                    assert_ne!(*because, Because::Unexplained, "seed={seed} call={call}: {:#?}", story.sentences);
                    let word = serde_json::to_value(because).expect("JSON")["reason"].to_string();
                    *reasons.entry(word).or_default() += 1;
                }
            }
        }
    }
    assert!(reasons.len() > 1, "the days show too little: {reasons:?}");
    println!("{reasons:?}");
}
