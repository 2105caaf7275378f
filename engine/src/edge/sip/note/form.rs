//! The bytes of a note: protocol buffers, so that a later engine reads what an earlier one noted. A field's number is
//! never given to another meaning; what is missing has the value that means nothing.

/// A caller's leg: its INVITE until that is acknowledged, then the dialog.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Caller {
    /// How often the call may still be forwarded.
    #[prost(uint32, tag = "1")]
    pub hops: u32,
    /// The INVITE, not acknowledged yet.
    #[prost(message, optional, tag = "2")]
    pub invited: Option<Invited>,
    /// The dialog.
    #[prost(message, optional, tag = "3")]
    pub talk: Option<Talk>,
    /// Whether we called.
    #[prost(bool, tag = "4")]
    pub called_back: bool,
}

/// An INVITE that came in.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Invited {
    /// The message.
    #[prost(bytes = "vec", tag = "1")]
    pub invite: Vec<u8>,
    /// The tag of our answers.
    #[prost(string, tag = "2")]
    pub tag: String,
    /// The way back.
    #[prost(message, optional, tag = "3")]
    pub path: Option<Path>,
    /// Our media.
    #[prost(message, optional, tag = "4")]
    pub local: Option<Local>,
    /// When it came, milliseconds since 1970 by the wall clock.
    #[prost(uint64, tag = "5")]
    pub at_ms: u64,
}

/// An INVITE of ours that waits for its answer, for an agent or a caller who is called back.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Ringing {
    /// The call.
    #[prost(uint64, tag = "1")]
    pub call: u64,
    /// The message as it was sent.
    #[prost(bytes = "vec", tag = "2")]
    pub invite: Vec<u8>,
    /// Where to.
    #[prost(message, optional, tag = "3")]
    pub path: Option<Path>,
    /// Our media.
    #[prost(message, optional, tag = "4")]
    pub local: Option<Local>,
    /// Whether a longer session interval was granted.
    #[prost(bool, tag = "5")]
    pub retried: bool,
}

/// An agent's leg.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Agent {
    /// The call.
    #[prost(uint64, tag = "1")]
    pub call: u64,
    /// While it rings.
    #[prost(message, optional, tag = "2")]
    pub ringing: Option<Ringing>,
    /// Once it is answered.
    #[prost(message, optional, tag = "3")]
    pub talk: Option<Talk>,
}

/// A leg with a dialog.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Talk {
    /// The dialog.
    #[prost(message, optional, tag = "1")]
    pub dialog: Option<Dialog>,
    /// Our media.
    #[prost(message, optional, tag = "2")]
    pub local: Option<Local>,
    /// Theirs.
    #[prost(message, optional, tag = "3")]
    pub remote: Option<Remote>,
    /// From where they speak, if not from where they said.
    #[prost(string, optional, tag = "4")]
    pub latched: Option<String>,
    /// The session timer.
    #[prost(message, optional, tag = "5")]
    pub session: Option<Session>,
    /// Without one: whether we ask now and then.
    #[prost(bool, tag = "6")]
    pub asks: bool,
}

/// A dialog (RFC 3261 12).
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Dialog {
    /// Its Call-ID.
    #[prost(string, tag = "1")]
    pub call_id: String,
    /// Our tag.
    #[prost(string, tag = "2")]
    pub tag: String,
    /// Theirs.
    #[prost(string, tag = "3")]
    pub remote_tag: String,
    /// The way back.
    #[prost(message, optional, tag = "4")]
    pub path: Option<Path>,
    /// Our own address as they should use it.
    #[prost(string, tag = "5")]
    pub own: String,
    /// Whether they take UPDATE.
    #[prost(bool, tag = "6")]
    pub takes_update: bool,
    /// Our name, with its tag.
    #[prost(string, tag = "7")]
    pub local: String,
    /// Theirs.
    #[prost(string, tag = "8")]
    pub remote: String,
    /// Their Contact.
    #[prost(string, tag = "9")]
    pub target: String,
    /// The route set.
    #[prost(string, repeated, tag = "10")]
    pub routes: Vec<String>,
    /// The number of our latest request, or a higher one.
    #[prost(uint32, tag = "11")]
    pub local_seq: u32,
    /// The number of their latest request, or a lower one.
    #[prost(uint32, optional, tag = "12")]
    pub remote_seq: Option<u32>,
}

/// A way to a peer.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Path {
    /// As in a Via: UDP, TCP.
    #[prost(string, tag = "1")]
    pub transport: String,
    /// The peer.
    #[prost(string, tag = "2")]
    pub addr: String,
    /// Our socket, where it reaches more than one peer.
    #[prost(string, tag = "3")]
    pub local: String,
}

/// Our media, and what we said about it.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Local {
    /// Where.
    #[prost(string, tag = "1")]
    pub addr: String,
    /// The session of our descriptions.
    #[prost(uint64, tag = "2")]
    pub session: u64,
    /// The version of the latest.
    #[prost(uint64, tag = "3")]
    pub version: u64,
    /// What it said.
    #[prost(string, tag = "4")]
    pub said: String,
}

/// Their media.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Remote {
    /// Where they want it.
    #[prost(string, tag = "1")]
    pub addr: String,
    /// The payload type of the codec.
    #[prost(uint32, tag = "2")]
    pub payload: u32,
    /// That of telephone-event.
    #[prost(uint32, optional, tag = "3")]
    pub event: Option<u32>,
    /// Whether we may send.
    #[prost(bool, tag = "4")]
    pub sends: bool,
    /// Whether we may hear.
    #[prost(bool, tag = "5")]
    pub hears: bool,
}

/// An agreed session timer (RFC 4028).
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Session {
    /// Seconds within which a refresh must come.
    #[prost(uint32, tag = "1")]
    pub interval_s: u32,
    /// Whether it is ours to send.
    #[prost(bool, tag = "2")]
    pub we_refresh: bool,
}

/// A registered phone.
#[derive(Clone, PartialEq, prost::Message)]
pub(in super::super) struct Phone {
    /// What it calls itself.
    #[prost(string, tag = "1")]
    pub contact: String,
    /// The way its REGISTER came.
    #[prost(message, optional, tag = "2")]
    pub path: Option<Path>,
    /// When the registration ends, milliseconds since 1970 by the wall clock.
    #[prost(uint64, tag = "3")]
    pub until_ms: u64,
    /// The Call-ID of its REGISTERs.
    #[prost(string, tag = "4")]
    pub call_id: String,
    /// The number of the latest.
    #[prost(uint32, tag = "5")]
    pub cseq: u32,
}
