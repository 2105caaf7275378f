//! How long a receiver that fails is left alone, and when it is given up.

use std::time::Duration;

/// The pauses after the first attempt, the second, ...; after the last attempt an event is dead. About a day in all.
const PAUSES_S: [u64; 9] = [5, 30, 300, 1_800, 7_200, 18_000, 18_000, 18_000, 18_000];
/// Pauses are longer by up to a fifth, so that those who failed together do not all come back together.
const JITTER_PERMILLE: u64 = 200;

/// The pause after so many attempts that failed; nothing if there is to be no other one. `chance` is drawn anew for each.
pub(super) fn pause(attempts: u32, chance: u16) -> Option<Duration> {
    let last = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let pause_ms = PAUSES_S.get(last)? * 1_000;
    let jitter_ms = pause_ms * JITTER_PERMILLE * u64::from(chance) / (1_000 * u64::from(u16::MAX));
    Some(Duration::from_millis(pause_ms + jitter_ms))
}

#[cfg(test)]
mod tests {
    use super::{PAUSES_S, pause};
    use std::time::Duration;

    #[test]
    fn pauses_grow_and_vary_and_end() {
        let most = |attempts| pause(attempts, u16::MAX);
        assert_eq!((pause(1, 0), most(1)), (Some(Duration::from_secs(5)), Some(Duration::from_secs(6))));
        let count = PAUSES_S.len() as u32;
        assert!((1..count).all(|attempts| pause(attempts, 0) <= pause(attempts + 1, 0)));
        assert_eq!((pause(0, 0), most(count + 1)), (None, None));
    }
}
