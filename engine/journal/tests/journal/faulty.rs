//! A disk that fails when it is told to.

use cabrank_journal::{Disk, OsDisk, SegmentFile};
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// What is wrong with the disk at the moment, and what it has been asked.
#[derive(Debug)]
pub(crate) struct Faults {
    /// Bytes that can still be written.
    pub(crate) space: AtomicU64,
    /// Bytes that one call writes at the most.
    pub(crate) stride: AtomicU64,
    /// Syncs of files fail.
    pub(crate) sync: AtomicBool,
    /// Syncs of directories fail.
    pub(crate) sync_dir: AtomicBool,
    /// Files cannot be cut.
    pub(crate) truncate: AtomicBool,
    /// Files cannot be created.
    pub(crate) create: AtomicBool,
    /// Files cannot be renamed.
    pub(crate) rename: AtomicBool,
    /// Calls that wrote, and syncs of files, one letter each.
    pub(crate) calls: Mutex<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct FaultyDisk(pub(crate) Arc<Faults>);

pub(crate) struct FaultyFile {
    file: File,
    faults: Arc<Faults>,
}

impl FaultyDisk {
    pub(crate) fn sound() -> FaultyDisk {
        FaultyDisk(Arc::new(Faults {
            space: AtomicU64::new(u64::MAX),
            stride: AtomicU64::new(u64::MAX),
            sync: AtomicBool::new(false),
            sync_dir: AtomicBool::new(false),
            truncate: AtomicBool::new(false),
            create: AtomicBool::new(false),
            rename: AtomicBool::new(false),
            calls: Mutex::new(String::new()),
        }))
    }

    fn hand_out(&self, file: File) -> FaultyFile {
        FaultyFile { file, faults: Arc::clone(&self.0) }
    }
}

impl Disk for FaultyDisk {
    type File = FaultyFile;

    fn create(&self, path: &Path) -> Result<FaultyFile> {
        fail_if(&self.0.create, ErrorKind::StorageFull)?;
        OsDisk.create(path).map(|file| self.hand_out(file))
    }

    fn open(&self, path: &Path) -> Result<FaultyFile> {
        OsDisk.open(path).map(|file| self.hand_out(file))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        fail_if(&self.0.rename, ErrorKind::StorageFull)?;
        OsDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> Result<()> {
        OsDisk.remove(path)
    }

    fn sync_dir(&self, path: &Path) -> Result<()> {
        fail_if(&self.0.sync_dir, ErrorKind::Other)?;
        OsDisk.sync_dir(path)
    }
}

impl SegmentFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        self.faults.calls.lock().expect("unpoisoned").push('w');
        let space = self.faults.space.load(Ordering::Relaxed);
        let length = space.min(self.faults.stride.load(Ordering::Relaxed)).min(bytes.len() as u64);
        if length == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        self.faults.space.fetch_sub(length, Ordering::Relaxed);
        SegmentFile::write_at(&self.file, &bytes[..length as usize], offset)
    }

    fn truncate(&self, bytes: u64) -> Result<()> {
        fail_if(&self.faults.truncate, ErrorKind::Other)?;
        SegmentFile::truncate(&self.file, bytes)
    }

    /// A failure shows once, as on Linux; the next sync is a success that means nothing.
    fn sync_data(&self) -> Result<()> {
        self.faults.calls.lock().expect("unpoisoned").push('s');
        if self.faults.sync.swap(false, Ordering::Relaxed) {
            return Err(Error::other("the disk is gone"));
        }
        Ok(())
    }
}

fn fail_if(fault: &AtomicBool, kind: ErrorKind) -> Result<()> {
    if fault.load(Ordering::Relaxed) { Err(kind.into()) } else { Ok(()) }
}
