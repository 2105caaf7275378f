//! Group commit: one sync makes all that was written before it last.

use crate::disk::SegmentFile;
use crate::{Seq, SyncFailed};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Brings what the lane has written to the disk, from another thread.
pub struct Syncer<F> {
    shared: Arc<Shared<F>>,
}

impl<F: SegmentFile> Syncer<F> {
    /// Syncs everything written so far and says up to which entry all is on the disk. One call serves everybody who waits
    /// for an entry up to there. Blocks as long as the disk takes.
    ///
    /// # Errors
    /// [`SyncFailed`] if the disk refuses, and from then on always: after a failed sync the system may forget what it could
    /// not write and call the next sync a success.
    pub fn sync(&self) -> Result<Seq, SyncFailed> {
        self.shared.sync()
    }

    /// Up to which entry all is known to be on the disk.
    pub fn synced(&self) -> Seq {
        Seq(self.shared.synced.load(Ordering::Acquire))
    }
}

impl<F> Clone for Syncer<F> {
    fn clone(&self) -> Self {
        Syncer { shared: Arc::clone(&self.shared) }
    }
}

/// What the writer and its syncers share.
pub(crate) struct Shared<F> {
    gate: Mutex<Gate<F>>,
    written: AtomicU64,
    synced: AtomicU64,
}

/// Held through each sync: the system tells of a failed write-back once a file, so two syncs at once could share one
/// failure and one of them believe in success.
struct Gate<F> {
    file: Arc<F>,
    failed: Option<SyncFailed>,
}

impl<F: SegmentFile> Shared<F> {
    /// A file whose entries up to `synced` are on the disk.
    pub(crate) fn new(file: Arc<F>, synced: Seq) -> Arc<Shared<F>> {
        let gate = Mutex::new(Gate { file, failed: None });
        Arc::new(Shared { gate, written: AtomicU64::new(synced.0), synced: AtomicU64::new(synced.0) })
    }

    pub(crate) fn syncer(self: &Arc<Self>) -> Syncer<F> {
        Syncer { shared: Arc::clone(self) }
    }

    pub(crate) fn wrote(&self, last: Seq) {
        self.written.store(last.0, Ordering::Release);
    }

    pub(crate) fn sync(&self) -> Result<Seq, SyncFailed> {
        let mut gate = self.gate();
        if let Some(failed) = &gate.failed {
            return Err(failed.clone());
        }
        // Read inside the gate: whatever was written by now is in the gate's file, or was synced before that took over.
        let written = self.written.load(Ordering::Acquire);
        if written > self.synced.load(Ordering::Acquire) {
            gate.file.sync_data().map_err(|error| gate.fail(error))?;
            self.synced.store(written, Ordering::Release);
        }
        Ok(Seq(written))
    }

    /// Takes over a new file, once all that the old one holds is synced.
    pub(crate) fn switch(&self, file: Arc<F>) {
        self.gate().file = file;
    }

    /// Notes a sync that failed elsewhere.
    pub(crate) fn fail(&self, error: io::Error) -> SyncFailed {
        self.gate().fail(error)
    }

    fn gate(&self) -> MutexGuard<'_, Gate<F>> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> Gate<F> {
    /// The first failure is the one that is told ever after.
    fn fail(&mut self, error: io::Error) -> SyncFailed {
        self.failed.get_or_insert_with(|| SyncFailed(Arc::new(error))).clone()
    }
}
