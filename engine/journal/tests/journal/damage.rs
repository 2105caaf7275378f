//! Bytes that changed after they were written: refused with their place, never read as something else.

use crate::sample::{SMALL, beginning, directory, ends, entries, make, recover, segment, told, write_up_to};
use cabrank_journal::{Beginning, Damage, Error, Finding, Journal, Options, OsDisk, Reader, SegmentNo, Seq, What, check};
use std::fs;
use std::path::Path;

const COUNT: u64 = 8;

fn damage(error: Error) -> Damage {
    let Error::Damaged(damage) = error else { panic!("expected damage, got: {error}") };
    damage
}

/// A file flipped in one bit, for as long as this lives.
fn with_flipped(path: &Path, bit: usize, then: impl FnOnce()) {
    let bytes = fs::read(path).expect("there");
    let mut flipped = bytes.clone();
    flipped[bit / 8] ^= 1 << (bit % 8);
    fs::write(path, &flipped).expect("written");
    then();
    fs::write(path, &bytes).expect("written");
}

#[test]
fn a_flipped_bit_is_refused_where_it_stands_or_cut_with_the_last_entry() {
    let dir = directory();
    make(dir.path(), COUNT, Options::default());
    let (path, ends) = (segment(dir.path(), 1), ends(COUNT));
    for bit in 0..ends[COUNT as usize] * 8 {
        let before = ends.partition_point(|&end| end <= bit / 8);
        with_flipped(&path, bit, || match before {
            0 => refuses_the_header(dir.path(), bit),
            n if n as u64 == COUNT => cuts_the_last(dir.path(), ends[n - 1], bit),
            n => refuses_at(dir.path(), n as u64, ends[n - 1], bit),
        });
    }
}

fn refuses_the_header(data: &Path, bit: usize) {
    let expected = Damage { segment: SegmentNo(1), offset: 0, what: What::Header };
    assert_eq!(damage(Reader::open(data).expect_err("refused")), expected, "bit {bit}");
    assert_eq!(damage(recover(data, Options::default()).expect_err("refused")), expected, "bit {bit}");
}

fn refuses_at(data: &Path, entry: u64, offset: usize, bit: usize) {
    let expected = Damage { segment: SegmentNo(1), offset: offset as u64, what: What::Entry(Seq(entry)) };
    let report = check(data).expect("checked");
    assert_eq!((report.entries, report.finding), (entry - 1, Some(Finding::Damaged(expected.clone()))), "bit {bit}");
    let mut reader = Reader::open(data).expect("opened");
    let read: Vec<_> = reader.by_ref().map_while(Result::ok).collect();
    assert_eq!(read, entries(entry - 1), "bit {bit}");
    let length = fs::metadata(segment(data, 1)).expect("there").len();
    assert_eq!(damage(recover(data, Options::default()).expect_err("refused")), expected, "bit {bit}");
    assert_eq!(fs::metadata(segment(data, 1)).expect("there").len(), length, "a refusal changes nothing");
}

fn cuts_the_last(data: &Path, offset: usize, bit: usize) {
    let outcome = recover(data, Options::default()).expect("recovered");
    assert_eq!((outcome.told, outcome.cut.map(|cut| cut.offset)), (told(COUNT - 1), Some(offset as u64)), "bit {bit}");
}

#[test]
fn a_flipped_bit_in_an_earlier_segment_is_always_refused() {
    let dir = directory();
    make(dir.path(), 12, SMALL);
    assert!(segment(dir.path(), 3).exists());
    for number in [1, 2] {
        let path = segment(dir.path(), number);
        for bit in 0..fs::read(&path).expect("there").len() * 8 {
            with_flipped(&path, bit, || {
                let damage = damage(recover(dir.path(), SMALL).expect_err("refused"));
                assert_eq!(damage.segment, SegmentNo(number), "bit {bit}");
                assert!(damage.offset <= bit as u64 / 8, "bit {bit}: {damage}");
            });
        }
    }
    assert_eq!(recover(dir.path(), SMALL).expect("recovered").told, told(12));
}

#[test]
fn an_earlier_segment_cut_short_is_refused_at_every_byte() {
    let dir = directory();
    make(dir.path(), 12, SMALL);
    let path = segment(dir.path(), 2);
    let bytes = fs::read(&path).expect("there");
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).expect("written");
        let damage = damage(recover(dir.path(), SMALL).expect_err("refused"));
        // Cut between two entries, the gap shows in the header of the next segment.
        assert!(matches!(damage.segment, SegmentNo(2 | 3)), "{length} bytes: {damage}");
    }
}

#[test]
fn a_missing_segment_is_named() {
    for missing in [1, 2] {
        let dir = directory();
        make(dir.path(), 12, SMALL);
        fs::remove_file(segment(dir.path(), missing)).expect("removed");
        let expected = Damage { segment: SegmentNo(missing), offset: 0, what: What::Missing };
        assert_eq!(damage(recover(dir.path(), SMALL).expect_err("refused")), expected);
    }
}

#[test]
fn a_segment_in_another_ones_place_is_refused() {
    let dir = directory();
    make(dir.path(), 12, SMALL);
    fs::copy(segment(dir.path(), 1), segment(dir.path(), 2)).expect("copied");
    let expected = Damage { segment: SegmentNo(2), offset: 0, what: What::Foreign };
    assert_eq!(damage(recover(dir.path(), SMALL).expect_err("refused")), expected);
}

#[test]
fn another_journals_segment_is_refused() {
    let (dir, other) = (directory(), directory());
    make(dir.path(), 12, SMALL);
    let theirs = Beginning { seed: 1, ..beginning() };
    write_up_to(&mut Journal::create(OsDisk, other.path(), &theirs, SMALL).expect("created"), 1, 12);
    fs::copy(segment(other.path(), 2), segment(dir.path(), 2)).expect("copied");
    let expected = Damage { segment: SegmentNo(2), offset: 0, what: What::Foreign };
    assert_eq!(damage(recover(dir.path(), SMALL).expect_err("refused")), expected);
}

#[test]
fn another_journals_entries_are_none_of_this_one() {
    let (dir, other) = (directory(), directory());
    make(dir.path(), 2, Options::default());
    let theirs = Beginning { seed: 1, ..beginning() };
    write_up_to(&mut Journal::create(OsDisk, other.path(), &theirs, Options::default()).expect("created"), 1, 4);
    let (path, ends) = (segment(dir.path(), 1), ends(4));
    let stale = fs::read(segment(other.path(), 1)).expect("there");
    fs::write(&path, [&fs::read(&path).expect("there"), &stale[ends[2]..]].concat()).expect("written");
    let outcome = recover(dir.path(), Options::default()).expect("recovered");
    assert_eq!((outcome.told, outcome.cut.map(|cut| cut.offset)), (told(2), Some(ends[2] as u64)));
}

#[test]
fn an_entry_left_out_or_repeated_is_refused() {
    let dir = directory();
    make(dir.path(), COUNT, Options::default());
    let (path, ends) = (segment(dir.path(), 1), ends(COUNT));
    let bytes = fs::read(&path).expect("there");
    let without_third = [&bytes[..ends[2]], &bytes[ends[3]..]].concat();
    let third_twice = [&bytes[..ends[3]], &bytes[ends[2]..]].concat();
    for (bytes, offset, expected, found) in [(without_third, ends[2], 3, 4), (third_twice, ends[3], 4, 3)] {
        fs::write(&path, bytes).expect("written");
        let what = What::OutOfSequence { expected: Seq(expected), found: Seq(found) };
        let damage = damage(recover(dir.path(), Options::default()).expect_err("refused"));
        assert_eq!(damage, Damage { segment: SegmentNo(1), offset: offset as u64, what });
    }
}

#[test]
fn another_format_version_is_no_damage() {
    let dir = directory();
    make(dir.path(), 1, Options::default());
    let (path, header) = (segment(dir.path(), 1), ends(0)[0]);
    let mut bytes = fs::read(&path).expect("there");
    bytes[8] = 4;
    let crc = crc32fast::hash(&bytes[..header - 4]).to_le_bytes();
    bytes[header - 4..header].copy_from_slice(&crc);
    fs::write(&path, &bytes).expect("written");
    let error = Reader::open(dir.path()).expect_err("refused");
    assert!(matches!(error, Error::Version { segment: SegmentNo(1), found: 4 }), "{error}");
    assert!(error.to_string().contains("has format version 4, this engine reads 1 to 3"), "{error}");
}
