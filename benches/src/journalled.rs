//! A journal that is fed with the inputs of calls, each as durable as asked for.

use crate::taxi;
use cabrank_core::{CallId, CallerGone, Input, LegEnd, OfferId, PlayId, Tick};
use cabrank_journal::{Beginning, Disk, Journal, Log, Options, Seq, Syncer, UnixMicros};
use std::path::Path;
use tempfile::TempDir;

/// When an input counts as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Once it is handed to the file: what the lane waits for before orders leave.
    Written,
    /// Once the disk has it: what a promise waits for.
    Synced,
}

/// A journal in a directory of its own, which goes when this does.
pub struct Journalled<D: Disk> {
    journal: Journal<D>,
    syncer: Syncer<D::File>,
    tick: Tick,
    inputs: Vec<Input>,
    next: usize,
    data: TempDir,
}

impl<D: Disk> Journalled<D> {
    /// A new journal on this disk, its directory below `under`.
    pub fn new(disk: D, under: &Path) -> Journalled<D> {
        let data = tempfile::tempdir_in(under).expect("a directory can be made");
        let journal = Journal::create(disk, data.path(), &beginning(), Options::default()).expect("a journal can be begun");
        let syncer = journal.syncer();
        Journalled { journal, syncer, tick: Tick(0), inputs: a_call(), next: 0, data }
    }

    /// Appends a batch of so many inputs, writes it in one piece, and syncs it if asked to. Says what the last entry is.
    pub fn keep(&mut self, batch: usize, kept: Kept) -> Seq {
        for _ in 0..batch {
            self.append();
        }
        let last = self.journal.write().expect("the journal can be written");
        match kept {
            Kept::Written => last,
            Kept::Synced => self.syncer.sync().expect("the journal can be synced"),
        }
    }

    /// Where the journal stands.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Inputs of calls take turns.
    fn append(&mut self) {
        self.tick = Tick(self.tick.0 + 100);
        self.journal.append(self.tick, &self.inputs[self.next]).expect("the journal takes it");
        self.next = (self.next + 1) % self.inputs.len();
    }
}

/// How a journal of the taxi desk begins.
pub fn beginning() -> Beginning {
    Beginning { epoch: UnixMicros(1_795_000_000_000_000), seed: 1, settings: taxi::settings() }
}

/// What a journal holds of one call: the offer with the profile is some 140 bytes, the others 20 to 40.
fn a_call() -> Vec<Input> {
    let (call, offer) = (CallId(1), OfferId(1));
    let offered = taxi::Callers::default().offered(call);
    let gone = Input::CallerHungUp { call, how: CallerGone::HungUp };
    let menu = [offered, Input::PromptEnded { call, play: PlayId(1) }, taxi::pressed(call, 2)];
    let agent = [Input::AgentRinging { offer }, Input::AgentAnswered { offer }];
    let end = [Input::AgentHungUp { offer, how: LegEnd::HungUp }, gone];
    menu.into_iter().chain(agent).chain(end).collect()
}
