//! The pages in a real browser, on an engine with real calls under way.

use std::path::Path;

use cabrank_tests::browser::{Browser, Look};
use cabrank_tests::desk::STRANGER;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use serde_json::json;

const WAITING: &str = "[data-at='all.waiting']";

/// What a page may weigh as it comes over the wire, in bytes.
const WEIGHT_MAX: u64 = 300_000;

fn signed_in(scene: &Scene, token: &str) -> Browser {
    let browser = Browser::start(&scene.room, &scene.ports);
    browser.open(&format!("{}/sign-in#{token}", scene.engine.url()));
    browser.shows("h1", "Wallboard");
    browser
}

fn new_token(scene: &Scene, role: &str) -> String {
    let made = scene.api().post("/api/v1/tokens", &json!({"role": role}));
    assert_eq!(made.status, 201, "{made:?}");
    made.json["token"].as_str().expect("a token").to_owned()
}

#[test]
fn the_wallboard_follows_calls_and_goes_on_after_kill_9() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let browser = signed_in(&scene, &new_token(&scene, "viewer"));
    assert_eq!((browser.path().as_str(), browser.text(WAITING).as_str()), ("/", "0"));
    assert_eq!(browser.run("return location.hash"), "", "the token must not stay in the address");
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").expects_bye(60));
    browser.shows(WAITING, "1");
    browser.shows("#state", "Live");
    browser.shows("#warnings", "nobody is on duty");
    scene.engine.crash();
    browser.shows("#state", "Connection lost");
    scene.engine.restart();
    browser.shows("#state", "Live");
    browser.shows(WAITING, "1");
    let tuned = scene.api().tune(0, &json!({"max_wait": "1s"}), "closing early");
    assert_eq!(tuned.status, 200, "{tuned:?}");
    caller.succeeds();
    browser.shows(WAITING, "0");
    browser.open(&format!("{}/calls", scene.engine.url()));
    browser.shows("main", "Calls and callers are for admins and supervisors");
}

#[test]
fn a_supervisor_finds_a_call_and_why_it_waited_and_no_page_is_hard_to_read() {
    let scene = Scene::with_agents(0, |desk| desk);
    scene.call(&Scenario::caller(STRANGER).call().keys("2").pause(500).bye());
    scene.api().awaits_outcomes("abandoned", 1);
    let browser = signed_in(&scene, &new_token(&scene, "supervisor"));
    let (wallboard, calls) = (scene.engine.url(), format!("{}/calls?q={}", scene.engine.url(), &STRANGER[7..]));
    readable(&browser, &wallboard);
    readable(&browser, &calls);
    browser.shows("tbody", "abandoned");
    browser.run("document.querySelector('tbody a').click()");
    browser.shows("#story", "pressed 2");
    browser.shows("main", "abandoned");
    readable(&browser, &format!("{}{}", scene.engine.url(), browser.path()));
    browser.run("document.querySelector('.bar form button').click()");
    browser.shows("h1", "Sign in");
    readable(&browser, &format!("{}/sign-in", scene.engine.url()));
    browser.open(&wallboard);
    browser.shows("h1", "Sign in");
}

#[test]
fn the_list_of_calls_follows_them_and_goes_with_the_token() {
    let scene = Scene::with_agents(0, |desk| desk);
    let made = scene.api().post("/api/v1/tokens", &json!({"role": "supervisor"})).json;
    let browser = signed_in(&scene, made["token"].as_str().expect("a token"));
    browser.open(&format!("{}/calls", scene.engine.url()));
    browser.shows("#state", "Live");
    browser.run("window.isTheSame = true");
    let caller = scene.caller(0, &Scenario::caller(STRANGER).call().keys("2").pause(3_000).bye());
    browser.shows("tbody", "waiting");
    browser.run("document.querySelector('tbody a').focus()");
    caller.succeeds();
    browser.shows("tbody", "abandoned");
    let kept = browser.run("return window.isTheSame && document.activeElement === document.querySelector('tbody a')");
    assert_eq!(kept, true, "the page was loaded anew, or lost its place");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(scene.api().delete(&format!("/api/v1/tokens/{id}")).status, 204);
    browser.shows("h1", "Sign in");
}

/// By light and in the dark, on a screen and on a telephone; and not too heavy for a slow line.
fn readable(browser: &Browser, url: &str) {
    browser.open(url);
    for look in [(false, 1_400), (true, 1_400), (false, 390), (true, 390)] {
        browser.look(Look { dark: look.0, width_px: look.1 });
        let faults = browser.serious_faults(Path::new(env!("CARGO_TARGET_TMPDIR")));
        assert!(faults.is_empty(), "{url} {look:?}:\n{}", faults.join("\n"));
    }
    let weight = "return performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)";
    let weight = browser.run(weight).as_f64().expect("a number") as u64;
    assert!((1..WEIGHT_MAX).contains(&weight), "{url} weighs {weight} bytes");
}
