//! Opening the store: the file is its owner's alone, and of the newest form.

use super::{Store, StoreError};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

/// The store's file in the data directory.
const FILE: &str = "cabrank.db";
/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a reader waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections for readers.
const READERS: u32 = 4;

impl Store {
    /// Opens the store of a data directory; makes both if they are not there.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`] with the path, when directory or file cannot be made, read or migrated.
    pub async fn open(dir: &Path) -> Result<Store, StoreError> {
        let path = dir.join(FILE);
        let failed = |what: String| StoreError::NotOpened { path: path.clone(), what };
        own(dir, &path).map_err(|error| failed(error.to_string()))?;
        let writes = pool(&path, 1).await.map_err(|error| failed(error.to_string()))?;
        sqlx::migrate!("./migrations").run(&writes).await.map_err(|error| failed(error.to_string()))?;
        let reads = pool(&path, READERS).await.map_err(|error| failed(error.to_string()))?;
        Ok(Store { writes, reads })
    }

    /// Whether the store answers.
    pub async fn is_well(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.reads).await.is_ok()
    }

    /// Closes every connection; what was written is then in the one file.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }
}

/// Makes the file before SQLite does: SQLite's log files take over its permissions.
fn own(dir: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// The journal of inputs is what is synced before promises; records can be written again from it.
/// Thus `NORMAL`: a power cut may take the newest records, but never harms the file.
async fn pool(path: &Path, connections: u32) -> sqlx::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT);
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).connect_with(options).await
}
