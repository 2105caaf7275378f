//! Session timers (RFC 4028): a call whose other side is gone ends even if no packet says so.

use cabrank_tests::desk::STRANGER;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::received;
use cabrank_tests::wire::{Request, Wire, code, header};

#[test]
fn an_interval_too_small_is_422_with_the_least() {
    let scene = Scene::with_agents(0, |desk| desk);
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    let request = Request::invite("taxi", "small").header("Supported: timer").header("Session-Expires: 30");
    wire.ask(&request);
    let answer = wire.final_answer(&request, std::time::Duration::from_secs(5)).expect("an answer");
    assert_eq!(code(&answer), 422, "{answer}");
    assert_eq!(header(&answer, "Min-SE"), Some("90"), "{answer}");
}

#[test]
fn a_caller_who_wants_to_refresh_may() {
    let scene = Scene::with_agents(0, |desk| desk);
    let timed = Scenario::caller(STRANGER).header("Supported: timer").header("Session-Expires: 90;refresher=uac");
    let messages = scene.call(&timed.call().asks("UPDATE", "", 200).bye());
    let answer = received(&messages, "SIP/2.0 200");
    assert_eq!(answer.header("Session-Expires"), Some("90;refresher=uac"), "{}", answer.text);
    assert!(answer.header("Require").is_some_and(|what| what.contains("timer")), "{}", answer.text);
}

#[test]
fn a_caller_who_leaves_the_refresh_to_us_is_told_so() {
    let scene = Scene::with_agents(0, |desk| desk);
    let timed = Scenario::caller(STRANGER).header("Supported: timer").header("Session-Expires: 90;refresher=uas");
    let messages = scene.call(&timed.call().bye());
    assert_eq!(received(&messages, "SIP/2.0 200").header("Session-Expires"), Some("90;refresher=uas"));
}

/// Takes two minutes, so it runs only in the long run.
#[test]
fn a_caller_who_promised_to_refresh_and_does_not_is_hung_up_on() {
    if std::env::var_os("CABRANK_SOAK").is_none() {
        return;
    }
    let scene = Scene::with_agents(0, |desk| desk.queue_key("max_wait", "\"10m\""));
    let timed = Scenario::caller(STRANGER).header("Supported: timer").header("Session-Expires: 90;refresher=uac");
    let phone = scene.caller_phone(0).at_most(120);
    phone.start(&scene.room, &timed.call().info_key('2').expects_bye(110)).succeeds();
}
