//! What a note is about.

use std::sync::Arc;

use cabrank_core::{CallId, OfferId};

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

const CALLER: &[u8] = b"sip/caller/";
const AGENT: &[u8] = b"sip/agent/";
const DIALLED: &[u8] = b"sip/dialled/";
const PHONE: &[u8] = b"sip/phone/";

impl Key {
    /// As it stands in the journal.
    #[must_use]
    pub(in super::super) fn bytes(&self) -> Vec<u8> {
        match self {
            Key::Caller(call) => [CALLER, &call.0.to_be_bytes()].concat(),
            Key::Agent(offer) => [AGENT, &offer.0.to_be_bytes()].concat(),
            Key::Dialled(call) => [DIALLED, &call.0.to_be_bytes()].concat(),
            Key::Phone(name) => [PHONE, name.as_bytes()].concat(),
        }
    }

    /// Reads it back; none if it is another room's.
    #[must_use]
    pub(in super::super) fn read(bytes: &[u8]) -> Option<Key> {
        let after = |name: &[u8]| bytes.strip_prefix(name);
        if let Some(name) = after(PHONE) {
            return std::str::from_utf8(name).ok().map(|name| Key::Phone(name.into()));
        }
        let id = |rest: &[u8]| rest.try_into().ok().map(u64::from_be_bytes);
        let caller = after(CALLER).and_then(id).map(|id| Key::Caller(CallId(id)));
        let agent = || after(AGENT).and_then(id).map(|id| Key::Agent(OfferId(id)));
        let dialled = || after(DIALLED).and_then(id).map(|id| Key::Dialled(CallId(id)));
        caller.or_else(agent).or_else(dialled)
    }
}
