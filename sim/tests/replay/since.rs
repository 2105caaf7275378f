//! The end of a journal as a day of its own.

use crate::kept::{EPOCH, keep, keep_the_end};
use crate::truth::world;
use cabrank_core::{Span, Tick};
use cabrank_journal::UnixMicros;
use cabrank_sim::replay::{Day, stage, stage_since};
use std::path::Path;

fn day_since(data: &Path, since: Tick) -> Day {
    stage_since(data, UnixMicros(EPOCH.0 + since.0)).expect("a day").day().clone()
}

#[test]
fn since_before_the_beginning_it_is_the_whole_day() {
    let kept = keep(&world(), 1);
    let whole = stage(kept.data.path()).expect("a day").1;
    let since = stage_since(kept.data.path(), UnixMicros(EPOCH.0 - 1_000_000)).expect("a day");
    assert_eq!((since.day().begins, since.day().ends), (whole.day().begins, whole.day().ends));
    assert_eq!((&since.day().stands, since.begins()), (&whole.day().stands, whole.begins()));
}

#[test]
fn since_noon_it_is_those_who_came_after_noon() {
    let noon = Tick(Span::secs(3 * 3_600).0);
    for seed in 1..=3 {
        let kept = keep(&world(), seed);
        let whole = stage(kept.data.path()).expect("a day").1;
        let since = day_since(kept.data.path(), noon);
        assert_eq!((since.begins, since.ends), (noon, whole.day().ends), "seed {seed}");
        let after: Vec<_> = whole.day().stands.iter().filter(|stand| stand.joined_at >= noon).cloned().collect();
        // Who was in the menu at noon had come before.
        let late = since.stands.len();
        assert!(after.len() - late <= 3 && after.ends_with(&since.stands[3..]), "seed {seed}: {late} of {}", after.len());
        assert!(since.agents.iter().flat_map(|agent| &agent.present).all(|window| window.from >= noon), "seed {seed}");
    }
}

/// However much was read before: a snapshot saves reading, and changes nothing.
#[test]
fn snapshots_change_nothing() {
    let [whole, end] = [keep(&world(), 2), keep_the_end(&world(), 2)];
    for hours in [4, 5] {
        let since = Tick(Span::secs(hours * 3_600).0);
        let [one, other] = [&whole, &end].map(|kept| day_since(kept.data.path(), since));
        assert_eq!((one.begins, one.ends, one.stands), (other.begins, other.ends, other.stands), "{hours} h");
    }
}
