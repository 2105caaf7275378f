//! What outlives the process: each leg, each ringing and each registration is noted in the journal, and found there again
//! after a restart.
//!
//! - A caller's leg is its INVITE until our 200 is acknowledged: after a restart that INVITE is taken once more, so that the
//!   200 is repeated until its ACK comes. Then it is the dialog with both descriptions.
//! - A ringing is its INVITE: after a restart the very same is sent again, to the phone a retransmission (RFC 3261 17.2.1),
//!   which makes it repeat its latest answer. Nothing rings twice.
//! - A note is written anew when something in it has changed, but not for each request: our numbers go on further up
//!   ([`SEQ_LEAP`]), theirs need only grow.
//!
//! `key`: what a note is about. `form`: its bytes. `keep`: when it is written. `live`: from a leg to its form and back.

mod form;
mod keep;
mod key;
mod live;
#[cfg(test)]
mod tests;

pub(super) use form::{Agent, Caller, Dialog, Invited, Local, Phone, Ringing, Talk};
pub(super) use keep::Noted;
pub(super) use key::Key;
pub(super) use live::{Described, request, talk};

/// No dialog sends so many requests without a note of its own; a later number than is needed is allowed (RFC 3261 12.2.1.1).
pub(super) const SEQ_LEAP: u32 = 1_000;
