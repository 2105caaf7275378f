//! The torture messages of RFC 4475 and RFC 5118: all are survived, and answered as far as the RFCs say.
//!
//! They name outside hosts, so the test runs itself again in a network namespace that has nothing but loopback.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cabrank_tests::desk::KNOWN;
use cabrank_tests::namespace::alone;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use cabrank_tests::wire::{Request, Wire, code, header};

const LIMIT: Duration = Duration::from_millis(150);

/// What the RFCs say must come, for those messages where they leave no choice. A message that cannot be parsed
/// may also be dropped (RFC 3261 section 16.3 asks elements to be liberal, and 400 is a SHOULD).
const ANSWERS: &[(&str, &[u16])] = &[
    ("badvers", &[505, 400]),
    ("bext01", &[420]),
    ("unkscm", &[416, 404]),
    ("unksm2", &[416, 404, 401]),
    ("insuf", &[400]),
    ("zeromf", &[483, 200, 404]),
    ("mismatch01", &[400]),
    ("mismatch02", &[400, 501, 405]),
    ("multi01", &[400]),
    ("mcl01", &[400]),
    ("ncl", &[400]),
    ("clerr", &[400]),
    ("scalar02", &[400]),
    ("baddate", &[400, 404]),
    ("badaspec", &[400, 404]),
    ("ltgtruri", &[400]),
    ("lwsruri", &[400]),
    ("lwsstart", &[400]),
    ("trws", &[400]),
    ("escruri", &[400, 404]),
    ("quotbal", &[400]),
    ("invut", &[415, 404]),
    ("sdp01", &[404, 406, 488]),
    ("regbadct", &[400, 401]),
    ("regaut01", &[401, 400, 403]),
    ("v6_ipv6-bad", &[400]),
];

#[test]
fn the_torture_messages_are_survived_and_answered() {
    alone("the_torture_messages_are_survived_and_answered", torture);
}

fn torture() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let wire = Wire::new(scene.ports.sip(30), scene.engine.sip());
    let mut wrong = Vec::new();
    for (name, message) in messages() {
        wire.send(&message);
        let codes = final_codes(&wire, &message);
        let expected = ANSWERS.iter().find(|(known, _)| *known == name).map(|(_, codes)| *codes);
        if let Some(expected) = expected
            && codes.iter().any(|code| !expected.contains(code))
        {
            wrong.push(format!("{name}: {codes:?}, not one of {expected:?}"));
        }
        eprintln!("{name}: {codes:?}");
        assert_eq!(wire.code(&Request::new("OPTIONS", "taxi", &format!("after-{name}"))), 200, "after {name}");
        scene.engine.must_be_alive();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    scene.call(&Scenario::caller(KNOWN).call().keys("1").expects_bye(20));
}

fn messages() -> Vec<(String, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("torture");
    let mut found: Vec<(String, Vec<u8>)> = fs::read_dir(directory)
        .expect("the torture messages")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "dat"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), fs::read(&path).expect("a message")))
        .collect();
    found.sort();
    assert!(found.len() > 60, "only {} messages", found.len());
    found
}

/// The final codes that came back for this message (and not, once more, for an earlier one: some messages share a
/// Call-ID, and an INVITE's refusal is repeated until it is acknowledged); repetitions count once.
fn final_codes(wire: &Wire, message: &[u8]) -> Vec<u16> {
    let asked = String::from_utf8_lossy(message);
    let method = |answer: &str| header(answer, "CSeq").and_then(|cseq| cseq.split_whitespace().last()).map(str::to_owned);
    let ours = |answer: &String| {
        header(answer, "Call-ID").is_some_and(|call| asked.contains(call))
            && method(answer).is_none_or(|method| asked.contains(&method))
    };
    let mut codes: Vec<u16> = std::iter::from_fn(|| wire.receive(LIMIT))
        .filter(|answer| answer.starts_with("SIP/") && ours(answer))
        .map(|answer| code(&answer))
        .filter(|code| *code >= 200)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
