//! Where the desk's time stands on the clock that counts from the machine's start and that nobody sets.
//!
//! `journal/clock`, one line: the name of this start of the machine, and by how many microseconds that clock is ahead of the
//! desk's (or, negative, behind). It outlives the engine, not the machine; after that the wall clock must do.

use cabrank_core::Tick;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The clock since the machine's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Boot {
    /// This start, and no other.
    name: String,
    /// Microseconds since then, sleep included.
    now_us: i64,
}

impl Boot {
    /// As it is now; nothing where the system tells no start from another.
    #[cfg(target_os = "linux")]
    pub(super) fn now() -> Option<Boot> {
        let name = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned();
        let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let now_us = since.tv_sec.checked_mul(1_000_000)?.checked_add(since.tv_nsec / 1_000)?;
        (!name.is_empty()).then_some(Boot { name, now_us })
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn now() -> Option<Boot> {
        None
    }

    /// The desk's time now, if it was noted in the data directory `data` since the machine started.
    pub(super) fn tick(&self, data: &Path) -> Option<Tick> {
        self.tick_by(&fs::read_to_string(file(data)).ok()?)
    }

    fn tick_by(&self, note: &str) -> Option<Tick> {
        let (name, ahead_us) = note.strip_suffix('\n')?.split_once(' ')?;
        let ahead_us: i64 = ahead_us.trim().parse().ok().filter(|_| name == self.name)?;
        u64::try_from(self.now_us.checked_sub(ahead_us)?).ok().map(Tick)
    }

    /// Notes that the desk's time is this now.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn note(&self, data: &Path, now: Tick) -> io::Result<()> {
        // Always of one length, and in the place of the one before: a full disk takes it, too.
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file(data))?;
        file.write_all_at(self.note_of(now).as_bytes(), 0)
    }

    fn note_of(&self, now: Tick) -> String {
        let ahead_us = self.now_us.saturating_sub(i64::try_from(now.0).unwrap_or(i64::MAX));
        format!("{} {ahead_us:20}\n", self.name)
    }
}

fn file(data: &Path) -> PathBuf {
    data.join("journal").join("clock")
}

#[cfg(test)]
mod tests {
    use super::Boot;
    use cabrank_core::Tick;

    fn at(now_us: i64) -> Boot {
        Boot { name: "this".into(), now_us }
    }

    #[test]
    fn the_desks_time_goes_on_with_the_machines() {
        for (then, tick) in [(50, 7_000), (7_000, 50), (0, 0)] {
            let note = at(then).note_of(Tick(tick));
            assert_eq!(at(then + 300).tick_by(&note), Some(Tick(tick + 300)), "{note}");
        }
    }

    #[test]
    fn a_note_of_another_start_or_cut_short_says_nothing() {
        let note = at(50).note_of(Tick(70));
        let other = Boot { name: "other".into(), now_us: 60 };
        assert_eq!(other.tick_by(&note), None);
        for length in 0..note.len() {
            assert_eq!(at(60).tick_by(&note[..length]), None);
        }
        assert_eq!(at(0).tick_by("this 9\n"), None, "before the journal began");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_machine_has_such_a_clock() {
        let (one, next) = (Boot::now().expect("a clock"), Boot::now().expect("a clock"));
        assert!(one.name == next.name && one.now_us <= next.now_us && one.now_us > 0);
    }
}
