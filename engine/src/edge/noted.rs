//! The kinds of what edges note for the time after a restart, and how their keys begin: in one place, so that no two are alike.

/// A kind of note. Each belongs to one edge; the others pass it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A caller's leg by SIP.
    SipCaller,
    /// An agent's leg by SIP.
    SipAgent,
    /// An INVITE for a caller who is called back.
    SipDialled,
    /// A registered phone.
    SipPhone,
    /// A session by QUIC.
    QuicSession,
    /// A call that a gateway holds, or by which one it is to be called back.
    QuicCall,
}

const ALL: [Kind; 6] = [Kind::SipCaller, Kind::SipAgent, Kind::SipDialled, Kind::SipPhone, Kind::QuicSession, Kind::QuicCall];

impl Kind {
    /// The key of a note about this one of the kind.
    pub(crate) fn key(self, which: &[u8]) -> Vec<u8> {
        [self.name(), which].concat()
    }

    /// The kind of a key, and which one of the kind; nothing for what no edge of this version notes.
    pub(crate) fn read(key: &[u8]) -> Option<(Kind, &[u8])> {
        ALL.into_iter().find_map(|kind| Some((kind, key.strip_prefix(kind.name())?)))
    }

    /// How its keys begin. It stands in journals: it never changes its meaning.
    fn name(self) -> &'static [u8] {
        match self {
            Kind::SipCaller => b"sip/caller/",
            Kind::SipAgent => b"sip/agent/",
            Kind::SipDialled => b"sip/dialled/",
            Kind::SipPhone => b"sip/phone/",
            Kind::QuicSession => b"quic/session/",
            Kind::QuicCall => b"quic/call/",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Kind};
    use proptest::prelude::*;

    #[test]
    fn no_kind_is_taken_for_another() {
        for (place, kind) in ALL.into_iter().enumerate() {
            let alike = ALL[place + 1..].iter().find(|other| {
                let (one, other) = (kind.name(), other.name());
                one.starts_with(other) || other.starts_with(one)
            });
            assert_eq!(alike, None, "as {kind:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_read_back(place in 0..ALL.len(), which in any::<Vec<u8>>()) {
            let key = ALL[place].key(&which);
            prop_assert_eq!(Kind::read(&key), Some((ALL[place], which.as_slice())));
            let _ = Kind::read(&which);
        }
    }
}
