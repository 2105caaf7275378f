//! Agents' telephones register: right and wrong passwords, both hashes, nonces that age, bindings that end.

use std::process::Command;
use std::time::Duration;

use cabrank_tests::digest::{Algorithm, Challenge, challenges};
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::sound::tone;
use cabrank_tests::wait::{pause, until};
use cabrank_tests::wire::{Request, Wire, code, header};

const LIMIT: Duration = Duration::from_secs(5);
const PASSWORD: &str = "secret-a101";

/// The socket is given back before the scene's ports are.
struct Registration {
    wire: Wire,
    scene: Scene,
    asked: std::cell::Cell<u32>,
}

/// An engine with one agent, `a101`, who registers, and a socket to register from.
fn registration() -> Registration {
    let scene = Scene::start(|desk, _| desk.agent_registering("a101"));
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    Registration { scene, wire, asked: 0.into() }
}

impl Registration {
    fn uri(&self) -> String {
        format!("sip:127.0.0.1:{}", self.scene.engine.sip())
    }

    /// Sends a REGISTER for `user` with these header lines; gives the whole answer.
    fn register(&self, user: &str, lines: &[&str]) -> String {
        let n = self.asked.replace(self.asked.get() + 1);
        let address = format!("<sip:{user}@127.0.0.1>");
        let request = Request::new("REGISTER", user, &format!("register-{n}")).from(&format!("{address};tag=w{n}"));
        let request = lines.iter().fold(request, |request, line| request.header(line));
        self.wire.ask(&request);
        self.wire.final_answer(&request, LIMIT).expect("an answer to REGISTER")
    }

    fn challenge(&self, user: &str, algorithm: Algorithm) -> Challenge {
        let answer = self.register(user, &[]);
        assert_eq!(code(&answer), 401, "{answer}");
        let offered = challenges(&answer);
        let found = offered.iter().find(|challenge| challenge.algorithm == algorithm).cloned();
        found.unwrap_or_else(|| panic!("no {algorithm:?} among {offered:?}"))
    }

    fn registers_with(&self, algorithm: Algorithm, lines: &[&str]) -> String {
        let challenge = self.challenge("a101", algorithm);
        let authorization = challenge.authorization("a101", PASSWORD, &self.uri(), 1);
        self.register("a101", &[&[authorization.as_str()], lines].concat())
    }
}

#[test]
fn sha_256_is_offered_first_and_md5_too() {
    let at = registration();
    let offered = challenges(&at.register("a101", &[]));
    let algorithms: Vec<Algorithm> = offered.iter().map(|challenge| challenge.algorithm).collect();
    assert_eq!(algorithms, [Algorithm::Sha256, Algorithm::Md5], "{offered:?}");
}

#[test]
fn the_right_password_registers_with_either_hash() {
    for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
        let at = registration();
        let answer = at.registers_with(algorithm, &["Expires: 120"]);
        assert_eq!(code(&answer), 200, "{answer}");
        assert!(header(&answer, "Contact").is_some_and(|contact| contact.contains("expires=")), "{answer}");
        at.scene.api().awaits_agent("a101", "idle");
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_refused_alike() {
    let at = registration();
    let refusal = |user: &str| {
        let challenge = at.challenge(user, Algorithm::Sha256);
        let answer = at.register(user, &[&challenge.authorization(user, "wrong", &at.uri(), 1)]);
        let first = answer.lines().next().unwrap_or_default().to_owned();
        (first, challenges(&answer).len())
    };
    let (wrong_password, unknown_user) = (refusal("a101"), refusal("nobody"));
    assert_eq!(wrong_password, unknown_user);
    assert!(wrong_password.0.contains(" 401 ") || wrong_password.0.contains(" 403 "), "{wrong_password:?}");
    assert_ne!(at.scene.api().agent("a101")["state"], "idle");
}

#[test]
fn an_answer_is_accepted_once() {
    let at = registration();
    let challenge = at.challenge("a101", Algorithm::Sha256);
    let authorization = challenge.authorization("a101", PASSWORD, &at.uri(), 1);
    assert_eq!(code(&at.register("a101", &[&authorization])), 200);
    assert_eq!(code(&at.register("a101", &[&authorization])), 401, "a replay was accepted");
    let next = challenge.authorization("a101", PASSWORD, &at.uri(), 2);
    assert_eq!(code(&at.register("a101", &[&next])), 200, "the next use of a nonce was refused");
}

#[test]
fn a_forged_nonce_is_refused() {
    let at = registration();
    let genuine = at.challenge("a101", Algorithm::Sha256);
    let nonce = genuine.parameter("nonce").expect("a nonce").to_owned();
    let mut letters: Vec<char> = nonce.chars().collect();
    letters.reverse();
    let forged = Challenge { text: genuine.text.replace(&nonce, &letters.iter().collect::<String>()), ..genuine };
    let answer = at.register("a101", &[&forged.authorization("a101", PASSWORD, &at.uri(), 1)]);
    assert_eq!(code(&answer), 401, "{answer}");
}

#[test]
fn de_registering_makes_the_agent_unreachable() {
    let at = registration();
    assert_eq!(code(&at.registers_with(Algorithm::Sha256, &["Expires: 120"])), 200);
    at.scene.api().awaits_agent("a101", "idle");
    assert_eq!(code(&at.registers_with(Algorithm::Sha256, &["Expires: 0"])), 200);
    not_idle(&at.scene);
}

#[test]
fn a_binding_too_short_is_answered_with_the_least() {
    let at = registration();
    let answer = at.registers_with(Algorithm::Sha256, &["Expires: 1"]);
    assert_eq!(code(&answer), 423, "{answer}");
    assert!(header(&answer, "Min-Expires").is_some(), "{answer}");
}

fn not_idle(scene: &Scene) {
    until(LIMIT, "the agent to be unreachable", || (scene.api().agent("a101")["state"] != "idle").then_some(()));
}

#[test]
fn a_telephone_behind_a_nat_is_rung_where_it_registered_from() {
    let at = registration();
    let challenge = at.challenge("a101", Algorithm::Sha256);
    let authorization = challenge.authorization("a101", PASSWORD, &at.uri(), 1);
    let request = Request::new("REGISTER", "a101", "nat").from("<sip:a101@127.0.0.1>;tag=nat").header(&authorization);
    let text = request.text(at.wire.port()).replace("<sip:wire@127.0.0.1", "<sip:a101@10.255.255.1");
    at.wire.send(text);
    assert_eq!(code(&at.wire.final_answer(&request, LIMIT).expect("an answer")), 200);
    at.scene.api().awaits_agent("a101", "idle");
    let caller = at.scene.caller(0, &Scenario::caller("+6598765432").call().keys("2").pause(1_500).bye());
    let invite = until(LIMIT, "the INVITE at the registered source", || {
        at.wire.receive(LIMIT).filter(|message| message.starts_with("INVITE"))
    });
    assert!(invite.contains("User-to-User"), "{invite}");
    caller.succeeds();
}

#[test]
fn baresip_registers_and_turns_itself_off() {
    let scene = Scene::start(|desk, _| desk.agent_registering("a101").md5_only());
    let mut phone = scene.softphone("a101", 0).registers(scene.engine.sip(), PASSWORD).start(&scene.room, &tone(500.0, 1.0));
    phone.awaits_registration();
    scene.api().awaits_agent("a101", "idle");
    phone.turn_off();
    not_idle(&scene);
}

#[test]
fn baresip_with_a_wrong_password_does_not_register() {
    let scene = Scene::start(|desk, _| desk.agent_registering("a101").md5_only());
    let mut phone = scene.softphone("a101", 0).registers(scene.engine.sip(), "wrong").start(&scene.room, &tone(500.0, 1.0));
    phone.awaits_refused_registration();
}

#[test]
fn sipsak_registers() {
    let scene = Scene::start(|desk, _| desk.agent_registering("a101").md5_only());
    let target = format!("sip:a101@127.0.0.1:{}", scene.engine.sip());
    let port = scene.ports.sip(31).to_string();
    let arguments = [
        "-U",
        "-H",
        "127.0.0.1",
        "-C",
        "sip:a101@127.0.0.1:25999",
        "-u",
        "a101",
        "-a",
        PASSWORD,
        "-x",
        "120",
        "-l",
        &port,
        "-s",
        &target,
    ];
    let output = Command::new("sipsak").args(arguments).output().expect("sipsak runs");
    assert!(output.status.success(), "{}", cabrank_tests::engine::printed(&output));
    scene.api().awaits_agent("a101", "idle");
}

#[test]
fn a_binding_that_is_not_refreshed_runs_out() {
    let at = registration();
    let least = at.registers_with(Algorithm::Sha256, &["Expires: 1"]);
    let seconds: u64 = header(&least, "Min-Expires").and_then(|s| s.parse().ok()).expect("Min-Expires");
    let answer = at.registers_with(Algorithm::Sha256, &[&format!("Expires: {seconds}")]);
    assert_eq!(code(&answer), 200, "{answer}");
    at.scene.api().awaits_agent("a101", "idle");
    pause(Duration::from_secs(seconds));
    not_idle(&at.scene);
}
