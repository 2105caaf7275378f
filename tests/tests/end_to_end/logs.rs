//! What a log tells of callers and secrets, however much of it is asked for.

use std::time::Duration;

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::digest::{Algorithm, challenges};
use cabrank_tests::engine::Engine;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::traces::digits;
use cabrank_tests::wire::{Request, Wire, code};

const LIMIT: Duration = Duration::from_secs(5);

/// An engine that logs all it can, on a desk with one telephone that registers.
fn talkative() -> Scene {
    let (room, ports) = (Room::new(), Block::claim());
    let desk = Desk::new(&ports).agent_registering("a101");
    let engine = Engine::start_in(&["RUST_LOG=trace"], &room, &ports, &desk);
    Scene { engine, ports, room }
}

/// Registers with this password; the answer's code, and the header that proved it.
fn registers(scene: &Scene, wire: &Wire, nth: u32, password: &str) -> (u16, String) {
    let ask = |name: &str, lines: &[&str]| {
        let request = Request::new("REGISTER", "a101", name).from("<sip:a101@127.0.0.1>;tag=w");
        let request = lines.iter().fold(request, |request, line| request.header(line));
        wire.ask(&request);
        wire.final_answer(&request, LIMIT).expect("an answer to REGISTER")
    };
    let asked = ask(&format!("log-{nth}-asked"), &[]);
    let found = challenges(&asked).into_iter().find(|challenge| challenge.algorithm == Algorithm::Sha256).expect("SHA-256");
    let proof = found.authorization("a101", password, &format!("sip:127.0.0.1:{}", scene.engine.sip()), 1);
    (code(&ask(&format!("log-{nth}-proved"), &[&proof, "Expires: 60"])), proof)
}

#[test]
fn the_most_talkative_log_names_no_caller_and_no_secret() {
    let scene = talkative();
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    let (refused, wrong) = registers(&scene, &wire, 1, "not-the-password");
    let (accepted, right) = registers(&scene, &wire, 2, "secret-a101");
    assert!(refused >= 400 && accepted == 200, "{refused} {accepted}");
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
    scene.caller(1, &Scenario::caller(STRANGER).call().keys("2").pause(500).bye()).succeeds();
    scene.api().awaits_outcomes("abandoned", 1);
    scene.api().put("/api/v1/profiles/+6590000042", &serde_json::json!({"name": "Zachary", "fields": {"pickup": "Bedok"}}));
    scene.api().delete(&format!("/api/v1/profiles/{KNOWN}"));
    // What is printed on the terminal before is for whoever starts it, once: the token, and a link with it.
    let log = scene.engine.log();
    let is_logged = |line: &&str| !line.contains("admin token") && !line.contains("/sign-in#");
    let log: String = log.lines().filter(is_logged).collect::<Vec<_>>().join("\n");
    assert!(log.contains("a call came in") && log.contains("*********67"), "it must be talkative:\n{log}");
    let response = |proof: &str| proof.split("response=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let (wrong, right) = (response(&wrong).expect("a response"), response(&right).expect("a response"));
    let never = [
        digits(KNOWN),
        digits(STRANGER),
        "90000042",
        "Zachary",
        "Bedok",
        "Ms Tan",
        "1 Raffles",
        "secret-a101",
        "not-the-password",
    ];
    // What libraries say of connections and statements, as long as they are let.
    let libraries = ["event source", "db.statement"];
    for text in never.into_iter().chain([&*wrong, &*right, "uthorization", scene.engine.token()]).chain(libraries) {
        let line = log.lines().find(|line| line.contains(text));
        assert_eq!(line, None, "`{text}` is in the log");
    }
}
