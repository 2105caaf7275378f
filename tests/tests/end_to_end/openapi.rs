//! The API is as it describes itself: whatever is asked of it, by the book or not, the answer is one that the description names.

use std::path::Path;
use std::time::Duration;

use cabrank_tests::api::id_of;
use cabrank_tests::desk::{INCOMPLETE, KNOWN, STRANGER};
use cabrank_tests::python::Program;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::scene::Scene;
use serde_json::{Value, json};

/// It takes seconds; on a machine that does much else, a minute.
const PATIENCE: Duration = Duration::from_secs(300);
const SEED: &str = "1";

/// A call that ended and a case about it, one that waits, a change of thresholds and a token too many, by what is asked of them.
fn something_of_everything(scene: &Scene) -> Value {
    let (api, said) = (scene.api(), |answer: cabrank_tests::api::Answer| {
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.json
    });
    scene.call(&Scenario::caller(KNOWN).call().keys("2").pause(300).bye());
    let ended = id_of(&api.awaits_call("that ended", |call| call["state"] == "ended"));
    let case = said(api.post("/api/v1/cases", &json!({"kind": "complaint", "said": "no taxi came", "calls": [ended]})));
    said(api.tune(0, &json!({"target": "25s"}), "rain"));
    let token = said(api.post("/api/v1/tokens", &json!({"role": "viewer"})));
    let queue = json!({"name": "booking"});
    json!({
        "* /api/v1/agents/{name}": {"name": "a101"},
        "* /api/v1/agents/{name}/desk": {"name": "a101"},
        "* /api/v1/agents/{name}/state": {"name": "a101"},
        "* /api/v1/calls/{id}": {"id": ended},
        "* /api/v1/calls/{id}/why": {"id": ended},
        "* /api/v1/cases/{id}": {"id": case["case"]},
        "* /api/v1/changes/{number}/revert": {"number": 1},
        "* /api/v1/queues/{name}": queue,
        "* /api/v1/queues/{name}/thresholds": queue,
        "* /api/v1/records/{id}": {"id": ended},
        "GET /api/v1/profiles/{number}": {"number": KNOWN},
        "DELETE /api/v1/profiles/{number}": {"number": INCOMPLETE},
        // The admin's own, which all that is asked needs, is not this one.
        "DELETE /api/v1/tokens/{id}": {"id": token["id"]},
        "calls": [ended],
    })
}

#[test]
fn whatever_is_asked_the_answer_is_one_that_the_description_names() {
    let mut scene = Scene::with_agents(0, |desk| desk);
    let real = something_of_everything(&scene).to_string();
    let _waiting = scene.caller(1, &Scenario::caller(STRANGER).call().keys("2").expects_bye(240));
    scene.awaits_waiting(1);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/check.py");
    let examples = if std::env::var_os("CABRANK_SOAK").is_some() { "100" } else { "10" };
    let url = scene.engine.url();
    let arguments = [url.as_str(), scene.engine.token(), SEED, examples, &real];
    let mut check = Program::new(path, Path::new(env!("CARGO_TARGET_TMPDIR"))).start(&scene.room, &arguments);
    let status = check.wait(PATIENCE);
    assert!(status.success(), "seed {SEED}:\n{}", check.log());
    scene.engine.must_be_alive();
}
