//! A directory for one test: all that its processes wrote, shown when the test fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

const SHOWN_LINES_MAX: usize = 60;

/// A temporary directory. Logs in it are printed, their last lines only, when the test that owns it panics.
#[derive(Debug)]
pub struct Room {
    dir: TempDir,
}

impl Room {
    /// An empty room.
    pub fn new() -> Room {
        let dir = tempfile::Builder::new().prefix("cabrank-test-").tempdir().expect("a temporary directory");
        Room { dir }
    }

    /// Where the room is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The path of a file in the room, whether or not it exists.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file (and the directories above it) and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::create_dir_all(path.parent().expect("a file has a directory")).expect("directories in the room");
        fs::write(&path, content).expect("a file in the room");
        path
    }

    fn print_logs(&self) {
        let mut logs: Vec<PathBuf> = fs::read_dir(self.path())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "log"))
            .collect();
        logs.sort();
        for log in logs {
            print_tail(&log);
        }
    }
}

impl Default for Room {
    fn default() -> Room {
        Room::new()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if thread::panicking() {
            self.print_logs();
        }
    }
}

fn print_tail(log: &Path) {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines.len().min(SHOWN_LINES_MAX);
    eprintln!("--- {} (last {shown} of {} lines)", log.display(), lines.len());
    for line in &lines[lines.len() - shown..] {
        eprintln!("{line}");
    }
}
