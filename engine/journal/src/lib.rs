//! The append-only journal of a desk's inputs, and of what its edges note: group commit, recovery, snapshots, reading.
//!
//! The lane appends an input, writes (one system call a batch) and only then lets effects leave; effects that promise
//! something wait until a [`Syncer`] on another thread has brought the same entry to the disk. The files are described in
//! [`mod@format`].
//!
//! What a crash can do, and the answer to it:
//!
//! * **A torn tail.** The last segment ends in bytes that are no whole entry, and no whole entry starts anywhere after
//!   them: a write that did not finish, or a tail that a power cut left as zeros. Nothing that was promised can stand
//!   there, so [`Journal::recover`] cuts it and tells.
//! * **Damage.** Anything else: bytes that are no whole entry *before* a whole one, in any segment but the last, or in a
//!   header; an entry that is whole but out of sequence, or holds what no engine of this version writes. It is refused
//!   with segment and offset; [`repair`] is for a person to decide on.
//!
//! **Snapshots** ([`mod@snapshot`]) save reading: each holds what all entries before a segment come to. [`Closed`] makes one of the
//! segments that are no longer written, beside a running engine and without its help; [`Journal::recover`] goes on from the newest
//! that can be believed, so that a segment is left to replay at the most. One that cannot be believed is told and done without.
//! [`retain`] removes segments that are too old, each only once a snapshot stands for it; the [`Reader`] then begins behind the
//! oldest. The entries are what counts: as long as all of them stand, no snapshot is needed for anything.
//!
//! Three things cannot be told apart, and are decided for the side named. A last entry whose bytes were changed after they
//! had been written looks like one that was never finished: it is cut. A power cut that kept a later page of one unsynced
//! batch but not an earlier one looks like damage: it is refused. A last segment that somebody removed looks like one that
//! never was: the journal ends before it.

mod check;
mod closed;
mod disk;
mod error;
pub mod format;
mod journal;
mod note;
mod origin;
mod place;
mod reader;
mod recovery;
pub mod repair;
mod reserve;
mod scan;
pub mod snapshot;
mod sync;
mod walk;

pub use check::{Finding, Report, check};
pub use closed::{Closed, Replayed, retain};
pub use disk::{Disk, OsDisk, SegmentFile};
pub use error::{AppendError, Damage, Error, SyncFailed, What, WriteError};
pub use journal::{Journal, Log, Options, PENDING_BYTES_MAX};
pub use note::{Note, Notes};
pub use place::exists;
pub use reader::Reader;
pub use recovery::{Recovered, Recovery};
pub use snapshot::{Flaw, PassedOver, State};
pub use sync::Syncer;
pub use walk::Cut;

use cabrank_core::{Input, Settings, Tick};
use std::fmt;

/// An entry's place in the journal: 1 is the first, and none is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// A segment's number: 1 is the first, and none is left out. Written as eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentNo(pub u32);

/// A wall clock's reading: microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMicros(pub u64);

/// What a desk began with. Every segment carries it, so that no reader needs anything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning {
    /// The wall clock at tick 0.
    pub epoch: UnixMicros,
    /// The desk's seed.
    pub seed: u64,
    /// The settings the desk was made with; later ones travel as inputs.
    pub settings: Settings,
}

/// One input, and when it came to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub seq: Seq,
    /// When the desk was told.
    pub tick: Tick,
    /// What the desk was told.
    pub input: Input,
}

impl Seq {
    /// Where an empty journal stands: before the first entry.
    pub const NONE: Seq = Seq(0);

    /// The first entry of all.
    pub const FIRST: Seq = Seq(1);

    pub(crate) fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

impl SegmentNo {
    /// The first segment.
    pub const FIRST: SegmentNo = SegmentNo(1);

    pub(crate) fn next(self) -> SegmentNo {
        SegmentNo(self.0.saturating_add(1))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SegmentNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}
