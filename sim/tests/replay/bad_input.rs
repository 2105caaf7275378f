//! What cannot be replayed is refused in words.

use crate::kept::{EPOCH, keep};
use crate::truth::world;
use cabrank_core::{AgentId, CallId, Caller, Input, LineId, Tick};
use cabrank_journal::{Beginning, Journal, Log, Options, OsDisk};
use cabrank_sim::replay::{Unreadable, exact, stage};
use cabrank_sim::simulate::settings_of;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn journal(inputs: &[Input]) -> TempDir {
    let data = tempfile::tempdir().expect("a directory");
    let beginning = Beginning { epoch: EPOCH, seed: 1, settings: settings_of(&world()) };
    let mut journal = Journal::create(OsDisk, data.path(), &beginning, Options::default()).expect("a journal");
    for (n, input) in inputs.iter().enumerate() {
        journal.append(Tick(n as u64 * 1_000_000), input).expect("room");
    }
    journal.write().expect("room on the disk");
    data
}

fn segment(data: &Path) -> PathBuf {
    data.join("journal").join("00000001.seg")
}

#[test]
fn a_directory_without_a_journal() {
    let data = tempfile::tempdir().expect("a directory");
    let refused = exact(data.path()).expect_err("there is nothing");
    assert!(matches!(refused, Unreadable::Journal(cabrank_journal::Error::Absent(_))), "{refused}");
    assert!(refused.to_string().contains("there is no journal in"), "{refused}");
}

#[test]
fn an_empty_journal() {
    let refused = exact(journal(&[]).path()).expect_err("nothing happened");
    assert!(refused.to_string().contains("is empty"), "{refused}");
}

#[test]
fn a_journal_without_calls() {
    let data = journal(&[Input::PhoneReached { agent: AgentId(0) }]);
    assert_eq!(exact(data.path()).expect("readable").inputs, 1);
    let refused = stage(data.path()).expect_err("nobody called");
    assert!(refused.to_string().contains("no call that joined a queue"), "{refused}");
}

#[test]
fn a_journal_in_which_nobody_was_answered() {
    let world = world();
    let line = LineId(world.settings.lines.len() as u16);
    let call = CallId(1);
    let come = Input::CallOffered { call, line, open: false, caller: Caller::unknown() };
    let gone = Input::CallerHungUp { call, how: cabrank_core::CallerGone::HungUp };
    let refused = stage(journal(&[come, gone]).path()).expect_err("no talk");
    assert!(refused.to_string().contains("no talk with an agent"), "{refused}");
}

#[test]
fn a_damaged_journal_names_the_place() {
    let kept = keep(&world(), 1);
    let path = segment(kept.data.path());
    let mut bytes = fs::read(&path).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&path, bytes).expect("writable");
    let refused = exact(kept.data.path()).expect_err("damaged");
    assert!(refused.to_string().contains("damaged in segment 00000001 at byte"), "{refused}");
}

#[test]
fn a_torn_tail_is_told_and_the_rest_read() {
    let kept = keep(&world(), 1);
    let path = segment(kept.data.path());
    let bytes = fs::read(&path).expect("a segment");
    fs::write(&path, &bytes[..bytes.len() - 3]).expect("writable");
    let again = exact(kept.data.path()).expect("readable");
    assert_eq!(again.inputs, kept.tally.inputs - 1);
    assert!(again.torn_tail.is_some());
}

#[test]
fn a_journal_of_another_version() {
    let kept = keep(&world(), 1);
    let path = segment(kept.data.path());
    let mut bytes = fs::read(&path).expect("a segment");
    bytes[8] = 77;
    // The header's checksum is over all before it.
    let length = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
    let crc = crc32(&bytes[..16 + length]).to_le_bytes();
    bytes[16 + length..20 + length].copy_from_slice(&crc);
    fs::write(&path, bytes).expect("writable");
    let refused = exact(kept.data.path()).expect_err("too new");
    assert!(refused.to_string().contains("format version 77"), "{refused}");
}

/// CRC-32 (IEEE), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}
