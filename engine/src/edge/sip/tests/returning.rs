//! An agent gives the caller back to a queue by REFER.

use cabrank_core::{Input, QueueId};

use super::desk::{TestDesk, Wishes};
use super::phone::{Message, OFFER, Phone};

/// Caller and agent talk; the caller's 200 and the agent's INVITE.
fn talking() -> (TestDesk, (Phone, Message), (Phone, Message)) {
    let desk = TestDesk::start(Wishes::default());
    let (mut agent, mut caller) = (Phone::on("127.0.0.3", desk.udp()), Phone::caller(desk.udp()));
    agent.register();
    let ok = caller.call_for_agent();
    let invite = agent.expect("INVITE");
    agent.answer(&invite, "200 OK", "agent", "", OFFER);
    agent.expect("ACK");
    desk.hears("the answer", |input| matches!(input, Input::AgentAnswered { .. }).then_some(()));
    (desk, (caller, ok), (agent, invite))
}

fn refer(agent: &Phone, invite: &Message, cseq: u32, to: &str) -> String {
    let (addr, uri, call_id) = (agent.addr(), invite.contact(), invite.header("Call-ID"));
    let (local, remote) = (invite.header("To"), invite.header("From"));
    format!(
        "REFER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {addr};branch=z9hG4bK{call_id}{cseq};rport\r\nMax-Forwards: 70\r\n\
         From: {local};tag=agent\r\nTo: {remote}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REFER\r\nRefer-To: {to}\r\n\
         Contact: <sip:phone@{addr}>\r\nContent-Length: 0\r\n\r\n"
    )
}

#[test]
fn a_queue_takes_the_caller_back_and_the_agent_is_let_go() {
    let (desk, _caller, (agent, invite)) = talking();
    agent.send(&refer(&agent, &invite, 1, "<sip:booking@taxi>"));
    agent.expect("202");
    let notify = agent.expect("NOTIFY");
    assert_eq!((notify.header("Event"), notify.header("Subscription-State")), ("refer", "terminated;reason=noresource"));
    assert_eq!(notify.header("Content-Type"), "message/sipfrag;version=2.0");
    assert_eq!(notify.body(), "SIP/2.0 200 OK\r\n");
    agent.answer(&notify, "200 OK", "", "", "");
    let bye = agent.expect("BYE");
    agent.answer(&bye, "200 OK", "", "", "");
    let returned = |input: &Input| if let Input::AgentReturned { queue, .. } = input { Some(*queue) } else { None };
    assert_eq!(desk.hears("the return", returned), QueueId(0));
}

#[test]
fn any_other_transfer_is_declined_and_the_call_goes_on() {
    let (_desk, (caller, _), (agent, invite)) = talking();
    for (cseq, to) in ["<sip:+6591110000@taxi>", "<sip:booking@taxi?Replaces=1>", "<sip:taxi@taxi>"].into_iter().enumerate() {
        agent.send(&refer(&agent, &invite, 1 + cseq as u32, to));
        agent.expect("603");
    }
    let bye = refer(&agent, &invite, 9, "<sip:x@y>").replace("REFER", "BYE");
    agent.send(&bye);
    agent.expect("200");
    caller.expect("BYE");
}

#[test]
fn a_caller_cannot_refer_itself() {
    let (_desk, (mut caller, ok), _agent) = talking();
    caller.within(&ok, "REFER", "Refer-To: <sip:booking@taxi>\r\n", "");
    caller.expect("603");
}
