//! `/tune` in a real browser, on an engine with real calls under way.

use std::path::Path;
use std::time::Duration;

use cabrank_tests::browser::{Browser, Look};
use cabrank_tests::desk::STRANGER;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use serde_json::json;

const FORESEEN: &str = "#foreseen";
/// The page looks again every ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);

fn supervisor(scene: &Scene) -> String {
    let made = scene.api().post("/api/v1/tokens", &json!({"role": "supervisor"}));
    assert_eq!(made.status, 201, "{made:?}");
    made.json["token"].as_str().expect("a token").to_owned()
}

fn on_the_page(scene: &Scene) -> Browser {
    let browser = Browser::start(&scene.room, &scene.ports);
    browser.open(&format!("{}/sign-in#{}", scene.engine.url(), supervisor(scene)));
    browser.shows("h1", "Wallboard");
    browser.run("document.querySelector('a[href=\"/tune\"]').click()");
    browser.shows("h2", "Thresholds, booking");
    browser
}

/// Types into a field as a person does.
fn types(browser: &Browser, name: &str, text: &str) {
    let typed = format!(
        "const field = document.getElementsByName({})[0]; field.value = {}; field.dispatchEvent(new Event('input', {{bubbles: true}}))",
        json!(name),
        json!(text)
    );
    browser.run(&typed);
}

fn presses(browser: &Browser, how: &str) {
    browser.run(&format!("document.querySelector(\"#thresholds button[value='{how}']\").click()"));
}

/// One call is answered and over; four and twenty callers gave up waiting.
pub(super) fn a_day(scene: &Scene) {
    let agent = scene.agent(0, &Scenario::agent().takes_call(10, 100).expects_bye(20));
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(1_500).bye());
    agent.succeeds();
    let gone = scene.api().put("/api/v1/agents/a101/state", &json!({"state": "signed_out"}));
    assert!((200..300).contains(&gone.status), "{gone:?}");
    let hasty = Scenario::caller(STRANGER).call().keys("2").pause(500).bye();
    scene.caller_phone(1).times(24, 12, 24).start(&scene.room, &hasty).succeeds();
    scene.api().awaits_outcomes("abandoned", 24);
}

#[test]
fn a_supervisor_sees_what_a_change_would_do_applies_it_and_takes_it_back() {
    let scene = Scene::with_agents(1, |desk| desk);
    a_day(&scene);
    let waiting = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").expects_bye(60));
    scene.awaits_waiting(1);
    let browser = on_the_page(&scene);
    browser.shows(FORESEEN, "Nothing is changed yet");
    types(&browser, "set.wrap_up", "10s");
    browser.shows(FORESEEN, "Mean wait");
    browser.shows(".field.changed .was", "in force: 1s");
    readable(&browser);
    types(&browser, "set.max_wait", "never");
    browser.shows(FORESEEN, "Not foreseen");
    types(&browser, "set.max_wait", "1s");
    presses(&browser, "apply");
    browser.shows("#fault", "reason");
    types(&browser, "reason", "closing early");
    presses(&browser, "apply");
    browser.shows(".notice", "change 1");
    waiting.succeeds();
    browser.shows("#change-1", "closing early");
    browser.shows("#change-1", "wrap_up: 1s -> 10s");
    // The page looks again by itself, but for what somebody types there.
    types(&browser, "set.wrap_up", "12s");
    until(PATIENCE, "what came of the change", || browser.text("#change-1").contains("too early to tell").then_some(()));
    assert_eq!(browser.run("return document.getElementsByName('set.wrap_up')[0].value"), "12s");
    readable(&browser);
    assert_eq!(scene.api().get("/api/v1/queues/booking").json["thresholds"]["max_wait"], "1s");
    browser.run("document.querySelector('#change-1 summary').click()");
    browser.run("document.querySelector('#change-1 [name=reason]').value = 'open again'");
    browser.run("document.querySelector('#change-1 .revert button').click()");
    browser.shows(".notice", "change 2");
    browser.shows("#change-2", "open again");
    assert_eq!(scene.api().get("/api/v1/queues/booking").json["thresholds"]["max_wait"], "5m");
}

#[test]
fn of_two_supervisors_the_slower_one_is_told_and_loses_nothing_that_was_typed() {
    let scene = Scene::with_agents(0, |desk| desk);
    let browser = on_the_page(&scene);
    types(&browser, "set.ring_for", "9s");
    browser.shows(FORESEEN, "Too little has happened yet");
    assert_eq!(scene.api().tune(0, &json!({"wrap_up": "30s"}), "everybody is tired").status, 200);
    types(&browser, "reason", "they take too long");
    presses(&browser, "apply");
    browser.shows("#fault", "somebody else was faster");
    browser.shows("#fault", "everybody is tired");
    let value = |name: &str| browser.run(&format!("return document.getElementsByName('{name}')[0].value"));
    assert_eq!([value("set.ring_for"), value("reason"), value("set.wrap_up")], ["9s", "they take too long", "30s"]);
    presses(&browser, "apply");
    browser.shows(".notice", "change 2");
    let thresholds = scene.api().get("/api/v1/queues/booking").json["thresholds"].clone();
    assert_eq!((&thresholds["ring_for"], &thresholds["wrap_up"]), (&json!("9s"), &json!("30s")));
}

/// By light and in the dark, on a screen and on a telephone.
fn readable(browser: &Browser) {
    for look in [(false, 1_400), (true, 1_400), (false, 390), (true, 390)] {
        browser.look(Look { dark: look.0, width_px: look.1 });
        let faults = browser.serious_faults(Path::new(env!("CARGO_TARGET_TMPDIR")));
        assert!(faults.is_empty(), "{look:?}:\n{}", faults.join("\n"));
        let wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wide, 0, "{look:?}: the page is wider than the window");
    }
}
