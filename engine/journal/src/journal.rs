//! Writing: append, write, roll.

use crate::disk::{Disk, OsDisk, SegmentFile, write_whole};
use crate::error::{AppendError, Doing, Error, WriteError};
use crate::format::{self, SEGMENT_BYTES_MAX, Salt, Salted, TooLong};
use crate::place::{Lock, Place};
use crate::reserve::{Reserve, is_full};
use crate::sync::{Shared, Syncer};
use crate::walk::Standing;
use crate::{Beginning, Note, SegmentNo, Seq};
use cabrank_core::{Input, Tick};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// As much as may wait to be written: 64 MiB, and one entry more.
pub const PENDING_BYTES_MAX: usize = 64 << 20;

/// Where a lane puts its inputs before their effects leave.
pub trait Log {
    /// Takes an input into the batch and says where it stands. Nothing is written yet.
    ///
    /// # Errors
    /// [`AppendError`]; the input is not in the batch then, and the desk must not be told it.
    fn append(&mut self, tick: Tick, input: &Input) -> Result<Seq, AppendError>;

    /// Takes a note into the batch, behind what is in it, and says where it stands.
    ///
    /// # Errors
    /// [`AppendError`]; the note is not in the batch then.
    fn keep(&mut self, tick: Tick, note: &Note) -> Result<Seq, AppendError>;

    /// Hands the batch on, so that it outlives this process, and says what the last entry is. Effects may leave now.
    ///
    /// # Errors
    /// [`WriteError`]; the batch is kept, and the next write tries again.
    fn write(&mut self) -> Result<Seq, WriteError>;

    /// Whether there is little room for more: what has begun can be finished, nothing new should begin. As of the last write,
    /// be it an empty one.
    fn is_short(&self) -> bool {
        false
    }
}

/// How a journal is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A segment that would grow beyond this many bytes is followed by a new one; 512 MiB at the most. A larger batch
    /// still goes into one segment.
    pub segment_bytes_max: u64,
}

impl Default for Options {
    /// Segments of 16 MiB: as much is left to replay behind the newest snapshot at the most, which takes about half a second.
    fn default() -> Self {
        Options { segment_bytes_max: 16 << 20 }
    }
}

/// A journal being written. Nobody else can write it as long as this lives.
pub struct Journal<D: Disk = OsDisk> {
    disk: D,
    place: Place,
    options: Options,
    beginning: Salted,
    file: Arc<D::File>,
    segment: SegmentNo,
    /// Whether the segment holds an entry.
    used: bool,
    /// Where the last written entry ends, in bytes from the start of the file.
    end: u64,
    /// Whether the file may hold part of a batch after `end`.
    ragged: bool,
    pending: Vec<u8>,
    last: Seq,
    tick: Tick,
    reserve: Reserve,
    shared: Arc<Shared<D::File>>,
    _lock: Lock,
}

impl<D: Disk> Journal<D> {
    /// Begins a journal in the data directory `data`, which is made if need be.
    ///
    /// # Errors
    /// [`Error::Present`] if one stands there, [`Error::Locked`] if another engine is at it, [`Error::Io`].
    pub fn create(disk: D, data: &Path, beginning: &Beginning, options: Options) -> Result<Journal<D>, Error> {
        let place = Place::of(data);
        place.make(&disk)?;
        let lock = place.lock()?;
        if !place.segments()?.is_empty() {
            return Err(Error::Present(place.dir().to_owned()));
        }
        Journal::begin(disk, place, lock, options, beginning, &Standing::BEFORE_ALL)
    }

    /// Begins a segment behind all that stands, which is on the disk, and goes on there.
    pub(crate) fn begin(
        disk: D,
        place: Place,
        lock: Lock,
        options: Options,
        beginning: &Beginning,
        behind: &Standing,
    ) -> Result<Journal<D>, Error> {
        let (segment, beginning) = (behind.segment.next(), Salted::new(beginning));
        let fresh = begin_segment(&disk, &place, segment, behind.last.next(), &beginning);
        let fresh = fresh.map_err(NotBegun::into_inner).doing("begin", place.segment(segment))?;
        disk.sync_dir(place.dir()).doing("sync the directory", place.dir())?;
        let standing = Standing { segment, offset: fresh.bytes, used: false, ..behind.clone() };
        Ok(Journal::go_on(disk, place, lock, options, beginning, fresh.file, &standing))
    }

    /// Goes on where all that stands is on the disk.
    pub(crate) fn go_on(
        disk: D,
        place: Place,
        lock: Lock,
        options: Options,
        beginning: Salted,
        file: D::File,
        standing: &Standing,
    ) -> Journal<D> {
        let file = Arc::new(file);
        Journal {
            shared: Shared::new(Arc::clone(&file), standing.last),
            disk,
            place,
            options,
            beginning,
            file,
            segment: standing.segment,
            used: standing.used,
            end: standing.offset,
            ragged: false,
            pending: Vec::new(),
            last: standing.last,
            tick: standing.tick,
            reserve: Reserve::default(),
            _lock: lock,
        }
    }

    /// The last entry appended, written or not; [`Seq::NONE`] in an empty journal.
    pub fn last(&self) -> Seq {
        self.last
    }

    /// The tick of the last entry appended: the next one's may not be less.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// The means to sync, for another thread.
    pub fn syncer(&self) -> Syncer<D::File> {
        self.shared.syncer()
    }

    fn add(&mut self, tick: Tick, put: impl FnOnce(&mut Vec<u8>, Salt, Seq) -> Result<(), TooLong>) -> Result<Seq, AppendError> {
        if self.pending.len() >= PENDING_BYTES_MAX {
            return Err(AppendError::Full);
        }
        if tick < self.tick {
            return Err(AppendError::TimeTurned);
        }
        let seq = self.last.next();
        put(&mut self.pending, self.beginning.salt(), seq).map_err(|TooLong| AppendError::TooLong)?;
        self.last = seq;
        self.tick = tick;
        Ok(seq)
    }

    /// Cuts off what a failed write left. Until that is done nothing may be written, lest a new segment follow a ragged one.
    fn mend(&mut self) -> io::Result<()> {
        if self.ragged {
            self.file.truncate(self.end)?;
            self.ragged = false;
        }
        Ok(())
    }

    /// Begins a new segment if the batch would make this one too long.
    fn make_room(&mut self) -> Result<(), WriteError> {
        let length = self.end.saturating_add(self.pending.len() as u64);
        if !self.used || length <= self.options.segment_bytes_max.min(SEGMENT_BYTES_MAX / 2) {
            return Ok(());
        }
        match self.roll() {
            // The syncer tells of it. Callers who are being served to the end still need their entries written.
            Err(WriteError::Sync(_)) if length <= SEGMENT_BYTES_MAX => Ok(()),
            // So do they while the disk is full: there is room reserved in this segment.
            Err(WriteError::Refused(error)) if length <= SEGMENT_BYTES_MAX && is_full(&error) => Ok(()),
            rolled => rolled,
        }
    }

    /// Begins a new segment. The old one is synced first: of two unsynced segments a power cut could keep the later.
    fn roll(&mut self) -> Result<(), WriteError> {
        let first = self.shared.sync()?.next();
        let segment = self.segment.next();
        let fresh = begin_segment(&self.disk, &self.place, segment, first, &self.beginning).map_err(|error| match error {
            NotBegun::Write(error) => WriteError::Refused(error),
            NotBegun::Sync(error) => WriteError::Sync(self.shared.fail(error)),
        })?;
        // What was reserved behind its end is free again; if not, that is no fault of what it holds.
        let _ = self.file.truncate(self.end);
        self.reserve = Reserve::default();
        self.segment = segment;
        self.file = Arc::new(fresh.file);
        self.end = fresh.bytes;
        self.used = false;
        self.shared.switch(Arc::clone(&self.file));
        // The new name stands, synced or not: going on in the old segment would contradict it.
        self.disk.sync_dir(self.place.dir()).map_err(|error| WriteError::Sync(self.shared.fail(error)))
    }

    fn write_batch(&mut self) -> io::Result<()> {
        let length = self.pending.len() as u64;
        if let Err(error) = write_whole(&*self.file, &self.pending, self.end) {
            self.ragged = true;
            self.reserve.failed();
            // Should this fail too, the next write begins with it.
            let _ = self.mend();
            return Err(error);
        }
        self.end += length;
        self.used = true;
        self.pending.clear();
        self.shared.wrote(self.last);
        Ok(())
    }
}

impl<D: Disk> Log for Journal<D> {
    fn append(&mut self, tick: Tick, input: &Input) -> Result<Seq, AppendError> {
        self.add(tick, |pending, salt, seq| format::put_input(pending, salt, seq, tick, input))
    }

    fn keep(&mut self, tick: Tick, note: &Note) -> Result<Seq, AppendError> {
        self.add(tick, |pending, salt, seq| format::put_note(pending, salt, seq, tick, note))
    }

    fn write(&mut self) -> Result<Seq, WriteError> {
        if !self.pending.is_empty() {
            self.mend()?;
            self.make_room()?;
            self.write_batch()?;
        }
        self.reserve.keep(&*self.file, self.end);
        Ok(self.last)
    }

    fn is_short(&self) -> bool {
        self.reserve.is_short()
    }
}

/// A segment with nothing but its header, synced and under its name. The name itself is not synced yet.
struct Fresh<F> {
    file: F,
    bytes: u64,
}

/// Why there is no new segment.
enum NotBegun {
    Write(io::Error),
    Sync(io::Error),
}

impl NotBegun {
    fn into_inner(self) -> io::Error {
        match self {
            NotBegun::Write(error) | NotBegun::Sync(error) => error,
        }
    }
}

fn begin_segment<D: Disk>(
    disk: &D,
    place: &Place,
    segment: SegmentNo,
    first: Seq,
    beginning: &Salted,
) -> Result<Fresh<D::File>, NotBegun> {
    let unfinished = place.unfinished(segment);
    let begun = write_header(disk, &unfinished, &format::header(segment, first, beginning))
        .and_then(|fresh| disk.rename(&unfinished, &place.segment(segment)).map(|()| fresh).map_err(NotBegun::Write));
    if begun.is_err() {
        // What is left under this name is overwritten by the next attempt, and taken for a segment by nobody.
        let _ = disk.remove(&unfinished);
    }
    begun
}

fn write_header<D: Disk>(disk: &D, path: &Path, header: &[u8]) -> Result<Fresh<D::File>, NotBegun> {
    let file = disk.create(path).map_err(NotBegun::Write)?;
    write_whole(&file, header, 0).map_err(NotBegun::Write)?;
    file.sync_data().map_err(NotBegun::Sync)?;
    Ok(Fresh { file, bytes: header.len() as u64 })
}
