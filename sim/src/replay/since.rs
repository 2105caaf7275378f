//! The end of a journal as a day: from a moment on, whatever came before.

use super::watch::Watch;
use super::{Stage, Unreadable};
use crate::simulate::Witness;
use cabrank_core::{Outbox, Tick};
use cabrank_journal::{Reader, UnixMicros};
use std::path::Path;

/// Reads the journal in the data directory `data` and makes of what it tells since that moment a day to be lived through again. Who was
/// in line by then came before anybody looked, and is left out. No more is read than a snapshot leaves to be; a running engine is not
/// disturbed.
///
/// # Errors
/// There is no journal, it cannot be read, or it tells of no day since then.
pub fn stage_since(data: &Path, since: UnixMicros) -> Result<Stage, Unreadable> {
    let mut reader = Reader::open_before(data, since)?;
    let state = reader.state()?;
    let epoch = reader.start().epoch;
    let begins = Tick(since.0.saturating_sub(epoch.0)).max(state.tick);
    let (mut desk, mut ends, mut watch) = (state.desk, begins, None);
    let mut out = Outbox::default();
    for entry in &mut reader {
        let entry = entry?;
        if entry.tick >= begins && watch.is_none() {
            watch = Some(Watch::from(begins, &desk));
        }
        out.clear();
        desk.handle(entry.tick, entry.input.clone(), &mut out);
        if let Some(watch) = &mut watch {
            watch.told(entry.tick, &entry.input, &out, &desk);
        }
        ends = entry.tick.max(begins);
    }
    match watch {
        Some(watch) => Stage::of(watch.close(ends), epoch, data),
        None => Err(Unreadable::Empty(data.to_owned())),
    }
}
