//! Sign-ins that failed, so that nobody tries tokens by the thousand.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures from one address in [`WITHIN`]; after that it has to wait.
const FAILURES_MAX: u32 = 10;
/// The time in which they count.
const WITHIN: Duration = Duration::from_secs(60);
/// Addresses that are remembered; beyond that all are taken for one.
const ADDRESSES_MAX: usize = 4_096;

/// Failures by address.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<Option<IpAddr>, Failures>>);

#[derive(Clone, Copy, Debug)]
struct Failures {
    since: Instant,
    count: u32,
}

impl Throttle {
    /// How long an address has to wait before it may try again; nothing if it may now.
    pub(super) fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = known.get(&Some(address)).or_else(|| known.get(&None))?;
        let passed = now.saturating_duration_since(failures.since);
        (failures.count >= FAILURES_MAX && passed < WITHIN).then(|| WITHIN - passed)
    }

    /// One more failed.
    pub(super) fn failed(&self, address: IpAddr, now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES_MAX {
            known.retain(|_, failures| now.saturating_duration_since(failures.since) < WITHIN);
        }
        let key = Some(address).filter(|_| known.len() < ADDRESSES_MAX || known.contains_key(&Some(address)));
        let failures = known.entry(key).or_insert(Failures { since: now, count: 0 });
        if now.saturating_duration_since(failures.since) >= WITHIN {
            *failures = Failures { since: now, count: 0 };
        }
        failures.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{FAILURES_MAX, Throttle, WITHIN};
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::{Duration, Instant};

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn who_fails_too_often_waits_and_nobody_else() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..FAILURES_MAX {
            assert_eq!(throttle.wait(ONE, now), None);
            throttle.failed(ONE, now);
        }
        assert_eq!(throttle.wait(ONE, now), Some(WITHIN));
        assert_eq!(throttle.wait(OTHER, now), None);
        assert_eq!(throttle.wait(ONE, now + WITHIN), None);
    }

    #[test]
    fn a_crowd_of_addresses_is_taken_for_one_and_forgotten_in_time() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..5_000_u32 {
            throttle.failed(IpAddr::V4(Ipv4Addr::from(n)), now);
        }
        assert!(throttle.0.lock().expect("not poisoned").len() <= super::ADDRESSES_MAX + 1);
        assert!(throttle.wait(OTHER, now).is_some());
        throttle.failed(OTHER, now + WITHIN + Duration::from_secs(1));
        assert_eq!(throttle.wait(OTHER, now + WITHIN + Duration::from_secs(1)), None);
    }
}
