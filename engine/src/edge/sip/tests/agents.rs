//! Agents are rung, and everything that can happen while they are.

use cabrank_core::{AgentId, Declined, Input, LegEnd, Wish};

use super::desk::{TestDesk, Wishes};
use super::phone::{Message, OFFER, Phone};

fn desk_with_agent() -> (TestDesk, Phone) {
    let desk = TestDesk::start(Wishes::default());
    let mut agent = Phone::on("127.0.0.3", desk.udp());
    agent.register();
    (desk, agent)
}

fn declined(input: &Input) -> Option<Declined> {
    if let Input::AgentDeclined { how, .. } = input { Some(*how) } else { None }
}

fn agent_gone(input: &Input) -> Option<LegEnd> {
    if let Input::AgentHungUp { how, .. } = input { Some(*how) } else { None }
}

/// Caller and agent talk: the caller's 200 and the agent's INVITE.
fn connected(desk: &TestDesk, caller: &mut Phone, agent: &Phone) -> (Message, Message) {
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "180 Ringing", "agent", "", "");
    desk.hears("ringing", |input| matches!(input, Input::AgentRinging { .. }).then_some(()));
    agent.answer(&invite, "200 OK", "agent", "", OFFER);
    agent.expect("ACK");
    desk.hears("the answer", |input| matches!(input, Input::AgentAnswered { .. }).then_some(()));
    (ok, invite)
}

#[test]
fn an_agent_is_rung_from_the_caller_with_the_context() {
    let (_desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(_desk.udp());
    caller.call_for_agent();
    let invite = agent.expect("INVITE");
    assert!(invite.header("From").starts_with("\"Ann Lee\" <sip:+6591234567@"), "{}", invite.header("From"));
    assert!(invite.header("User-to-User").starts_with("7b2263616c6c223a22"), "{}", invite.header("User-to-User"));
    assert!(invite.header("User-to-User").ends_with(";encoding=hex"));
    assert!(invite.header("Call-Info").starts_with("<https://crm.example/?call="), "{}", invite.header("Call-Info"));
    assert!(invite.header("Call-Info").ends_with(">;purpose=info"), "{}", invite.header("Call-Info"));
    assert_eq!(invite.header("Max-Forwards"), "69");
    assert_eq!(invite.header("Session-Expires"), "1800;refresher=uac");
    assert!(invite.0.starts_with(&format!("INVITE sip:phone@{} ", agent.addr())));
}

#[test]
fn an_agents_answer_is_acknowledged_once_the_desk_has_heard_it_or_when_it_comes_again() {
    for again in [false, true] {
        let (desk, mut agent) = desk_with_agent();
        Phone::caller(desk.udp()).call_for_agent();
        let invite = agent.expect("INVITE");
        let covered = desk.ear.lock().unwrap();
        agent.answer(&invite, "200 OK", "agent", "", OFFER);
        let uri = format!("sip:{}", desk.udp());
        agent.request("OPTIONS", &uri, &format!("<{uri}>"), "", "");
        assert_eq!(agent.next().unwrap().what(), "200", "what came first: to the OPTIONS");
        if again {
            agent.answer(&invite, "200 OK", "agent", "", OFFER);
            agent.expect("ACK");
        }
        drop(covered);
        assert_eq!(agent.expect("ACK").tag("To"), "agent");
    }
}

#[test]
fn either_side_ends_the_call() {
    let (desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(desk.udp());
    let (ok, _) = connected(&desk, &mut caller, &agent);
    caller.within(&ok, "BYE", "", "");
    caller.expect("200");
    let bye = agent.expect("BYE");
    agent.answer(&bye, "200 OK", "", "", "");

    let mut caller = Phone::caller(desk.udp());
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "200 OK", "second", "", OFFER);
    let ack = agent.expect("ACK");
    let mut other = agent;
    other.end(&invite, "second");
    other.expect("200");
    assert_eq!(desk.hears("the agent's hang-up", agent_gone), LegEnd::HungUp);
    assert_eq!(caller.expect("BYE").tag("From"), ok.tag("To"));
    assert_eq!(ack.tag("To"), "second");
}

impl Phone {
    /// Ends the call that `invite` opened, from the side that was rung.
    fn end(&mut self, invite: &Message, tag: &str) {
        self.within_rung(invite, tag, "BYE", 1, "", "");
    }

    /// Sends a request inside the dialog that `invite` opened, from the side that was rung.
    pub(super) fn within_rung(&self, invite: &Message, tag: &str, method: &str, cseq: u32, more: &str, body: &str) {
        let (addr, call_id) = (self.addr(), invite.header("Call-ID"));
        let (to, from, uri) = (invite.header("From"), invite.header("To"), invite.contact());
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let length = body.len();
        self.send(&format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {addr};branch=z9hG4bK{tag}{method}{cseq};rport\r\nMax-Forwards: 70\r\n\
             From: {from};tag={tag}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:phone@{addr}>\r\n\
             {more}{kind}Content-Length: {length}\r\n\r\n{body}"
        ));
    }
}

#[test]
fn a_refusal_says_how() {
    let cases = [
        ("486 Busy Here", Declined::Busy),
        ("600 Busy Everywhere", Declined::Busy),
        ("603 Decline", Declined::Declined),
        ("480 Temporarily Unavailable", Declined::Unavailable),
        ("500 Server Internal Error", Declined::Failed),
    ];
    for (status, how) in cases {
        let (desk, agent) = desk_with_agent();
        let mut caller = Phone::caller(desk.udp());
        caller.call_for_agent();
        let invite = agent.expect("INVITE");
        agent.answer(&invite, status, "agent", "", "");
        agent.expect("ACK");
        assert_eq!(desk.hears(status, declined), how);
    }
}

#[test]
fn a_phone_that_is_silent_has_failed() {
    let (desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(desk.udp());
    caller.call_for_agent();
    agent.expect("INVITE");
    assert_eq!(desk.hears("the failure", declined), Declined::Failed);
}

#[test]
fn the_cancel_waits_for_the_first_answer_and_is_the_invites_own() {
    let (_desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(_desk.udp());
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    caller.within(&ok, "BYE", "", "");
    caller.expect("200");
    agent.answer(&invite, "100 Trying", "", "", "");
    let cancel = agent.expect("CANCEL");
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    assert_eq!(cancel.header("CSeq"), "1 CANCEL");
    agent.answer(&cancel, "200 OK", "agent", "", "");
    agent.answer(&invite, "487 Request Terminated", "agent", "", "");
    assert_eq!(agent.expect("ACK").header("CSeq"), "1 ACK");
}

#[test]
fn an_agent_who_answers_too_late_is_acknowledged_and_let_go() {
    let (_desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(_desk.udp());
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "180 Ringing", "agent", "", "");
    caller.within(&ok, "BYE", "", "");
    let cancel = agent.expect("CANCEL");
    agent.answer(&invite, "200 OK", "agent", "", OFFER);
    agent.answer(&cancel, "481 Call Leg Does Not Exist", "agent", "", "");
    assert_eq!(agent.expect("ACK").tag("To"), "agent");
    assert_eq!(agent.expect("BYE").tag("To"), "agent");
}

#[test]
fn a_repeated_200_is_acknowledged_again_and_a_forked_one_is_ended() {
    let (desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(desk.udp());
    let (_, invite) = connected(&desk, &mut caller, &agent);
    agent.answer(&invite, "200 OK", "agent", "", OFFER);
    assert_eq!(agent.expect("ACK").tag("To"), "agent");
    agent.answer(&invite, "200 OK", "fork", "", OFFER);
    assert_eq!(agent.expect("ACK").tag("To"), "fork");
    assert_eq!(agent.expect("BYE").tag("To"), "fork");
}

#[test]
fn a_200_for_no_call_of_ours_is_not_answered() {
    let (desk, agent) = desk_with_agent();
    let foreign = Message(
        "INVITE sip:x@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKcab77\r\nFrom: <sip:a@a>;tag=1\r\n\
         To: <sip:b@b>\r\nCall-ID: nobody\r\nCSeq: 1 INVITE\r\n\r\n"
            .into(),
    );
    agent.answer(&foreign, "200 OK", "evil", "", OFFER);
    let mut caller = Phone::caller(desk.udp());
    caller.call_for_agent();
    assert_eq!(agent.next().unwrap().what(), "INVITE");
}

#[test]
fn an_agent_without_a_codec_of_ours_is_let_go() {
    let (desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(desk.udp());
    caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "200 OK", "agent", "", &OFFER.replace("0 8 101", "18"));
    agent.expect("ACK");
    agent.expect("BYE");
    assert_eq!(desk.hears("the failure", declined), Declined::Failed);
}

#[test]
fn a_phone_that_wants_a_longer_session_gets_it_once() {
    let (_desk, agent) = desk_with_agent();
    let mut caller = Phone::caller(_desk.udp());
    caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "422 Session Interval Too Small", "agent", "Min-SE: 3600\r\n", "");
    agent.expect("ACK");
    let second = agent.expect("INVITE");
    assert_eq!(second.header("CSeq"), "2 INVITE");
    assert_eq!(second.header("Session-Expires"), "3600;refresher=uac");
    agent.answer(&second, "200 OK", "agent", "", OFFER);
    assert_eq!(agent.expect("ACK").header("CSeq"), "2 ACK");
}

#[test]
fn a_fixed_contact_is_rung_without_registering() {
    let agent = Phone::on("127.0.0.3", ([127, 0, 0, 1], 9).into());
    let desk = TestDesk::start(Wishes { contact: Some(agent.addr()), ..Wishes::default() });
    let agent = agent.towards(desk.udp());
    desk.tells(Input::PhoneReached { agent: AgentId(1) });
    desk.tells(Input::AgentAsked { agent: AgentId(1), wish: Wish::Ready, by: "test".into() });
    let mut caller = Phone::caller(desk.udp());
    caller.call_for_agent();
    let invite = agent.expect("INVITE");
    assert!(invite.0.starts_with(&format!("INVITE sip:a102@{} ", agent.addr())), "{}", invite.0);
}
