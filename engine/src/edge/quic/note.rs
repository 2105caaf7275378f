//! What outlives the process: which sessions there are, and over which of them each call came in. It is noted in the journal, and
//! found there again after a restart (`go_on`).
//!
//! A call is noted when it comes in, and whenever it is called back; what is heard, who is rung and who talks is the desk's to know.
//! Notes are protocol buffers, so that a later engine reads what an earlier one noted: a field's number is never given to another
//! meaning.

use super::admission::Who;
use super::calls::Way;
use super::sessions::SessionId;
use super::settings::QuicSettings;
use crate::edge::Kind;
use cabrank_core::CallId;
use cabrank_journal::Note;
use cabrank_wire::v1::Role;
use prost::Message as _;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A session.
    Session(SessionId),
    /// A call.
    Call(CallId),
}

/// A session: whose it is.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Session {
    /// As what the client came in.
    #[prost(enumeration = "Role", tag = "1")]
    role: i32,
    /// The peer's name, or the agent's.
    #[prost(string, tag = "2")]
    pub(super) name: String,
}

/// A call.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Call {
    /// The session over which it came in, or by which the caller is called back.
    #[prost(bytes = "vec", tag = "1")]
    session: Vec<u8>,
    /// The peer whose session that is.
    #[prost(string, tag = "2")]
    peer: String,
    /// How the gateway came to hold it.
    #[prost(enumeration = "Held", tag = "3")]
    held: i32,
}

/// How a gateway came to hold a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Held {
    /// The caller called.
    CameIn = 0,
    /// The caller is being called back.
    Dialled = 1,
    /// The caller was called back, and picked up.
    PickedUp = 2,
}

impl Key {
    /// Reads it; nothing if it is another edge's.
    pub(super) fn read(bytes: &[u8]) -> Option<Key> {
        let (kind, which) = Kind::read(bytes)?;
        match kind {
            Kind::QuicSession => SessionId::read(which).map(Key::Session),
            Kind::QuicCall => which.try_into().ok().map(|id| Key::Call(CallId(u64::from_be_bytes(id)))),
            Kind::SipCaller | Kind::SipAgent | Kind::SipDialled | Kind::SipPhone => None,
        }
    }

    /// As it stands in the journal.
    pub(super) fn bytes(self) -> Vec<u8> {
        match self {
            Key::Session(session) => Kind::QuicSession.key(&session.bytes()),
            Key::Call(call) => Kind::QuicCall.key(&call.0.to_be_bytes()),
        }
    }
}

impl Session {
    pub(super) fn new(role: Role, name: impl Into<String>) -> Session {
        Session { role: role.into(), name: name.into() }
    }

    /// This one's; nothing for who only looks on, and finds all there is in another session.
    pub(super) fn of(who: &Who, settings: &QuicSettings) -> Option<Session> {
        match who {
            Who::Gateway(caller) => Some(Session::new(Role::Gateway, &*caller.name)),
            Who::Load(caller) => Some(Session::new(Role::Load, &*caller.name)),
            Who::Agent(agent) => Some(Session::new(Role::Agent, &*settings.agents.get(agent.0 as usize)?.name)),
            Who::Supervisor { .. } => None,
        }
    }

    pub(super) fn note(&self, id: SessionId) -> Note {
        Note { key: Key::Session(id).bytes(), state: self.encode_to_vec() }
    }
}

impl Call {
    pub(super) fn new(way: &Way, held: Held) -> Call {
        Call { session: way.session.bytes(), peer: way.peer.to_string(), held: held.into() }
    }

    pub(super) fn note(&self, id: CallId) -> Note {
        Note { key: Key::Call(id).bytes(), state: self.encode_to_vec() }
    }

    /// By which session, and by whose; nothing if that is none.
    pub(super) fn way(&self) -> Option<Way> {
        Some(Way { session: SessionId::read(&self.session)?, peer: self.peer.as_str().into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn way() -> impl Strategy<Value = Way> {
        (any::<[u8; 16]>(), "[ -~]{0,40}").prop_map(|(session, peer)| Way {
            session: SessionId::read(&session).expect("sixteen bytes"),
            peer: peer.as_str().into(),
        })
    }

    fn held() -> impl Strategy<Value = Held> {
        prop::sample::select(vec![Held::CameIn, Held::Dialled, Held::PickedUp])
    }

    fn role() -> impl Strategy<Value = Role> {
        prop::sample::select(vec![Role::Gateway, Role::Agent, Role::Load])
    }

    proptest! {
        #[test]
        fn every_note_is_read_back_as_it_was(way in way(), id in any::<u64>(), held in held(), role in role()) {
            let note = Call::new(&way, held).note(CallId(id));
            prop_assert_eq!(Key::read(&note.key), Some(Key::Call(CallId(id))));
            let call = Call::decode(note.state.as_slice()).expect("a call");
            prop_assert_eq!((call.held(), call.way()), (held, Some(way.clone())));
            let note = Session::new(role, &*way.peer).note(way.session);
            prop_assert_eq!(Key::read(&note.key), Some(Key::Session(way.session)));
            let session = Session::decode(note.state.as_slice()).expect("a session");
            prop_assert_eq!((session.role(), session.name.as_str()), (role, &*way.peer));
        }

        /// Whatever stands in a note, reading it is no more than a refusal.
        #[test]
        fn hostile_bytes_are_no_call(bytes in any::<Vec<u8>>(), way in way(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bent = Call::new(&way, Held::Dialled).encode_to_vec();
            let at = at.index(bent.len());
            bent[at] ^= 1 << bit;
            for bytes in [bytes, bent] {
                let _ = (Key::read(&bytes), Session::decode(bytes.as_slice()));
                let _ = Call::decode(bytes.as_slice()).map(|call| (call.held(), call.way()));
            }
        }
    }
}
