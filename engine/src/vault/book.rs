//! The vault's file: entries are added at its end, and struck out where they stand.

use super::VaultError;
use super::form::{self, Content, Entry, GONE, Place, Unreadable};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of so many octets is never worth making a new one.
const SMALL: u64 = 64 << 10;
/// Octets that are overwritten at once.
const BLANK: usize = 1 << 20;

/// The file, held by one process at a time.
#[derive(Debug)]
pub(super) struct Book {
    file: Arc<File>,
    salt: u32,
    /// Octets that are written.
    end: u64,
    /// Entries that are not written yet.
    pending: Vec<u8>,
    /// The file that this one took the place of, empty: whoever found it there before still finds it in use.
    _former: Option<File>,
}

impl Book {
    /// Opens the file, or begins one that only its owner may read. What was struck out by halves is wiped.
    pub(super) fn open(path: &Path) -> Result<(Book, Vec<(Place, Entry)>), VaultError> {
        let at = |error| VaultError::Io { path: path.to_owned(), error };
        let mut file = opened(path).map_err(at)?;
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
        let book = Book { file: Arc::new(file), salt, end, pending: Vec::new(), _former: None };
        wipe(&book.file, &half_gone).map_err(at)?;
        // A crash may have left one that was not finished.
        remove(&beside(path)).map_err(at)?;
        if book.is_worth_renewing(&entries) { book.renewed(path, entries).map_err(at) } else { Ok((book, entries)) }
    }

    /// Whether more than half of it is struck out, or said again later.
    fn is_worth_renewing(&self, entries: &[(Place, Entry)]) -> bool {
        let holds = entries.iter().filter(|(_, entry)| !matches!(entry, Entry::Named { .. }));
        self.end > SMALL + 2 * holds.map(|(place, _)| place.octets()).sum::<u64>()
    }

    /// A file with nothing but what holds takes the place of this one, which is overwritten.
    fn renewed(self, path: &Path, entries: Vec<(Place, Entry)>) -> io::Result<(Book, Vec<(Place, Entry)>)> {
        let beside = beside(path);
        let file = opened(&beside)?;
        file.try_lock()?;
        let bytes = begun(&file, &beside)?;
        let salt = form::salt(&bytes).map_err(|_| io::Error::other("a header of our own cannot be read"))?;
        let end = bytes.len() as u64;
        let mut book = Book { file: Arc::new(file), salt, end, pending: Vec::new(), _former: None };
        let entries = form::with_newest_days(entries).into_iter().map(|entry| (book.put(&entry), entry)).collect();
        book.write()?;
        book.file.sync_all()?;
        fs::rename(&beside, path)?;
        sync_dir(path)?;
        blank(&self.file, self.end)?;
        book._former = Arc::into_inner(self.file);
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

fn opened(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Where a file is made that is to take the place of another.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

fn remove(path: &Path) -> io::Result<()> {
    match opened_if_there(path)? {
        Some(file) => {
            blank(&file, file.metadata()?.len())?;
            fs::remove_file(path)
        }
        None => Ok(()),
    }
}

fn opened_if_there(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Overwrites everything in a file that nobody needs any more.
fn blank(file: &File, octets: u64) -> io::Result<()> {
    let zeros = vec![0; BLANK];
    let mut at = 0;
    while at < octets {
        let some = usize::try_from(octets - at).unwrap_or(BLANK).min(BLANK);
        file.write_all_at(&zeros[..some], at)?;
        at += some as u64;
    }
    file.sync_data()?;
    file.set_len(0)
}

fn sync_dir(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
}

fn begun(file: &File, path: &Path) -> io::Result<Vec<u8>> {
    let header = form::header(rand::random());
    file.write_all_at(&header, 0)?;
    file.sync_all()?;
    sync_dir(path)?;
    Ok(header.to_vec())
}
