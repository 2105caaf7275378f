//! A day whose inputs are kept in a real journal.

use cabrank_core::{Desk, Input, Outbox, Tick};
use cabrank_journal::{Beginning, Journal, Log, Options, OsDisk, UnixMicros};
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
    let data = tempfile::tempdir().expect("a directory");
    let beginning = Beginning { epoch: EPOCH, seed, settings: settings_of(scenario) };
    let journal = Journal::create(OsDisk, data.path(), &beginning, Options::default()).expect("a journal");
    let mut keeper = Keeper(journal);
    let tally = simulate(scenario, seed, &mut keeper).expect("the desk takes the settings");
    keeper.0.write().expect("room on the disk");
    Kept { data, tally }
}

struct Keeper(Journal);

impl Witness for Keeper {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        if self.0.append(at, input).is_err() {
            self.0.write().expect("room on the disk");
            self.0.append(at, input).expect("room in an empty batch");
        }
    }
}
