//! An agent's desk in a real browser, while a real phone rings, is answered and hung up.

use std::path::Path;
use std::time::Duration;

use cabrank_tests::api::{Api, id_of};
use cabrank_tests::browser::{Browser, Look};
use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sipp::Running;
use cabrank_tests::wait::until;
use serde_json::{Value, json};

const LOOKS: [(&str, Look); 4] = [
    ("light-wide", Look { dark: false, width_px: 1_400 }),
    ("dark-wide", Look { dark: true, width_px: 1_400 }),
    ("light-narrow", Look { dark: false, width_px: 390 }),
    ("dark-narrow", Look { dark: true, width_px: 390 }),
];
/// What an agent wrote, by field.
const WRITTEN: [(&str, &str); 5] = [
    ("#disposition", "lost-item"),
    ("#resolution", "the umbrella lies in taxi 7"),
    ("#what", "call back about the umbrella"),
    ("#due", "2999-01-01T10:00"),
    ("#said", "the driver was rude"),
];

fn desk(desk: Desk) -> Desk {
    let desk = desk.table("[records]\ndispositions = [\"lost-item\", \"no-show\"]\n").queue_key("wrap_up", "\"5m\"");
    desk.table("[agents]\nscreen_pop = \"https://crm.example/contact?call={call}\"\n")
}

fn anns_token(scene: &Scene) -> String {
    let made = scene.api().post("/api/v1/tokens", &json!({"role": "agent", "agent": "a101", "name": "Ann"}));
    assert_eq!(made.status, 201, "{made:?}");
    made.json["token"].as_str().expect("a token").to_owned()
}

/// A caller whose call is taken: a browser that starts on the same processors may hold the engine up, and then it turns calls away.
fn calls(scene: &Scene, n: u16, scenario: &Scenario) -> Running {
    until(Duration::from_secs(20), "a call to be taken", || {
        let caller = scene.caller(n, scenario);
        let answers = |code: &str| caller.has_received(&format!("SIP/2.0 {code}"));
        until(Duration::from_secs(5), "an answer", || (answers("200") || answers("503")).then_some(()));
        (!answers("503")).then_some(caller)
    })
}

fn signed_in(scene: &Scene, token: &str) -> Browser {
    let browser = Browser::start(&scene.room, &scene.ports);
    browser.open(&format!("{}/sign-in#{token}", scene.engine.url()));
    browser
}

#[test]
fn an_agent_sees_who_rings_before_hello_and_loses_no_word_over_kill_9() {
    let mut scene = Scene::with_agents(1, desk);
    let token = anns_token(&scene);
    let browser = signed_in(&scene, &token);
    browser.shows("h1", "Desk of a101");
    assert_eq!(browser.path(), "/agent");
    browser.shows("#desk", "Free");
    let phone = scene.agent(0, &Scenario::agent().takes_call(20, 4_000).expects_bye(60));
    let caller = calls(&scene, 0, &Scenario::caller(KNOWN).call().keys("2").pause(9_000).bye());
    let call = rung(&scene, &browser);
    browser.shows("#desk", "Talking");
    browser.fill(WRITTEN[1].0, WRITTEN[1].1);
    readable(&browser, "talking");
    caller.succeeds();
    phone.succeeds();
    browser.shows("#desk", "Wrap-up");
    assert_eq!(browser.value("#resolution"), WRITTEN[1].1, "what was typed in the call is gone after it");
    WRITTEN.iter().for_each(|(field, value)| browser.fill(field, value));
    scene.engine.crash();
    browser.shows("#state", "Connection lost");
    browser.click("#record button[value='']");
    browser.shows("#told", "Not saved");
    scene.engine.restart();
    browser.shows("#state", "Live");
    browser.run("location.reload()");
    browser.shows("#desk", "Wrap-up");
    browser.shows("#told", "Not saved yet");
    WRITTEN.iter().for_each(|(field, value)| assert_eq!(browser.value(field), *value, "{field} was lost"));
    readable(&browser, "wrap-up");
    browser.click("#record button[value=idle]");
    browser.shows("#told", "Saved");
    browser.shows("#desk", "Free");
    readable(&browser, "free");
    is_written(&scene.api(), &call);
    next_time(&scene, &browser);
}

/// What was written is on the card when the same caller rings again.
fn next_time(scene: &Scene, browser: &Browser) {
    let phone = scene.agent(0, &Scenario::agent().takes_call(20, 2_500).expects_bye(20));
    let caller = calls(scene, 0, &Scenario::caller(KNOWN).call().keys("2").pause(4_000).bye());
    browser.shows("[data-kind=ringing] .cases", WRITTEN[4].1);
    browser.shows("[data-kind=ringing]", WRITTEN[1].1);
    for (name, look) in LOOKS {
        browser.look(look);
        browser.picture(&format!("agent-again-{name}"));
    }
    caller.succeeds();
    phone.succeeds();
}

#[test]
fn what_is_not_saved_when_the_next_call_comes_can_be_taken_up_again() {
    let scene = Scene::with_agents(1, |desk| self::desk(desk).queue_key("wrap_up", "\"0s\""));
    let browser = signed_in(&scene, &anns_token(&scene));
    browser.shows("#desk", "Free");
    let phone = scene.agent_phone(0).times(2, 10, 1).start(&scene.room, &Scenario::agent().takes_call(20, 100).expects_bye(20));
    let first = calls(&scene, 0, &Scenario::caller(KNOWN).call().keys("2").pause(2_000).bye());
    browser.shows("#desk", "Talking");
    browser.fill("#resolution", "the umbrella lies in taxi 7");
    first.succeeds();
    let second = calls(&scene, 1, &Scenario::caller(STRANGER).call().keys("2").pause(3_000).bye());
    browser.shows("#subject", "432");
    browser.shows("#unsaved", "Ms Tan");
    assert_eq!(browser.value("#resolution"), "", "words on one call stand on another");
    browser.fill("#resolution", "a taxi was sent");
    browser.click("#unsaved button");
    assert_eq!(browser.value("#resolution"), "the umbrella lies in taxi 7");
    browser.click("#record button[value='']");
    browser.shows("#subject", "432");
    assert_eq!(browser.value("#resolution"), "a taxi was sent", "what was typed is gone");
    browser.click("#record button[value='']");
    second.succeeds();
    phone.succeeds();
    let resolved = |call: &Value| call["resolution"].as_str().unwrap_or_default().to_owned();
    until(Duration::from_secs(10), "each call to have its own words", || {
        let told: Vec<String> = scene.api().calls().iter().map(resolved).collect();
        (told == ["a taxi was sent", "the umbrella lies in taxi 7"]).then_some(())
    });
}

/// The card is there before anybody has answered; who the agent is not shown more of than the end of the number.
fn rung(scene: &Scene, browser: &Browser) -> String {
    browser.shows("[data-kind=ringing] .who", "Ms Tan");
    browser.shows("#announce", "Ms Tan");
    let live = scene.api().awaits_call("ringing", |call| call["state"] == "offered");
    browser.shows(".caller .facts", "567");
    assert!(!browser.text("main").contains(KNOWN), "a whole number on an agent's page");
    for (name, look) in LOOKS {
        browser.look(look);
        browser.picture(&format!("agent-ringing-{name}"));
    }
    id_of(&live)
}

fn is_written(api: &Api, call: &str) {
    let record = until(Duration::from_secs(5), "the record", || {
        let record = api.get(&format!("/api/v1/records/{call}"));
        (record.status == 200).then_some(record.json)
    });
    assert_eq!((&record["disposition"], &record["resolution"]), (&json!(WRITTEN[0].1), &json!(WRITTEN[1].1)), "{record:#}");
    assert_eq!((&record["follow_up"]["what"], &record["follow_up"]["by"]), (&json!(WRITTEN[2].1), &json!("Ann")), "{record:#}");
    assert!(record["follow_up"]["due"].as_str().is_some_and(|due| due.starts_with("2999-01-01T")), "{record:#}");
    let cases = api.get(&format!("/api/v1/cases?call={call}")).json["cases"].clone();
    let told = |case: &Value| (case["kind"].clone(), case["said"].clone(), case["opened_by"].clone());
    let expected = vec![(json!("complaint"), json!(WRITTEN[4].1), json!("Ann"))];
    assert_eq!(cases.as_array().map(|cases| cases.iter().map(told).collect()), Some(expected), "{cases:#}");
}

#[test]
fn an_agent_pauses_by_page_and_sees_nobody_elses_desk() {
    let scene = Scene::with_agents(2, desk);
    let browser = signed_in(&scene, &anns_token(&scene));
    browser.shows("#desk", "Free");
    browser.click("button[data-reason=Meal]");
    browser.shows(".now", "Meal");
    browser.picture("agent-paused");
    assert_eq!(scene.api().agent("a101")["reason"], "Meal");
    assert_eq!(browser.run("return document.querySelector('button[data-reason=Meal]').ariaPressed"), "true");
    browser.fill("#reason", "looking for the keys");
    browser.click(".other button");
    browser.shows(".now", "looking for the keys");
    browser.click("button[value=signed_out]");
    browser.shows(".now", "Off duty");
    let pauses = "return document.querySelector('button[data-reason=Meal]').matches(':enabled')";
    assert_eq!(browser.run(pauses), false, "the desk lets nobody pause who is off duty");
    browser.click("button.ready");
    browser.shows("#desk", "Free");
    assert_eq!(browser.run(pauses), true);
    browser.open(&format!("{}/agent?name=a102", scene.engine.url()));
    browser.shows("main", "somebody else's");
    browser.open(&scene.engine.url());
    browser.shows("nav", "Desk");
    assert!(!browser.text("nav").contains("Calls"), "a way to where an agent may not go");
}

#[test]
fn a_supervisor_looks_at_a_desk() {
    let scene = Scene::with_agents(1, desk);
    let made = scene.api().post("/api/v1/tokens", &json!({"role": "supervisor"}));
    let browser = signed_in(&scene, made.json["token"].as_str().expect("a token"));
    browser.shows("h1", "Wallboard");
    browser.open(&format!("{}/agent", scene.engine.url()));
    browser.shows(".badge", "Free");
    browser.shows("#state", "Live");
    readable(&browser, "desks");
    assert_eq!(scene.api().put("/api/v1/agents/a101/state", &json!({"state": "paused", "reason": "Meal"})).status, 200);
    browser.shows("#list", "Paused Meal");
    browser.click("#list a");
    browser.shows("h1", "Desk of a101");
    browser.shows("main", "somebody else's desk");
    readable(&browser, "others");
}

/// By light and in the dark, on a screen and on a telephone.
fn readable(browser: &Browser, name: &str) {
    for (look_name, look) in LOOKS {
        browser.look(look);
        browser.picture(&format!("agent-{name}-{look_name}"));
        let faults = browser.serious_faults(Path::new(env!("CARGO_TARGET_TMPDIR")));
        assert!(faults.is_empty(), "{name} {look:?}:\n{}", faults.join("\n"));
        let wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wide, 0, "{name} {look:?} is wider than the screen");
    }
}
