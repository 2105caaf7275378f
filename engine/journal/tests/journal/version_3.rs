//! Format version 3 is read and written byte for byte.
//!
//! While the version is not released, `CABRANK_FIXTURE=write cargo test -p cabrank-journal version_3` writes its fixture
//! anew. After that, a change of form is a new version with a fixture of its own.

use crate::fixture::{CALL, OPTIONS, copy_of, files, fixture, stamped, told};
use crate::sample::{directory, recover_as};
use crate::version_2::{first, inputs};
use cabrank_core::{AgentId, Code, Input};
use cabrank_journal::{Entry, Journal, Log, Note, Notes, OsDisk, Reader, check};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// One note is kept before each so many inputs.
const INPUTS_BETWEEN: usize = 5;

/// All there is, in order.
enum Kept {
    Input(Input),
    Note(Note),
}

/// Inputs, and among them notes: new ones, changed ones, some that are no more.
fn kept() -> Vec<Kept> {
    let mut kept = Vec::new();
    for (n, input) in [inputs(), added_inputs()].concat().into_iter().enumerate() {
        if n % INPUTS_BETWEEN == 0 {
            kept.push(Kept::Note(note(n / INPUTS_BETWEEN)));
        }
        kept.push(Kept::Input(input));
    }
    kept
}

/// What version 2 did not know.
fn added_inputs() -> Vec<Input> {
    vec![Input::CallResumed { call: CALL }, Input::PhoneResumed { agent: AgentId(1) }]
}

fn note(n: usize) -> Note {
    let key = format!("leg {}", n % 4).into_bytes();
    if n % 5 == 4 { Note::gone(key) } else { Note { key, state: vec![n as u8; 200 * n % 300] } }
}

/// The inputs, each where it stands.
fn entries() -> Vec<Entry> {
    let stamps = stamped(vec![Input::Woke; kept().len()]);
    let of = |(at, kept)| if let Kept::Input(input) = kept { Some(Entry { input, ..at }) } else { None };
    stamps.into_iter().zip(kept()).filter_map(of).collect()
}

fn notes() -> Notes {
    let mut notes = Notes::default();
    kept().into_iter().for_each(|kept| {
        if let Kept::Note(note) = kept {
            notes.see(note)
        }
    });
    notes
}

fn write(data: &Path) {
    let mut journal = Journal::create(OsDisk, data, &first(), OPTIONS).expect("created");
    for (at, kept) in stamped(vec![Input::Woke; kept().len()]).into_iter().zip(kept()) {
        let stands = match kept {
            Kept::Input(input) => journal.append(at.tick, &input),
            Kept::Note(note) => journal.keep(at.tick, &note),
        };
        assert_eq!(stands, Ok(at.seq));
        journal.write().expect("written");
    }
}

#[test]
fn version_3_is_read() {
    let mut reader = Reader::open(&fixture("v3")).expect("opened");
    assert_eq!(reader.start(), &first());
    let read: Vec<Entry> = reader.by_ref().collect::<Result<_, _>>().expect("readable");
    assert_eq!(read, entries());
    assert_eq!(reader.tail(), None);
    let report = check(&fixture("v3")).expect("checked");
    assert_eq!((report.entries, report.finding), (kept().len() as u64, None));
}

#[test]
fn version_3_is_recovered_and_gone_on_with_where_it_ends() {
    let dir = copy_of("v3");
    let outcome = recover_as(dir.path(), OPTIONS, &first()).expect("recovered");
    assert_eq!((outcome.told, outcome.cut), (told(entries()), None));
    assert!(!notes().is_empty());
    assert_eq!(outcome.notes, notes());
    assert!(files(dir.path()) == files(&fixture("v3")), "no segment is begun for nothing");
}

#[test]
fn version_3_is_still_written_byte_for_byte() {
    let dir = directory();
    write(dir.path());
    if std::env::var("CABRANK_FIXTURE").is_ok_and(|wish| wish == "write") {
        let to = fixture("v3").join("journal");
        fs::create_dir_all(&to).expect("made");
        for (name, bytes) in files(dir.path()) {
            fs::write(to.join(name), bytes).expect("written");
        }
    }
    assert!(files(dir.path()) == files(&fixture("v3")), "the bytes have changed: that is a new format version");
}

#[test]
fn every_input_of_version_3_is_in_the_fixture() {
    let tags: BTreeSet<u8> = entries().iter().map(|entry| entry.input.to_bytes()[0]).collect();
    assert_eq!(tags, (0..=24).collect());
}
