//! What is really heard: prompts recognised, tones that cross from one telephone to the other.

use std::time::Duration;

use cabrank_tests::baresip::Baresip;
use cabrank_tests::desk::{KNOWN, STRANGER, shipped_prompts};
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::scene::Scene;
use cabrank_tests::sound::{self, Samples, likeness, tone, tone_share};
use cabrank_tests::wait::pause;

const LIMIT: Duration = Duration::from_secs(25);
const SAID: f64 = 0.8;
const NOT_SAID: f64 = 0.6;

fn prompt(name: &str) -> Samples {
    sound::read(&shipped_prompts().join("en").join(format!("{name}.wav")))
}

fn was_said(heard: &[f64], name: &str) {
    let found = likeness(heard, &prompt(name));
    assert!(found > SAID, "{name} was not heard ({found:.2})");
}

fn was_not_said(heard: &[f64], name: &str) {
    let found = likeness(heard, &prompt(name));
    assert!(found < NOT_SAID, "{name} was heard ({found:.2})");
}

#[test]
fn the_greeting_the_menu_and_the_eta_are_heard() {
    let scene = Scene::with_agents_and_ports(0, |desk, ports| {
        desk.real_prompts().webhook(&format!("http://127.0.0.1:{}/ride", ports.http(7)), "2s")
    });
    let _service = Dispatch::start(scene.ports.http(7), Mode::Accepts(7 * 60));
    let mut caller = scene.softphone("caller", 0).shows(KNOWN).start(&scene.room, &tone(900.0, 1.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    pause(length("welcome") + length("menu") + Duration::from_millis(500));
    caller.press('1');
    caller.awaits("CALL_CLOSED", LIMIT);
    let heard = caller.heard();
    for name in ["welcome", "menu", "taxi-sent", "eta-7"] {
        was_said(&heard, name);
    }
    for name in ["no-taxi-now", "closed", "sorry-error"] {
        was_not_said(&heard, name);
    }
    assert_eq!(best_eta(&heard), 7, "another number of minutes was heard");
}

/// The number of minutes that fits best: the sentences differ in one word only.
fn best_eta(heard: &[f64]) -> u32 {
    let fit = |minutes: u32| likeness(heard, &prompt(&format!("eta-{minutes}")));
    let fits = (1..=20).map(|minutes| (fit(minutes), minutes));
    fits.max_by(|a, b| a.0.total_cmp(&b.0)).expect("twenty candidates").1
}

fn length(name: &str) -> Duration {
    Duration::from_secs_f64(prompt(name).len() as f64 / f64::from(sound::RATE))
}

#[test]
fn a_key_cuts_the_menu_short() {
    let scene = Scene::with_agents(0, |desk| desk.real_prompts());
    let mut caller = scene.softphone("caller", 0).shows(STRANGER).start(&scene.room, &tone(900.0, 1.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    caller.press('2');
    pause(Duration::from_secs(8));
    caller.hang_up();
    caller.awaits("CALL_CLOSED", Duration::from_secs(5));
    let heard = caller.heard();
    was_not_said(&heard, "menu");
    was_said(&heard, "wait");
}

#[test]
fn caller_and_registered_agent_hear_each_other() {
    let scene = Scene::start(|desk, _| desk.agent_registering("a101").md5_only());
    let agent = scene.softphone("a101", 1).registers(scene.engine.sip(), "secret-a101").answers();
    let mut agent = agent.start(&scene.room, &tone(500.0, 20.0));
    agent.awaits_registration();
    hear_each_other(&scene, &agent);
}

#[test]
fn caller_and_agent_at_a_fixed_address_hear_each_other() {
    let scene = Scene::start(|desk, ports| desk.agent_at("a101", ports.sip(22)));
    let agent = scene.softphone("a101", 1).answers().start(&scene.room, &tone(500.0, 20.0));
    scene.api().sign_in("a101");
    hear_each_other(&scene, &agent);
}

/// A caller with the other codec reaches the agent; each must have heard the other's tone.
fn hear_each_other(scene: &Scene, agent: &Baresip) {
    scene.api().awaits_agent("a101", "idle");
    let mut caller = scene.softphone("caller", 0).shows(STRANGER).codecs("PCMA").start(&scene.room, &tone(1_300.0, 20.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    caller.press('2');
    agent.awaits("CALL_ESTABLISHED", Duration::from_secs(10));
    pause(Duration::from_millis(2_500));
    caller.hang_up();
    agent.awaits("CALL_CLOSED", Duration::from_secs(5));
    let (by_caller, by_agent) = (tone_share(&tail(caller.heard()), 500.0), tone_share(&tail(agent.heard()), 1_300.0));
    assert!(by_caller > 0.8, "the caller did not hear the agent ({by_caller:.2})");
    assert!(by_agent > 0.8, "the agent did not hear the caller ({by_agent:.2})");
}

/// The last two seconds: what was heard once the two were connected.
fn tail(mut heard: Samples) -> Samples {
    let keep = 2 * sound::RATE as usize;
    heard.split_off(heard.len().saturating_sub(keep))
}

#[test]
fn on_hold_music_is_heard_and_then_the_agent_again() {
    let scene = Scene::start(|desk, ports| desk.agent_at("a101", ports.sip(22)).real_prompts());
    let mut agent = scene.softphone("a101", 1).answers().start(&scene.room, &tone(500.0, 30.0));
    scene.api().sign_in("a101");
    let mut caller = scene.softphone("caller", 0).shows(STRANGER).start(&scene.room, &tone(1_300.0, 30.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    caller.press('2');
    agent.awaits("CALL_ESTABLISHED", Duration::from_secs(20));
    pause(Duration::from_secs(1));
    agent.hold();
    pause(Duration::from_secs(4));
    agent.resume();
    pause(Duration::from_millis(2_500));
    agent.hang_up();
    caller.awaits("CALL_CLOSED", Duration::from_secs(5));
    let heard = caller.heard();
    let music = likeness(&heard, &prompt("music")[..3 * sound::RATE as usize]);
    assert!(music > SAID, "no music was heard on hold ({music:.2})");
    assert!(tone_share(&tail(heard), 500.0) > 0.8, "the agent was not heard after the hold");
}
