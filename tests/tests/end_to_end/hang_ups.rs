//! A caller may leave at any moment: nothing is left behind, and the record says where.

use std::time::Duration;

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use cabrank_tests::wire::{Request, Wire, code};

const LIMIT: Duration = Duration::from_secs(5);

fn usual(desk: Desk) -> Desk {
    desk
}

/// The one call ended so, and nothing of it is left.
fn ended_with(scene: &mut Scene, outcome: &str) {
    scene.api().awaits_outcomes(outcome, 1);
    assert_eq!(scene.api().calls().len(), 1, "one call, one record: {:#?}", scene.api().calls());
    scene.engine.must_be_alive();
}

#[test]
fn in_the_greeting() {
    let mut scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(STRANGER).call().bye());
    ended_with(&mut scene, "left_in_menu");
}

/// CANCEL leaves right behind the INVITE: either side may win the race, and both endings are clean.
#[test]
fn before_the_answer() {
    let mut scene = Scene::with_agents(0, usual);
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    for round in 0..10 {
        let invite = Request::invite("taxi", &format!("cancelled-{round}"));
        wire.ask(&invite);
        wire.ask(&invite.next("CANCEL", "", 1));
        let answer = wire.final_answer(&invite, LIMIT).expect("a final answer to the INVITE");
        wire.ask(&invite.next("ACK", &answer, 1));
        match code(&answer) {
            487 => {}
            200 => assert_eq!(wire.code(&invite.next("BYE", &answer, 2)), 200),
            other => panic!("{other} to a cancelled INVITE"),
        }
    }
    until(LIMIT, "the calls to be over", || scene.api().calls().iter().all(|c| c["outcome"].is_string()).then_some(()));
    scene.engine.must_be_alive();
}

#[test]
fn while_the_service_is_asked() {
    let mut scene =
        Scene::with_agents_and_ports(0, |desk, ports| desk.webhook(&format!("http://127.0.0.1:{}/ride", ports.http(7)), "5s"));
    let service = Dispatch::start(scene.ports.http(7), Mode::Hangs);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").pause(300).bye());
    until(Duration::from_secs(5), "the service to be asked", || (!service.requests().is_empty()).then_some(()));
    let api = scene.api();
    until(Duration::from_secs(15), "a record of the call", || {
        api.calls().iter().find(|call| call["outcome"].is_string()).map(|_| ())
    });
    scene.engine.must_be_alive();
}

#[test]
fn while_waiting_in_line() {
    let mut scene = Scene::with_agents(0, usual);
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(500).bye());
    ended_with(&mut scene, "abandoned");
}

#[test]
fn while_the_agent_rings() {
    let mut scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &Scenario::agent().rings_in_vain(10));
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(1_500).bye());
    agent.succeeds();
    ended_with(&mut scene, "abandoned");
    scene.api().awaits_agent("a101", "idle");
}

#[test]
fn while_the_agent_rings_and_answers_in_the_same_moment() {
    let mut scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &Scenario::agent().answers_too_late(10));
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(1_500).bye());
    agent.succeeds();
    ended_with(&mut scene, "abandoned");
    scene.api().awaits_agent("a101", "idle");
}

#[test]
fn in_the_talk() {
    let mut scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &Scenario::agent().takes_call(10, 100).expects_bye(10));
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(2_000).bye());
    agent.succeeds();
    ended_with(&mut scene, "served_by_agent");
    scene.api().awaits_agent("a101", "idle");
}
