//! Notes of whatever a leg may hold are read back as they were, and hostile bytes are no leg.

use cabrank_core::{CallId, OfferId};
use proptest::prelude::*;
use prost::Message as _;

use super::form::{Path, Session};
use super::live::{Described, request};
use super::{Agent, Caller, Dialog, Invited, Key, Local, Phone, Ringing, Talk, form};

fn text() -> impl Strategy<Value = String> {
    "[ -~]{0,40}"
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        any::<u64>().prop_map(|id| Key::Caller(CallId(id))),
        any::<u64>().prop_map(|id| Key::Agent(OfferId(id))),
        any::<u64>().prop_map(|id| Key::Dialled(CallId(id))),
        text().prop_map(|name| Key::Phone(name.into())),
    ]
}

fn path() -> impl Strategy<Value = Path> {
    (text(), text(), text()).prop_map(|(transport, addr, local)| Path { transport, addr, local })
}

fn local() -> impl Strategy<Value = Local> {
    (any::<std::net::SocketAddr>(), any::<u64>(), any::<u64>(), text()).prop_map(|(addr, session, version, said)| Local {
        addr: addr.to_string(),
        session,
        version,
        said,
    })
}

fn remote() -> impl Strategy<Value = form::Remote> {
    let codec = prop_oneof![Just(0), Just(8)];
    (any::<std::net::SocketAddr>(), codec, prop::option::of(96..128_u32), any::<bool>(), any::<bool>())
        .prop_map(|(addr, payload, event, sends, hears)| form::Remote { addr: addr.to_string(), payload, event, sends, hears })
}

fn dialog() -> impl Strategy<Value = Dialog> {
    let names = (text(), text(), text(), text(), text(), text());
    (names, path(), text(), any::<bool>(), prop::collection::vec(text(), 0..4), any::<u32>(), any::<Option<u32>>()).prop_map(
        |((call_id, tag, remote_tag, local, remote, target), path, own, takes_update, routes, local_seq, remote_seq)| Dialog {
            call_id,
            tag,
            remote_tag,
            path: Some(path),
            own,
            takes_update,
            local,
            remote,
            target,
            routes,
            local_seq,
            remote_seq,
        },
    )
}

fn talk() -> impl Strategy<Value = Talk> {
    let session = prop::option::of((90..10_000_u32, any::<bool>()));
    let latched = prop::option::of(any::<std::net::SocketAddr>());
    (dialog(), local(), remote(), latched, session, any::<bool>()).prop_map(|(dialog, local, remote, latched, session, asks)| {
        let session = session.map(|(interval_s, we_refresh)| Session { interval_s, we_refresh });
        let latched = latched.map(|addr| addr.to_string());
        Talk { dialog: Some(dialog), local: Some(local), remote: Some(remote), latched, session, asks }
    })
}

fn ringing() -> impl Strategy<Value = Ringing> {
    (any::<u64>(), prop::collection::vec(any::<u8>(), 0..80), path(), local(), any::<bool>())
        .prop_map(|(call, invite, path, local, retried)| Ringing { call, invite, path: Some(path), local: Some(local), retried })
}

fn caller() -> impl Strategy<Value = Caller> {
    let invited = (prop::collection::vec(any::<u8>(), 0..80), text(), path(), local(), any::<u64>())
        .prop_map(|(invite, tag, path, local, at_ms)| Invited { invite, tag, path: Some(path), local: Some(local), at_ms });
    (any::<u32>(), prop::option::of(invited), prop::option::of(talk()), any::<bool>())
        .prop_map(|(hops, invited, talk, called_back)| Caller { hops, invited, talk, called_back })
}

fn reads_back<M: prost::Message + Default + PartialEq>(form: &M) -> bool {
    M::decode(form.encode_to_vec().as_slice()).as_ref() == Ok(form)
}

proptest! {
    #[test]
    fn a_key_is_read_back_and_another_rooms_is_none(key in key(), other in any::<Vec<u8>>()) {
        prop_assert_eq!(Key::read(&key.bytes()), Some(key));
        prop_assert!(other.starts_with(b"sip/") || Key::read(&other).is_none());
    }

    #[test]
    fn every_note_is_read_back_as_it_was(
        caller in caller(), ringing in ringing(), talk in talk(), phone in (text(), path(), any::<u64>(), text(), any::<u32>())
    ) {
        prop_assert!(reads_back(&caller));
        prop_assert!(reads_back(&ringing));
        let agent = Agent { call: 7, ringing: Some(ringing), talk: Some(talk.clone()) };
        prop_assert!(reads_back(&agent));
        let (contact, path, until_ms, call_id, cseq) = phone;
        let phone = Phone { contact, path: Some(path), until_ms, call_id, cseq };
        prop_assert!(reads_back(&phone));
        let described = Described::read(&talk).expect("a talk that can be");
        prop_assert_eq!(&talk.local, &Some(described.local.noted()));
        prop_assert_eq!(talk.latched, described.latched.map(|addr| addr.to_string()));
    }

    /// Whatever stands in a note, reading it is no more than a refusal.
    #[test]
    fn hostile_bytes_are_no_leg(bytes in any::<Vec<u8>>(), talk in talk(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut bent = talk.encode_to_vec();
        let at = at.index(bent.len());
        bent[at] ^= 1 << bit;
        for bytes in [bytes, bent] {
            let _ = request(&bytes);
            let _ = Key::read(&bytes);
            let _ = (Caller::decode(bytes.as_slice()), Agent::decode(bytes.as_slice()), Ringing::decode(bytes.as_slice()));
            if let Ok(talk) = Talk::decode(bytes.as_slice()) {
                let _ = Described::read(&talk);
            }
        }
    }
}
