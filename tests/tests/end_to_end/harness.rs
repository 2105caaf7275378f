//! The telephones of the tests, checked against each other: a fault found elsewhere is then not theirs.

use std::time::Duration;

use cabrank_tests::baresip::Setup;
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::kamailio::Kamailio;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::sipp::{Sipp, received};
use cabrank_tests::sound;

#[test]
fn sipp_calls_sipp_holds_resumes_and_hangs_up() {
    let (room, ports) = (Room::new(), Block::claim());
    let agent = Scenario::agent().takes_call(10, 50).request("INVITE", 5).accept().request("INVITE", 5).accept().bye();
    let called = Sipp::new("agent", ports.sip(1), ports.phone_rtp(0)).echoing().start(&room, &agent);
    let caller = Scenario::caller("+6591234567").call().keys("1").reinvite("sendonly").reinvite("sendrecv").expects_bye(5);
    Sipp::new("caller", ports.sip(2), ports.phone_rtp(1)).calls(ports.sip(1), "taxi").start(&room, &caller).succeeds();
    let messages = called.succeeds();
    assert!(received(&messages, "INVITE sip:taxi@").header("From").is_some_and(|from| from.contains("+6591234567")));
}

#[test]
fn sipp_gives_up_before_sipp_answers() {
    let (room, ports) = (Room::new(), Block::claim());
    let agent = Sipp::new("agent", ports.sip(1), ports.phone_rtp(0)).start(&room, &Scenario::agent().rings_in_vain(5));
    let caller = Scenario::caller("alice").invite().maybe(100).response(180).pause(200).cancelled();
    Sipp::new("caller", ports.sip(2), ports.phone_rtp(1)).calls(ports.sip(1), "taxi").start(&room, &caller).succeeds();
    agent.succeeds();
}

#[test]
fn sipp_is_refused_by_sipp() {
    let (room, ports) = (Room::new(), Block::claim());
    let busy = Scenario::agent().refuses(5, 486, "Busy Here");
    let agent = Sipp::new("agent", ports.sip(1), ports.phone_rtp(0)).start(&room, &busy);
    let caller = Scenario::caller("alice").invite().refused(486);
    Sipp::new("caller", ports.sip(2), ports.phone_rtp(1)).calls(ports.sip(1), "taxi").start(&room, &caller).succeeds();
    agent.succeeds();
}

#[test]
fn baresip_hears_what_baresip_says_both_ways() {
    let (room, ports) = (Room::new(), Block::claim());
    let uri = format!("sip:callee@127.0.0.1:{}", ports.sip(10));
    let callee = Setup::new("callee", ports.sip(10), ports.phone_rtp(0), ports.http(1)).answers();
    let callee = callee.start(&room, &sound::tone(500.0, 3.0));
    let caller = Setup::new("caller", ports.sip(12), ports.phone_rtp(1), ports.http(2));
    let mut caller = caller.start(&room, &sound::tone(900.0, 3.0));
    caller.dial(&uri);
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    cabrank_tests::wait::pause(Duration::from_millis(2_500));
    caller.hang_up();
    callee.awaits("CALL_CLOSED", Duration::from_secs(5));
    assert!(sound::tone_share(&caller.heard(), 500.0) > 0.8);
    assert!(sound::tone_share(&callee.heard(), 900.0) > 0.8);
}

#[test]
fn kamailio_stays_in_the_path_of_a_dialog() {
    let (room, ports) = (Room::new(), Block::claim());
    let proxy = Kamailio::start(&room, ports.sip(5), &[("taxi", ports.sip(1))]);
    let agent = Scenario::agent().takes_call(10, 50).expects_bye(5);
    let called = Sipp::new("agent", ports.sip(1), ports.phone_rtp(0)).start(&room, &agent);
    let caller = Scenario::caller("+6591234567").call().bye();
    Sipp::new("caller", ports.sip(2), ports.phone_rtp(1)).calls(proxy.port(), "taxi").start(&room, &caller).succeeds();
    let messages = called.succeeds();
    assert!(received(&messages, "INVITE").header("Record-Route").is_some());
    assert_eq!(received(&messages, "BYE").text.matches("\nVia:").count(), 2);
}

#[test]
fn a_dispatch_service_shows_what_it_was_asked() {
    let ports = Block::claim();
    let service = Dispatch::start(ports.http(3), Mode::FailsOnce(7));
    let ask = || ureq::post(service.url()).header("Idempotency-Key", "c1").send_json(serde_json::json!({"call": "c1"}));
    assert!(ask().is_err());
    assert_eq!(ask().expect("the second answer").body_mut().read_json::<serde_json::Value>().expect("JSON")["eta_s"], 7);
    let keys: Vec<String> = service.requests().into_iter().map(|r| r.key).collect();
    assert_eq!(keys, ["c1", "c1"]);
}
