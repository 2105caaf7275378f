//! The exact inputs once more: the same core comes to the same decisions.

use super::Unreadable;
use crate::simulate::{DecisionsDigest, Unseen, Witness};
use cabrank_core::{Effect, Outbox, Tick};
use cabrank_journal::{Beginning, Cut, Reader, Seq, State};
use std::path::Path;

/// What a journal's inputs come to, run through the core again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    /// What the desk began with.
    pub beginning: Beginning,
    /// The first entry that still stands, where segments before it were removed: the desk was taken from a snapshot.
    pub goes_on_at: Option<Seq>,
    /// Inputs.
    pub inputs: u64,
    /// Callers and agents brought together.
    pub decisions: u64,
    /// Orders.
    pub effects: u64,
    /// Inputs that the desk refused.
    pub refusals: u64,
    /// Calls that ended.
    pub records: u64,
    /// Calls that had not ended.
    pub calls_live: u64,
    /// The desk's digest at the end.
    pub desk_digest: u64,
    /// A hash over all decisions in order.
    pub decisions_digest: u64,
    /// The moment of the last input.
    pub ends: Tick,
    /// The end of the journal that was no whole entry, if there is such: while an engine writes, a batch on its way.
    pub torn_tail: Option<Cut>,
}

/// Runs the journal in the data directory `data` through the core again. A running engine is not disturbed.
///
/// # Errors
/// There is no journal, it cannot be read, or it holds no input.
pub fn exact(data: &Path) -> Result<Exact, Unreadable> {
    rerun(data, |_| Unseen)
}

/// The same before the eyes of a witness, who is told first what the desk was before the first entry.
pub(super) fn rerun<W: Witness>(data: &Path, seen_by: impl FnOnce(&State) -> W) -> Result<Exact, Unreadable> {
    rerun_for(data, seen_by).map(|(exact, _)| exact)
}

/// The same, and hands the witness back.
pub(super) fn rerun_for<W: Witness>(data: &Path, seen_by: impl FnOnce(&State) -> W) -> Result<(Exact, W), Unreadable> {
    let mut reader = Reader::open(data)?;
    let state = reader.state()?;
    let mut witness = seen_by(&state);
    let mut desk = state.desk;
    let (mut out, mut digest) = (Outbox::default(), DecisionsDigest::default());
    let mut exact = Exact::nothing(reader.start().clone(), reader.first());
    for entry in &mut reader {
        let entry = entry?;
        out.clear();
        if W::LOOKS {
            desk.handle(entry.tick, entry.input.clone(), &mut out);
            witness.told(entry.tick, &entry.input, &out, &desk);
        } else {
            desk.handle(entry.tick, entry.input, &mut out);
        }
        digest.note(&out);
        exact.add(entry.tick, &out);
    }
    if exact.inputs == 0 {
        return Err(Unreadable::Empty(data.to_owned()));
    }
    exact.calls_live = desk.view().calls.len() as u64;
    exact.desk_digest = desk.digest();
    exact.decisions_digest = digest.value();
    exact.torn_tail = reader.tail();
    Ok((exact, witness))
}

impl Exact {
    fn nothing(beginning: Beginning, first: Seq) -> Exact {
        Exact {
            beginning,
            goes_on_at: Some(first).filter(|first| *first > Seq::FIRST),
            inputs: 0,
            decisions: 0,
            effects: 0,
            refusals: 0,
            records: 0,
            calls_live: 0,
            desk_digest: 0,
            decisions_digest: 0,
            ends: Tick(0),
            torn_tail: None,
        }
    }

    fn add(&mut self, at: Tick, out: &Outbox) {
        self.ends = at;
        self.inputs += 1;
        self.decisions += out.decisions.len() as u64;
        self.effects += out.effects.len() as u64;
        self.refusals += out.refusals.len() as u64;
        self.records += out.effects.iter().filter(|effect| matches!(effect, Effect::Write(_))).count() as u64;
    }
}
