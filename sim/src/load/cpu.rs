//! How much of the processor a process takes; only where the system says so in `/proc`.

use std::fs;
use std::time::Duration;

/// What the kernel counts in: hundredths of a second wherever `/proc` is Linux's.
const TICKS_A_SECOND: f64 = 100.0;

/// The time that a process has had of all processors so far; this one, without an id.
#[must_use]
pub fn cpu_time(process: Option<u32>) -> Option<Duration> {
    let place = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    read(&fs::read_to_string(format!("/proc/{place}/stat")).ok()?)
}

/// Fields 14 and 15, behind a name that may hold anything.
fn read(stat: &str) -> Option<Duration> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Duration::try_from_secs_f64((user + system) / TICKS_A_SECOND).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "7 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 150 0 0";
        assert_eq!(read(stat), Some(Duration::from_secs(4)));
        assert_eq!([read(""), read("7 (a) S 1"), read("7 (a) S 1 2 3 4 5 6 7 8 9 10 x y")], [None; 3]);
    }
}
