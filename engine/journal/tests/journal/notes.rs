//! Notes among inputs: the newest of each key is found again, wherever the journal is cut.

use crate::sample::{SMALL, append, beginning, directory, read, recover, segment, tick};
use cabrank_journal::{AppendError, Journal, Log, Note, Notes, Options, OsDisk, Seq, format};
use proptest::prelude::*;
use std::fs;

/// An input, or a note of one of a few keys; an empty state says that there is nothing more.
#[derive(Clone, Debug)]
enum Kept {
    Input,
    Note(Note),
}

fn kept() -> impl Strategy<Value = Kept> {
    let note = (prop::collection::vec(0u8..3, 0..2), prop::collection::vec(any::<u8>(), 0..80));
    prop_oneof![Just(Kept::Input), note.prop_map(|(key, state)| Kept::Note(Note { key, state }))]
}

/// What recovery should know after the first `count`.
fn known(kept: &[Kept], count: usize) -> (usize, Notes) {
    let mut notes = Notes::default();
    let mut inputs = 0;
    for kept in &kept[..count] {
        match kept {
            Kept::Input => inputs += 1,
            Kept::Note(note) => notes.see(note.clone()),
        }
    }
    (inputs, notes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_newest_note_of_each_key_is_found_wherever_the_tail_is_torn(
        kept in prop::collection::vec(kept(), 1..30),
        torn in any::<prop::sample::Index>(),
    ) {
        let dir = directory();
        let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), Options::default()).expect("created");
        let length = || fs::metadata(segment(dir.path(), 1)).expect("there").len();
        let mut ends = vec![length()];
        for (n, kept) in (1..).zip(&kept) {
            match kept {
                Kept::Input => append(&mut journal, n),
                Kept::Note(note) => prop_assert_eq!(journal.keep(tick(n), note), Ok(Seq(n))),
            }
            prop_assert_eq!(journal.write().expect("written"), Seq(n));
            ends.push(length());
        }
        drop(journal);
        let cut = ends[0] + torn.index((ends[kept.len()] - ends[0] + 1) as usize) as u64;
        let file = fs::OpenOptions::new().write(true).open(segment(dir.path(), 1)).expect("there");
        file.set_len(cut).expect("cut");
        let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
        let outcome = recover(dir.path(), Options::default()).expect("recovered");
        prop_assert_eq!((outcome.told.len(), outcome.notes), known(&kept, whole));
        prop_assert_eq!(outcome.last, Seq(whole as u64));
    }
}

#[test]
fn whoever_reads_inputs_sees_no_notes_and_their_places_all_the_same() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), SMALL).expect("created");
    for n in 1..=40 {
        if n % 2 == 0 {
            append(&mut journal, n);
        } else {
            let state = vec![n as u8; 50];
            assert_eq!(journal.keep(tick(n), &Note { key: b"leg".to_vec(), state }), Ok(Seq(n)));
        }
        journal.write().expect("written");
    }
    let places: Vec<u64> = read(dir.path()).iter().map(|entry| entry.seq.0).collect();
    assert_eq!(places, (1..=20).map(|n| n * 2).collect::<Vec<_>>());
}

#[test]
fn a_note_that_is_too_long_is_refused_and_leaves_nothing() {
    let dir = directory();
    let mut journal = Journal::create(OsDisk, dir.path(), &beginning(), Options::default()).expect("created");
    let key = Note { key: vec![0; format::KEY_BYTES_MAX + 1], state: vec![1] };
    let state = Note { key: vec![0], state: vec![1; format::CONTENT_BYTES_MAX] };
    assert_eq!(journal.keep(tick(1), &key), Err(AppendError::TooLong));
    assert_eq!(journal.keep(tick(1), &state), Err(AppendError::TooLong));
    append(&mut journal, 1);
    assert_eq!(journal.write().expect("written"), Seq(1));
}
