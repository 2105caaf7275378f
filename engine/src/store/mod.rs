//! Profiles, service records and token digests on the disk: `cabrank.db`, an SQLite file.
//!
//! The queries use nothing that PostgreSQL would not understand, so that it can follow.

mod changes;
mod entry;
mod missing;
mod open;
mod profiles;
mod records;
mod tokens;
mod writer;

pub use changes::KeptChange;
pub use entry::{AmendmentRow, ChangeRow, ChangedQueue, Entry, RecordRow, Rows};
pub use profiles::Erased;
pub use records::{KeptPromise, KeptQuote, KeptRecord, PastContact};
pub use writer::{Patience, Writer, Written};

use sqlx::SqlitePool;
use std::path::PathBuf;

/// The store of one data directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// One connection: SQLite has one writer anyway, and so nobody waits for a lock.
    writes: SqlitePool,
    reads: SqlitePool,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened or brought up to date.
    #[error("{path}: {what}; check that the directory can be written and the file is a Cabrank store")]
    NotOpened {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        what: String,
    },
    /// The database refused (locked, full disk, ...).
    #[error("the store failed: {0}; check the disk that holds cabrank.db")]
    Failed(#[from] sqlx::Error),
    /// A row holds what no Cabrank wrote.
    #[error("the store holds {what} that this version does not know; was it written by a newer one?")]
    Foreign {
        /// Which.
        what: String,
    },
}

fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
