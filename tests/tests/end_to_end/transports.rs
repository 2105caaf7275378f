//! The ways a call may come: through a proxy, from behind a NAT, over IPv6, over TCP.

use std::net::{IpAddr, Ipv6Addr};

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::kamailio::Kamailio;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::received;

fn usual(desk: Desk) -> Desk {
    desk
}

fn obliging_agent() -> Scenario {
    Scenario::agent().takes_call(20, 100).pause(500).bye()
}

/// The proxy stands at SIP port 9 of the block, before callers and agents alike.
fn behind_a_proxy() -> (Scene, Kamailio) {
    let scene = Scene::start(|desk, ports| desk.agent_at("a101", ports.sip(9)));
    let users = [("taxi", scene.engine.sip()), ("a101", scene.ports.sip(2))];
    let proxy = Kamailio::start(&scene.room, scene.ports.sip(9), &users);
    scene.api().sign_in("a101");
    (scene, proxy)
}

#[test]
fn a_proxy_that_records_the_route_stays_in_both_dialogs() {
    let (scene, proxy) = behind_a_proxy();
    let agent = scene.agent(0, &Scenario::agent().takes_call(20, 100).expects_bye(20));
    let caller = scene.caller_phone(0).calls(proxy.port(), "taxi");
    let caller = caller.start(&scene.room, &Scenario::caller(STRANGER).call().keys("2").pause(2_000).bye());
    let calls = caller.succeeds();
    assert!(received(&calls, "SIP/2.0 200").header("Record-Route").is_some(), "the route was not copied");
    let rings = agent.succeeds();
    assert_eq!(received(&rings, "BYE").text.matches("\nVia:").count(), 2, "the engine's BYE went past the proxy");
    assert_eq!(received(&rings, "ACK").text.matches("\nVia:").count(), 2, "the engine's ACK went past the proxy");
}

#[test]
fn the_engines_bye_to_a_caller_behind_a_proxy_takes_the_route() {
    let (scene, proxy) = behind_a_proxy();
    let agent = scene.agent(0, &obliging_agent());
    let caller = scene.caller_phone(0).calls(proxy.port(), "taxi");
    let caller = caller.start(&scene.room, &Scenario::caller(STRANGER).call().keys("2").expects_bye(20));
    assert_eq!(received(&caller.succeeds(), "BYE").text.matches("\nVia:").count(), 2);
    agent.succeeds();
}

#[test]
fn a_caller_behind_a_nat_is_reached_where_the_call_came_from() {
    let scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &obliging_agent());
    let unreachable = Scenario::caller(STRANGER).contact("<sip:sipp@10.255.255.1:5060>");
    scene.call(&unreachable.call().keys("2").expects_bye(20));
    agent.succeeds();
}

#[test]
fn a_caller_behind_a_nat_is_heard_from_where_the_packets_come() {
    let scene = Scene::with_agents(0, usual);
    let unreachable = Scenario::caller(KNOWN).sdp_with("c=IN IP[media_ip_type] [media_ip]", "c=IN IP4 10.255.255.1");
    scene.call(&unreachable.call().keys("1").expects_bye(20));
    scene.api().awaits_outcomes("served_instantly", 1);
}

#[test]
fn a_call_over_ipv6_is_served() {
    let scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &obliging_agent());
    let phone = scene.caller_phone(0).on(IpAddr::V6(Ipv6Addr::LOCALHOST));
    let messages = phone.start(&scene.room, &Scenario::caller(STRANGER).call().info_key('2').expects_bye(20)).succeeds();
    assert!(received(&messages, "SIP/2.0 200").body().contains("c=IN IP6 ::1"));
    agent.succeeds();
}

#[test]
fn a_call_over_tcp_is_served() {
    let scene = Scene::with_agents(1, usual);
    let agent = scene.agent(0, &obliging_agent());
    let phone = scene.caller_phone(0).tcp();
    phone.start(&scene.room, &Scenario::caller(STRANGER).call().keys("2").expects_bye(20)).succeeds();
    agent.succeeds();
}

#[test]
fn an_agent_on_ipv6_is_rung() {
    let scene = Scene::start(|desk, ports| desk.agent_contact("a101", &format!("sip:a101@[::1]:{}", ports.sip(2))));
    scene.api().sign_in("a101");
    let phone = scene.agent_phone(0).on(IpAddr::V6(Ipv6Addr::LOCALHOST));
    let agent = phone.start(&scene.room, &obliging_agent());
    scene.call(&Scenario::caller(STRANGER).call().keys("2").expects_bye(20));
    agent.succeeds();
}

#[test]
fn an_agent_on_tcp_is_rung() {
    let contact = |port| format!("sip:a101@127.0.0.1:{port};transport=tcp");
    let scene = Scene::start(|desk, ports| desk.agent_contact("a101", &contact(ports.sip(2))));
    scene.api().sign_in("a101");
    let agent = scene.agent_phone(0).tcp().start(&scene.room, &obliging_agent());
    scene.call(&Scenario::caller(STRANGER).call().keys("2").expects_bye(20));
    agent.succeeds();
}

#[test]
fn legs_with_different_codecs_are_joined() {
    let scene = Scene::with_agents(1, usual);
    let alaw_only = Scenario::agent().sdp_with("RTP/AVP 0 8 101", "RTP/AVP 8 101");
    let agent = scene.agent(0, &alaw_only.takes_call(20, 100).pause(500).bye());
    let mulaw_only = Scenario::caller(STRANGER).sdp_with("RTP/AVP 0 8 101", "RTP/AVP 0 101");
    scene.call(&mulaw_only.call().keys("2").expects_bye(20));
    agent.succeeds();
}
