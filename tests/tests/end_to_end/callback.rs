//! Callers who are called back, who call again, and who are given back: nobody loses the place, nobody is served twice.

use std::time::Duration;

use cabrank_tests::api::id_of;
use cabrank_tests::desk::{Desk, STRANGER};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::received;
use cabrank_tests::sound::{self, Samples, tone, tone_share};
use cabrank_tests::spoken::{length, was_not_said, was_said};
use cabrank_tests::wait::{pause, until};

const SOON: Duration = Duration::from_secs(10);

/// Callers are called back at one port, twice at the most; the one agent does not work yet.
fn with_callbacks(tries: u8) -> Scene {
    Scene::with_agents_and_ports(0, |desk, ports| desk.callbacks(tries).outbound(Scene::called_port(ports)))
}

/// Waits, is offered a callback, takes it, and is let go.
fn asks_to_be_called() -> Scenario {
    Scenario::caller(STRANGER).call().keys("2").pause(1_800).hasty_key('1').expects_bye(10)
}

fn obliging_agent() -> Scenario {
    Scenario::agent().takes_call(40, 100).pause(500).bye()
}

/// Picks up, presses 1 to be connected, and is hung up on by the agent.
fn picks_up() -> Scenario {
    Scenario::agent().takes_call(40, 100).pause(400).keys("1").expects_bye(20)
}

/// The call that asked for a callback, once it stands in line without a leg.
fn pending(scene: &Scene) -> String {
    id_of(&scene.api().awaits_call("to be called back", |call| call["state"] == "absent"))
}

#[test]
fn a_caller_is_called_back_and_both_hear_each_other() {
    let scene = Scene::start(|desk, ports| {
        let desk = desk.real_prompts().callbacks(2).queue_key("quote", "{ every = \"8s\" }");
        desk.outbound(ports.sip(20)).agent_at("a101", ports.sip(22))
    });
    let agent = scene.softphone("a101", 1).answers().start(&scene.room, &tone(500.0, 60.0));
    let mut caller = scene.softphone("caller", 0).shows(STRANGER).answers().start(&scene.room, &tone(1_300.0, 60.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", SOON);
    caller.press('2');
    pause(Duration::from_secs(8) + length("still-waiting") + length("callback-offer"));
    caller.press('1');
    caller.awaits("CALL_CLOSED", Duration::from_secs(20));
    let first = caller.heard();
    for name in ["wait", "still-waiting", "callback-offer", "will-call-back"] {
        was_said(&first, name);
    }
    was_not_said(&first, "called-back");

    scene.api().sign_in_unseen("a101");
    until(SOON, "the call back", || (caller.count("CALL_ESTABLISHED") > 1).then_some(()));
    pause(length("called-back") + Duration::from_millis(500));
    caller.press('1');
    agent.awaits("CALL_ESTABLISHED", SOON);
    pause(Duration::from_millis(2_500));
    caller.hang_up();
    agent.awaits("CALL_CLOSED", SOON);
    let second = caller.heard();
    was_said(&second, "called-back");
    let (by_caller, by_agent) = (tone_share(&tail(second), 500.0), tone_share(&tail(agent.heard()), 1_300.0));
    assert!(by_caller > 0.8, "the caller did not hear the agent ({by_caller:.2})");
    assert!(by_agent > 0.8, "the agent did not hear the caller ({by_agent:.2})");
    scene.api().awaits_outcomes("served_by_agent", 1);
    assert_eq!(scene.api().calls().len(), 1, "one call under one id: {:#?}", scene.api().calls());
}

/// The last two seconds: what was heard once the two were connected.
fn tail(mut heard: Samples) -> Samples {
    let keep = 2 * sound::RATE as usize;
    heard.split_off(heard.len().saturating_sub(keep))
}

#[test]
fn a_caller_who_does_not_answer_is_tried_again_and_then_written_down() {
    let scene = with_callbacks(2);
    scene.call(&asks_to_be_called());
    let called = scene.called_phone().times(2, 10, 1).start(&scene.room, &Scenario::agent().refuses(20, 486, "Busy Here"));
    scene.api().sign_in("a101");
    let messages = called.succeeds();
    let invite = received(&messages, "INVITE");
    assert!(invite.header("To").is_some_and(|to| to.contains(STRANGER)), "{}", invite.text);
    assert!(invite.header("From").is_some_and(|from| from.contains("taxi@")), "{}", invite.text);
    scene.api().awaits_outcomes("callback_failed", 1);
    scene.api().awaits_agent("a101", "idle");
}

#[test]
fn a_caller_who_no_longer_needs_it_says_so() {
    let scene = with_callbacks(2);
    scene.call(&asks_to_be_called());
    let called = scene.called(&Scenario::agent().takes_call(20, 100).pause(400).hasty_key('2').expects_bye(10));
    scene.api().sign_in("a101");
    called.succeeds();
    scene.api().awaits_outcomes("callback_cancelled", 1);
}

#[test]
fn a_caller_who_calls_again_is_served_once() {
    let scene = with_callbacks(2);
    scene.call(&asks_to_be_called());
    pending(&scene);
    let again = scene.caller(1, &Scenario::caller(STRANGER).call().keys("2").expects_bye(30));
    scene.awaits_waiting(1);
    let agent = scene.agent(0, &obliging_agent());
    scene.api().sign_in_unseen("a101");
    again.succeeds();
    received(&agent.succeeds(), "INVITE");
    scene.api().awaits_outcomes("served_by_agent", 1);
    scene.api().awaits_outcomes("joined", 1);
    assert_eq!(scene.api().calls().len(), 2, "{:#?}", scene.api().calls());
}

#[test]
fn a_redial_keeps_its_place() {
    redial_keeps_its_place(|| Scenario::caller(STRANGER));
}

#[test]
fn a_withheld_number_keeps_its_place_by_what_its_device_sends() {
    redial_keeps_its_place(|| Scenario::caller("anonymous").header("User-to-User: 56a390f3d2b7310023a;encoding=hex"));
}

/// One waits, another one comes, the first hangs up and calls again, and is served first all the same.
fn redial_keeps_its_place(first: impl Fn() -> Scenario) {
    let scene = Scene::with_agents(0, |desk: Desk| desk.queue_key("wrap_up", "\"0s\""));
    let leaving = scene.caller(0, &first().call().keys("2").pause(3_000).bye());
    scene.awaits_waiting(1);
    let other = scene.caller(1, &Scenario::caller("+6590001111").call().keys("2").expects_bye(60));
    scene.awaits_waiting(2);
    leaving.succeeds();
    scene.awaits_waiting(1);
    let back = scene.caller(2, &first().call().keys("2").expects_bye(60));
    scene.awaits_waiting(2);
    let agent = scene.agent_phone(0).times(2, 10, 1).start(&scene.room, &obliging_agent());
    scene.api().sign_in_unseen("a101");
    back.succeeds();
    scene.api().awaits_outcomes("served_by_agent", 1);
    other.succeeds();
    agent.succeeds();
}

#[test]
fn an_agent_gives_the_caller_back_and_another_one_takes_over() {
    let scene = Scene::with_agents(2, |desk| desk);
    let returns = Scenario::agent().takes_call(20, 100).pause(500).asks("REFER", "Refer-To: <sip:booking@taxi>\n", 202);
    let returns = returns.request("NOTIFY", 5).reply(200, "OK").expects_bye(5);
    let first = scene.agent(0, &returns);
    let second = scene.agent(1, &obliging_agent());
    scene.call(&Scenario::caller(STRANGER).call().keys("2").expects_bye(30));
    let notify = first.succeeds().into_iter().find(|m| m.received && m.text.starts_with("NOTIFY")).expect("a NOTIFY");
    assert!(notify.body().starts_with("SIP/2.0 200"), "{}", notify.text);
    second.succeeds();
    let call = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(call["agent"], "a102", "{call:#}");
}

#[test]
fn a_callback_outlives_kill_9() {
    let mut scene = with_callbacks(2);
    scene.call(&asks_to_be_called());
    let call = pending(&scene);
    scene.engine.crash();
    scene.engine.restart();
    assert_eq!(pending(&scene), call, "not in its place");
    let called = scene.called(&picks_up());
    let agent = scene.agent(0, &obliging_agent());
    scene.api().sign_in_unseen("a101");
    called.succeeds();
    agent.succeeds();
    let served = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(id_of(&served), call);
}

#[test]
fn a_call_back_that_rings_at_kill_9_is_tried_again() {
    let mut scene = with_callbacks(2);
    scene.call(&asks_to_be_called());
    let call = pending(&scene);
    let unlucky = scene.called(&Scenario::agent().rung(20).reply(180, "Ringing").pause(20_000));
    scene.api().sign_in("a101");
    until(SOON, "the first try", || unlucky.has_received("INVITE").then_some(()));
    scene.engine.crash();
    unlucky.unplug();
    let called = scene.called(&picks_up());
    let agent = scene.agent(0, &obliging_agent());
    scene.engine.restart();
    called.succeeds();
    agent.succeeds();
    let served = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(id_of(&served), call);
}
