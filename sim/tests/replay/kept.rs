//! A day whose inputs are kept in a real journal.

use cabrank_core::{Desk, Input, Outbox, Span, Tick};
use cabrank_journal::{Beginning, Closed, Journal, Log, Options, OsDisk, UnixMicros, retain};
use cabrank_sim::scenario::Scenario;
use cabrank_sim::simulate::{Tally, Witness, settings_of, simulate};
use tempfile::TempDir;

/// 2026-11-21 06:00 UTC.
pub(crate) const EPOCH: UnixMicros = UnixMicros(1_795_240_800_000_000);

/// A day and its journal.
pub(crate) struct Kept {
    pub(crate) data: TempDir,
    pub(crate) tally: Tally,
}

/// Lives through a scenario once and keeps the inputs.
pub(crate) fn keep(scenario: &Scenario, seed: u64) -> Kept {
    keep_in(scenario, seed, Options::default())
}

fn keep_in(scenario: &Scenario, seed: u64, options: Options) -> Kept {
    let data = tempfile::tempdir().expect("a directory");
    let beginning = Beginning { epoch: EPOCH, seed, settings: settings_of(scenario) };
    let journal = Journal::create(OsDisk, data.path(), &beginning, options).expect("a journal");
    let mut keeper = Keeper(journal);
    let tally = simulate(scenario, seed, &mut keeper).expect("the desk takes the settings");
    keeper.0.write().expect("room on the disk");
    Kept { data, tally }
}

/// The same in segments of 64 kB, of which all but the last few were removed behind snapshots.
pub(crate) fn keep_the_end(scenario: &Scenario, seed: u64) -> Kept {
    let kept = keep_in(scenario, seed, Options { segment_bytes_max: 64 << 10 });
    let data = kept.data.path();
    let mut ends = Vec::new();
    while let Some(closed) = Closed::find(data).expect("readable") {
        let mut state = closed.state().expect("a state");
        let told = closed.replay(&mut state, |state, tick, input| state.desk.handle(tick, input, &mut Outbox::default()));
        told.expect("sound").keep(&OsDisk, &state).expect("room on the disk");
        ends.push(state.tick.0);
    }
    let middle = ends[ends.len() / 2];
    assert!(!retain(&OsDisk, data, Span(ends[ends.len() - 1] - middle)).expect("removed").is_empty());
    kept
}

struct Keeper(Journal);

impl Witness for Keeper {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        let last = self.0.append(at, input).expect("room in a batch");
        // A batch stays in one segment.
        if last.0.is_multiple_of(256) {
            self.0.write().expect("room on the disk");
        }
    }
}
