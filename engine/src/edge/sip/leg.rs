//! What is known of one leg. A leg that talks has a dialog; one that rings has only its INVITE.

use std::net::SocketAddr;

use cabrank_core::{CallId, Caller, LineId, Number, OfferId};
use rsipstack::sip::Request;

use super::dialog::Dialog;
use super::reply::Reply;
use super::sdp::{LocalAudio, Offer, RemoteAudio};
use super::session_timer::SessionTimer;
use super::transactions::{TxId, Way};
use crate::media::StreamId;

/// A leg with a dialog and a media stream.
#[derive(Debug)]
pub(super) struct Talk {
    /// Its dialog.
    pub dialog: Dialog,
    /// Its media.
    pub stream: StreamId,
    /// What we said about our media.
    pub local: LocalAudio,
    /// What the other side said about its own; nothing before its first description.
    pub remote: Option<RemoteAudio>,
    /// From where the other side speaks, once that is known.
    pub latched: Option<Latched>,
    /// The offer/answer exchange that is under way.
    pub exchange: Exchange,
    /// The agreed session timer.
    pub session: Session,
}

impl Talk {
    /// Whether the other side holds us.
    #[must_use]
    pub(super) fn is_held(&self) -> bool {
        self.remote.is_some_and(|remote| remote.holds_us())
    }
}

/// Where a source was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Latched {
    /// The address the other side had said then.
    pub announced: SocketAddr,
    /// The address it speaks from.
    pub from: SocketAddr,
}

/// Which description is awaited (RFC 3264 4: one exchange at a time).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    /// None.
    Idle,
    /// Their offer is answered by our 2xx; its ACK is awaited.
    Ack,
    /// Our 2xx held an offer; the answer is awaited in the ACK (RFC 3261 13.2.1).
    AckWithAnswer,
    /// We sent a re-INVITE or UPDATE; its final answer is awaited.
    Ours,
    /// They answered our INVITE, and our ACK leaves once the journal knows: should the engine die before, they answer again.
    OurAck,
}

/// How we would learn that the other end has vanished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session {
    /// The agreed timer; none: only we ask now and then.
    pub agreed: Option<SessionTimer>,
    /// When something is due, in milliseconds of the edge's clock; never, if nothing is.
    pub due_ms: Option<u64>,
}

impl Session {
    /// Nothing is agreed and nothing is due.
    pub(super) const NONE: Session = Session { agreed: None, due_ms: None };
}

/// The caller's leg.
#[derive(Debug)]
pub(super) struct CallerLeg {
    /// The line that was dialled.
    pub line: LineId,
    /// Who calls, or was called back.
    pub caller: Caller,
    /// How often the call may still be forwarded (Max-Forwards).
    pub hops: u32,
    /// The dialog and the media.
    pub talk: Talk,
    /// How far the call has come.
    pub phase: CallerPhase,
    /// Whether the 200 to its INVITE was acknowledged, by either side.
    pub confirmed: bool,
    /// The newest order about what is heard; older ones are out of date.
    pub newest_play: u32,
    /// The agent's leg it is connected with.
    pub with: Option<OfferId>,
}

/// How far a caller's leg has come.
#[derive(Debug)]
pub(super) enum CallerPhase {
    /// INVITE received, not answered.
    Offered(Box<Offered>),
    /// 200 sent. Whether its ACK came is the exchange's matter.
    Answered,
    /// We called, and the caller picked up.
    CalledBack,
}

/// A caller who is being called back.
#[derive(Debug)]
pub(super) struct Dialled {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: LineId,
    /// Who is called.
    pub caller: Caller,
    /// Our INVITE.
    pub ringing: Ringing,
}

/// An INVITE that waits for its answer.
#[derive(Debug)]
pub(super) struct Offered {
    /// What its responses copy.
    pub reply: Reply,
    /// Its transaction.
    pub transaction: TxId,
    /// Its offer; none: ours goes out with the 200.
    pub offer: Option<Offer>,
    /// The session timer it asked for.
    pub session: Option<SessionTimer>,
    /// When the desk was told of it, in milliseconds of the edge's clock.
    pub since_ms: u64,
}

/// An agent's leg.
#[derive(Debug)]
pub(super) struct AgentLeg {
    /// The call it rings for.
    pub call: CallId,
    /// Who calls, unless that was withheld.
    pub number: Option<Number>,
    /// How far it has come.
    pub phase: AgentPhase,
}

/// How far an agent's leg has come.
#[derive(Debug)]
pub(super) enum AgentPhase {
    /// INVITE sent, no final answer yet.
    Ringing(Box<Ringing>),
    /// Answered.
    Talking(Box<Talk>),
}

/// An INVITE of ours that waits for its answer.
#[derive(Debug)]
pub(super) struct Ringing {
    /// As it was sent; the CANCEL copies from it.
    pub invite: Request,
    /// Where it was sent.
    pub way: Way,
    /// Its media.
    pub stream: StreamId,
    /// What we said about our media.
    pub local: LocalAudio,
    /// Whether a provisional answer came: a CANCEL may not go before (RFC 3261 9.1).
    pub heard: bool,
    /// Whether whom it rings is still wanted.
    pub wanted: Wanted,
    /// Whether a longer session interval was already granted to this phone (422).
    pub retried: bool,
    /// Transactions of this ringing that still run: two after such a second attempt.
    pub running: u8,
}

impl Ringing {
    /// An INVITE that is about to be sent.
    #[must_use]
    pub(super) fn new(invite: Request, way: Way, stream: StreamId, local: LocalAudio) -> Ringing {
        Ringing { invite, way, stream, local, heard: false, wanted: Wanted::Yes, retried: false, running: 1 }
    }
}

/// Whether whom we ring is still wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Yes.
    Yes,
    /// No; the CANCEL waits for the first provisional answer.
    No,
    /// No, and the CANCEL is out.
    Cancelled,
}
