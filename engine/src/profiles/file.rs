//! Importing a file: all of it or none, and a progress bar when a person has to wait.

use super::fault::{BadRows, Unreadable};
use super::read::{Reading, read};
use crate::number::Region;
use crate::store::{Store, StoreError};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::time::{Duration, Instant};

/// How long an import may take before a progress bar appears.
const PATIENCE: Duration = Duration::from_secs(2);

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Import {
    /// The file; `-` is the standard input.
    pub path: String,
    /// How numbers without a country code are read.
    pub region: Region,
    /// Whether the good rows are taken when others are bad.
    pub skip_bad: bool,
    /// Whether no progress is shown even to a person.
    pub quiet: bool,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many profiles were kept, new or in the place of older ones.
    pub profiles: u64,
    /// The rows that were left out: none, unless bad rows were to be skipped.
    pub bad: BadRows,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is no such file, or it may not be read.
    #[error("{path}: {error}; check the path, or give - for the standard input")]
    NotOpened {
        /// The file.
        path: String,
        /// What the system says.
        error: io::Error,
    },
    /// It is no file of profiles.
    #[error("{path}, {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong with it.
        error: Unreadable,
    },
    /// Some rows are bad.
    #[error("{bad}{path}: {} bad rows, so nothing was imported; correct them, or take the others with --skip-bad", bad.rows)]
    BadRows {
        /// The file.
        path: String,
        /// The rows.
        bad: BadRows,
    },
    /// The profiles could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports a file of profiles into the store. Reads the file to its end before it writes anything; blocks while reading.
///
/// # Errors
/// Whatever the error, nothing was imported.
pub async fn import(store: &Store, import: &Import) -> Result<Imported, ImportError> {
    let reading = read_file(import)?;
    if reading.bad.rows > 0 && !import.skip_bad {
        return Err(ImportError::BadRows { path: import.path.clone(), bad: reading.bad });
    }
    let mut progress = Progress::new(import.quiet, "keeping", reading.profiles.len() as u64);
    store.put_profiles_telling(&reading.profiles, |profiles| progress.advance(profiles)).await?;
    Ok(Imported { profiles: reading.profiles.len() as u64, bad: reading.bad })
}

fn read_file(import: &Import) -> Result<Reading, ImportError> {
    let reading = if import.path == "-" {
        let progress = Progress::new(import.quiet, "reading", 0);
        read(BufReader::new(Watched { input: io::stdin().lock(), progress }), import.region)
    } else {
        let input = File::open(&import.path).map_err(|error| ImportError::NotOpened { path: import.path.clone(), error })?;
        let progress = Progress::new(import.quiet, "reading", input.metadata().map_or(0, |file| file.len()));
        read(BufReader::with_capacity(1 << 16, Watched { input, progress }), import.region)
    };
    reading.map_err(|error| ImportError::Unreadable { path: import.path.clone(), error })
}

/// Input whose reading is shown.
struct Watched<R> {
    input: R,
    progress: Progress,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.input.read(into)?;
        self.progress.advance(bytes as u64);
        Ok(bytes)
    }
}

struct Progress {
    doing: &'static str,
    since: Instant,
    done: u64,
    all: u64,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Progress {
    /// Of how much there is in all, 0 if that is not known.
    fn new(quiet: bool, doing: &'static str, all: u64) -> Progress {
        let wanted = !quiet && io::stderr().is_terminal();
        Progress { doing, since: Instant::now(), done: 0, all, bar: None, wanted }
    }

    fn advance(&mut self, by: u64) {
        self.done += by;
        if self.bar.is_none() && self.wanted && self.since.elapsed() > PATIENCE {
            self.bar = Some(bar(self.doing, self.all));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
    }
}

fn bar(doing: &'static str, all: u64) -> ProgressBar {
    let bar = if all > 0 { ProgressBar::new(all) } else { ProgressBar::new_spinner() };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent} % {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(doing)
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Import, ImportError, import};
    use crate::store::Store;
    use std::path::Path;

    fn file(dir: &Path, text: &str, skip_bad: bool) -> Import {
        let path = dir.join("profiles.csv");
        std::fs::write(&path, text).expect("writing the example");
        Import { path: path.display().to_string(), region: "SG".parse().expect("SG"), skip_bad, quiet: true }
    }

    const ONE_BAD: &str = "number,name\nalice,Alice\n@,Nobody\n+6591234567,Ann\n";

    #[tokio::test]
    async fn one_bad_row_means_nothing_is_imported_and_it_is_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(dir.path()).await.expect("a store");
        let error = import(&store, &file(dir.path(), ONE_BAD, false)).await.expect_err("a bad row");
        assert!(error.to_string().starts_with("line 3, column `number`: \"@\": "), "{error}");
        assert!(error.to_string().contains("1 bad rows, so nothing was imported"), "{error}");
        assert_eq!(store.profiles().await.expect("profiles"), []);
    }

    #[tokio::test]
    async fn bad_rows_can_be_left_out() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(dir.path()).await.expect("a store");
        let imported = import(&store, &file(dir.path(), ONE_BAD, true)).await.expect("an import");
        assert_eq!((imported.profiles, imported.bad.rows), (2, 1));
        assert_eq!(store.profiles().await.expect("profiles").len(), 2);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(dir.path()).await.expect("a store");
        let missing = Import { path: "/no/such.csv".to_owned(), ..file(dir.path(), "", false) };
        let error = import(&store, &missing).await.expect_err("no file");
        assert!(matches!(error, ImportError::NotOpened { .. }) && error.to_string().contains("/no/such.csv"));
    }
}
