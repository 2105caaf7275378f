//! Profiles, service records and token digests: in `cabrank.db`, an SQLite file in the data directory, or in a PostgreSQL database.
//!
//! Every statement, migrations too, is what both understand; a view tells records without a type that only one of them has.
//! No call waits for any of this: callers are looked up in the [directory](crate::directory), and records are written by a
//! [task of their own](Writer), which tries again for as long as the database is away.
//!
//! A database is one desk's: two would number their changes of thresholds alike. Profiles that several desks should know are
//! imported into each.

mod aging;
mod analysed;
mod cases;
mod changes;
mod decided;
mod entry;
mod erase;
mod failing;
mod first_contacts;
mod history;
mod missing;
mod open;
mod outbox;
mod predictions;
mod profiles;
mod records;
mod said;
mod searched;
mod sessions;
mod tokens;
mod upsert;
mod writer;

pub use aging::Aged;
pub use analysed::AnalysedRecord;
pub use cases::{KeptCase, WhichCases};
pub use changes::KeptChange;
pub use decided::DecidedRow;
pub use entry::{AmendmentRow, ChangeRow, ChangedQueue, Entry, RecordRow, Rows};
pub use erase::Erased;
pub use first_contacts::FirstContacts;
pub use history::{EarlierCall, KeptWord};
pub use outbox::{Message, OutboxRow};
pub use predictions::{LineCounts, WhichLine};
pub use records::{KeptPromise, KeptQuote, KeptRecord, PastContact};
pub use said::CaseWordRow;
pub use searched::WhichRecords;
pub use sessions::SessionRow;
pub use tokens::TokenRow;
pub use writer::{Patience, Writer, Written};

use crate::epoch::now_micros;
use sqlx::AnyPool;
use std::path::PathBuf;
use std::time::Duration;

/// The store of one desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    /// One connection: SQLite has one writer anyway, and so nobody waits for a lock.
    writes: AnyPool,
    reads: AnyPool,
    kind: Kind,
}

/// What kind of database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A file in the data directory.
    Sqlite,
    /// A server.
    Postgres,
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
    /// The database cannot be reached or brought up to date.
    #[error("the store {url} cannot be used: {what}; check the address, the password (PGPASSWORD or ~/.pgpass) and the database")]
    NotReached {
        /// Its address, without a password.
        url: String,
        /// What went wrong.
        what: String,
    },
    /// The database refused (locked, full disk, ...).
    #[error("the store failed: {0}; check the database, or the disk that holds cabrank.db")]
    Failed(#[from] sqlx::Error),
    /// The database said nothing for too long.
    #[error("the store said nothing for {} seconds; check the way to the database", .0.as_secs())]
    Silent(Duration),
    /// A row holds what no Cabrank wrote.
    #[error("the store holds {what} that this version does not know; was it written by a newer one?")]
    Foreign {
        /// Which.
        what: String,
    },
}

/// How long the store may take for one thing.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Who does not answer at all is not waited for as long as TCP would: what was under way is taken back.
async fn in_time<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(ANSWER_TIMEOUT, work).await.unwrap_or(Err(StoreError::Silent(ANSWER_TIMEOUT)))
}

#[cfg(test)]
pub(crate) mod tests;
