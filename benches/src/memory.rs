//! A disk that is none: what a journal costs when nobody keeps it.

use cabrank_journal::{Disk, SegmentFile};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// As much as a segment holds before it overwrites itself from the start.
const ROOM: usize = 1 << 20;

/// A file system in memory. What is written to it is copied once and overwritten later: nobody reads it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory;

/// A segment in memory.
#[derive(Debug)]
pub struct Segment(Mutex<Vec<u8>>);

impl Default for Segment {
    fn default() -> Segment {
        Segment(Mutex::new(vec![0; ROOM]))
    }
}

impl Disk for Memory {
    type File = Segment;

    fn create(&self, _path: &Path) -> io::Result<Segment> {
        Ok(Segment::default())
    }

    fn open(&self, _path: &Path) -> io::Result<Segment> {
        Ok(Segment::default())
    }

    fn rename(&self, _from: &Path, _to: &Path) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn sync_dir(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }
}

impl SegmentFile for Segment {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let start = usize::try_from(offset).map_err(io::Error::other)? % ROOM;
        let taken = bytes.len().min(ROOM - start);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept[start..start + taken].copy_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn truncate(&self, _bytes: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }
}
