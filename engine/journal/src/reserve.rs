//! Room on the disk for what has begun: taken before it is needed, so that a disk filled by others stops no call that is there.

use crate::disk::SegmentFile;
use std::io;
use std::time::{Duration, Instant};

/// What is kept free behind the last entry, 16 MiB: enough for all that ten thousand live calls still have to say.
pub(crate) const RESERVE_BYTES: u64 = 16 << 20;

/// How often the disk is asked, at the most.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// The room behind the last entry of a segment.
#[derive(Debug, Default)]
pub(crate) struct Reserve {
    /// How far into the file the disk has promised room.
    to: u64,
    is_short: bool,
    looked: Option<Instant>,
}

impl Reserve {
    /// Whether the disk has little room: what has begun can be finished, nothing new should begin.
    pub(crate) fn is_short(&self) -> bool {
        self.is_short
    }

    /// Keeps the room behind `end`, as far as the disk gives any. Now and then only: it may be called after every write.
    pub(crate) fn keep(&mut self, file: &impl SegmentFile, end: u64) {
        if self.looked.is_some_and(|at| at.elapsed() < LOOK_EVERY) {
            return;
        }
        self.looked = Some(Instant::now());
        let refused = self.to < end.saturating_add(RESERVE_BYTES / 2) && self.extend(file, end).is_err_and(|e| is_full(&e));
        self.is_short = refused || file.free_bytes().is_ok_and(|free| free < RESERVE_BYTES);
    }

    /// A write found no room, whatever the disk had promised.
    pub(crate) fn failed(&mut self) {
        *self = Reserve { to: 0, is_short: true, looked: None };
    }

    fn extend(&mut self, file: &impl SegmentFile, end: u64) -> io::Result<()> {
        file.reserve(end, RESERVE_BYTES)?;
        self.to = end.saturating_add(RESERVE_BYTES);
        Ok(())
    }
}

/// Whether the disk, or its owner's share of it, is full. A file system that knows no reserve says something else.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
