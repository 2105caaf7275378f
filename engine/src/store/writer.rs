//! The one task that writes records: many in one transaction, and never in a call's way.

use super::entry::{AmendmentRow, ChangeRow, Entry, RecordRow, Rows};
use super::{Store, StoreError, now_micros};
use crate::board::Ledger;
use crate::directory::{Contact, Directory};
use crate::epoch::Epoch;
use crate::filing::InHand;
use crate::names::Names;
use crate::times::Times;
use crate::veil::Veil;
use cabrank_core::{CallId, Record, Text};
use cabrank_settings::Hook;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tracing::{error, warn};

/// Entries that may wait for the store: what a busy day's calls need while somebody else holds it for minutes.
const BACKLOG_MAX: usize = 200_000;
/// The most entries in one transaction.
const BATCH_MAX: usize = 2_048;

/// How long a record waits for others to share its transaction.
const GATHER: Duration = Duration::from_millis(200);

/// How long an entry may lie before it is taken in: waking up for each costs more than the rest of its way.
const INTAKE: Duration = Duration::from_millis(20);

/// Writes what the lane wants kept, and tells the directory of it.
#[derive(Debug)]
pub struct Writer {
    /// Where to.
    pub store: Store,
    /// Who is told of each contact.
    pub directory: Arc<Directory>,
    /// The names behind the ids.
    pub names: Names,
    /// Who is behind the aliases.
    pub veil: Veil,
    /// What the ticks count from.
    pub epoch: Epoch,
    /// Who is told how long calls took.
    pub times: Arc<Times>,
    /// Who counts what became of calls.
    pub ledger: Arc<Ledger>,
    /// Which other systems are told of what happened.
    pub hooks: Arc<[Hook]>,
    /// Who is told of what was written down, once it is kept.
    pub in_hand: InHand,
    /// How long a failing store is put up with.
    pub patience: Patience,
}

/// How long a failing store is put up with, for each batch. One that others hold, or whose disk is full or does not answer, is
/// put up with for ever: what waits meanwhile is bounded, and a restart need not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often it is tried in all when it fails for another reason; once at least.
    pub attempts_max: u32,
    /// The wait before the second attempt; it doubles from one to the next.
    pub pause_min: Duration,
    /// The longest wait between two attempts.
    pub pause_max: Duration,
}

impl Default for Patience {
    /// About a minute.
    fn default() -> Self {
        Patience { attempts_max: 30, pause_min: Duration::from_millis(200), pause_max: Duration::from_secs(2) }
    }
}

/// What became of the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Entries in the store.
    pub kept: u64,
    /// Entries given up because the store kept failing. The journal still holds their cause: replay writes them again.
    pub given_up: u64,
}

impl Writer {
    /// Writes until the other end is closed and nothing is left. However the store fares, the other end never waits for it.
    pub async fn run(self, entries: Receiver<Entry>) -> Written {
        let (backlog, queue) = mpsc::channel(BACKLOG_MAX);
        let (overrun, mut written) = tokio::join!(self.take_in(entries, backlog), self.write_all(queue));
        written.given_up += overrun;
        written
    }

    async fn write_all(&self, mut entries: Receiver<Entry>) -> Written {
        let mut written = Written::default();
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while entries.recv_many(&mut batch, BATCH_MAX).await > 0 {
            gather(&mut entries, &mut batch).await;
            self.write(&batch, &mut written).await;
            batch.clear();
        }
        written
    }

    /// Takes everything in soon, and gives up what finds no room. Returns how much that was.
    async fn take_in(&self, mut entries: Receiver<Entry>, backlog: Sender<Entry>) -> u64 {
        let mut given_up = 0_u64;
        let mut taken = Vec::new();
        while entries.recv_many(&mut taken, BATCH_MAX).await > 0 {
            for entry in taken.drain(..) {
                self.note(&entry);
                if let Err(refused) = backlog.try_send(entry) {
                    given_up += 1;
                    self.in_hand.is_kept(&refused.into_inner());
                    if given_up.is_power_of_two() {
                        error!(
                            entries = given_up,
                            "the store is far behind: records are left to a restart, which writes them again"
                        );
                    }
                }
            }
            tokio::time::sleep(INTAKE).await;
        }
        given_up
    }

    /// A caller who calls again at once is known by the contact, however slow the disk.
    fn note(&self, entry: &Entry) {
        if let Entry::Record(record) = entry {
            self.times.note(record);
            self.ledger.note(record);
            if let Some(number) = self.veil.record(record).caller.number {
                self.directory.note(&number, self.contact(record));
            }
        }
    }

    fn contact(&self, record: &Record) -> Contact {
        Contact { call: record.call, at: self.epoch.at(record.offered_at), outcome: record.outcome, resolution: None }
    }

    async fn write(&self, batch: &[Entry], written: &mut Written) {
        let count = batch.len() as u64;
        match self.write_with_patience(batch).await {
            Ok(()) => {
                written.kept += count;
                self.note_resolutions(batch).await;
            }
            Err(failure) => {
                written.given_up += count;
                error!(%failure, entries = count, "records were not written; a restart writes them again from the journal");
            }
        }
        // What was given up is nothing that anybody could wait for.
        batch.iter().for_each(|entry| self.in_hand.is_kept(entry));
    }

    async fn write_with_patience(&self, batch: &[Entry]) -> Result<(), StoreError> {
        let mut pause = self.patience.pause_min;
        let mut attempt = 1;
        loop {
            match self.store.put_rows_made(|| self.told(batch)).await {
                Err(failure) if failure.may_pass() || attempt < self.patience.attempts_max => {
                    warn!(%failure, attempt, "records are not written yet; trying again");
                }
                written => return written,
            }
            tokio::time::sleep(pause).await;
            pause = self.patience.pause_max.min(pause * 2);
            attempt += 1;
        }
    }

    /// With what others are told. Anew for each attempt: who called may have been erased meanwhile.
    fn told(&self, batch: &[Entry]) -> Rows {
        let mut rows = self.rows(batch);
        rows.tell(&self.hooks, now_micros());
        rows
    }

    /// Of several records of one call the newest says it all: no statement may touch a row twice.
    pub(super) fn rows(&self, batch: &[Entry]) -> Rows {
        let mut rows = Rows::default();
        let mut places = HashMap::new();
        for entry in batch {
            match entry {
                Entry::Record(record) => {
                    let row = RecordRow::new(&self.veil.record(record), &self.names, self.epoch);
                    if self.veil.is_forgotten(&record.caller) {
                        rows.forgotten.push(row.call.clone());
                    }
                    let place = *places.entry(record.call).or_insert(rows.records.len());
                    match rows.records.get_mut(place) {
                        Some(older) => *older = row,
                        None => rows.records.push(row),
                    }
                }
                Entry::Amendment { call, at, amendment } => {
                    rows.amendments.push(AmendmentRow::new(*call, *at, amendment, self.epoch));
                }
                Entry::Change(change) => rows.changes.push(ChangeRow::new(change, &self.names, self.epoch)),
                Entry::Filing(filing) => rows.add(&self.veil.filing(filing), self.epoch),
                Entry::Ride { call, at } => rows.rides.push((call.to_string(), self.epoch.unix_micros(*at))),
            }
        }
        rows
    }

    async fn note_resolutions(&self, batch: &[Entry]) {
        for entry in batch {
            if let Some((call, resolution)) = entry.resolution(&self.veil) {
                self.note_resolution(call, &resolution).await;
            }
        }
    }

    async fn note_resolution(&self, call: CallId, resolution: &Text) {
        match self.store.number_of(call).await {
            Ok(Some(Some(number))) => self.directory.resolve(&number, call, Arc::clone(resolution)),
            Ok(Some(None) | None) => {}
            Err(failure) => warn!(%failure, %call, "a resolution is kept, but not shown among the last contacts"),
        }
    }
}

/// Under load many records share one transaction, which costs as much as the rows in it.
async fn gather(entries: &mut Receiver<Entry>, batch: &mut Vec<Entry>) {
    tokio::time::sleep(GATHER).await;
    while batch.len() < BATCH_MAX
        && let Ok(entry) = entries.try_recv()
    {
        batch.push(entry);
    }
}
