//! A known caller whose number is in doubt keys in a code. The right one is served at once; what was keyed in is nowhere.

use std::path::Path;
use std::time::Duration;

use cabrank_core::{CallId, Digit, Input};
use cabrank_journal::Reader;
use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::engine::Engine;
use cabrank_tests::journal::fill;
use cabrank_tests::ports::Block;
use cabrank_tests::quic;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::{Scene, user_to_user};
use cabrank_tests::sipp::received;
use cabrank_tests::traces::nowhere;
use cabrank_wire::client::Call;
use cabrank_wire::v1::{Attestation, Meaning, Offer};
use serde_json::{Value, json};

const CODE: &str = "82647193";
const WRONG: &str = "57482936";

fn desk(desk: Desk) -> Desk {
    desk.identity("untrusted").confirms(CODE, "20s")
}

/// The same with a log of all that the engine can say.
fn talkative() -> Scene {
    let (room, ports) = (Room::new(), Block::claim());
    let desk = desk(Desk::new(&ports).agent_at("a101", ports.sip(1))).journal_key("segment_kb = 64");
    let engine = Engine::start_in(&["RUST_LOG=cabrank=trace,info"], &room, &ports, &desk);
    Scene { engine, ports, room }
}

fn caller() -> Scenario {
    Scenario::caller(KNOWN).call()
}

/// The keys that stand in a journal.
fn journalled(data: &Path) -> Vec<(CallId, Digit)> {
    let inputs = Reader::open(data).expect("a journal").map(|entry| entry.expect("a whole entry").input);
    inputs.filter_map(|input| if let Input::DigitPressed { call, digit } = input { Some((call, digit)) } else { None }).collect()
}

fn ended(scene: &Scene, outcome: &str) -> Value {
    scene.api().awaits_call(outcome, |call| call["outcome"] == outcome)
}

#[test]
fn the_right_code_serves_at_once_and_no_key_of_it_is_anywhere() {
    let mut scene = talkative();
    scene.api().sign_in("a101");
    let by_info = format!("{WRONG}#").chars().fold(caller().keys("1").pause(500), Scenario::info_key);
    scene.call(&by_info.pause(500).keys(CODE).expects_bye(20));
    let call = ended(&scene, "served_instantly");
    let shown = &call["caller"];
    assert_eq!(
        (&shown["trust"], &shown["proved"], &call["pressed"]),
        (&json!("untrusted"), &json!(true), &json!("1")),
        "{call:#}"
    );
    assert_eq!(shown["profile"].get("pin"), None, "{call:#}");
    let data = scene.engine.data().to_owned();
    fill(&scene, "a101");
    scene.engine.crash();
    let log = scene.engine.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log must have something to say:\n{log}");
    for code in [CODE, WRONG] {
        assert!(!log.contains(code), "{log}");
        for room in ["journal", "snapshot"] {
            nowhere(&data.join(room), &[code]);
        }
    }
    let keys: Vec<Digit> = journalled(&data).into_iter().map(|(_, digit)| digit).collect();
    assert_eq!(keys, [Digit::Number(1)]);
}

#[test]
fn two_wrong_codes_lead_to_a_human_who_is_shown_why() {
    let scene = Scene::with_agents(1, desk);
    let agent = scene.agent(0, &Scenario::agent().takes_call(30, 300).pause(1_000).bye());
    let caller = scene.caller(0, &caller().keys("11234#").pause(300).keys("5678#").expects_bye(20));
    let live = scene.api().awaits_call("talking", |call| call["state"] == "talking");
    caller.succeeds();
    let messages = agent.succeeds();
    let shown = user_to_user(received(&messages, "INVITE"));
    assert_eq!((&shown["reason"], &live["why"]["reason"]), (&json!("wrong_code"), &json!("wrong_code")), "{shown:#} {live:#}");
    assert_eq!((&live["pressed"], &live["caller"]["proved"]), (&json!("1"), &json!(false)), "{live:#}");
    assert_eq!(live["caller"]["profile"], json!({"pickup": "1 Raffles Place"}), "the code is for nobody to see");
}

#[test]
fn a_first_0_and_silence_lead_to_a_human() {
    let scene = Scene::with_agents(0, |desk| desk.identity("untrusted").confirms(CODE, "3s"));
    let zero = scene.caller(0, &caller().keys("10").pause(6_000).bye());
    let silent = scene.caller(1, &caller().keys("182").pause(6_000).bye());
    for reason in ["pressed_zero", "no_code"] {
        scene.api().awaits_call(reason, |call| call["why"]["reason"] == reason && call["state"] == "waiting");
    }
    zero.succeeds();
    silent.succeeds();
}

#[test]
fn a_restart_in_the_midst_of_a_code_asks_for_it_anew() {
    let mut scene = Scene::with_agents(0, desk);
    let code = &format!("1{}", &CODE[..4]);
    let caller = scene.caller(0, &caller().keys(code).pause(6_000).keys(CODE).expects_bye(20));
    scene.api().awaits_call("asked for the code", |call| call["state"] == "proving");
    std::thread::sleep(Duration::from_millis(2_000));
    scene.engine.crash();
    scene.engine.restart();
    caller.succeeds();
    assert_eq!(ended(&scene, "served_instantly")["caller"]["proved"], true);
    assert_eq!(journalled(scene.engine.data()).len(), 1);
}

/// A call to the taxi line by a gateway that is believed for full attestation alone.
fn offer(attestation: Attestation) -> Offer {
    Offer { line: "taxi".into(), caller: KNOWN.into(), attestation: attestation.into(), ..Offer::default() }
}

async fn keys(call: &mut Call, keys: &str) {
    for key in keys.chars() {
        call.digit(key).await.expect("heard");
    }
}

#[test]
fn a_gateway_sends_the_keys_and_is_told_that_they_are_secret() {
    let scene = quic::scene(|desk| desk.peers_identity("attested").confirms(CODE, "20s"));
    quic::run(async {
        let gateway = quic::gateway(&scene).await;
        let (mut call, _) = quic::offered_as(&gateway, offer(Attestation::Partial)).await;
        keys(&mut call, "1").await;
        let asked = quic::play(&mut call, Meaning::Prove).await;
        assert_eq!((asked.secret, &*asked.keys, &asked.prompts[..]), (true, "0123456789*#", &["key-code".to_owned()][..]));
        keys(&mut call, &format!("{WRONG}#")).await;
        assert!(quic::play(&mut call, Meaning::ProveAgain).await.secret);
        keys(&mut call, CODE).await;
        assert!(!quic::play(&mut call, Meaning::Sent).await.secret);
        call.hang_up();
        let shown = ended(&scene, "served_instantly")["caller"].clone();
        assert_eq!((&shown["verdict"], &shown["attestation"], &shown["proved"]), (&json!("verified"), &json!("B"), &json!(true)));
    });
    assert_eq!(journalled(scene.engine.data()).len(), 1);
}

#[test]
fn agents_behind_a_gateway_are_shown_the_verdict() {
    let scene = quic::scene(|desk| desk.peers_identity("attested").confirms(CODE, "20s"));
    quic::run(async {
        let _agent = quic::ready_agent(&scene, "a101").await;
        let gateway = quic::gateway(&scene).await;
        for (attestation, verdict, letter) in [(Attestation::Gateway, "verified", "C"), (Attestation::None, "unsigned", "")] {
            let (mut call, _) = quic::offered_as(&gateway, offer(attestation)).await;
            keys(&mut call, "1").await;
            quic::play(&mut call, Meaning::Prove).await;
            keys(&mut call, "0").await;
            let shown = quic::ring(&mut call).await.context.expect("a context");
            assert_eq!((&*shown.verdict, &*shown.attestation, shown.proved), (verdict, letter, false));
            assert_eq!((shown.trusted, &*shown.reason, shown.profile.get("pin")), (false, "pressed_zero", None));
            call.hang_up();
        }
    });
}
