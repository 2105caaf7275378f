//! What a note is about.

use std::sync::Arc;

use cabrank_core::{CallId, OfferId};

use crate::edge::Kind;

/// What a note is about: a leg, an INVITE of ours, a phone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) enum Key {
    /// A caller's leg.
    Caller(CallId),
    /// An agent's.
    Agent(OfferId),
    /// A caller who is being called back.
    Dialled(CallId),
    /// A registered phone, by its agent's name.
    Phone(Arc<str>),
}

impl Key {
    /// As it stands in the journal.
    #[must_use]
    pub(in super::super) fn bytes(&self) -> Vec<u8> {
        match self {
            Key::Caller(call) => Kind::SipCaller.key(&call.0.to_be_bytes()),
            Key::Agent(offer) => Kind::SipAgent.key(&offer.0.to_be_bytes()),
            Key::Dialled(call) => Kind::SipDialled.key(&call.0.to_be_bytes()),
            Key::Phone(name) => Kind::SipPhone.key(name.as_bytes()),
        }
    }

    /// Reads it back; none if it is another room's.
    #[must_use]
    pub(in super::super) fn read(bytes: &[u8]) -> Option<Key> {
        let (kind, which) = Kind::read(bytes)?;
        let id = || which.try_into().ok().map(u64::from_be_bytes);
        match kind {
            Kind::SipCaller => id().map(|id| Key::Caller(CallId(id))),
            Kind::SipAgent => id().map(|id| Key::Agent(OfferId(id))),
            Kind::SipDialled => id().map(|id| Key::Dialled(CallId(id))),
            Kind::SipPhone => std::str::from_utf8(which).ok().map(|name| Key::Phone(name.into())),
            Kind::QuicSession | Kind::QuicCall => None,
        }
    }
}
