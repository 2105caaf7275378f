//! Ids of calls: never the same twice, later ones greater, and each tells by which edge its call came in.

use cabrank_core::CallId;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// By which edge a call came in, which is where its orders go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A trunk's INVITE; the media is ours.
    Sip,
    /// A gateway, which holds the media itself.
    Quic,
}

impl Origin {
    /// Of this call: its id's lowest bit says it, so that a restart does not forget it.
    #[must_use]
    pub fn of(call: CallId) -> Origin {
        if call.0 & 1 == 0 { Origin::Sip } else { Origin::Quic }
    }
}

/// Ids for the calls of one edge.
#[derive(Debug)]
pub struct CallIds(AtomicU64);

impl CallIds {
    /// Milliseconds since 1970 above, a count below, the origin lowest: a restart begins beyond all former ids unless more than
    /// two million calls a second came in.
    #[must_use]
    pub fn new(origin: Origin) -> CallIds {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(since.as_millis()).unwrap_or_default();
        let low = match origin {
            Origin::Sip => 0,
            Origin::Quic => 1,
        };
        CallIds(AtomicU64::new((now_ms << 22) | (u64::from(rand::random::<u16>()) << 1) | low))
    }

    /// An id for a new call.
    #[must_use]
    pub fn next(&self) -> CallId {
        CallId(self.0.fetch_add(2, Ordering::Relaxed) + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::{CallIds, Origin};

    #[test]
    fn an_id_tells_its_origin_and_grows() {
        for origin in [Origin::Sip, Origin::Quic] {
            let ids = CallIds::new(origin);
            let some: Vec<_> = (0..100).map(|_| ids.next()).collect();
            assert!(some.iter().all(|id| Origin::of(*id) == origin));
            assert!(some.is_sorted_by(|one, next| one < next));
        }
    }
}
