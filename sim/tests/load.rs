//! `cabrank-sim load`, from outside: what it refuses, and what it says when it is interrupted. With an engine:
//! `tests/tests/live_load.rs`.

use serde_json::Value;
use std::net::UdpSocket;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn command(words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cabrank-sim"));
    command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn says(words: &str) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command(words).output().expect("the binary runs");
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[test]
fn other_machines_are_left_alone() {
    for target in ["sip:taxi@192.0.2.1:5060", "quic://192.0.2.1:4433"] {
        let (code, said) = says(&format!("load {target} --rate 10"));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("--anywhere"), "{said}");
    }
}

#[test]
fn bad_usage_is_told_with_what_would_be_right() {
    let here = "sip:taxi@127.0.0.1:9";
    let bad = [
        (format!("load {here}"), "--rate"),
        ("load taxi --rate 5".to_owned(), "sip:LINE@HOST:PORT"),
        (format!("load {here} --rate 0"), "calls a second"),
        (format!("load {here} --rate 5 --for 9"), "such as 30s|for example"),
        (format!("load {here} --rate 5 --talk weibull(3s)"), "exponential(MEAN)"),
        (format!("load {here} --rate 5 --press 22"), "one of 0-9"),
        (format!("load {here} --rate 5,9 --find-limit"), "starts from one rate"),
        (format!("load {here} --rate 5 --agents-from nowhere.toml"), "nowhere.toml cannot be read"),
        (format!("load {here} --rate 5 --callers-from nowhere.csv"), "nowhere.csv cannot be read"),
        (format!("load {here} --rate 5 --json - --html -"), "standard output"),
    ];
    for (words, right) in bad {
        let (code, said) = says(&words);
        assert_eq!(code, Some(2), "{words}: {said}");
        assert!(right.split('|').any(|right| said.contains(right)), "{words}: {said}");
    }
}

#[test]
fn the_help_has_examples_and_every_option_says_something() {
    let (code, said) = says("load --help");
    assert_eq!(code, Some(0));
    assert!(said.contains("Examples:") && said.contains("--find-limit --rate 50"), "{said}");
}

/// A desk that says nothing at all; whoever presses Ctrl-C gets what there was.
#[test]
fn ctrl_c_ends_it_with_the_figures_so_far() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    silent.set_read_timeout(Some(Duration::from_secs(60))).expect("it can");
    let at = silent.local_addr().expect("it is bound");
    let load = command(&format!("load sip:taxi@{at} --rate 200 --for 10m --json -")).spawn().expect("the binary runs");
    let mut buffer = [0; 4_096];
    let (length, _) = silent.recv_from(&mut buffer).expect("somebody calls");
    let invite = String::from_utf8_lossy(&buffer[..length]).into_owned();
    assert!(invite.starts_with(&format!("INVITE sip:taxi@{at} SIP/2.0\r\n")), "{invite}");
    let killed = Command::new("kill").args(["-INT", &load.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let output = load.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["run"]["interrupted"], true);
    let due = json["calls"]["due"].as_u64().expect("a number");
    assert!(due > 0 && json["calls"]["unfinished"].as_u64() == Some(due), "{json:#}");
}
