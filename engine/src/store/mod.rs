//! Profiles, service records and token digests on the disk: `cabrank.db`, an SQLite file.
//!
//! The queries use nothing that PostgreSQL would not understand, so that it can follow.

mod analysed;
mod changes;
mod entry;
mod missing;
mod open;
mod profiles;
mod records;
mod tokens;
mod writer;

pub use analysed::AnalysedRecord;
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

impl StoreError {
    /// Whether the reason lies outside and may pass by itself: others hold the store, or its disk is full or does not answer.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            StoreError::Failed(sqlx::Error::Database(error)) => error.code().is_some_and(|code| is_of_the_disk(&code)),
            StoreError::Failed(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            StoreError::Failed(_) | StoreError::NotOpened { .. } | StoreError::Foreign { .. } => false,
        }
    }
}

/// SQLite's BUSY, LOCKED, IOERR, FULL and CANTOPEN; what stands above the lowest byte only says more.
fn is_of_the_disk(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
}

fn now_micros() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
