//! Established calls: hold and resume, refreshes, glare, ends without a word.

use cabrank_core::{Input, LegEnd, Side};

use super::desk::{TestDesk, Wishes};
use super::phone::{Message, OFFER, Phone};

fn hold(input: &Input) -> Option<(Side, bool)> {
    if let Input::HoldChanged { by, held, .. } = input { Some((*by, *held)) } else { None }
}

fn held_offer() -> String {
    format!("{OFFER}a=sendonly\r\n")
}

fn talking(session_s: u32, answer: &str) -> (TestDesk, Phone, Phone, Message, Message) {
    let desk = TestDesk::start(Wishes { session_s, ..Wishes::default() });
    let mut agent = Phone::on("127.0.0.3", desk.udp());
    agent.register();
    let mut caller = Phone::caller(desk.udp());
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "200 OK", "agent", answer, OFFER);
    agent.expect("ACK");
    desk.hears("the answer", |input| matches!(input, Input::AgentAnswered { .. }).then_some(()));
    (desk, caller, agent, ok, invite)
}

#[test]
fn the_caller_holds_and_resumes() {
    let (desk, mut caller, _agent, ok, _) = talking(1_800, "");
    caller.within(&ok, "INVITE", "", &held_offer());
    let held = caller.expect("200");
    assert!(held.body().contains("a=recvonly"), "{}", held.0);
    caller.ack(&held, "");
    assert_eq!(desk.hears("hold", hold), (Side::Caller, true));
    caller.within(&ok, "INVITE", "", OFFER);
    let resumed = caller.expect("200");
    assert!(resumed.body().contains("a=sendrecv"));
    caller.ack(&resumed, "");
    assert_eq!(desk.hears("resume", hold), (Side::Caller, false));
    let version = |message: &Message| message.body().lines().nth(1).unwrap().split(' ').nth(2).unwrap().to_owned();
    assert_eq!([version(&ok), version(&held), version(&resumed)], ["1", "2", "3"]);
}

#[test]
fn the_agent_holds_and_resumes() {
    let (desk, _caller, agent, _, invite) = talking(1_800, "");
    for (cseq, body, held) in [(1, held_offer(), true), (2, OFFER.to_owned(), false)] {
        agent.within_rung(&invite, "agent", "INVITE", cseq, "", &body);
        agent.expect("200");
        agent.within_rung(&invite, "agent", "ACK", cseq, "", "");
        assert_eq!(desk.hears("hold", hold), (Side::Agent, held));
    }
}

#[test]
fn a_second_reinvite_before_the_ack_must_wait() {
    let (_desk, mut caller, _agent, ok, _) = talking(1_800, "");
    caller.within(&ok, "INVITE", "", &held_offer());
    caller.expect("200");
    caller.within(&ok, "INVITE", "", OFFER);
    assert!(caller.expect("500").find("Retry-After").is_some());
}

#[test]
fn a_reinvite_with_no_codec_changes_nothing() {
    let (_desk, mut caller, _agent, ok, _) = talking(1_800, "");
    caller.within(&ok, "INVITE", "", &OFFER.replace("0 8 101", "18"));
    caller.expect("488");
    caller.within(&ok, "OPTIONS", "", "");
    assert!(caller.expect("200").header("CSeq").ends_with("OPTIONS"));
}

#[test]
fn requests_out_of_order_and_foreign_methods_are_told_so() {
    let (_desk, mut caller, _agent, ok, _) = talking(1_800, "");
    caller.within(&ok, "OPTIONS", "", "");
    assert!(caller.expect("200").header("Allow").contains("INVITE"));
    caller.request_as(1, "OPTIONS", ok.contact(), ok.header("To"), "", "");
    caller.expect("500");
    caller.within(&ok, "REFER", "Refer-To: <sip:x@x>\r\n", "");
    caller.expect("603");
    caller.within(&ok, "MESSAGE", "", "");
    assert!(caller.expect("405").header("Allow").contains("INVITE"));
    caller.within(&ok, "INFO", "Content-Type: text/plain\r\n", "x");
    caller.expect("415");
}

#[test]
fn another_tag_is_another_dialog() {
    let (_desk, mut caller, _agent, ok, _) = talking(1_800, "");
    let to = ok.header("To").replace(ok.tag("To"), "0000");
    caller.request("BYE", ok.contact(), &to, "", "");
    caller.expect("481");
    caller.tag = "other".into();
    caller.within(&ok, "BYE", "", "");
    caller.expect("481");
}

#[test]
fn a_caller_who_refreshes_is_answered_with_the_agreed_time() {
    let (_desk, mut caller, _agent, ok, _) = talking(1_800, "");
    caller.within(&ok, "UPDATE", "Session-Expires: 120;refresher=uac\r\nSupported: timer\r\n", "");
    let answer = caller.expect("200");
    assert_eq!(answer.header("Session-Expires"), "120;refresher=uac");
    assert_eq!(answer.header("Require"), "timer");
}

#[test]
fn a_phone_that_takes_update_is_refreshed_by_it() {
    let (_desk, _caller, agent, _, _) = talking(2, "Allow: INVITE, ACK, BYE, UPDATE\r\n");
    let ask = agent.expect("OPTIONS");
    agent.answer(&ask, "200 OK", "", "", "");
    let ask = agent.expect("OPTIONS");
    assert_eq!(ask.header("CSeq"), "3 OPTIONS");
}

#[test]
fn a_phone_that_no_longer_answers_is_lost() {
    let (desk, _caller, agent, _, _) = talking(2, "");
    agent.expect("OPTIONS");
    let how = desk.hears("the loss", |input| if let Input::AgentHungUp { how, .. } = input { Some(*how) } else { None });
    assert_eq!(how, LegEnd::Lost);
}

#[test]
fn a_phone_that_has_forgotten_the_call_is_lost() {
    let (desk, _caller, agent, _, _) = talking(2, "");
    let ask = agent.expect("OPTIONS");
    agent.answer(&ask, "481 Call/Transaction Does Not Exist", "", "", "");
    let how = desk.hears("the loss", |input| if let Input::AgentHungUp { how, .. } = input { Some(*how) } else { None });
    assert_eq!(how, LegEnd::Lost);
}

#[test]
fn a_stopping_edge_says_goodbye_to_both() {
    let (desk, caller, agent, _, _) = talking(1_800, "");
    let stop = std::thread::spawn(move || desk.edge.stop());
    caller.expect("BYE");
    agent.expect("BYE");
    stop.join().unwrap();
}
