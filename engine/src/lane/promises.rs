//! Group commit: orders that promise something wait here until their causes are on the disk.

use super::clock::Clock;
use super::outlets::Outlets;
use crate::backlog::Backlog;
use cabrank_core::Effect;
use cabrank_journal::{SegmentFile, Seq, SyncFailed, Syncer};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

/// Promises that may wait for the disk. With more than that the lane waits too.
const HELD_MAX: usize = 4_096;

/// Nothing stays off the disk for longer, promise or not.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// The thread that syncs.
pub(super) struct Promises {
    held: Sender<(Seq, Effect)>,
    thread: JoinHandle<()>,
}

impl Promises {
    pub(super) fn start<F: SegmentFile + 'static>(
        syncer: Syncer<F>,
        outlets: Outlets,
        backlog: Backlog,
        clock: Clock,
        failed: impl FnOnce() + Send + 'static,
    ) -> io::Result<Promises> {
        let (held, waiting) = bounded(HELD_MAX);
        let thread = std::thread::Builder::new().name("promises".into()).spawn(move || {
            if let Err(error) = keep(&waiting, &syncer, &outlets, &backlog, &clock) {
                tracing::error!(%error, "the journal cannot be synced: nothing is promised any more");
                failed();
                // Promises still to come are broken off here rather than made: their calls go to a human in time.
                waiting.iter().for_each(drop);
            }
        })?;
        Ok(Promises { held, thread })
    }

    /// Holds an order until its cause is on the disk.
    pub(super) fn hold(&self, cause: Seq, effect: Effect) {
        if self.held.send((cause, effect)).is_err() {
            tracing::error!("a promise came after the syncing thread ended: this is a bug");
        }
    }

    /// Lets what is held leave, then ends.
    pub(super) fn finish(self) {
        drop(self.held);
        if self.thread.join().is_err() {
            tracing::error!("the syncing thread has panicked: this is a bug");
        }
    }
}

fn keep<F: SegmentFile>(
    waiting: &Receiver<(Seq, Effect)>,
    syncer: &Syncer<F>,
    outlets: &Outlets,
    backlog: &Backlog,
    clock: &Clock,
) -> Result<(), SyncFailed> {
    loop {
        let first = match waiting.recv_timeout(SYNC_EVERY) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return sync(syncer, outlets, backlog).map(drop),
        };
        // Everything here was written before it was handed over, so one sync covers it all.
        let batch: Vec<(Seq, Effect)> = first.into_iter().chain(waiting.try_iter()).collect();
        let synced = sync(syncer, outlets, backlog)?;
        for (cause, effect) in batch {
            debug_assert!(cause <= synced, "{cause} was written before it was handed over");
            if is_too_late(&effect, outlets, clock) {
                tracing::warn!(%cause, "the disk took so long that the desk has given up on a fulfilment service: it is not asked");
            } else {
                outlets.hand_on(effect);
            }
        }
    }
}

/// Whether the caller is sent to a human instead by now: a ride would come that nobody was told of.
fn is_too_late(effect: &Effect, outlets: &Outlets, clock: &Clock) -> bool {
    let Effect::Dispatch(order) = effect else { return false };
    let in_force = outlets.in_force.now();
    let service = in_force.settings.services.get(usize::from(order.service.0));
    service.is_some_and(|service| clock.now() > order.asked_at.plus(service.timeout))
}

/// Syncs, who is new before what names them, and shows how long that takes.
fn sync<F: SegmentFile>(syncer: &Syncer<F>, outlets: &Outlets, backlog: &Backlog) -> Result<Seq, SyncFailed> {
    let before = syncer.synced();
    backlog.sync_begins();
    let synced = outlets.veil.sync().and_then(|()| syncer.sync());
    backlog.sync_ended(synced.as_ref().is_ok_and(|synced| *synced > before));
    synced
}
