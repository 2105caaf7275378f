//! Opening the store: of the newest form, and its owner's alone where it is a file.

use super::{Kind, Store, StoreError};
use cabrank_settings::StoreUrl;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection};
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

/// The store's file in the data directory.
const FILE: &str = "cabrank.db";
/// How long one waits for a connection; SQLite's statements wait as long for another process that writes.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections for readers.
const READERS: u32 = 4;
/// How long a database may take to say that it is there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the store may take to answer whether it is well.
const GREETING_TIMEOUT: Duration = Duration::from_secs(1);

/// The journal of inputs is what is synced before promises; records can be written again from it.
/// Thus `NORMAL`: a power cut may take the newest records, but never harms the file. What is deleted is overwritten, for it may
/// have been erased on somebody's wish.
const SQLITE: [&str; 3] = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA secure_delete = ON"];

/// No statement waits for ever for a lock, and no transaction of an engine that is gone holds one.
const POSTGRES: [&str; 3] =
    ["SET lock_timeout = '5s'", "SET idle_in_transaction_session_timeout = '60s'", "SET application_name = 'cabrank'"];

impl Store {
    /// Opens the store in a data directory; makes both if they are not there.
    ///
    /// # Errors
    /// [`StoreError::NotOpened`] with the path, when directory or file cannot be made, read or migrated.
    pub async fn open(dir: &Path) -> Result<Store, StoreError> {
        let path = dir.join(FILE);
        let failed = |what: String| StoreError::NotOpened { path: path.clone(), what };
        own(dir, &path).map_err(|error| failed(error.to_string()))?;
        let url = file_url(&path).map_err(|error| failed(error.to_string()))?;
        Store::at(&url, &SQLITE, Kind::Sqlite).await.map_err(|error| failed(error.to_string()))
    }

    /// Opens the store in a PostgreSQL database, which has to be there; its tables are made if they are not.
    ///
    /// # Errors
    /// [`StoreError::NotReached`] with the address, when the database cannot be reached, refuses, or cannot be migrated.
    pub async fn connect(url: &StoreUrl) -> Result<Store, StoreError> {
        let failed = |what: String| StoreError::NotReached { url: url.to_string(), what };
        let greeted = tokio::time::timeout(CONNECT_TIMEOUT, greet(url.expose().as_str())).await;
        greeted.unwrap_or_else(|_| Err("it does not answer".to_owned())).map_err(failed)?;
        // Tables that are brought up to date may take long.
        Store::at(url.expose().as_str(), &POSTGRES, Kind::Postgres).await.map_err(|error| failed(error.to_string()))
    }

    /// The store that is configured: a database, or the file in the data directory.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::connect`].
    pub async fn find(dir: &Path, url: Option<&StoreUrl>) -> Result<Store, StoreError> {
        match url {
            Some(url) => Store::connect(url).await,
            None => Store::open(dir).await,
        }
    }

    /// Whether the store answers.
    pub async fn is_well(&self) -> bool {
        let greeting = tokio::time::timeout(GREETING_TIMEOUT, sqlx::query("SELECT 1").execute(&self.reads));
        greeting.await.is_ok_and(|answer| answer.is_ok())
    }

    /// Closes every connection; what was written to a file is then in the one file.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }

    async fn at(url: &str, settings: &'static [&'static str], kind: Kind) -> Result<Store, sqlx::Error> {
        install_default_drivers();
        let writes = pool(url, settings, 1).await?;
        sqlx::migrate!("./migrations").run(&writes).await?;
        let reads = pool(url, settings, READERS).await?;
        Ok(Store { writes, reads, kind })
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

/// The address of a file that is there, whatever it is named.
fn file_url(path: &Path) -> io::Result<String> {
    let whole = path.canonicalize()?;
    let text = whole.to_str().ok_or_else(|| io::Error::other("the path is not UTF-8"))?;
    Ok(format!("sqlite://{}", text.replace('%', "%25").replace('?', "%3F").replace('#', "%23")))
}

/// Asks the server before there is a pool, which would only say that it waited too long.
async fn greet(url: &str) -> Result<(), String> {
    install_default_drivers();
    let mut server = AnyConnection::connect(url).await.map_err(|error| error.to_string())?;
    let asked = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut server).await;
    // Whoever asked has got the answer, whatever the farewell comes to.
    let _ = server.close().await;
    let encoding: String = asked.map_err(|error| error.to_string())?;
    if encoding == "UTF8" { Ok(()) } else { Err(format!("its encoding is {encoding}; make it with ENCODING 'UTF8'")) }
}

type Prepared<'c> = Pin<Box<dyn Future<Output = sqlx::Result<()>> + Send + 'c>>;

async fn pool(url: &str, settings: &'static [&'static str], connections: u32) -> sqlx::Result<AnyPool> {
    let pool = AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    pool.after_connect(move |connection, _| prepare(connection, settings)).connect(url).await
}

fn prepare<'c>(connection: &'c mut AnyConnection, settings: &'static [&'static str]) -> Prepared<'c> {
    Box::pin(async move {
        for setting in settings {
            sqlx::query(*setting).execute(&mut *connection).await?;
        }
        Ok(())
    })
}
