//! The fulfilment service outside: what it is asked, and that each of its failures leads to a human who knows why.

use cabrank_tests::api::id_of;
use cabrank_tests::desk::KNOWN;
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::{Scene, user_to_user};
use cabrank_tests::sipp::received;
use serde_json::Value;

struct Outcome {
    service: Dispatch,
    call: Value,
}

/// The service is at HTTP port 7 of the scene's block.
fn with_service(agents: usize, mode: Mode) -> (Scene, Dispatch) {
    let scene = Scene::with_agents_and_ports(agents, |desk, ports| {
        desk.webhook(&format!("http://127.0.0.1:{}/ride", ports.http(7)), "1s")
    });
    let service = Dispatch::start(scene.ports.http(7), mode);
    (scene, service)
}

fn served(mode: Mode) -> Outcome {
    let (scene, service) = with_service(0, mode);
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let call = scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    Outcome { service, call }
}

/// Press 1, and the service fails: the caller reaches the agent, whose telephone says why.
fn leads_to_a_human(mode: Mode, reason: &str) -> Outcome {
    let (scene, service) = with_service(1, mode);
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 100).pause(300).bye());
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let messages = agent.succeeds();
    assert_eq!(user_to_user(received(&messages, "INVITE"))["reason"], reason);
    let call = scene.api().awaits_call("served", |call| call["outcome"] == "served_by_agent");
    assert_eq!(call["why"]["reason"], reason, "{call:#}");
    assert_eq!(call["promise"], Value::Null, "{call:#}");
    Outcome { service, call }
}

#[test]
fn it_is_asked_once_with_the_calls_id_and_its_word_is_passed_on() {
    let Outcome { service, call } = served(Mode::Accepts(420));
    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].key, id_of(&call));
    let body = &requests[0].body;
    assert_eq!(body["call"], id_of(&call), "{body:#}");
    assert_eq!(body["service"], "taxi-now", "{body:#}");
    assert_eq!(body["line"], "taxi", "{body:#}");
    assert_eq!(body["caller"]["number"], KNOWN, "{body:#}");
    assert_eq!(body["caller"]["name"], "Ms Tan", "{body:#}");
    assert_eq!(body["profile"]["pickup"], "1 Raffles Place", "{body:#}");
    assert!(body["requested_at"].is_string(), "{body:#}");
    assert_eq!(call["promise"]["eta_s"].as_f64(), Some(420.0), "{call:#}");
    assert_eq!(call["promise"]["reference"], "R1", "{call:#}");
}

#[test]
fn a_failure_is_retried_once_with_the_same_key() {
    let Outcome { service, call } = served(Mode::FailsOnce(60));
    let keys: Vec<String> = service.requests().into_iter().map(|request| request.key).collect();
    assert_eq!(keys, [id_of(&call), id_of(&call)]);
}

#[test]
fn a_refusal_leads_to_a_human_who_reads_it() {
    let Outcome { service, call } = leads_to_a_human(Mode::Refuses, "dispatch_refused");
    assert!(call["why"]["detail"].to_string().contains("no cab is free"), "{call:#}");
    assert_eq!(service.requests().len(), 1, "a refusal is an answer: it is not asked again");
}

#[test]
fn silence_leads_to_a_human() {
    let Outcome { service, .. } = leads_to_a_human(Mode::Hangs, "dispatch_timed_out");
    assert!(service.requests().len() <= 2);
}

#[test]
fn nonsense_leads_to_a_human() {
    leads_to_a_human(Mode::Nonsense, "dispatch_nonsense");
}

#[test]
fn a_negative_eta_leads_to_a_human() {
    leads_to_a_human(Mode::NegativeEta, "dispatch_nonsense");
}

#[test]
fn a_missing_eta_leads_to_a_human() {
    leads_to_a_human(Mode::NoEta, "dispatch_nonsense");
}

#[test]
fn a_huge_answer_leads_to_a_human() {
    leads_to_a_human(Mode::HugeBody, "dispatch_nonsense");
}

#[test]
fn a_redirect_leads_to_a_human() {
    leads_to_a_human(Mode::Redirects, "dispatch_nonsense");
}

#[test]
fn a_broken_service_leads_to_a_human() {
    leads_to_a_human(Mode::Breaks, "dispatch_nonsense");
}

#[test]
fn a_service_that_is_not_there_leads_to_a_human() {
    let (scene, service) = with_service(1, Mode::Hangs);
    drop(service);
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 100).pause(300).bye());
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    let messages = agent.succeeds();
    assert_eq!(user_to_user(received(&messages, "INVITE"))["reason"], "dispatch_unreachable");
}
