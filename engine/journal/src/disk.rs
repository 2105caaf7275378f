//! The few things a journal asks of a file system: what a test can make fail.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;

/// A file system that a journal is written to.
pub trait Disk {
    /// An open segment.
    type File: SegmentFile;

    /// Creates a file that only its owner may read, or empties the one that stands there.
    fn create(&self, path: &Path) -> io::Result<Self::File>;

    /// Opens a file for writing at any place.
    fn open(&self, path: &Path) -> io::Result<Self::File>;

    /// Gives a file another name; one that bears that name is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Brings a directory's names to the disk.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
}

/// A segment that is being written. Writing and syncing may happen on different threads at once.
pub trait SegmentFile: Send + Sync {
    /// Writes some of `bytes`, starting `offset` bytes into the file; says how many.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;

    /// Cuts the file to `bytes` bytes.
    fn truncate(&self, bytes: u64) -> io::Result<()>;

    /// Brings the file's content and length to the disk.
    fn sync_data(&self) -> io::Result<()>;

    /// Takes room for so many bytes from `offset` on, without making the file longer. Nothing, where that is not known.
    fn reserve(&self, offset: u64, bytes: u64) -> io::Result<()> {
        let _ = (offset, bytes);
        Ok(())
    }

    /// Bytes that are free on the file's disk. No end of them, where that is not known.
    fn free_bytes(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

/// The operating system's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    type File = File;

    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

impl SegmentFile for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, offset)
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.set_len(bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        File::sync_data(self)
    }

    #[cfg(target_os = "linux")]
    fn reserve(&self, offset: u64, bytes: u64) -> io::Result<()> {
        Ok(rustix::fs::fallocate(self, rustix::fs::FallocateFlags::KEEP_SIZE, offset, bytes)?)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::fstatvfs(self)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// Writes all of `bytes`. Every round makes progress or ends in an error.
pub(crate) fn write_whole(file: &impl SegmentFile, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = file.write_at(bytes, offset)?;
        let rest = bytes.get(written..).filter(|_| written > 0);
        bytes = rest.ok_or(io::ErrorKind::WriteZero)?;
        offset += written as u64;
    }
    Ok(())
}

/// Makes a directory that only its owner may enter, and those above it, unless they stand already.
pub(crate) fn make_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
