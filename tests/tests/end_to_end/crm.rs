//! The company's CRM outside says who calls from numbers nobody here knows: in time the caller is served at once; late, never or
//! badly the caller reaches a human, as if nobody had asked.

use cabrank_tests::crm::{Crm, Says};
use cabrank_tests::desk::STRANGER;
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::journal::segments;
use cabrank_tests::quic;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::{Scene, user_to_user};
use cabrank_tests::sipp::received;
use cabrank_tests::wait::until;
use cabrank_wire::v1::Meaning;
use serde_json::{Value, json};
use std::time::Duration;

const ANN: &str = r#"{"name":"Ann Tan","class":"regular","fields":{"pickup":"77 Robinson Road"}}"#;
const PAGE: &str = "https://crm.example/contact?number={number}&call={call}&name={name}";

/// The fulfilment service is at HTTP port 7 of the scene's block.
struct World {
    scene: Scene,
    crm: Crm,
    service: Dispatch,
}

/// `[lookup]`, of a CRM, and `[agents]`.
fn tables(crm: &Crm, deadline: &str) -> String {
    format!("[lookup]\nurl = \"{}\"\n{deadline}\n\n[agents]\nscreen_pop = \"{PAGE}\"\n", crm.url())
}

/// Waits until so many look-ups have come to this.
fn awaits(scene: &Scene, outcome: &str, count: u32) {
    let figure = format!("cabrank_look_ups_total{{outcome=\"{outcome}\"}}");
    let api = scene.api();
    until(Duration::from_secs(20), &figure, || (api.metric(&figure) == Some(f64::from(count))).then_some(()));
}

impl World {
    fn new(agents: usize, identity: &str, deadline: &str, says: Says) -> World {
        let crm = Crm::start(says);
        let scene = Scene::with_agents_and_ports(agents, |desk, ports| {
            let desk = desk.webhook(&format!("http://127.0.0.1:{}/ride", ports.http(7)), "1s");
            desk.identity(identity).silence("4s").table(&tables(&crm, deadline))
        });
        let service = Dispatch::start(scene.ports.http(7), Mode::Accepts(420));
        World { scene, crm, service }
    }

    /// The caller presses 1 and gets a human; what the human's telephone and the interface show meanwhile. `while_talking` happens then.
    fn reaches_a_human(&self, caller: Scenario, while_talking: impl FnOnce()) -> (Value, Value, String) {
        let agent = self.scene.agent(0, &Scenario::agent().takes_call(20, 100).pause(2_000).bye());
        let caller = self.scene.caller(0, &caller.keys("1").expects_bye(20));
        let live = self.scene.api().awaits_call("talking", |call| call["state"] == "talking");
        while_talking();
        caller.succeeds();
        let messages = agent.succeeds();
        let invite = received(&messages, "INVITE");
        (user_to_user(invite), live, invite.header("Call-Info").unwrap_or_default().to_owned())
    }
}

fn stranger() -> Scenario {
    Scenario::caller(STRANGER).call()
}

#[test]
fn who_is_found_inside_the_deadline_is_served_without_a_human() {
    let world = World::new(0, "trusted", "deadline = \"10s\"", Says::This(ANN.to_owned()));
    let caller = world.scene.caller(0, &stranger().pause(1_500).keys("1").expects_bye(20));
    awaits(&world.scene, "found", 1);
    caller.succeeds();
    let call = world.scene.api().awaits_call("served at once", |call| call["outcome"] == "served_instantly");
    assert_eq!((&call["caller"]["name"], &call["caller"]["number"]), (&json!("Ann Tan"), &json!(STRANGER)), "{call:#}");
    let questions = world.crm.questions();
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].body, json!({"call": call["call"], "line": "taxi", "number": STRANGER}));
    let ride = world.service.requests().remove(0).body;
    assert_eq!(
        (&ride["caller"]["name"], &ride["profile"]),
        (&json!("Ann Tan"), &json!({"pickup": "77 Robinson Road"})),
        "{ride:#}"
    );
    // The journal knows that somebody was found, and not who.
    let journal: Vec<u8> =
        segments(world.scene.engine.data()).iter().flat_map(|path| std::fs::read(path).expect("a segment")).collect();
    for secret in ["Ann Tan", "Robinson", &STRANGER[1..]] {
        assert!(!journal.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
    assert_eq!(world.scene.api().get(&format!("/api/v1/profiles/{STRANGER}")).status, 404, "it is no profile of the desk's own");
}

#[test]
fn who_is_found_too_late_reaches_a_human_as_unknown() {
    let world = World::new(1, "trusted", "deadline = \"10s\"", Says::Late(ANN.to_owned()));
    let (shown, live, page) = world.reaches_a_human(stranger(), || {
        world.crm.speak();
        awaits(&world.scene, "too_late", 1);
    });
    assert_eq!(shown["reason"], "unknown_caller", "{shown:#}");
    assert_eq!((&live["caller"]["name"], &live["why"]["reason"]), (&Value::Null, &json!("unknown_caller")), "{live:#}");
    let filled =
        format!("https://crm.example/contact?number=%2B{}&call={}&name=", &STRANGER[1..], live["call"].as_str().unwrap());
    assert_eq!((live["screen_pop"].as_str(), page), (Some(&*filled), format!("<{filled}>;purpose=info")));
    let ended = world.scene.api().awaits_call("over", |call| call["outcome"] == "served_by_agent");
    assert_eq!(ended["caller"]["name"], Value::Null, "{ended:#}");
}

#[test]
fn a_crm_that_never_answers_keeps_nobody_waiting() {
    let world = World::new(1, "trusted", "", Says::Nothing);
    let (shown, live, _) = world.reaches_a_human(stranger(), || awaits(&world.scene, "silent", 1));
    assert_eq!((&shown["reason"], &live["caller"]["name"]), (&json!("unknown_caller"), &Value::Null), "{shown:#} {live:#}");
}

#[test]
fn who_is_found_by_a_number_that_cannot_be_believed_is_shown_and_reaches_a_human() {
    let world = World::new(1, "untrusted", "deadline = \"10s\"", Says::This(ANN.to_owned()));
    let (shown, live, page) = world.reaches_a_human(stranger().pause(1_500), || ());
    assert_eq!(shown["reason"], "untrusted_number", "{shown:#}");
    assert_eq!((&live["caller"]["name"], &live["caller"]["profile"]["pickup"]), (&json!("Ann Tan"), &json!("77 Robinson Road")));
    assert!(page.contains("name=Ann%20Tan>"), "{page}");
    assert_eq!(world.service.requests().len(), 0);
}

#[test]
fn a_gateways_caller_is_looked_up_as_well_and_the_program_is_told_the_page() {
    let crm = Crm::start(Says::This(ANN.to_owned()));
    let scene = quic::scene(|desk| desk.silence("20s").table(&tables(&crm, "deadline = \"10s\"")));
    quic::run(async {
        let gateway = quic::gateway(&scene).await;
        let (mut call, _) = quic::offered(&gateway, STRANGER).await;
        awaits(&scene, "found", 1);
        call.digit('1').await.expect("heard");
        assert!(quic::play(&mut call, Meaning::Sent).await.eta_ms > 0);
        let _agent = quic::ready_agent(&scene, "a101").await;
        let (mut call, id) = quic::offered(&gateway, STRANGER).await;
        awaits(&scene, "found", 2);
        call.digit('2').await.expect("heard");
        let context = quic::ring(&mut call).await.context.expect("a context");
        assert_eq!(
            (context.name.as_str(), context.profile.get("pickup").map(String::as_str)),
            ("Ann Tan", Some("77 Robinson Road"))
        );
        let page = format!("https://crm.example/contact?number=%2B{}&call={id:016x}&name=Ann%20Tan", &STRANGER[1..]);
        assert_eq!(context.screen_pop, page);
    });
}
