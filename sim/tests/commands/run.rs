//! `cabrank-sim run`.

use crate::bench::{Bench, Told, timeless, value};
use cabrank_core::{Desk, Outbox};
use cabrank_journal::Reader;
use cabrank_sim::simulate::DecisionsDigest;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

#[test]
fn what_comes_out_does_not_depend_on_the_threads() {
    let bench = Bench::new();
    let with = |threads| timeless(bench.says(&format!("run plain.toml --reps 9 --json - --threads {threads}"), &[]).json());
    let one = with(1);
    assert_eq!(one["run"]["replications"], 9);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
    assert_ne!(one, timeless(bench.says("run plain.toml --reps 9 --json - --seed 2", &[]).json()));
}

#[test]
fn the_terminal_the_file_and_the_page_are_written() {
    let bench = Bench::new();
    let told = bench.says("run plain.toml --json out.json --html out.html", &[]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.out.contains("main") && told.err.is_empty(), "{}{}", told.out, told.err);
    let json: serde_json::Value = serde_json::from_str(&fs::read_to_string(bench.path("out.json")).unwrap()).unwrap();
    assert!((0.0..=1.0).contains(&value(&json, "/queues/main/service_level")));
    let page = fs::read_to_string(bench.path("out.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") || page.starts_with("<!doctype html>"), "{}", &page[..60]);
    let quiet = bench.says("run plain.toml --quiet --json out.json", &[]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (Some(0), "", ""));
}

/// A pipe that has a name is no file that could be emptied first.
#[test]
fn a_report_goes_into_a_pipe_by_name() {
    let bench = Bench::new();
    let told = bench.says("run plain.toml --quiet --reps 1 --json /dev/stdout", &[]);
    assert_eq!((told.code, &told.json()["run"]["replications"]), (Some(0), &1.into()), "{}", told.err);
}

#[test]
fn one_replication_has_no_interval() {
    let bench = Bench::new();
    let json = bench.says("run plain.toml --reps 1 --json -", &[]).json();
    assert!(json.pointer("/queues/main/asa_s/ci95").expect("it is told").is_null());
    assert!(bench.says("run plain.toml --reps 1", &[]).out.contains("no interval"));
}

#[test]
fn the_standard_input_is_a_scenario_too() {
    let bench = Bench::new();
    let heard = bench.hears("run - --json -").json();
    let mut read = bench.says("run plain.toml --json -", &[]).json();
    read["run"]["scenario"] = heard["run"]["scenario"].clone();
    assert_eq!(timeless(heard), timeless(read));
}

#[test]
fn what_is_set_is_simulated() {
    let bench = Bench::new();
    let asa = |set| value(&bench.says(&format!("run plain.toml --json - --set {set}"), &[]).json(), "/queues/main/asa_s");
    let (few, many) = (asa("agents.staff.count=11"), asa("agents.staff.count=11;callers.0.arrivals.poisson.per_hour=100"));
    assert!(few > 30.0 && many < 1.0, "{few} s and {many} s");
}

#[test]
fn a_journal_holds_what_the_desk_was_told() {
    let bench = Bench::new();
    let json = bench.says("run plain.toml --reps 1 --json - --journal data", &[]).json();
    let mut reader = Reader::open(&bench.path("data")).expect("a journal");
    let start = reader.start().clone();
    let mut desk = Desk::new(start.settings, start.seed).expect("the desk takes its settings");
    let (mut out, mut digest) = (Outbox::default(), DecisionsDigest::default());
    for entry in &mut reader {
        let entry = entry.expect("a whole entry");
        out.clear();
        desk.handle(entry.tick, entry.input, &mut out);
        digest.note(&out);
    }
    assert_eq!(json["run"]["decisions_digest"], format!("{:016x}", digest.value()));
    let again = bench.says("run plain.toml --reps 1 --journal data", &[]);
    assert_eq!(again.code, Some(2), "a journal is not written over");
    assert!(again.err.contains("there is a journal"), "{}", again.err);
}

#[test]
fn whoever_interrupts_gets_what_there_is() {
    let bench = Bench::new();
    let told: Told = {
        let child = bench.command("run plain.toml --reps 1000000 --json -", &[]).spawn().expect("the binary runs");
        while !has_worked(child.id()) {
            thread::sleep(Duration::from_millis(20));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
        child.wait_with_output().expect("it ends").into()
    };
    assert_eq!(told.code, Some(130), "{}", told.err);
    let done = told.json()["run"]["replications"].as_u64().expect("a number");
    assert!((1..1_000_000).contains(&done), "{done} replications");
}

/// Whether the process has spent two seconds of a processor, most of it on replications.
fn has_worked(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).expect("the process lives");
    let after_name = stat.rsplit(')').next().expect("a name");
    let hundredths: u64 = after_name.split_whitespace().nth(11).expect("its time").parse().expect("a number");
    hundredths >= 200
}
