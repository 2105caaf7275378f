//! Known callers are greeted by name: what a speech command rendered when their profile was written.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use cabrank_tests::desk::{Desk, KNOWN, STRANGER};
use cabrank_tests::scene::Scene;
use cabrank_tests::sound::{self, Samples, likeness, tone};
use cabrank_tests::spoken::{length, was_said};
use cabrank_tests::wait::{pause, until};

const SAID: f64 = 0.8;
const NOT_SAID: f64 = 0.5;

/// What the speech command says, whoever is called: in no prompt.
fn name() -> Samples {
    tone(1_530.0, 1.0)
}

/// A desk that speaks names, with a speech command of the test's own; a name that begins with a B hangs it.
fn speaking(desk: Desk, sound: &Path) -> Desk {
    sound::write(sound, &name());
    let script = r#"case \"$1\" in B*) sleep 60;; esac; cp \"$3\" \"$2\""#;
    let command = format!("[\"sh\", \"-c\", \"{script}\", \"speak\", \"{{text}}\", \"{{file}}\", \"{}\"]", sound.display());
    desk.real_prompts().table(&format!("[speech]\ncommand = {command}\ntimeout = \"1s\"\n"))
}

/// What such a caller hears from the greeting to the end of the menu.
fn greeting(scene: &Scene, number: &str) -> Samples {
    let mut caller = scene.softphone("caller", 0).shows(number).start(&scene.room, &tone(900.0, 1.0));
    caller.dial(&format!("sip:taxi@127.0.0.1:{}", scene.engine.sip()));
    caller.awaits("CALL_ESTABLISHED", Duration::from_secs(5));
    pause(length("welcome") + length("menu") + Duration::from_millis(1_500));
    caller.hang_up();
    caller.awaits("CALL_CLOSED", Duration::from_secs(5));
    let heard = caller.heard();
    was_said(&heard, "welcome");
    was_said(&heard, "menu");
    heard
}

fn awaits_rendered(scene: &Scene, names: usize) {
    let voices = scene.engine.data().join("voices");
    let rendered = || {
        let files = std::fs::read_dir(&voices).into_iter().flatten().flatten();
        files.filter(|file| !file.file_name().to_string_lossy().contains("part")).count()
    };
    until(Duration::from_secs(20), &format!("{names} names to be rendered"), || (rendered() == names).then_some(()));
    // A file is there a moment before it is in memory.
    pause(Duration::from_millis(500));
}

#[test]
fn a_known_caller_hears_the_name_and_a_stranger_does_not() {
    let sounds = tempfile::tempdir().expect("a directory");
    let scene = Scene::with_agents(0, |desk| speaking(desk, &sounds.path().join("name.wav")));
    awaits_rendered(&scene, 3);
    let known = likeness(&greeting(&scene, KNOWN), &name());
    assert!(known > SAID, "the name was not heard ({known:.2})");
    let stranger = likeness(&greeting(&scene, STRANGER), &name());
    assert!(stranger < NOT_SAID, "a stranger heard a name ({stranger:.2})");
}

#[test]
fn a_name_is_said_once_it_is_put_and_one_that_cannot_be_rendered_is_not() {
    let sounds = tempfile::tempdir().expect("a directory");
    let scene = Scene::with_agents(0, |desk| speaking(desk, &sounds.path().join("name.wav")));
    awaits_rendered(&scene, 3);
    for name in ["Bob", "Carl"] {
        let answer = scene.engine.api().put(&format!("/api/v1/profiles/{}", name.to_lowercase()), &json!({ "name": name }));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    awaits_rendered(&scene, 4);
    let carl = likeness(&greeting(&scene, "carl"), &name());
    assert!(carl > SAID, "the name was not heard ({carl:.2})");
    let bob = likeness(&greeting(&scene, "bob"), &name());
    assert!(bob < NOT_SAID, "a name was heard ({bob:.2})");
    assert!(scene.engine.log().contains("a name could not be rendered"), "nothing is said of it");
}

#[test]
fn who_may_be_somebody_else_is_not_told_whose_number_it_is() {
    let sounds = tempfile::tempdir().expect("a directory");
    let scene = Scene::with_agents(0, |desk| speaking(desk, &sounds.path().join("name.wav")).identity("untrusted"));
    awaits_rendered(&scene, 3);
    let heard = likeness(&greeting(&scene, KNOWN), &name());
    assert!(heard < NOT_SAID, "a name was said to somebody who cannot be believed ({heard:.2})");
}
