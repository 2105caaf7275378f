//! The vault's file: entries are added at its end, and struck out where they stand.

use super::VaultError;
use super::form::{self, Content, Entry, GONE, Place, Unreadable};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

/// The file, held by one process at a time.
#[derive(Debug)]
pub(super) struct Book {
    file: Arc<File>,
    salt: u32,
    /// Octets that are written.
    end: u64,
    /// Entries that are not written yet.
    pending: Vec<u8>,
}

impl Book {
    /// Opens the file, or begins one that only its owner may read. What was struck out by halves is wiped.
    pub(super) fn open(path: &Path) -> Result<(Book, Vec<(Place, Entry)>), VaultError> {
        let at = |error| VaultError::Io { path: path.to_owned(), error };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(at)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VaultError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(at(error)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(at)?;
        if bytes.len() < form::HEADER {
            // Nothing was named before it was begun.
            bytes = begun(&file, path).map_err(at)?;
        }
        let Content { entries, half_gone, end } = form::read(&bytes).map_err(|unreadable| match unreadable {
            Unreadable::Foreign => VaultError::Foreign { path: path.to_owned() },
            Unreadable::Damaged { at } => VaultError::Damaged { path: path.to_owned(), at },
        })?;
        if end < bytes.len() as u64 {
            tracing::warn!(octets = bytes.len() as u64 - end, "the end of the callers' vault was torn by a crash and is cut");
            file.set_len(end).map_err(at)?;
        }
        let salt = form::salt(&bytes).map_err(|_| VaultError::Foreign { path: path.to_owned() })?;
        let book = Book { file: Arc::new(file), salt, end, pending: Vec::new() };
        wipe(&book.file, &half_gone).map_err(at)?;
        Ok((book, entries))
    }

    /// Adds an entry, to be written with the next [`Book::write`].
    pub(super) fn put(&mut self, entry: &Entry) -> Place {
        let at = self.end + self.pending.len() as u64;
        let (bytes, content) = entry.bytes(self.salt);
        self.pending.extend(bytes);
        Place { at, content }
    }

    /// Writes what was added. If the disk refuses, it is still to be written.
    pub(super) fn write(&mut self) -> io::Result<u64> {
        if !self.pending.is_empty() {
            self.file.write_all_at(&self.pending, self.end)?;
            self.end += self.pending.len() as u64;
            self.pending.clear();
        }
        Ok(self.end)
    }

    /// The file itself, for whoever syncs it.
    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }
}

/// Strikes entries out that are written: first for certain, then for ever.
pub(super) fn strike(file: &File, places: &[Place]) -> io::Result<()> {
    for place in places {
        file.write_all_at(&[GONE], place.at)?;
    }
    file.sync_data()?;
    wipe(file, places)
}

fn wipe(file: &File, places: &[Place]) -> io::Result<()> {
    for place in places {
        file.write_all_at(&vec![0; usize::from(place.content)], place.content_at())?;
    }
    if places.is_empty() { Ok(()) } else { file.sync_data() }
}

fn begun(file: &File, path: &Path) -> io::Result<Vec<u8>> {
    let header = form::header(rand::random());
    file.write_all_at(&header, 0)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())?;
    Ok(header.to_vec())
}
