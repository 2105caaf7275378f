//! What happened on a stream, counted where it happens and readable from anywhere.

use std::sync::atomic::{AtomicU64, Ordering};

/// A count that one thread writes and any thread reads.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) sent: Count,
    pub(super) send_failed: Count,
    pub(super) received: Count,
    pub(super) malformed: Count,
    pub(super) foreign: Count,
    pub(super) unknown: Count,
    pub(super) digits: Count,
    pub(super) digits_refused: Count,
}

/// What happened on a stream since it was opened; packets, except where said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamStats {
    /// Sent, whatever their source.
    pub sent: u64,
    /// Not sent because the system refused (unreachable network, full socket).
    pub send_failed: u64,
    /// Received from the far end and well formed.
    pub received: u64,
    /// Received and dropped: not RTP, or at odds with itself.
    pub malformed: u64,
    /// Received and dropped: from an address that is not the far end's.
    pub foreign: u64,
    /// Received and dropped: a payload type nobody agreed on.
    pub unknown: u64,
    /// Keys heard.
    pub digits: u64,
    /// Keys to be sent that were not: too many waited, or the far end takes no telephone events.
    pub digits_refused: u64,
}

impl Counters {
    pub(super) fn read(&self) -> StreamStats {
        StreamStats {
            sent: self.sent.read(),
            send_failed: self.send_failed.read(),
            received: self.received.read(),
            malformed: self.malformed.read(),
            foreign: self.foreign.read(),
            unknown: self.unknown.read(),
            digits: self.digits.read(),
            digits_refused: self.digits_refused.read(),
        }
    }
}
