//! The bytes of a snapshot, format version 1: what all entries before a segment come to. All numbers are little-endian and of
//! fixed width.
//!
//! A snapshot is the file `snapshot/NNNNNNNN.snap` beside the journal. Whoever reads it goes on with the first entry of segment
//! NNNNNNNN; the segments before that need not be there.
//!
//! ```text
//! magic      8 bytes   "cabranks"
//! version    u32       1
//! length     u64       bytes of the body
//! body       segment   u32    as in the file's name
//!            epoch     u64    \  of the journal's beginning, so that no other journal's snapshot passes for one of this
//!            seed      u64    /
//!            last      u64    sequence number of the last entry that is in it
//!            tick      u64    its tick
//!            digest    u64    of the desk
//!            desk      u64    bytes, and so many: byte form of the `Desk`
//!            filed     u64    bytes, and so many: byte form of the `Settings` that the configuration file said last
//!            notes     u64    how many, and each: key (u32 bytes, and so many), state (u32 bytes, and so many)
//! crc        u32       CRC-32 (IEEE) of everything before it
//! ```
//!
//! The byte forms are those that are written today ([`Form::WRITTEN`](cabrank_core::Form)): a change of form, or of what a desk
//! is, is a new version. Since a journal may begin with a snapshot, its first segments being removed, older versions must be read
//! as long as the journal's are; `tests/fixtures/s1` is a journal that begins with one of version 1. A snapshot of a version
//! unknown here is passed over like one that is damaged, and told. One is believed only if its bytes make a desk of the digest
//! noted.
//!
//! A snapshot is made of closed segments alone, all of which is synced. It gets its name when it is whole and synced, so that
//! none is ever torn.

use crate::error::{Doing, Error};
use crate::place::Place;
use crate::walk::header_of;
use crate::{Beginning, Disk, Note, Notes, SegmentFile, SegmentNo, Seq};
use cabrank_core::{Code, Desk, Refusal, Settings, Sink, Tick};
use std::fmt;
use std::io;

/// The version that is written and read.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"cabranks";
const FRONT: usize = 20;
const CRC: usize = 4;

/// What all entries up to one come to.
pub struct State {
    /// The last entry that is in it; [`Seq::NONE`] at the beginning.
    pub last: Seq,
    /// The tick of that entry.
    pub tick: Tick,
    /// The desk after it.
    pub desk: Desk,
    /// The settings as the configuration file said them last.
    pub filed: Settings,
    /// What the edges noted and still want to know.
    pub notes: Notes,
}

/// A snapshot that is not believed. The one before it is used instead, or the journal from its beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Before which segment it stands.
    pub segment: SegmentNo,
    /// Why.
    pub why: Flaw,
}

/// Why a snapshot is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// Not whole, or with a false checksum.
    #[error("it is damaged")]
    Damaged,
    /// Written by another version of the engine.
    #[error("it has version {0}, this engine reads {VERSION}")]
    Version(u32),
    /// It belongs to another journal, or to another place in this one.
    #[error("it does not belong there")]
    Foreign,
    /// The bytes are no desk, or one of another digest.
    #[error("it holds another desk than it says")]
    Untrue,
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the snapshot before segment {} is passed over: {}", self.segment, self.why)
    }
}

impl State {
    /// Before the first entry.
    ///
    /// # Errors
    /// The desk refuses the settings.
    pub fn of(beginning: &Beginning) -> Result<State, Refusal> {
        let filed = beginning.settings.clone();
        let desk = Desk::new(filed.clone(), beginning.seed)?;
        Ok(State { last: Seq::NONE, tick: Tick(0), desk, filed, notes: Notes::default() })
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("last", &self.last).field("tick", &self.tick).finish_non_exhaustive()
    }
}

/// The snapshot's bytes, and that they make what they were made of.
pub(crate) fn bytes_of(segment: SegmentNo, beginning: &Beginning, state: &State) -> Result<Vec<u8>, Flaw> {
    let mut body = Vec::new();
    body.put(&segment.0.to_le_bytes());
    for number in [beginning.epoch.0, beginning.seed, state.last.0, state.tick.0, state.desk.digest()] {
        body.put(&number.to_le_bytes());
    }
    put_long(&mut body, &state.desk.to_bytes());
    put_long(&mut body, &state.filed.to_bytes());
    body.put(&(state.notes.len() as u64).to_le_bytes());
    for (key, of_key) in state.notes.iter() {
        put_short(&mut body, key)?;
        put_short(&mut body, of_key)?;
    }
    let mut bytes = Vec::with_capacity(FRONT + body.len() + CRC);
    bytes.put(&MAGIC);
    bytes.put(&VERSION.to_le_bytes());
    bytes.put(&(body.len() as u64).to_le_bytes());
    bytes.put(&body);
    let crc = crc32fast::hash(&bytes);
    bytes.put(&crc.to_le_bytes());
    parse(segment, beginning, &bytes)?;
    Ok(bytes)
}

/// The state that stands before a segment, of which only the header is read.
pub(crate) fn read(place: &Place, segment: SegmentNo) -> Result<State, Flaw> {
    let header = header_of(place, segment).map_err(|_| Flaw::Foreign)?;
    let beginning = header.beginning.parse().map_err(|_| Flaw::Foreign)?;
    let state = parse(segment, &beginning, &place.read_snapshot(segment)?)?;
    if state.last.next() == header.first { Ok(state) } else { Err(Flaw::Foreign) }
}

/// The state that a snapshot before that segment of that journal holds.
pub(crate) fn parse(segment: SegmentNo, beginning: &Beginning, bytes: &[u8]) -> Result<State, Flaw> {
    let mut body = body_of(bytes)?;
    let numbered = SegmentNo(body.u32()?);
    let (epoch, seed) = (body.u64()?, body.u64()?);
    if numbered != segment || epoch != beginning.epoch.0 || seed != beginning.seed {
        return Err(Flaw::Foreign);
    }
    let (last, tick, digest) = (Seq(body.u64()?), Tick(body.u64()?), body.u64()?);
    let desk = Desk::from_bytes(body.long()?).map_err(|_| Flaw::Untrue)?;
    let filed = Settings::from_bytes(body.long()?).map_err(|_| Flaw::Untrue)?;
    let notes = body.notes()?;
    if !body.0.is_empty() || desk.digest() != digest {
        return Err(Flaw::Untrue);
    }
    Ok(State { last, tick, desk, filed, notes })
}

/// The body of a whole snapshot.
fn body_of(bytes: &[u8]) -> Result<Bytes<'_>, Flaw> {
    let (covered, crc) = bytes.split_last_chunk::<CRC>().ok_or(Flaw::Damaged)?;
    if crc32fast::hash(covered) != u32::from_le_bytes(*crc) {
        return Err(Flaw::Damaged);
    }
    let mut front = Bytes(covered);
    if front.take(MAGIC.len())? != MAGIC {
        return Err(Flaw::Damaged);
    }
    let version = front.u32()?;
    if version != VERSION {
        return Err(Flaw::Version(version));
    }
    let body = front.long()?;
    if front.0.is_empty() { Ok(Bytes(body)) } else { Err(Flaw::Damaged) }
}

/// Writes a snapshot whole or not at all.
pub(crate) fn write<D: Disk>(disk: &D, place: &Place, segment: SegmentNo, bytes: &[u8]) -> Result<(), Error> {
    place.make_snapshots(disk)?;
    let (path, unfinished) = (place.snapshot(segment), place.unfinished_snapshot(segment));
    let written = disk.create(&unfinished).and_then(|file| {
        crate::disk::write_whole(&file, bytes, 0)?;
        file.sync_data()?;
        disk.rename(&unfinished, &path)
    });
    if written.is_err() {
        // What is left under this name is overwritten by the next attempt, and taken for a snapshot by nobody.
        let _ = disk.remove(&unfinished);
    }
    written.doing("write", &path)?;
    disk.sync_dir(place.snapshots_dir()).doing("sync the directory", place.snapshots_dir())
}

fn put_long(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.put(&(part.len() as u64).to_le_bytes());
    bytes.put(part);
}

fn put_short(bytes: &mut Vec<u8>, part: &[u8]) -> Result<(), Flaw> {
    let length = u32::try_from(part.len()).map_err(|_| Flaw::Untrue)?;
    bytes.put(&length.to_le_bytes());
    bytes.put(part);
    Ok(())
}

/// Bytes being read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Flaw::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, Flaw> {
        let (number, rest) = self.0.split_first_chunk::<4>().ok_or(Flaw::Damaged)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*number))
    }

    fn u64(&mut self) -> Result<u64, Flaw> {
        let (number, rest) = self.0.split_first_chunk::<8>().ok_or(Flaw::Damaged)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*number))
    }

    fn long(&mut self) -> Result<&'a [u8], Flaw> {
        let length = usize::try_from(self.u64()?).map_err(|_| Flaw::Damaged)?;
        self.take(length)
    }

    fn short(&mut self) -> Result<Vec<u8>, Flaw> {
        let length = self.u32()? as usize;
        self.take(length).map(<[u8]>::to_vec)
    }

    fn notes(&mut self) -> Result<Notes, Flaw> {
        let mut notes = Notes::default();
        for _ in 0..self.u64()? {
            notes.see(Note { key: self.short()?, state: self.short()? });
        }
        Ok(notes)
    }
}
