//! Waits that end: each has a limit and says what it waited for.

use std::thread;
use std::time::{Duration, Instant};

const POLL_EVERY: Duration = Duration::from_millis(20);

/// Polls until there is an answer; panics with `what` when there is none within `limit`.
pub fn until<T>(limit: Duration, what: &str, poll: impl FnMut() -> Option<T>) -> T {
    within(limit, poll).unwrap_or_else(|| panic!("waited {limit:?} in vain for {what}"))
}

/// Polls until there is an answer or `limit` has passed.
pub fn within<T>(limit: Duration, mut poll: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = poll() {
            return Some(answer);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(POLL_EVERY);
    }
}

/// Lets `time` pass; for what has to *not* happen meanwhile.
pub fn pause(time: Duration) {
    thread::sleep(time);
}
