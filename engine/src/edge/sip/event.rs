//! What the tasks around the edge report to it.

use std::time::Instant;

use cabrank_core::{CallId, Flaw, OfferId, View};
use cabrank_trust::Verified;
use rsipstack::sip::{Response, SipMessage};

use super::path::Path;
use super::transactions::TxId;

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

/// A report. Boxed where large: small events are measurably cheaper.
#[derive(Debug)]
pub(super) enum Event {
    /// A message came.
    Arrived(Box<Arrival>),
    /// There is a way for a request of ours.
    Found(TxId, Box<Path>),
    /// A request of ours could not be sent.
    Unsent(TxId),
    /// The desk as it is, which was asked for.
    Looked(Box<View>),
    /// What a call's signature is worth.
    Verified(CallId, Box<Result<Verified, Flaw>>),
}

/// A message and the way it came.
#[derive(Debug)]
pub(super) struct Arrival {
    /// The message.
    pub message: SipMessage,
    /// The way back to its sender.
    pub path: Path,
    /// When the socket was last found empty: since then more has come than was taken.
    pub behind_since: Instant,
}

/// A response and the way it came.
#[derive(Debug)]
pub(super) struct Answer {
    /// The response.
    pub response: Response,
    /// The way back to its sender.
    pub path: Path,
}
