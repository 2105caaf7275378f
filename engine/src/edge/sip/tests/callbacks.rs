//! Callers who are called back: the INVITE, its answers, and the leg it makes.

use std::net::SocketAddr;

use cabrank_core::{CallId, CallerGone, Declined, Input};

use super::desk::{TestDesk, Wishes};
use super::phone::{Message, OFFER, Phone};

/// A desk whose trunk is `caller`, and an agent's phone that has not registered yet.
fn desk_with_way_out() -> (TestDesk, Phone, Phone) {
    let caller = Phone::on("127.0.0.1", SocketAddr::from(([127, 0, 0, 1], 9)));
    let desk = TestDesk::start(Wishes { outbound: Some(caller.addr()), ..Wishes::default() });
    let caller = caller.towards(desk.udp());
    let agent = Phone::on("127.0.0.3", desk.udp());
    (desk, caller, agent)
}

/// The caller waits, asks to be called back and is let go.
fn asks_to_be_called(caller: &mut Phone) {
    let ok = caller.call_for_agent();
    presses(caller, &ok, '1');
    let bye = caller.expect("BYE");
    caller.answer(&bye, "200 OK", "", "", "");
}

fn presses(phone: &mut Phone, ok: &Message, key: char) {
    phone.within(ok, "INFO", "Content-Type: application/dtmf\r\n", &key.to_string());
    phone.expect("200");
}

fn unreached(input: &Input) -> Option<Declined> {
    if let Input::CallerUnreached { how, .. } = input { Some(*how) } else { None }
}

fn picked_up(input: &Input) -> Option<CallId> {
    if let Input::CallerAnswered { call } = input { Some(*call) } else { None }
}

/// An INFO of a phone that was called: the dialog is the INVITE's, seen from its other end.
fn key_within(phone: &Phone, invite: &Message, key: char) -> String {
    within(phone, invite, "INFO", 1, "Content-Type: application/dtmf\r\n", &key.to_string())
}

fn within(phone: &Phone, invite: &Message, method: &str, cseq: u32, more: &str, body: &str) -> String {
    let (addr, uri, call_id) = (phone.addr(), invite.contact(), invite.header("Call-ID"));
    let (local, remote, length) = (invite.header("To"), invite.header("From"), body.len());
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {addr};branch=z9hG4bK{call_id}{method}{cseq};rport\r\nMax-Forwards: 70\r\n\
         From: {local};tag=called\r\nTo: {remote}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n{more}\
         Contact: <sip:phone@{addr}>\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// The caller's phone rings and is picked up: the INVITE and the call.
fn picks_up(desk: &TestDesk, caller: &Phone) -> (Message, CallId) {
    let invite = caller.expect("INVITE");
    caller.answer(&invite, "180 Ringing", "called", "", "");
    caller.answer(&invite, "200 OK", "called", "", OFFER);
    assert_eq!(caller.expect("ACK").tag("To"), "called");
    (invite, desk.hears("the caller", picked_up))
}

#[test]
fn a_caller_is_called_back_from_the_line_and_talks_with_an_agent() {
    let (desk, mut caller, mut agent) = desk_with_way_out();
    asks_to_be_called(&mut caller);
    let offered = |input: &Input| if let Input::CallOffered { call, .. } = input { Some(*call) } else { None };
    let call = desk.hears("the call", offered);
    agent.register();
    let (invite, called) = picks_up(&desk, &caller);
    assert_eq!(called, call, "another call than before");
    assert!(invite.0.starts_with(&format!("INVITE sip:+6591234567@{} ", caller.addr())), "{}", invite.0);
    assert!(invite.header("From").starts_with("<sip:taxi@127.0.0.1:"), "{}", invite.header("From"));
    assert_eq!((invite.header("Max-Forwards"), invite.find("User-to-User")), ("70", None));
    assert!(invite.body().contains("m=audio"));
    caller.send(&key_within(&caller, &invite, '1'));
    caller.expect("200");
    let ring = agent.expect("INVITE");
    assert!(ring.header("From").contains("+6591234567"), "{}", ring.header("From"));
    agent.answer(&ring, "200 OK", "agent", "", OFFER);
    agent.expect("ACK");
    desk.hears("the agent", |input| matches!(input, Input::AgentAnswered { .. }).then_some(()));
    caller.send(&within(&caller, &invite, "BYE", 2, "", ""));
    caller.expect("200");
    agent.expect("BYE");
    let gone = |input: &Input| if let Input::CallerHungUp { call, how } = input { Some((*call, *how)) } else { None };
    assert_eq!(desk.hears("the end", gone), (call, CallerGone::HungUp));
}

#[test]
fn a_refusal_says_why_and_another_try_follows() {
    for (status, how) in [
        ("486 Busy Here", Declined::Busy),
        ("603 Decline", Declined::Declined),
        ("480 Temporarily Unavailable", Declined::Unavailable),
        ("408 Request Timeout", Declined::Unavailable),
        ("404 Not Found", Declined::Failed),
        ("503 Service Unavailable", Declined::Failed),
    ] {
        let (desk, mut caller, mut agent) = desk_with_way_out();
        asks_to_be_called(&mut caller);
        agent.register();
        let invite = caller.expect("INVITE");
        caller.answer(&invite, status, "called", "", "");
        caller.expect("ACK");
        assert_eq!(desk.hears(status, unreached), how);
        let again = caller.expect("INVITE");
        assert_ne!(again.header("Call-ID"), invite.header("Call-ID"));
        caller.answer(&again, "200 OK", "called", "", OFFER);
        caller.expect("ACK");
        desk.hears("the caller", picked_up);
    }
}

#[test]
fn a_phone_that_is_silent_was_not_reached() {
    let (desk, mut caller, mut agent) = desk_with_way_out();
    asks_to_be_called(&mut caller);
    agent.register();
    caller.expect("INVITE");
    assert_eq!(desk.hears("the failure", unreached), Declined::Failed);
}

#[test]
fn without_a_way_out_nobody_is_called() {
    let desk = TestDesk::start(Wishes::default());
    let (mut caller, mut agent) = (Phone::caller(desk.udp()), Phone::on("127.0.0.3", desk.udp()));
    asks_to_be_called(&mut caller);
    agent.register();
    assert_eq!(desk.hears("the failure", unreached), Declined::Failed);
}

#[test]
fn an_answer_without_a_codec_of_ours_is_let_go() {
    let (desk, mut caller, mut agent) = desk_with_way_out();
    asks_to_be_called(&mut caller);
    agent.register();
    let invite = caller.expect("INVITE");
    caller.answer(&invite, "200 OK", "called", "", &OFFER.replace("0 8 101", "18"));
    caller.expect("ACK");
    caller.expect("BYE");
    assert_eq!(desk.hears("the failure", unreached), Declined::Failed);
}

#[test]
fn a_caller_who_presses_two_is_let_go_and_a_repeated_200_is_acknowledged() {
    let (desk, mut caller, mut agent) = desk_with_way_out();
    asks_to_be_called(&mut caller);
    agent.register();
    let (invite, _) = picks_up(&desk, &caller);
    caller.answer(&invite, "200 OK", "called", "", OFFER);
    assert_eq!(caller.expect("ACK").tag("To"), "called");
    caller.send(&key_within(&caller, &invite, '2'));
    caller.expect("200");
    let bye = caller.expect("BYE");
    assert_eq!((bye.tag("To"), bye.header("Call-ID")), ("called", invite.header("Call-ID")));
    caller.answer(&invite, "200 OK", "called", "", OFFER);
    caller.expect("ACK");
}

#[test]
fn who_calls_again_while_the_phone_rings_is_rung_no_more() {
    let (_desk, mut caller, mut agent) = desk_with_way_out();
    asks_to_be_called(&mut caller);
    agent.register();
    let invite = caller.expect("INVITE");
    caller.answer(&invite, "180 Ringing", "called", "", "");
    caller.hang_up_memory();
    let ok = caller.call();
    presses(&mut caller, &ok, '2');
    let cancel = caller.expect("CANCEL");
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    agent.expect("INVITE");
}
