//! What nobody should send, and somebody will.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::desk::{TestDesk, Wishes};
use super::phone::{OFFER, Phone};

#[test]
fn bad_messages_get_the_answer_rfc_3261_wants() {
    let desk = TestDesk::start(Wishes::default());
    let uri = format!("sip:taxi@{}", desk.udp());
    let edits: [(&str, &str, &str); 10] = [
        ("400", "Call-ID: ", "CSeq: 1 INVITE\r\nCall-ID: "),
        ("400", "From: <", "From: \"Ann <"),
        ("400", "Content-Length: 0", "Content-Length: 0\r\nl: 4"),
        ("400", "CSeq: 1 INVITE", "CSeq: 1 BYE"),
        ("400", "CSeq: 1 INVITE", "CSeq: 99999999999 INVITE"),
        ("400", ";tag=phone", ""),
        ("400", "Content-Length: 0", "Content-Length: 900"),
        ("400", "Max-Forwards: 70", "Max-Forwards: many"),
        ("505", "SIP/2.0\r\n", "SIP/7.0\r\n"),
        ("405", "INVITE sip", "NEWMETHOD sip"),
    ];
    for (status, from, to) in edits {
        let phone = Phone::caller(desk.udp());
        let headers = phone.headers("INVITE", 1, "<sip:taxi@t>");
        let good = format!("INVITE {uri} SIP/2.0\r\n{headers}Content-Length: 0\r\n\r\n");
        assert!(good.contains(from), "{from}");
        phone.send(&good.replacen(from, to, 1));
        phone.expect(status);
    }
}

#[test]
fn a_body_without_a_stated_length_is_read() {
    let desk = TestDesk::start(Wishes::default());
    let phone = Phone::caller(desk.udp());
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>");
    phone.send(&format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}Content-Type: application/sdp\r\n\r\n{OFFER}"));
    assert!(phone.expect("200").body().contains("RTP/AVP 0 101"));
}

#[test]
fn options_is_answered_as_an_invite_would_be() {
    let desk = TestDesk::start(Wishes::default());
    let at = desk.udp();
    for (user, status) in [("taxi@", "200"), ("", "200"), ("a101@", "200"), ("nobody@", "404")] {
        let mut phone = Phone::on("127.0.0.3", at);
        phone.request("OPTIONS", &format!("sip:{user}{at}"), "<sip:x@x>", "", "");
        let answer = phone.expect(status);
        if status == "200" {
            assert_eq!((answer.header("Accept"), answer.header("Supported")), ("application/sdp", "timer"));
        }
    }
}

#[test]
fn an_edge_that_was_fed_garbage_still_takes_a_call() {
    let desk = TestDesk::start(Wishes::default());
    let phone = Phone::caller(desk.udp());
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>");
    let good = format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}Content-Length: {}\r\n\r\n{OFFER}", OFFER.len());
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let damage = (0..good.len(), any::<u8>(), 0..good.len());
    let outcome = runner.run(&damage, |(at, with, cut)| {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = with;
        phone.send_bytes(&bytes);
        phone.send_bytes(&bytes[..cut]);
        phone.send_bytes(&bytes[cut..]);
        Ok(())
    });
    outcome.unwrap();
    let answered = (0..40).any(|_| Phone::caller(desk.udp()).finds_an_answer());
    assert!(answered, "no call was answered any more");
}

#[test]
fn a_taken_port_is_named_at_start() {
    let desk = TestDesk::start(Wishes::default());
    let taken = std::net::UdpSocket::bind(desk.udp());
    assert!(taken.is_err(), "the edge holds its port");
}
