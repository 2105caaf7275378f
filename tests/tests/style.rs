//! House rules that a machine can check. (Clippy checks the rest: see the lints in Cargo.toml.)

use std::fs;
use std::path::{Path, PathBuf};

/// Aimed at are 400.
const LINES_MAX: usize = 450;
const DESKS_OWN: &str = "engine/core/src";

/// Words that would let the clock, chance, the world or an order that varies into the desk.
const BANNED_FROM_THE_DESK: [&str; 7] = ["std::", "HashMap", "HashSet", "rand::", "f32", "f64", "unsafe"];

struct Source {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace")
}

/// All Rust sources of the workspace.
fn sources() -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    for top in ["engine", "sim", "benches", "tests"] {
        collect(&root, &root.join(top), &mut found);
    }
    assert!(found.len() > 20, "only {} sources found: looked in the wrong place", found.len());
    found
}

fn collect(root: &Path, directory: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source in UTF-8");
            let path = path.strip_prefix(root).expect("inside").display().to_string();
            found.push(Source { path, text });
        }
    }
}

/// The lines of a source that are not comments, numbered, before its unit tests.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    lines.take_while(|(_, line)| *line != "#[cfg(test)]").filter(|(_, line)| !line.starts_with("//"))
}

fn none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

#[test]
fn the_desk_knows_no_clock_no_chance_no_world() {
    let faults: Vec<String> = sources()
        .iter()
        .filter(|source| source.path.starts_with(DESKS_OWN) && !source.path.ends_with("tests.rs"))
        .flat_map(|source| {
            let lines = code(source).filter(|(_, line)| !line.starts_with("#!["));
            lines.filter_map(|(n, line)| {
                let word = BANNED_FROM_THE_DESK.iter().find(|word| has_word(line, word))?;
                Some(format!("{}:{n}: {word}", source.path))
            })
        })
        .collect();
    none("banned from the desk", &faults);
}

/// Whether `line` has `word` and not merely as the end or beginning of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(part_of_name);
        let after = line[at + word.len()..].chars().next().is_some_and(part_of_name);
        !before && (word.ends_with(':') || !after)
    })
}

#[test]
fn the_desk_depends_on_nothing() {
    let manifest = fs::read_to_string(root().join("engine/core/Cargo.toml")).expect("the core's manifest");
    let dependencies = manifest.split("\n[").find_map(|section| section.strip_prefix("dependencies]"));
    let named: Vec<&str> = dependencies.unwrap_or_default().lines().filter(|l| l.contains('=') && !l.starts_with('#')).collect();
    assert!(named.is_empty(), "cabrank-core depends on {named:?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = |source: &&Source| {
        if source.path.ends_with("tests.rs") {
            return false;
        }
        let first = source.text.lines().find(|line| !line.starts_with("#!["));
        first.is_none_or(|line| line.strip_prefix("//!").is_none_or(|doc| doc.trim().len() <= 10))
    };
    let faults: Vec<String> = sources().iter().filter(silent).map(|s| s.path.clone()).collect();
    none("no module documentation at the top", &faults);
}

#[test]
fn every_file_has_one_job() {
    let long = |source: &Source| source.text.lines().count() > LINES_MAX;
    let faults: Vec<String> = sources().iter().filter(|s| long(s)).map(|s| s.path.clone()).collect();
    none(&format!("longer than {LINES_MAX} lines"), &faults);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!(", "#[ignore"];
    let faults: Vec<String> = sources()
        .iter()
        .filter(|source| !source.path.ends_with("style.rs"))
        .flat_map(|source| {
            let lines = source.text.lines().enumerate();
            lines
                .filter(|(_, line)| marks.iter().any(|mark| line.contains(mark)))
                .map(|(n, _)| format!("{}:{}", source.path, n + 1))
        })
        .collect();
    none("left for later", &faults);
}

#[test]
fn the_edges_do_not_know_each_other() {
    let edges = ["sip", "http", "quic"];
    let mut faults = Vec::new();
    for source in sources() {
        let Some(own) = edges.iter().find(|edge| source.path.starts_with(&format!("engine/src/edge/{edge}"))) else { continue };
        for (n, line) in code(&source) {
            let other = edges.iter().find(|edge| *edge != own && line.contains(&format!("edge::{edge}")));
            faults.extend(other.map(|other| format!("{}:{n}: {own} imports {other}", source.path)));
        }
    }
    none("edges that import each other", &faults);
}

#[test]
fn no_two_documents_of_the_api_are_called_alike() {
    let mut names: Vec<(String, String)> = sources().iter().flat_map(described).collect();
    assert!(names.len() > 40, "only {} documents found: looked in the wrong way", names.len());
    names.sort();
    let alike = names.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let faults: Vec<String> = alike.map(|pair| format!("{}: {} and {}", pair[0].0, pair[0].1, pair[1].1)).collect();
    none("one would stand for the other in the OpenAPI document: name it otherwise by `schema(as = ...)`", &faults);
}

/// What the OpenAPI document calls each type of a file that it describes, and where that is.
fn described(source: &Source) -> Vec<(String, String)> {
    let (mut names, mut attributes) = (Vec::new(), String::new());
    for (n, line) in code(source) {
        let declared = ["struct ", "enum "].iter().find_map(|kind| line.split_once(kind));
        if line.starts_with("#[") {
            attributes.push_str(line);
        } else if let Some((_, name)) = declared.filter(|_| attributes.contains("ToSchema")) {
            let own = attributes.split_once("schema(as = ").map_or(name, |(_, own)| own);
            let name = own.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            names.push((name.to_owned(), format!("{}:{n}", source.path)));
            attributes.clear();
        } else {
            attributes.clear();
        }
    }
    names
}
