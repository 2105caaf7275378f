//! Snapshots of the journal's closed segments, and the end of those that are old: a thread of its own, in nobody's way.
//!
//! It follows the files, not the lane, which never waits for it and knows nothing of it. A closed segment is read from the disk
//! into a desk of the thread's own, by the same core; what that comes to is kept as a snapshot. Before that the store is asked
//! for every record that the segment's inputs ordered, and gets what it lacks: only then may a restart do without the segment.

use super::retold::Retold;
use crate::store::{StoreError, Writer};
use cabrank_core::Span;
use cabrank_journal::{Closed, Error, OsDisk, SegmentNo, retain};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::io;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::{error, info, warn};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// How long a disk or a store that refuses is left alone.
const REST: Duration = Duration::from_secs(60);

/// Entries that the store is asked for at once.
const TOGETHER: usize = 2_048;

/// How far this gives way to everything else.
const NICENESS: i32 = 10;

/// What snapshots are made of, and how long segments are kept behind them.
pub(super) struct Material {
    pub(super) data: PathBuf,
    /// Closed segments are removed that are older by so much than the newest.
    pub(super) keep: Option<Duration>,
    /// Whose store is asked.
    pub(super) writer: Writer,
}

/// The thread that makes snapshots.
pub(super) struct Snapshots {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Journal(#[from] Error),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("the engine is ending")]
    Ending,
}

impl Snapshots {
    /// Starts the thread. The store is asked on the runtime that this is called on.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(super) fn start(material: Material) -> io::Result<Snapshots> {
        let (stop, stopped) = bounded(0);
        let maker = Maker { material, store: Handle::current(), stopped };
        let thread = std::thread::Builder::new().name("snapshots".into()).spawn(move || maker.run())?;
        Ok(Snapshots { stop, thread })
    }

    /// Ends it. A snapshot that is being made is given up, and made again after the next start.
    pub(super) fn stop(self) {
        let Snapshots { stop, thread } = self;
        drop(stop);
        if thread.join().is_err() {
            error!("the thread that makes snapshots has panicked: this is a bug");
        }
    }
}

struct Maker {
    material: Material,
    store: Handle,
    stopped: Receiver<()>,
}

impl Maker {
    fn run(self) {
        // On Linux this is the thread's own; where it is refused, the snapshots are made all the same.
        let _ = rustix::process::nice(NICENESS);
        let (mut pause, mut tidy) = (LOOK, false);
        while self.stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            pause = match self.look(&mut tidy) {
                Ok(()) => LOOK,
                Err(Failure::Ending) => return,
                Err(Failure::Journal(Error::Damaged(damage))) => {
                    error!("{damage}; no more snapshots are made: see `cabrank journal check`");
                    return;
                }
                Err(failure @ (Failure::Journal(_) | Failure::Store(_))) => {
                    warn!(%failure, "no snapshot of the journal could be made; it is tried again");
                    REST
                }
            };
        }
    }

    fn look(&self, tidy: &mut bool) -> Result<(), Failure> {
        while let Some(segment) = self.make_one()? {
            info!(%segment, "what the journal holds before this segment is in a snapshot");
            *tidy = false;
        }
        if !*tidy {
            self.tidy()?;
            *tidy = true;
        }
        Ok(())
    }

    fn tidy(&self) -> Result<(), Failure> {
        let Some(keep) = self.material.keep else { return Ok(()) };
        let keep = Span(u64::try_from(keep.as_micros()).unwrap_or(u64::MAX));
        let removed = retain(&OsDisk, &self.material.data, keep)?;
        if let Some(last) = removed.last() {
            info!(segments = removed.len(), %last, "segments that are too old are removed from the journal");
        }
        Ok(())
    }

    fn make_one(&self) -> Result<Option<SegmentNo>, Failure> {
        let Some(closed) = Closed::find(&self.material.data)? else { return Ok(None) };
        let mut state = closed.state()?;
        let (mut retold, mut kept) = (Retold::default(), Ok(()));
        let replayed = closed.replay(&mut state, |state, tick, input| {
            if kept.is_ok() {
                retold.tell(state, tick, input);
                if retold.entries.len() >= TOGETHER {
                    kept = self.ask_store(&mut retold);
                }
            }
        })?;
        kept?;
        self.ask_store(&mut retold)?;
        Ok(Some(replayed.keep(&OsDisk, &state)?))
    }

    /// The store holds what the inputs told so far have ordered.
    fn ask_store(&self, retold: &mut Retold) -> Result<(), Failure> {
        if self.stopped.try_recv().is_err_and(|error| error.is_disconnected()) {
            return Err(Failure::Ending);
        }
        let lacking = self.store.block_on(self.material.writer.make_up(&retold.entries))?;
        if lacking > 0 {
            info!(entries = lacking, "what the store lacked is made up for from the journal");
        }
        retold.entries.clear();
        Ok(())
    }
}
