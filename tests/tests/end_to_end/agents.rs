//! Agents who answer, refuse, do not hear, or vanish; and who is offered to whom.

use std::time::Duration;

use cabrank_tests::desk::{Desk, STRANGER};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::{Message, received};
use cabrank_tests::sound;
use cabrank_tests::wait::until;

fn usual(desk: Desk) -> Desk {
    desk
}

fn waiting_caller(number: &str, talk_s: u32) -> Scenario {
    Scenario::caller(number).call().keys("2").expects_bye(talk_s)
}

fn obliging_agent() -> Scenario {
    Scenario::agent().takes_call(20, 100).pause(300).bye()
}

#[test]
fn a_busy_agent_is_passed_over() {
    passes_over(486, "Busy Here");
}

#[test]
fn an_unavailable_agent_is_passed_over() {
    passes_over(480, "Temporarily Unavailable");
}

#[test]
fn a_declining_agent_is_passed_over() {
    passes_over(603, "Decline");
}

fn passes_over(code: u16, reason: &str) {
    let scene = Scene::with_agents(2, usual);
    let first = scene.agent(0, &Scenario::agent().refuses(20, code, reason));
    let second = scene.agent(1, &obliging_agent());
    scene.call(&waiting_caller(STRANGER, 20));
    first.succeeds();
    second.succeeds();
    let call = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(call["agent"], "a102", "{call:#}");
}

#[test]
fn an_agent_who_does_not_answer_is_passed_over() {
    let scene = Scene::with_agents(2, |desk| desk.queue_key("ring_for", "\"2s\""));
    let first = scene.agent(0, &Scenario::agent().rings_in_vain(20));
    let second = scene.agent(1, &obliging_agent());
    scene.call(&waiting_caller(STRANGER, 20));
    first.succeeds();
    second.succeeds();
}

#[test]
fn a_telephone_that_only_says_trying_is_passed_over() {
    let scene = Scene::with_agents(2, |desk| desk.queue_key("ring_for", "\"2s\""));
    let first = scene.agent(0, &Scenario::agent().rung(20).reply(100, "Trying").expects_cancel(20));
    let second = scene.agent(1, &obliging_agent());
    scene.call(&waiting_caller(STRANGER, 20));
    first.succeeds();
    second.succeeds();
}

#[test]
fn a_telephone_that_is_not_there_is_passed_over() {
    let scene = Scene::with_agents(2, |desk| desk.queue_key("ring_for", "\"2s\""));
    let second = scene.agent(1, &obliging_agent());
    scene.call(&waiting_caller(STRANGER, 20));
    second.succeeds();
}

#[test]
fn two_callers_keep_their_order_and_never_ring_one_agent_together() {
    let scene = Scene::with_agents(1, |desk| desk.queue_key("wrap_up", "\"0s\""));
    let agent = scene.agent_phone(0).times(2, 10, 1).start(&scene.room, &obliging_agent());
    let first = scene.caller(0, &waiting_caller("+6598760001", 30));
    scene.api().awaits_call("of the first caller", |call| call["pressed"] == "2");
    let second = scene.caller(1, &waiting_caller("+6598760002", 30));
    first.succeeds();
    second.succeeds();
    let messages = agent.succeeds();
    assert_eq!(callers_in_order(&messages), ["+6598760001", "+6598760002"]);
    assert!(one_at_a_time(&messages), "the agent was rung while talking");
}

/// The numbers in From of the INVITEs an agent's telephone got, without retransmissions.
fn callers_in_order(messages: &[Message]) -> Vec<&str> {
    let mut numbers: Vec<&str> = invites(messages).filter_map(|m| number(m.header("From")?)).collect();
    numbers.dedup();
    numbers
}

fn invites(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().filter(|m| m.received && m.text.starts_with("INVITE"))
}

fn number(from: &str) -> Option<&str> {
    from.split_once("sip:")?.1.split('@').next()
}

fn one_at_a_time(messages: &[Message]) -> bool {
    let mut busy = "";
    messages.iter().all(|m| {
        let call = m.header("Call-ID").unwrap_or_default();
        if m.received && m.text.starts_with("INVITE") {
            let free = busy.is_empty() || busy == call;
            busy = call;
            return free;
        }
        if m.text.starts_with("BYE") {
            busy = "";
        }
        true
    })
}

#[test]
fn the_agent_who_hangs_up_ends_the_call() {
    let scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &obliging_agent());
    scene.call(&waiting_caller(STRANGER, 20));
    agent.succeeds();
    scene.api().awaits_agent("a101", "idle");
}

#[test]
fn the_caller_holds_and_resumes() {
    let scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 100).expects_bye(20));
    let holding = Scenario::caller(STRANGER).call().keys("2").pause(2_000).reinvite("sendonly").pause(300);
    let messages = scene.call(&holding.reinvite("sendrecv").pause(300).bye());
    agent.succeeds();
    let answers: Vec<&str> = descriptions_received(&messages).collect();
    assert!(answers[1].contains("a=recvonly") || answers[1].contains("a=inactive"), "answer to hold: {}", answers[1]);
    assert!(!answers[2].contains("a=recvonly") && !answers[2].contains("a=inactive"), "answer to resume: {}", answers[2]);
}

#[test]
fn the_agent_holds_and_resumes() {
    let scene = Scene::with_agents(1, usual);
    let holding = Scenario::agent().takes_call(20, 100).pause(500).reinvite("sendonly").pause(300);
    let agent = scene.agent(0, &holding.reinvite("sendrecv").pause(300).bye());
    scene.call(&waiting_caller(STRANGER, 20));
    agent.succeeds();
}

fn descriptions_received(messages: &[Message]) -> impl Iterator<Item = &str> {
    messages.iter().filter(|m| m.received && m.text.starts_with("SIP/2.0 200") && !m.body().is_empty()).map(Message::body)
}

#[test]
fn the_call_of_an_agent_who_vanishes_goes_to_the_next_one() {
    let scene = Scene::with_agents(2, |desk| desk.media_key("silence_max = \"3s\""));
    let first = scene.agent(0, &Scenario::agent().takes_call(20, 100).pause(60_000));
    let mut caller = scene.softphone("caller", 0).shows(STRANGER).start(&scene.room, &sound::tone(700.0, 60.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    caller.press('2');
    scene.api().awaits_call("with the first agent", |call| call["agent"] == "a101" && call["state"] == "talking");
    let second = scene.agent(1, &Scenario::agent().takes_call(60, 100).pause(500).bye());
    first.unplug();
    until(Duration::from_secs(60), "the caller to have been served", || (caller.count("CALL_CLOSED") > 0).then_some(()));
    second.succeeds();
    let call = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(call["agent"], "a102", "{call:#}");
}

#[test]
fn nobody_came_in_time_is_said_and_recorded() {
    let scene = Scene::with_agents(0, |desk| desk.queue_key("max_wait", "\"1s\""));
    scene.call(&waiting_caller(STRANGER, 20));
    scene.api().awaits_outcomes("waited_too_long", 1);
}

#[test]
fn an_agent_who_pauses_is_not_rung() {
    let scene = Scene::with_agents(1, usual);
    let pause = serde_json::json!({"state": "paused", "reason": "tea"});
    let answer = scene.api().put("/api/v1/agents/a101/state", &pause);
    assert!((200..300).contains(&answer.status), "{answer:?}");
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 0).pause(200).bye());
    let caller = scene.caller(0, &waiting_caller(STRANGER, 20));
    scene.awaits_waiting(1);
    cabrank_tests::wait::pause(Duration::from_millis(500));
    assert!(!agent.has_received("INVITE"), "rung in a pause");
    scene.api().put("/api/v1/agents/a101/state", &serde_json::json!({"state": "idle"}));
    caller.succeeds();
    received(&agent.succeeds(), "INVITE");
}
