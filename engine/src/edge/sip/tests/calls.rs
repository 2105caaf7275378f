//! Calls from a trunk: answered, cancelled, ended, turned away.

use std::io::{Read as _, Write as _};

use cabrank_core::{CallerGone, Input, LineId};

use super::super::dialog::branch_mark;
use super::desk::{TestDesk, Wishes};
use super::phone::{OFFER, Phone};

fn gone(input: &Input) -> Option<CallerGone> {
    if let Input::CallerHungUp { how, .. } = input { Some(*how) } else { None }
}

#[test]
fn a_call_is_answered_with_one_tag_and_ends_with_its_bye() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite("Record-Route: <sip:192.0.2.1;lr>\r\n", OFFER);
    let trying = phone.expect("100");
    let ok = phone.expect("200");
    assert_eq!(ok.header("Record-Route"), "<sip:192.0.2.1;lr>");
    assert!(ok.header("Allow").contains("UPDATE") && ok.body().contains("m=audio "));
    assert!(trying.tag("To").is_empty() || trying.tag("To") == ok.tag("To"));
    phone.ack(&ok, "");
    phone.within(&ok, "BYE", "", "");
    assert_eq!(phone.expect("200").header("CSeq"), "2 BYE");
    assert_eq!(desk.hears("hang-up", gone), CallerGone::HungUp);
    phone.within(&ok, "BYE", "", "");
    phone.expect("481");
}

#[test]
fn the_number_the_line_and_the_profile_reach_the_desk() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite("P-Asserted-Identity: <tel:+6598765432>\r\n", OFFER);
    let caller = desk.hears("a call", |input| {
        let Input::CallOffered { caller, line: LineId(0), .. } = input else { return None };
        Some(caller.clone())
    });
    assert_eq!(&*caller.number.unwrap().0, "+6598765432");
    assert!(caller.profile.is_none());
}

#[test]
fn the_answer_is_repeated_until_its_ack_and_without_one_the_call_ends() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite("", OFFER);
    let first = phone.expect("200");
    let second = phone.expect("200");
    assert_eq!(first.0, second.0);
    let bye = phone.expect("BYE");
    assert_eq!(bye.tag("From"), first.tag("To"));
    assert_eq!(desk.hears("a lost leg", gone), CallerGone::Lost);
}

#[test]
fn an_invite_without_an_offer_gets_ours_and_needs_an_answer_in_the_ack() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite("", "");
    let ok = phone.expect("200");
    assert!(ok.body().contains("RTP/AVP 0 8 101"), "{}", ok.0);
    phone.ack(&ok, OFFER);
    phone.within(&ok, "OPTIONS", "", "");
    assert_eq!(phone.expect("200").header("CSeq"), "2 OPTIONS");
    phone.hang_up_memory();
    phone.invite("", "");
    let ok = phone.expect("200");
    phone.ack(&ok, "");
    phone.expect("BYE");
}

#[test]
fn refusals_have_their_status() {
    let desk = TestDesk::start(Wishes::default());
    let at = desk.udp();
    let uri = format!("sip:taxi@{at}");
    let g729 = OFFER.replace("0 8 101", "18");
    let looped = format!("Via: SIP/2.0/UDP 192.0.2.3;branch={}0011\r\n", branch_mark());
    let cases = [
        ("404", "sip:nobody@x", "", OFFER),
        ("416", "http://x/", "", OFFER),
        ("420", &*uri, "Require: 100rel, timer\r\n", OFFER),
        ("482", &*uri, &*looped, OFFER),
        ("488", &*uri, "", &*g729),
        ("400", &*uri, "", "v=0\r\nnonsense\r\n"),
        ("415", &*uri, "Content-Type: text/plain\r\n", "hello"),
        ("415", &*uri, "Content-Encoding: gzip\r\n", OFFER),
        ("422", &*uri, "Session-Expires: 30\r\nSupported: timer\r\n", OFFER),
    ];
    for (status, uri, more, body) in cases {
        let mut phone = Phone::caller(at);
        phone.request("INVITE", uri, "<sip:taxi@t>", more, body);
        let answer = phone.expect(status);
        assert!(!answer.tag("To").is_empty(), "{}", answer.0);
        match status {
            "420" => assert_eq!(answer.header("Unsupported"), "100rel"),
            "422" => assert_eq!(answer.header("Min-SE"), "90"),
            "415" => assert_eq!(answer.header("Accept"), "application/sdp"),
            _ => {}
        }
    }
}

#[test]
fn a_branch_that_begins_like_ours_is_no_loop() {
    let desk = TestDesk::start(Wishes::default());
    for branch in ["z9hG4bKcab0011223344556", "z9hG4bKcabrank-00000000-0011"] {
        let mut phone = Phone::caller(desk.udp());
        phone.invite(&format!("Via: SIP/2.0/UDP 192.0.2.3;branch={branch}\r\n"), OFFER);
        phone.expect("200");
    }
}

#[test]
fn a_call_that_was_forwarded_too_often_ends_here() {
    let desk = TestDesk::start(Wishes::default());
    let phone = Phone::caller(desk.udp());
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>").replace("Max-Forwards: 70", "Max-Forwards: 0");
    phone.send(&format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}Content-Length: 0\r\n\r\n"));
    phone.expect("483");
}

#[test]
fn the_same_request_on_another_path_is_merged() {
    let desk = TestDesk::start(Wishes::default());
    let mut phone = Phone::caller(desk.udp());
    phone.invite("", OFFER);
    phone.expect("200");
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>").replace("branch=z9hG4bK", "branch=z9hG4bKother");
    phone.send(&format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}Content-Length: 0\r\n\r\n"));
    phone.expect("482");
}

#[test]
fn a_stranger_is_refused_whomever_he_calls() {
    let desk = TestDesk::start(Wishes::default());
    for user in ["taxi", "a101", "nobody"] {
        let mut phone = Phone::on("127.0.0.3", desk.udp());
        phone.request("INVITE", &format!("sip:{user}@x"), "<sip:x@x>", "", OFFER);
        phone.expect("403");
    }
}

#[test]
fn a_full_and_a_draining_edge_say_when_to_come_again() {
    let desk = TestDesk::start(Wishes { legs_max: 1, ..Wishes::default() });
    let mut first = Phone::caller(desk.udp());
    let ok = first.call();
    let mut second = Phone::caller(desk.udp());
    second.invite("", OFFER);
    assert_eq!(second.expect("503").header("Retry-After"), "5");
    first.within(&ok, "BYE", "", "");
    first.expect("200");
    desk.edge.drain();
    let mut third = Phone::caller(desk.udp());
    third.invite("", OFFER);
    assert_eq!(third.expect("503").header("Retry-After"), "5");
}

#[test]
fn a_call_comes_and_goes_by_tcp() {
    let desk = TestDesk::start(Wishes::default());
    let mut stream = std::net::TcpStream::connect(desk.tcp()).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    let phone = Phone::caller(desk.udp());
    let headers = phone.headers("INVITE", 1, "<sip:taxi@t>").replace("SIP/2.0/UDP", "SIP/2.0/TCP");
    let length = OFFER.len();
    let invite =
        format!("INVITE sip:taxi@t SIP/2.0\r\n{headers}Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{OFFER}");
    let (head, tail) = invite.split_at(200);
    stream.write_all(head.as_bytes()).unwrap();
    stream.flush().unwrap();
    stream.write_all(tail.as_bytes()).unwrap();
    let mut seen = String::new();
    let mut buf = [0; 4096];
    while !seen.contains("SIP/2.0 200 ") {
        let len = stream.read(&mut buf).unwrap();
        assert!(len > 0, "the stream ended after {seen}");
        seen.push_str(&String::from_utf8_lossy(&buf[..len]));
    }
    assert!(seen.contains("transport=tcp"), "{seen}");
}
