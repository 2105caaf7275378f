//! The first replication kept as a journal, for `cabrank replay` and `cabrank why`.

use super::Unusable;
use crate::replications::Crew;
use crate::scenario::Scenario;
use crate::simulate::{Witness, settings_of, simulate};
use cabrank_core::{Desk, Input, Outbox, Tick};
use cabrank_journal::{AppendError, Beginning, Journal, Log, Options, OsDisk, UnixMicros, WriteError};
use jiff::tz::TimeZone;
use std::path::Path;

/// Inputs that are written at once.
const BATCH: u64 = 4_096;

/// Keeps all that the desk is told in the first replication, as a journal in the data directory `dir`, which holds none yet.
pub(super) fn keep(scenario: &Scenario, dir: &Path, crew: &Crew<'_>) -> Result<(), Unusable> {
    let beginning = Beginning { epoch: epoch(scenario)?, seed: scenario.seed, settings: settings_of(scenario) };
    let journal = Journal::create(OsDisk, dir, &beginning, Options::default()).map_err(Unusable::because)?;
    let mut keeper = Keeper { journal, crew, kept: 0, failed: None };
    simulate(scenario, scenario.seed, &mut keeper).map_err(Unusable::because)?;
    keeper.close().map_err(|why| Unusable::because(format!("the journal in {} is not whole: {why}", dir.display())))
}

/// The scenario's wall clock is civil time: it is taken for that of UTC.
fn epoch(scenario: &Scenario) -> Result<UnixMicros, Unusable> {
    let begins = scenario.begins.to_zoned(TimeZone::UTC).map_err(Unusable::because)?;
    let since = u64::try_from(begins.timestamp().as_microsecond());
    since.map(UnixMicros).map_err(|_| Unusable::because("a journal cannot begin before 1970: name a later day in `begins`"))
}

struct Keeper<'a> {
    journal: Journal,
    crew: &'a Crew<'a>,
    kept: u64,
    failed: Option<Failure>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Append(#[from] AppendError),
    #[error("{0}")]
    Write(#[from] WriteError),
}

impl Keeper<'_> {
    fn append(&mut self, at: Tick, input: &Input) -> Result<(), Failure> {
        self.journal.append(at, input)?;
        self.kept += 1;
        if self.kept.is_multiple_of(BATCH) {
            self.journal.write()?;
        }
        Ok(())
    }

    fn close(mut self) -> Result<(), Failure> {
        match self.failed {
            Some(failure) => Err(failure),
            None => Ok(self.journal.write().map(|_| ())?),
        }
    }
}

impl Witness for Keeper<'_> {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        if self.failed.is_none() {
            self.failed = self.append(at, input).err();
        }
    }

    fn goes_on(&mut self) -> bool {
        self.failed.is_none() && !self.crew.stopped()
    }
}
