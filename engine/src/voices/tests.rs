//! Names rendered by programs good and bad.

use super::spoken::Phrase;
use super::{VoiceSettings, Voices};
use crate::directory::Directory;
use cabrank_core::{Number, Profile};
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Writes a tone as long as the name, and counts how often it was asked.
const TONE: &str = r#"echo "$1" >> "$3"; python3 - "$1" "$2" <<'END'
import sys, wave
with wave.open(sys.argv[2], "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    file.writeframes(b"\x00\x10" * (1600 * len(sys.argv[1])))
END"#;

fn settings(dir: &Path, command: &[&str]) -> VoiceSettings {
    VoiceSettings {
        command: command.iter().map(|part| (*part).to_owned()).collect(),
        timeout: Duration::from_secs(20),
        at_once: 2,
        recordings: Some(dir.join("recordings")),
        language: "en".into(),
        octets_max: 1 << 20,
        rendered: dir.join("voices"),
    }
}

fn tone(dir: &Path) -> VoiceSettings {
    let count = dir.join("count").display().to_string();
    settings(dir, &["sh", "-c", TONE, "tone", "{text}", "{file}", &count])
}

fn named(name: &str) -> Profile {
    Profile { name: name.into(), ..Profile::default() }
}

fn number(text: &str) -> Number {
    Number(text.into())
}

fn room() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

/// How long the name is said, once it can be.
fn said(voices: &Voices, from: &str, name: &str) -> usize {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        match voices.of(&number(from), &named(name)) {
            Some(word) => return word.octets(),
            None if Instant::now() > until => panic!("{name} is not said"),
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn asked(dir: &Path) -> usize {
    fs::read_to_string(dir.join("count")).map_or(0, |names| names.lines().count())
}

#[test]
fn a_name_is_rendered_once_for_all_who_bear_it_and_found_again_after_a_restart() {
    let dir = room();
    let voices = Voices::start(tone(dir.path())).expect("started");
    for from in ["a", "b", "c"] {
        voices.want(&number(from), &named("Ann"));
        assert_eq!(said(&voices, from, "Ann"), 2_400);
    }
    assert_eq!(asked(dir.path()), 1);
    drop(voices);
    let voices = Voices::start(tone(dir.path())).expect("started");
    voices.want(&number("a"), &named("Ann"));
    assert_eq!((said(&voices, "a", "Ann"), asked(dir.path())), (2_400, 1));
    voices.forget(&number("a"), &named("Ann"));
    assert_eq!(voices.of(&number("a"), &named("Ann")), None);
    assert_eq!(fs::read_dir(dir.path().join("voices")).expect("listed").count(), 0);
}

#[test]
fn what_was_rendered_of_names_that_nobody_bears_is_removed() {
    let dir = room();
    let voices = Voices::start(tone(dir.path())).expect("started");
    for name in ["Ann", "Bea"] {
        voices.want(&number(name), &named(name));
        said(&voices, name, name);
    }
    let directory = Directory::default();
    directory.put(number("Bea"), Arc::new(named("Bea")));
    voices.want_all(&directory);
    assert_eq!(voices.of(&number("Ann"), &named("Ann")), None);
    assert!(voices.of(&number("Bea"), &named("Bea")).is_some());
    assert_eq!(fs::read_dir(dir.path().join("voices")).expect("listed").count(), 1);
}

#[test]
fn of_a_name_that_is_forgotten_while_it_is_rendered_nothing_is_left() {
    let dir = room();
    let tone = tone(dir.path());
    let slowly = format!("sleep 1; {}", tone.command[2]);
    let command = [&[tone.command[0].clone(), tone.command[1].clone(), slowly], &tone.command[3..]].concat();
    let voices = Voices::start(VoiceSettings { command, at_once: 1, ..tone }).expect("started");
    for name in ["Ann", "Bea", "Carl"] {
        voices.want(&number(name), &named(name));
    }
    std::thread::sleep(Duration::from_millis(300));
    // One is being rendered, the other has its turn next.
    for name in ["Ann", "Bea"] {
        voices.forget(&number(name), &named(name));
    }
    assert_eq!(said(&voices, "Carl", "Carl"), 3_200);
    assert!(["Ann", "Bea"].iter().all(|name| voices.of(&number(name), &named(name)).is_none()));
    assert_eq!(fs::read_dir(dir.path().join("voices")).expect("listed").count(), 1);
}

#[test]
fn a_recording_goes_before_what_the_command_says() {
    let dir = room();
    fs::create_dir(dir.path().join("recordings")).expect("made");
    let voices = Voices::start(tone(dir.path())).expect("started");
    voices.want(&number("ann"), &named("Ann"));
    assert_eq!(said(&voices, "ann", "Ann"), 2_400);
    let rendered = fs::read_dir(dir.path().join("voices")).expect("listed").next().expect("one").expect("read").path();
    fs::copy(rendered, dir.path().join("recordings/bea.wav")).expect("copied");
    voices.want(&number("bea"), &named(""));
    assert_eq!(said(&voices, "bea", ""), 2_400);
}

#[test]
fn a_program_that_hangs_fails_or_writes_nonsense_leaves_the_greeting_nameless_and_the_next_name_is_rendered() {
    let bad = r#"case "$1" in Hangs) sleep 60 & wait;; Fails) exit 3;; Nothing) ;; Nonsense) echo x > "$2";; esac
        case "$1" in Good) cp "$3" "$2";; esac"#;
    let dir = room();
    let good = dir.path().join("good.wav");
    let voices = Voices::start(tone(dir.path())).expect("started");
    voices.want(&number("a"), &named("Ann"));
    said(&voices, "a", "Ann");
    let rendered = fs::read_dir(dir.path().join("voices")).expect("listed").next().expect("one").expect("read").path();
    fs::copy(rendered, &good).expect("copied");
    let command = ["sh", "-c", bad, "bad", "{text}", "{file}", &good.display().to_string()];
    let hurried = VoiceSettings { timeout: Duration::from_secs(1), at_once: 1, ..settings(dir.path(), &command) };
    let voices = Voices::start(hurried).expect("started");
    let bad = ["Hangs", "Fails", "Nothing", "Nonsense"];
    for name in bad.into_iter().chain(["Good"]) {
        voices.want(&number(name), &named(name));
    }
    assert_eq!(said(&voices, "Good", "Good"), 2_400);
    for name in bad {
        assert_eq!(voices.of(&number(name), &named(name)), None, "{name}");
    }
    let left = fs::read_dir(dir.path().join("voices")).expect("listed").count();
    assert_eq!(left, 2, "only good files are left: Ann's and the last one");
    let missing = Voices::start(settings(dir.path(), &["/no/such/program", "{text}"])).expect("started");
    missing.want(&number("a"), &named("Bea"));
    assert_eq!(missing.of(&number("a"), &named("Bea")), None);
}

#[test]
fn memory_is_bounded() {
    let dir = room();
    let voices = Voices::start(VoiceSettings { octets_max: 3_000, at_once: 1, ..tone(dir.path()) }).expect("started");
    for name in ["Ann", "Bea"] {
        voices.want(&number(name), &named(name));
    }
    said(&voices, "Ann", "Ann");
    let until = Instant::now() + Duration::from_secs(20);
    while asked(dir.path()) < 2 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(voices.of(&number("Bea"), &named("Bea")), None);
}

proptest! {
    #[test]
    fn no_name_can_be_taken_for_an_option(name in any::<String>(), dashes in 0_usize..4) {
        let profile = named(&("-".repeat(dashes) + &name));
        if let Some(phrase) = Phrase::of(&profile, &"en".into()) {
            prop_assert!(phrase.text.starts_with(char::is_alphanumeric), "{:?}", phrase.text);
            prop_assert!(phrase.text.chars().count() <= 80 && !phrase.text.chars().any(char::is_control));
        }
    }
}
