//! What can go wrong with a journal, and where.

use crate::snapshot::Flaw;
use crate::{SegmentNo, Seq};
use cabrank_core::Refusal;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a journal cannot be opened, read or mended.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No segment stands there.
    #[error("there is no journal in {}; name the data directory of an engine that has run", .0.display())]
    Absent(PathBuf),
    /// A journal stands there already.
    #[error("there is a journal in {} already; recover it, or name another data directory", .0.display())]
    Present(PathBuf),
    /// Another engine writes there.
    #[error("another engine is using {}; stop it, or name another data directory", .0.display())]
    Locked(PathBuf),
    /// Written by another version of the engine.
    #[error(
        "segment {segment} has format version {found}, this engine reads {} to {}; use the engine that wrote it",
        crate::format::VERSION_OLDEST,
        crate::format::VERSION
    )]
    Version {
        /// Which segment.
        segment: SegmentNo,
        /// Its version.
        found: u32,
    },
    /// What stands there cannot be believed.
    #[error("{0}; see `cabrank journal check`, then decide with `cabrank journal repair`")]
    Damaged(#[from] Damage),
    /// Nothing before the damage could be kept.
    #[error("{0}; what the desk began with is lost, so nothing can be kept: restore the journal from a copy, or move it away")]
    Hopeless(Damage),
    /// The desk refuses the settings that the journal began with.
    #[error("the desk refuses the settings that the journal began with: {0}")]
    Settings(#[from] Refusal),
    /// A snapshot does not make the state that it was made of, or no longer does.
    #[error("the snapshot before segment {segment} cannot be believed: {why}")]
    Unsound {
        /// Before which segment it stands.
        segment: SegmentNo,
        /// Why.
        why: Flaw,
    },
    /// The journal is no longer what it was when the repair was planned.
    #[error("the journal has changed since the repair was planned; look again")]
    Changed,
    /// The file system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// A place in the journal that cannot be believed, though what follows it can, or must.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal is damaged in segment {segment} at byte {offset}: {what}")]
pub struct Damage {
    /// Which segment.
    pub segment: SegmentNo,
    /// How many bytes into its file.
    pub offset: u64,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with a place in the journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// The segment's file is not there.
    #[error("the segment is missing")]
    Missing,
    /// The segments before it are gone, and no snapshot that could be believed stands for them.
    #[error("the segments before it are gone, and the snapshot that stands for them cannot be believed: {0}")]
    Unreplaced(Flaw),
    /// A file that no engine of this version writes: longer than a segment can be.
    #[error("the file is longer than any segment")]
    TooLong,
    /// No whole header with a true checksum.
    #[error("the header is not whole")]
    Header,
    /// The header is whole but belongs elsewhere: to another place, another journal, or before segments of a newer version.
    #[error("the header belongs to another segment")]
    Foreign,
    /// The first entry announced does not follow the last one of the segment before.
    #[error("the segment begins with entry {found}, where {expected} should follow")]
    Gap {
        /// What should follow.
        expected: Seq,
        /// What is announced.
        found: Seq,
    },
    /// No whole entry with a true checksum, before one that has both.
    #[error("entry {0} is not whole, but later ones are")]
    Entry(Seq),
    /// No whole entry, in a segment that was finished.
    #[error("entry {0} is not whole, but the segment was finished")]
    Unfinished(Seq),
    /// A whole entry, out of sequence.
    #[error("entry {found} stands where {expected} should follow")]
    OutOfSequence {
        /// What should follow.
        expected: Seq,
        /// What stands there.
        found: Seq,
    },
    /// A whole entry, earlier in time than the one before it.
    #[error("entry {0} is earlier than the one before it")]
    TimeTurned(Seq),
    /// A whole entry that holds nothing this engine knows.
    #[error("entry {0} holds what is unknown to this engine; a newer one may have written it")]
    Unknown(Seq),
}

/// Why an input or a note was not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// It is longer than [`format::CONTENT_BYTES_MAX`](crate::format::CONTENT_BYTES_MAX), or a note's key than
    /// [`format::KEY_BYTES_MAX`](crate::format::KEY_BYTES_MAX).
    #[error("it is too large for the journal")]
    TooLong,
    /// Too much waits to be written: the disk does not take it.
    #[error("the journal has as much to write as it can hold")]
    Full,
    /// It is stamped earlier than the entry before it.
    #[error("it is stamped earlier than the one before it")]
    TimeTurned,
}

/// Why what was appended is not written. It is kept and can be written later.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file system refused, for want of space for example. The file ends with a whole entry.
    #[error("cannot write the journal: {0}")]
    Refused(#[from] io::Error),
    /// What was written before could not be synced, so no new segment was begun. The next write goes on in the old one.
    #[error(transparent)]
    Sync(#[from] SyncFailed),
}

/// A sync has failed. What was not synced before it never will be known to be: promise nothing more, drain and exit.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the disk could not sync the journal: {0}")]
pub struct SyncFailed(#[source] pub Arc<io::Error>);

/// Says what was tried on what, should it fail.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str, path: impl Into<PathBuf>) -> Result<T, Error>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: impl Into<PathBuf>) -> Result<T, Error> {
        self.map_err(|source| Error::Io { doing, path: path.into(), source })
    }
}
