//! The SIP edge: telephones and trunks on one side, the desk's door on the other.
//!
//! Each caller and each agent has a leg of its own (a back-to-back user agent, RFC 7092 3.2.1 in
//! spirit): an INVITE from a trunk becomes `CallOffered`; `Ring` becomes an INVITE to an agent's
//! phone, `CallBack` one to the caller; the two are joined below, in the media. The library (`rsipstack`) parses
//! messages and carries streams; transactions, dialogs, digest and everything that decides is here.
//!
//! One thread with one runtime carries it all, and one task (`edge`) owns every leg.
//! What a leg needs to outlive the process is noted in the journal (`note`) and put up again after a restart (`resume`).
//!
//! Where a trunk is `attested`, the signature on the number is verified (`attest`, crate `cabrank-trust`) on a thread of its own
//! before the desk hears of the call.
//!
//! What is not here yet: transfers but back to a queue (any other REFER is declined with 603), TLS and WebSocket listeners,
//! registration at a carrier, reliable provisional responses (100rel is not supported, so never required of us), RTCP.
//!
//! Where the library is mended in front:
//! - `datagram`, `tidy`: its parser trips over space around separators, takes a message without Content-Length to have no
//!   body, and refuses valid unknown methods; what cannot be read is answered, and what was cut.
//! - `arrivals`: an INVITE without a From tag, `SIP/7.0`, more than there is room for.
//! - `transactions`: its own are tasks with channels and timers, which is most of what a call costs; and they acknowledge
//!   a 2xx unseen, or drop its repetition.

mod agent_leg;
mod arrivals;
mod attest;
mod callback;
mod caller_leg;
mod credentials;
mod datagram;
mod dialog;
mod digest;
mod edge;
mod effects;
mod event;
mod hearing;
mod in_dialog;
mod info;
mod ingress;
mod inspect;
mod invite;
mod leg;
mod legs;
mod listen;
mod methods;
mod nonce;
mod note;
mod number;
mod parked;
mod path;
mod refer;
mod refresh;
mod registrar;
mod registration;
mod reply;
mod requests;
mod resume;
mod ringing;
mod sdp;
mod session_timer;
mod settings;
mod start;
mod tag;
#[cfg(test)]
mod tests;
mod tidy;
mod transactions;
mod trunk;
mod uui;

pub use digest::Algorithm;
pub use listen::BindFault;
pub use settings::{AgentPhone, House, Listen, ListenOn, Phone, SipLimits, SipSettings};
pub use start::{Doors, SipEdge, StartFault};
pub use trunk::{Trunk, Trust};
