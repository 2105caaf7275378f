//! The command line: faults named with their line and what would be right, and exit codes that scripts can trust.

use std::net::{Ipv4Addr, UdpSocket};

use cabrank_tests::desk::{Desk, PROFILES};
use cabrank_tests::engine::{cabrank, path, printed};
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;

struct Checked {
    code: Option<i32>,
    text: String,
    config: String,
}

/// `cabrank check` of the usual desk with one piece of its config replaced by another.
fn checked(from: &str, to: &str) -> Checked {
    let (room, ports) = (Room::new(), Block::claim());
    let written = Desk::new(&ports).agent_at("a101", ports.sip(2)).write(&room);
    let right = std::fs::read_to_string(&written).expect("the config");
    assert!(right.contains(from), "the usual config has no {from:?}");
    let config = right.replacen(from, to, 1);
    std::fs::write(&written, &config).expect("the config");
    let output = cabrank(&["check", path(&written)]);
    Checked { code: output.status.code(), text: printed(&output), config }
}

/// The fault is named with the line where `mark` stands, and every word of `words` is said.
fn is_faulted(from: &str, to: &str, mark: &str, words: &[&str]) {
    let Checked { code, text, config } = checked(from, to);
    assert_eq!(code, Some(2), "{text}");
    let line = 1 + config.lines().position(|line| line.contains(mark)).expect("the mark");
    let named = text.contains(&format!(":{line}:")) || text.contains(&format!("line {line}"));
    assert!(named, "line {line} is not named:\n{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} is not said:\n{text}");
    }
}

#[test]
fn the_usual_config_is_right() {
    let Checked { code, text, .. } = checked("[desk]", "[desk]");
    assert_eq!(code, Some(0), "{text}");
}

/// `cabrank serve` where somebody else listens on that UDP port.
fn is_told_of_a_taken_port(port: impl Fn(&Block) -> u16) {
    let (room, ports) = (Room::new(), Block::claim());
    let config = Desk::new(&ports).agent_at("a101", ports.sip(2)).write(&room);
    let port = port(&ports);
    let _taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
    let output = cabrank(&["serve", path(&config), "--data", path(&room.file("data"))]);
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("cannot listen on") && text.contains(&format!("127.0.0.1:{port}")), "{text}");
}

#[test]
fn a_taken_port_of_sip_is_named() {
    is_told_of_a_taken_port(|ports| ports.sip(0));
}

#[test]
fn a_taken_port_of_quic_is_named() {
    is_told_of_a_taken_port(Block::quic);
}

#[test]
fn the_shipped_configs_are_right() {
    let configs = concat!(env!("CARGO_MANIFEST_DIR"), "/../config");
    let found = std::fs::read_dir(configs).expect("config").flatten().map(|entry| entry.path());
    let desks: Vec<_> = found.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    assert!(desks.len() >= 2, "{desks:?}");
    for desk in desks {
        let output = cabrank(&["check", path(&desk)]);
        assert_eq!(output.status.code(), Some(0), "{}:\n{}", desk.display(), printed(&output));
    }
}

#[test]
fn a_typo_is_named_with_what_was_meant() {
    is_faulted("greeting =", "greting =", "greting", &["greting", "greeting"]);
}

#[test]
fn a_third_option_is_refused() {
    is_faulted("press.2 =", "press.3 = { queue = \"booking\" }\npress.2 =", "press.3", &["two"]);
}

#[test]
fn a_nested_menu_is_refused() {
    is_faulted("press.2 = { queue = \"booking\" }", "press.2 = { menu = \"more\" }", "press.2", &["menu"]);
}

#[test]
fn an_unknown_queue_is_named() {
    is_faulted("press.2 = { queue = \"booking\" }", "press.2 = { queue = \"bocking\" }", "bocking", &["bocking", "booking"]);
}

#[test]
fn a_missing_prompt_is_named_with_the_file_looked_for() {
    is_faulted("greeting = \"welcome\"", "greeting = \"wellcome\"", "wellcome", &["wellcome.wav"]);
}

#[test]
fn a_duration_without_a_unit_is_refused() {
    is_faulted("ring_for = \"15s\"", "ring_for = \"15\"", "ring_for", &["15s"]);
}

#[test]
fn a_bad_network_is_refused() {
    is_faulted("\"::1/128\"", "\"::1/129\"", "::1/129", &["::1/129"]);
}

#[test]
fn a_transport_that_is_not_built_is_refused() {
    is_faulted("\"udp:127.0.0.1", "\"tls:127.0.0.1", "tls:", &["tls"]);
}

#[test]
fn broken_toml_is_refused() {
    is_faulted("[desk]", "[desk", "[desk", &[]);
}

#[test]
fn all_faults_are_named_at_once() {
    let Checked { code, text, .. } =
        checked("greeting = \"welcome\"\nhours = \"Mon-Sun 00:00-24:00\"", "greting = \"welcome\"\nhours = \"Mon-Someday\"");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("greting") && text.contains("Mon-Someday"), "{text}");
}

#[test]
fn an_attested_trunk_is_right_but_noticed() {
    let Checked { code, text, .. } = checked("identity = \"trusted\"", "identity = \"attested\"");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("untrusted"), "{text}");
}

#[test]
fn a_config_that_is_not_there_is_bad_input() {
    let output = cabrank(&["check", "/nowhere/desk.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    assert!(printed(&output).contains("/nowhere/desk.toml"));
}

#[test]
fn an_unknown_command_is_bad_usage() {
    assert_eq!(cabrank(&["sing"]).status.code(), Some(2));
}

#[test]
fn every_help_has_an_example() {
    for command in ["serve", "check", "demo", "replay", "journal", "profiles"] {
        let output = cabrank(&[command, "--help"]);
        assert!(output.status.success(), "{command}");
        assert!(printed(&output).contains("cabrank "), "{command} --help shows no example:\n{}", printed(&output));
        assert!(printed(&output).to_lowercase().contains("example"), "{command} --help shows no example:\n{}", printed(&output));
    }
}

struct Imported {
    code: Option<i32>,
    text: String,
    exported: String,
}

/// Imports these profiles into a new data directory and exports what is there then.
fn imported(profiles: &str, flags: &[&str]) -> Imported {
    let (room, ports) = (Room::new(), Block::claim());
    let config = Desk::new(&ports).agent_at("a101", ports.sip(2)).write(&room);
    let (file, data) = (room.write("profiles.csv", profiles), room.file("data"));
    let place = ["--data", path(&data), "--config", path(&config)];
    let output = cabrank(&[&["profiles", "import", path(&file)], flags, place.as_slice()].concat());
    let export = cabrank(&[["profiles", "export"].as_slice(), &place].concat());
    Imported {
        code: output.status.code(),
        text: printed(&output),
        exported: String::from_utf8_lossy(&export.stdout).into_owned(),
    }
}

const BAD_ROWS: &str = "\
number,name,language,class,preferred_agent,pickup
+6591234567,Ms Tan,en,regular,,1 Raffles Place
+12,Too Short,en,regular,,Nowhere
,Nobody,en,regular,,Nowhere
+6591234567,Twice,en,regular,,Nowhere
";

#[test]
fn profiles_are_imported_and_exported() {
    let Imported { code, text, exported } = imported(PROFILES, &[]);
    assert_eq!(code, Some(0), "{text}");
    for known in ["+6591234567", "+6591234568", "alice", "10 Bayfront Avenue"] {
        assert!(exported.contains(known), "{known} is missing:\n{exported}");
    }
}

#[test]
fn one_bad_row_and_nothing_is_imported() {
    let Imported { code, text, exported } = imported(BAD_ROWS, &[]);
    assert_eq!(code, Some(2), "{text}");
    for row in ["3", "4", "5"] {
        assert!(text.contains(row), "row {row} is not named:\n{text}");
    }
    assert!(!exported.contains("Ms Tan"), "something was imported:\n{exported}");
}

#[test]
fn bad_rows_are_skipped_when_asked_to() {
    let Imported { code, text, exported } = imported(BAD_ROWS, &["--skip-bad"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(!exported.contains("Nobody") && !exported.contains("Too Short"), "{exported}");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let (room, ports) = (Room::new(), Block::claim());
    let config = Desk::new(&ports).agent_at("a101", ports.sip(2)).write(&room);
    let file = room.write("noise.csv", (0..=255).cycle().take(5_000).collect::<Vec<u8>>());
    let data = room.file("data");
    let output = cabrank(&["profiles", "import", path(&file), "--data", path(&data), "--config", path(&config)]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
}
