//! Who is behind the aliases that stand in the journal: the one place that knows, and can be made to forget.
//!
//! Whatever outlives a call in the journal, its snapshots and its notes (inputs, the desk's memory of callers, dialogs of legs)
//! names a caller by an alias, or is sealed under a secret that goes with it. The journal is never rewritten: forgetting somebody
//! is to strike the one entry out of `vault` that says whose alias it is. What was decided can still be replayed after that, and
//! nobody can tell for whom.
//!
//! An entry is written before the first fact that names its alias, and synced before anything is promised on such a fact.

mod aging;
mod alias;
mod book;
mod form;
mod remains;
mod seal;

pub use alias::Alias;
pub use remains::files_naming;

use book::Book;
use cabrank_core::Text;
use cabrank_journal::SyncFailed;
use form::{Day, Entry, NUMBER_OCTETS_MAX, Place};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The file in the data directory.
const FILE: &str = "vault";

/// Callers it may know. Whoever comes after that is served, by an alias that is not kept: nobody is told the number, and the caller
/// is not known again.
pub const CALLERS_MAX: usize = 1 << 22;

/// Who is behind which alias.
pub struct Vault {
    known: RwLock<Known>,
    book: Mutex<Book>,
    /// Octets that are written, for whoever syncs.
    written: AtomicU64,
    sync: Mutex<Syncing>,
    /// Entries that are no longer known, and still stand in the file.
    leaving: Mutex<Vec<Place>>,
    tokens: [u8; 32],
    callers_max: usize,
    today: AtomicU32,
}

/// Why a vault cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The system refuses.
    #[error("cannot use {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another process has it open.
    #[error("{} is in use: an engine is running on this data directory", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is something else, or of a later version.
    #[error("{} is no vault that this version can read", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// An entry in its middle is damaged.
    #[error("{} is damaged at byte {at}; put the latest copy of it in its place", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Octets before the damage.
        at: u64,
    },
}

#[derive(Default)]
struct Known {
    by_number: HashMap<Text, Alias>,
    by_alias: HashMap<Alias, Caller>,
}

struct Caller {
    number: Text,
    secret: [u8; 16],
    place: Place,
    /// The last day on which the caller was named.
    named: AtomicU32,
}

/// Held through each sync: see the journal's own.
struct Syncing {
    file: Arc<File>,
    synced: u64,
    failed: Option<SyncFailed>,
}

impl Vault {
    /// Opens the vault of a data directory, or begins it.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn open(data: &Path) -> Result<Vault, VaultError> {
        Vault::with_room_for(CALLERS_MAX, data)
    }

    /// The same for so many callers at the most.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn with_room_for(callers_max: usize, data: &Path) -> Result<Vault, VaultError> {
        let path = data.join(FILE);
        let (mut book, entries) = Book::open(&path)?;
        let (mut known, mut tokens) = (Known::default(), None);
        for (place, entry) in entries {
            match entry {
                Entry::Caller { alias, secret, day, number } => {
                    known.add(alias, Caller { number: number.into(), secret, place, named: day.into() });
                }
                Entry::Tokens(secret) => tokens = Some(secret),
                Entry::Named { alias, day } => known.named(alias, day),
            }
        }
        let tokens = tokens.unwrap_or_else(|| {
            let secret = rand::random();
            book.put(&Entry::Tokens(secret));
            secret
        });
        let written = book.write().map_err(|error| VaultError::Io { path, error })?;
        let sync = Syncing { file: book.file(), synced: 0, failed: None };
        Ok(Vault {
            known: RwLock::new(known),
            book: Mutex::new(book),
            written: AtomicU64::new(written),
            sync: Mutex::new(sync),
            leaving: Mutex::default(),
            tokens,
            callers_max,
            today: aging::today().into(),
        })
    }

    /// The alias of a number: the same until it is forgotten.
    pub fn alias_of(&self, number: &str) -> Alias {
        self.alias_named(number).unwrap_or_else(|| self.name(number))
    }

    /// Whose alias it is, unless that was forgotten.
    pub fn number_of(&self, alias: Alias) -> Option<Text> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.by_alias.get(&alias).map(|caller| Arc::clone(&caller.number))
    }

    /// The alias of what a device sends to be known by: always the same, and nobody can tell of what.
    pub fn alias_of_token(&self, token: &str) -> Alias {
        // A key of any length will do.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.tokens) else { return Alias::drawn() };
        mac.update(token.as_bytes());
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        whole.first_chunk().map_or_else(Alias::drawn, |bits| Alias(*bits))
    }

    /// How many callers it knows.
    pub fn len(&self) -> usize {
        self.known.read().unwrap_or_else(PoisonError::into_inner).by_alias.len()
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes who was named since the last time: before what names them.
    ///
    /// # Errors
    /// The disk refuses; what was to be written still is.
    pub fn write(&self) -> io::Result<()> {
        let mut book = self.book();
        let written = book.write()?;
        self.written.store(written, Ordering::Release);
        Ok(())
    }

    /// Brings what is written to the disk.
    ///
    /// # Errors
    /// [`SyncFailed`] if the disk refuses, and from then on always.
    pub fn sync(&self) -> Result<(), SyncFailed> {
        let mut sync = self.sync.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failed) = &sync.failed {
            return Err(failed.clone());
        }
        let written = self.written.load(Ordering::Acquire);
        if written > sync.synced {
            sync.file.sync_data().map_err(|error| sync.failed.insert(SyncFailed(Arc::new(error))).clone())?;
            sync.synced = written;
        }
        Ok(())
    }

    /// The alias of a number, if it has one.
    pub fn alias_known(&self, number: &str) -> Option<Alias> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).by_number.get(number).copied()
    }

    /// Forgets whose alias a number's is, at once; the file forgets it with [`Vault::wipe`], and until then it is known again
    /// after a restart. Says whether the number had an alias.
    ///
    /// # Errors
    /// The disk refuses; nothing is forgotten.
    pub fn forget(&self, number: &str) -> io::Result<bool> {
        self.write()?;
        let leaving = self.known.write().unwrap_or_else(PoisonError::into_inner).remove(number);
        let had = !leaving.is_empty();
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner).extend(leaving);
        Ok(had)
    }

    /// Strikes everybody out who is forgotten, so that neither a crash nor a look at the file brings them back. Takes as long as
    /// the disk does.
    ///
    /// # Errors
    /// The disk refuses; it may be tried again.
    pub fn wipe(&self) -> io::Result<()> {
        let mut leaving = self.leaving.lock().unwrap_or_else(PoisonError::into_inner);
        if !leaving.is_empty() {
            let file = self.book().file();
            book::strike(&file, &leaving)?;
            leaving.clear();
        }
        Ok(())
    }

    fn name(&self, number: &str) -> Alias {
        if number.len() > NUMBER_OCTETS_MAX {
            return Alias::drawn();
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(alias) = known.by_number.get(number) {
            return *alias;
        }
        let alias = known.free();
        if known.by_alias.len() >= self.callers_max {
            tracing::error!(callers = self.callers_max, "the vault is full: a new caller's number is kept from everybody");
            return alias;
        }
        let (secret, day) = (rand::random(), self.today.load(Ordering::Relaxed));
        let place = self.book().put(&Entry::Caller { alias, secret, day, number: number.to_owned() });
        known.add(alias, Caller { number: number.into(), secret, place, named: day.into() });
        alias
    }

    fn secret_of(&self, alias: Alias) -> Option<[u8; 16]> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).by_alias.get(&alias).map(|caller| caller.secret)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("callers", &self.len()).finish_non_exhaustive()
    }
}

impl Known {
    fn add(&mut self, alias: Alias, caller: Caller) {
        self.by_number.insert(Arc::clone(&caller.number), alias);
        self.by_alias.insert(alias, caller);
    }

    fn named(&self, alias: Alias, day: Day) {
        // Days of who is forgotten stay behind: they say nothing of anybody.
        if let Some(caller) = self.by_alias.get(&alias) {
            caller.named.fetch_max(day, Ordering::Relaxed);
        }
    }

    fn free(&self) -> Alias {
        std::iter::repeat_with(Alias::drawn).find(|alias| !self.by_alias.contains_key(alias)).unwrap_or_else(Alias::drawn)
    }

    /// Every alias of the number: a crash may have left it one more.
    fn remove(&mut self, number: &str) -> Vec<Place> {
        self.by_number.remove(number);
        let leaving = self.by_alias.extract_if(|_, caller| &*caller.number == number);
        leaving.map(|(_, caller)| caller.place).collect()
    }
}

#[cfg(test)]
mod tests;
