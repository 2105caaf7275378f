//! Under pressure whoever comes has to show first that it can be reached where it says to be.

use super::super::{Doors, QuicEdge, QuicLimits};
use super::rig::{TestHouse, desk_settings, settings};
use crate::backlog::Backlog;
use crate::door::Door;
use crate::in_force::InForce;
use cabrank_wire::client::{Gateway, Identity, Load, Target};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

/// The kinds of long packets (RFC 9000, 17.2).
const RETRY: u8 = 0xf0;

fn start(limits: QuicLimits) -> (QuicEdge, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    let (lane, _) = crossbeam::channel::bounded(1);
    let (_, orders) = tokio::sync::mpsc::channel(1);
    let doors = Doors {
        desk: Door::new(lane, Backlog::new()),
        orders,
        shows_agents: Arc::default(),
        in_force: InForce::new(desk_settings(), 0),
        house: Arc::new(TestHouse),
        left: None,
    };
    (QuicEdge::start(settings(dir.path().to_owned(), limits), doors).expect("a free port"), dir)
}

/// Passes datagrams on both ways; what the first one back was.
fn between(engine: SocketAddr) -> (SocketAddr, std::sync::mpsc::Receiver<u8>) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
    let own = socket.local_addr().expect("an address");
    let (seen, first) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut client, mut bytes) = (None, [0; 2_048]);
        while let Ok((count, from)) = socket.recv_from(&mut bytes) {
            let to = if from == engine { client } else { Some(engine) };
            if from == engine {
                let _ = seen.send(bytes[0]);
            } else {
                client = Some(from);
            }
            to.iter().for_each(|to| drop(socket.send_to(&bytes[..count], to)));
        }
    });
    (own, first)
}

async fn first_answer(limits: QuicLimits) -> u8 {
    let (edge, _dir) = start(limits);
    let (address, first) = between(edge.addr());
    let load = Load::connect(Target::pinned(address, edge.fingerprint()), Identity::with_token("", "admin")).await;
    load.expect("let in").session().close().await;
    first.recv().expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_has_to_come_back_when_there_are_many() {
    assert_eq!(first_answer(QuicLimits { newcomers_max: 0, ..QuicLimits::default() }).await & RETRY, RETRY);
    assert_ne!(first_answer(QuicLimits::default()).await & RETRY, RETRY);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_room_nobody_is_kept_waiting() {
    let (edge, _dir) = start(QuicLimits { sessions_max: 1, ..QuicLimits::default() });
    let target = || Target::pinned(edge.addr(), edge.fingerprint());
    let load = Load::connect(target(), Identity::with_token("", "admin")).await.expect("let in");
    let refused = Gateway::connect(target(), Identity::with_token("", "admin")).await.err();
    assert!(refused.as_ref().is_some_and(cabrank_wire::client::Error::is_resumable), "{refused:?}");
    load.session().close().await;
}
