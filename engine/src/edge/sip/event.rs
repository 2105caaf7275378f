//! What the tasks and threads around the edge report to it.

use cabrank_core::{CallId, OfferId, View};
use rsipstack::sip::{Method, Response};

use super::path::Path;

/// One leg: a dialog with a telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LegId {
    /// The caller's.
    Caller(CallId),
    /// That of an agent who is rung or talks.
    Agent(OfferId),
}

/// An attempt to reach a caller who is to be called back; never the same twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TryId(pub u64);

/// An INVITE of ours, from the first message to the final answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum RingId {
    /// It rings an agent.
    Agent(OfferId),
    /// It calls a caller back.
    Caller(TryId),
}

/// A report from a transaction. Boxed where large: small events are measurably cheaper.
#[derive(Debug)]
pub(super) enum Event {
    /// A CANCEL for an INVITE not yet answered; the library has answered the CANCEL itself.
    Cancelled(LegId),
    /// The ACK to a 2xx of ours, with the body it carried.
    Acked(LegId, Vec<u8>),
    /// A 2xx of ours was retransmitted for 64*T1 and never acknowledged (RFC 3261 13.3.1.4).
    Unacked(LegId),
    /// An answer to an INVITE of ours.
    RingAnswer(RingId, Box<Answer>),
    /// An INVITE of ours could not be sent.
    RingFailed(RingId),
    /// The transaction of an INVITE of ours has ended.
    RingEnded(RingId),
    /// The final answer to a request of ours inside a dialog.
    Refreshed(LegId, Method, Box<Response>),
    /// The desk as it is, which was asked for.
    Looked(Box<View>),
    /// A 2xx to an INVITE of ours whose transaction is over: a retransmission or a fork.
    StrayOk(Box<Answer>),
}

/// A response and the way it came.
#[derive(Debug)]
pub(super) struct Answer {
    /// The response.
    pub response: Response,
    /// The way back to its sender.
    pub path: Path,
}
