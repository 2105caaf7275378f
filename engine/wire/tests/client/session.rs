//! Who is let in, and how a session outlives its connection.

use super::fake::{CALL, Fake, Guest, Line, SESSION, offered, offered_to, one_more, pbx};
use cabrank_wire::client::{Call, Error, Gateway, Identity, Order, Proof, Resumed, Target, Trust};
use cabrank_wire::v1::Connect;
use cabrank_wire::v1::from_gateway::Message as Said;
use cabrank_wire::v1::to_gateway::Message as Told;
use cabrank_wire::{Code, Fingerprint};
use quinn::VarInt;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

#[tokio::test]
async fn only_the_pinned_certificate_is_believed() {
    let fake = Fake::start();
    let wrong = Target::pinned(fake.address(), Fingerprint::of(b"another"));
    let (came, _) = tokio::join!(Gateway::connect(wrong, pbx()), fake.refused());
    assert!(matches!(came, Err(Error::Handshake(_))), "{came:?}");
}

#[tokio::test]
async fn roots_are_believed_for_the_servers_name() {
    let fake = Fake::start();
    let mut roots = RootCertStore::empty();
    roots.add(fake.certificate.clone()).unwrap();
    let mut target = Target { trust: Trust::Roots(roots), ..fake.target() };
    let (came, _guest) = tokio::join!(Gateway::connect(target.clone(), pbx()), fake.welcomed());
    came.unwrap();
    target.server_name = "another".into();
    let (came, _) = tokio::join!(Gateway::connect(target, pbx()), fake.refused());
    assert!(matches!(came, Err(Error::Handshake(_))), "{came:?}");
}

#[tokio::test]
async fn a_client_certificate_proves_who_comes() {
    let fake = Fake::start();
    let made = rcgen::generate_simple_self_signed(["pbx".into()]).unwrap();
    let proof = Proof::Certificate { chain: vec![made.cert.der().clone()], key: made.signing_key.into() };
    let identity = Identity { proof, ..pbx() };
    let (came, guest) = tokio::join!(Gateway::connect(fake.target(), identity), fake.welcomed());
    came.unwrap();
    let chain = guest.connection.peer_identity().unwrap().downcast::<Vec<CertificateDer<'static>>>().unwrap();
    assert_eq!(Fingerprint::of(&chain[0]), Fingerprint::of(made.cert.der()));
    assert_eq!(guest.hello.token, "");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_why() {
    let fake = Fake::start();
    for code in Code::ALL {
        let refused = async { fake.guest().await.close(code) };
        let (came, ()) = tokio::join!(Gateway::connect(fake.target(), pbx()), refused);
        assert!(matches!(came, Err(Error::Closed(why)) if why == code), "{came:?}");
    }
    let refused = async { fake.guest().await.connection.close(VarInt::from_u32(4711), b"") };
    let (came, ()) = tokio::join!(Gateway::connect(fake.target(), pbx()), refused);
    assert!(matches!(came, Err(Error::UnknownCode(4711))), "{came:?}");
}

#[tokio::test]
async fn an_engine_that_takes_nobody_is_busy() {
    let fake = Fake::start();
    let (came, ()) = tokio::join!(Gateway::connect(fake.target(), pbx()), fake.turns_away());
    assert!(matches!(came, Err(Error::Closed(Code::Busy))), "{came:?}");
}

#[tokio::test]
async fn where_nobody_is_the_client_gives_up() {
    let nobody = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let target = Target::pinned(nobody.local_addr().unwrap(), Fingerprint::of(b"none"));
    let target = Target { silence_max: Duration::from_millis(500), ..target };
    assert!(matches!(Gateway::connect(target, pbx()).await, Err(Error::Unreached(_))));
}

#[tokio::test]
async fn a_silent_connection_is_kept_alive() {
    let fake = Fake::start();
    let target = Target { silence_max: Duration::from_secs(2), ..fake.target() };
    let (gateway, _guest, mut call, mut line) = offered_to(&fake, target).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!gateway.session().is_lost());
    call.digit('1').await.unwrap();
    assert!(matches!(line.heard().await, Some(Said::Digit(_))));
}

#[tokio::test]
async fn an_engine_that_has_vanished_is_noticed() {
    let fake = Fake::start();
    let target = Target { silence_max: Duration::from_secs(1), ..fake.target() };
    let (gateway, _guest, mut call, _line) = offered_to(&fake, target).await;
    fake.vanish();
    let error = call.next().await.unwrap_err();
    assert!(matches!(error, Error::Lost(_)) && error.is_resumable() && gateway.session().is_lost());
    assert!(
        matches!(gateway.session().resume_within(Duration::from_secs(2)).await, Err(Error::Unreached(_))),
        "nobody is there until the bound"
    );
}

#[tokio::test]
async fn calls_are_taken_up_again_over_one_new_connection() {
    let fake = Fake::start();
    let (gateway, guest, mut first, _line) = offered(&fake).await;
    let (mut second, _other_line) = one_more(&gateway, &guest, 0x2c).await;
    guest.close(Code::Stopping);
    assert!(first.next().await.unwrap_err().is_resumable() && second.next().await.unwrap_err().is_resumable());
    let (one, other, (guest, mut lines)) = tokio::join!(first.resume(), second.resume(), came_back(&fake, true, 2));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(guest.hello.session, SESSION);
    lines.sort_by_key(|(_, call)| *call);
    assert_eq!(lines.iter().map(|(_, call)| *call).collect::<Vec<_>>(), [CALL, 0x2c]);
    for ((line, call), mut resumed) in lines.iter_mut().zip([first, second]) {
        line.tells(Told::Connect(Connect { offer: *call })).await;
        assert_eq!(resumed.next().await.unwrap(), Some(Order::Connect { offer: *call }));
    }
    assert_eq!(gateway.session().resume().await.unwrap(), Resumed::TakenUp, "nothing is to be done while it lives");
}

/// Lets a client in again that has lost its connection, and hears what it resumes.
async fn came_back(fake: &Fake, resumed: bool, calls: usize) -> (Guest, Vec<(Line, u64)>) {
    let mut guest = fake.guest().await;
    guest.welcome(resumed).await;
    let mut lines = Vec::new();
    while lines.len() < calls {
        let (line, said) = guest.call().await;
        let Said::Resume(resume) = said else { panic!("{said:?}") };
        lines.push((line, resume.call));
    }
    (guest, lines)
}

#[tokio::test]
async fn a_connection_that_is_let_go_is_resumed() {
    let fake = Fake::start();
    let (gateway, guest, mut call, _line) = offered(&fake).await;
    gateway.session().disconnect();
    assert!(matches!(call.next().await, Err(Error::Lost(_))));
    guest.connection.closed().await;
    let (resumed, _lines) = tokio::join!(call.resume(), came_back(&fake, true, 1));
    resumed.unwrap();
}

#[tokio::test]
async fn with_a_session_begun_anew_the_old_calls_are_over() {
    let fake = Fake::start();
    let (gateway, guest, mut call, _line) = offered(&fake).await;
    guest.close(Code::Stopping);
    assert!(call.next().await.is_err());
    let (resumed, (guest, _)) = tokio::join!(call.resume(), came_back(&fake, false, 0));
    assert!(matches!(resumed, Err(Error::Over)));
    one_more(&gateway, &guest, 0x2e).await;
    assert!(matches!(call.resume().await, Err(Error::Over)), "for ever");
}

#[tokio::test]
async fn a_session_that_is_not_known_any_more_is_begun_anew() {
    let fake = Fake::start();
    let (gateway, guest, _call, _line) = offered(&fake).await;
    guest.close(Code::Stopping);
    gateway.session().lost().await;
    let engine = async {
        fake.guest().await.close(Code::NoSession);
        came_back(&fake, false, 0).await.0
    };
    let (resumed, guest) = tokio::join!(gateway.session().resume(), engine);
    assert_eq!(resumed.unwrap(), Resumed::Anew);
    assert_eq!(guest.hello.session, b"");
}

#[tokio::test]
async fn a_call_whose_id_is_not_known_cannot_be_resumed() {
    let fake = Fake::start();
    let (gateway, guest, _call, _line) = offered(&fake).await;
    let mut call: Call = gateway.offer(Default::default()).await.unwrap();
    guest.close(Code::Stopping);
    assert!(call.next().await.is_err());
    let (resumed, _guest) = tokio::join!(call.resume(), came_back(&fake, true, 0));
    assert!(matches!(resumed, Err(Error::Over)));
}

#[tokio::test]
async fn a_busy_engine_is_tried_again_and_one_that_does_not_let_in_is_not() {
    let fake = Fake::start();
    let (gateway, guest, _call, _line) = offered(&fake).await;
    guest.close(Code::Stopping);
    gateway.session().lost().await;
    let busy = async {
        fake.guest().await.close(Code::Busy);
        fake.turns_away().await;
        came_back(&fake, true, 0).await.0
    };
    let (resumed, guest) = tokio::join!(gateway.session().resume(), busy);
    assert_eq!(resumed.unwrap(), Resumed::TakenUp);
    guest.close(Code::Stopping);
    gateway.session().lost().await;
    let barred = async { fake.guest().await.close(Code::NotLetIn) };
    let (resumed, ()) = tokio::join!(gateway.session().resume(), barred);
    assert!(matches!(resumed, Err(Error::Closed(Code::NotLetIn))));
}

#[tokio::test]
async fn a_session_that_was_closed_stays_closed() {
    let fake = Fake::start();
    let (gateway, guest, mut call, _line) = offered(&fake).await;
    gateway.session().close().await;
    assert!(call.next().await.is_err());
    assert!(matches!(call.resume().await, Err(Error::Closed(Code::Done))));
    let closed = guest.connection.closed().await;
    assert!(matches!(closed, quinn::ConnectionError::ApplicationClosed(close) if close.error_code == Code::Done.varint()));
}

#[tokio::test]
async fn a_client_that_changes_its_address_keeps_everything() {
    let fake = Fake::start();
    let (gateway, guest, mut call, mut line) = offered(&fake).await;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let moved = socket.local_addr().unwrap();
    gateway.session().move_to(socket).unwrap();
    call.digit('1').await.unwrap();
    assert!(matches!(line.heard().await, Some(Said::Digit(_))));
    line.tells(Told::Connect(Connect { offer: 3 })).await;
    assert_eq!(call.next().await.unwrap(), Some(Order::Connect { offer: 3 }));
    assert_eq!(guest.connection.remote_address(), moved);
    assert!(!gateway.session().is_lost());
}

#[tokio::test]
async fn no_secret_is_shown() {
    let fake = Fake::start();
    let (gateway, _guest, call, _line) = offered(&fake).await;
    let shown = format!("{gateway:?} {call:?} {:?}", pbx());
    assert!(!shown.contains("secret") && !shown.contains("session\""), "{shown}");
}
