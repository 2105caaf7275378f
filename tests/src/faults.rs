//! A disk that is slow, full or broken, and a wall clock that jumps, for the engine alone and while it runs.
//!
//! `faults.c` beside this is compiled and loaded into the engine before the C library (`LD_PRELOAD`); a file shared with it
//! says what fails.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::engine::path;
use crate::room::Room;

const ORDERS_BYTES: u64 = 32;

/// The system's word for a disk that is gone.
pub const EIO: u32 = 5;
/// The system's word for a full disk.
pub const ENOSPC: u32 = 28;

/// What fails for an engine that was started with this.
#[derive(Debug)]
pub struct Faults {
    library: PathBuf,
    orders: PathBuf,
    shared: File,
    directory: PathBuf,
}

impl Faults {
    /// Nothing fails yet. Files below `directory` will be concerned.
    pub fn new(room: &Room, directory: &Path) -> Faults {
        let (library, orders) = (room.file("faults.so"), room.file("faults"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/faults.c");
        let compiled =
            Command::new("cc").args(["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
        assert!(compiled.expect("cc runs").success(), "faults.c does not compile");
        let shared = File::options().create(true).truncate(true).read(true).write(true).open(&orders).expect("a file of orders");
        shared.set_len(ORDERS_BYTES).expect("its length");
        Faults { library, orders, shared, directory: directory.to_owned() }
    }

    /// Every sync takes so much longer.
    pub fn sync_takes(&self, time: Duration) {
        self.order(0, time.as_millis() as u32);
    }

    /// Every sync fails with this error; 0: none does.
    pub fn sync_fails(&self, error: u32) {
        self.order(4, error);
    }

    /// Every write fails with this error; 0: none does.
    pub fn writes_fail(&self, error: u32) {
        self.order(8, error);
    }

    /// The wall clock is so many seconds ahead (or, negative, behind).
    pub fn wall_clock_is_ahead(&self, seconds: i64) {
        self.shared.write_all_at(&(seconds * 1_000_000).to_le_bytes(), 16).expect("an order");
    }

    /// Syncs that were done.
    pub fn syncs(&self) -> u64 {
        let mut count = [0; 8];
        self.shared.read_exact_at(&mut count, 24).expect("a count");
        u64::from_le_bytes(count)
    }

    /// What the engine must find in its environment, for env(1).
    pub fn environment(&self) -> Vec<String> {
        let (library, orders, directory) = (path(&self.library), path(&self.orders), path(&self.directory));
        vec![format!("LD_PRELOAD={library}"), format!("CABRANK_FAULTS={orders}"), format!("CABRANK_FAULTS_DIR={directory}")]
    }

    fn order(&self, offset: u64, value: u32) {
        self.shared.write_all_at(&value.to_le_bytes(), offset).expect("an order");
    }
}
