//! The words of the media edge: streams, what may be ordered of them, and what they report.

use super::codec::Codec;
use super::event::Digit;
use super::prompts::ClipId;
use super::word::Sound;
use std::fmt;
use std::net::SocketAddr;

/// Clips in one play order.
pub const PLAY_CLIPS_MAX: usize = 64;

/// One leg's media: a port of ours, and for as long as it is open, who speaks there.
///
/// The generation tells a stream from earlier ones on the same port: an order for a closed stream does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// Which port, counted over all addresses.
    pub(super) berth: u32,
    pub(super) generation: u32,
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.berth, self.generation)
    }
}

/// The caller's own number for a play order, handed back when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayId(pub u64);

/// Which way media may flow, seen from us (RFC 3264 section 6.1: the mirror of what the other side's SDP says).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// We send; the other side is silent.
    SendOnly,
    /// We listen; the other side wants to hear nothing.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether we may send.
    pub const fn sends(self) -> bool {
        match self {
            Direction::SendRecv | Direction::SendOnly => true,
            Direction::RecvOnly | Direction::Inactive => false,
        }
    }

    /// Whether we may expect to hear something.
    pub const fn receives(self) -> bool {
        match self {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        }
    }
}

/// The far end of a stream, as the SDP has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The announced address; packets may turn out to come from another one.
    pub addr: SocketAddr,
    /// The codec to send; either is understood.
    pub codec: Codec,
    /// The agreed dynamic payload type of telephone events, 96-127 (RFC 4733), if they were agreed on.
    pub telephone_event: Option<u8>,
    /// Which way media may flow.
    pub direction: Direction,
}

/// What a stream has to tell. Each is reported at most once per occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A key was pressed.
    Digit {
        /// The stream it was heard on.
        stream: StreamId,
        /// The key.
        digit: Digit,
    },
    /// The last clip of a play order has been heard. A play that was replaced or stopped reports nothing.
    PlayEnded {
        /// The stream it was played on.
        stream: StreamId,
        /// The order's number.
        play: PlayId,
    },
    /// Nothing has come from the far end for the time set, though it may send. Reported again only after it was heard.
    Silent {
        /// The stream that hears nothing.
        stream: StreamId,
    },
    /// The far end's true address is known from now on, or has changed.
    Latched {
        /// The stream.
        stream: StreamId,
        /// Where its packets come from and ours now go.
        addr: SocketAddr,
    },
}

/// An order to one stream.
#[derive(Debug)]
pub(super) enum Order {
    SendTo(Remote),
    ExpectFrom(SocketAddr),
    Play(PlayId, Vec<Sound>),
    Music(ClipId),
    Quiet,
    Relay { peer: StreamId },
    Unrelay,
    SendDigit(Digit),
}

impl Order {
    /// Whether a person notices how soon it is carried out; the others may wait for the thread's next turn.
    pub(super) const fn is_heard_at_once(&self) -> bool {
        match self {
            Order::Play(..) | Order::SendDigit(_) | Order::Relay { .. } => true,
            Order::SendTo(_) | Order::ExpectFrom(_) | Order::Music(_) | Order::Quiet | Order::Unrelay => false,
        }
    }
}
