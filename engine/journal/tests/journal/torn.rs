//! A tail that was not finished: cut at the last whole entry, and told.

use crate::sample::{SMALL, directory, ends, entries, make, read, recover, segment, told, write_up_to};
use cabrank_journal::{Cut, Finding, Journal, Options, OsDisk, Reader, SegmentNo, Seq, check};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

const COUNT: u64 = 9;

/// Recovers a first segment of these bytes, of which `whole` entries up to `end` should be believed.
fn recovers(bytes: &[u8], whole: u64, end: usize) {
    let dir = directory();
    make(dir.path(), 0, Options::default());
    fs::write(segment(dir.path(), 1), bytes).expect("written");
    let torn = bytes.len() - end;
    let cut = (torn > 0).then_some(Cut { segment: SegmentNo(1), offset: end as u64, bytes: torn as u64 });
    let report = check(dir.path()).expect("checked");
    assert_eq!((report.entries, report.finding), (whole, cut.map(Finding::Torn)), "check, {} bytes", bytes.len());
    let mut reader = Reader::open(dir.path()).expect("opened");
    assert_eq!(reader.by_ref().collect::<Result<Vec<_>, _>>().expect("readable"), entries(whole), "{} bytes", bytes.len());
    assert_eq!(reader.tail(), cut);
    let outcome = recover(dir.path(), Options::default()).expect("recovered");
    assert_eq!((outcome.told, outcome.last, outcome.cut), (told(whole), Seq(whole), cut), "{} bytes", bytes.len());
    goes_on(dir.path(), whole);
}

/// The journal can be written on from there.
fn goes_on(data: &Path, whole: u64) {
    let recovery = Journal::recover(OsDisk, data, Options::default()).expect("recovered");
    let mut recovered = recovery.replay(|_, _| ()).expect("replayed");
    assert_eq!(recovered.cut, None, "cut once only");
    write_up_to(&mut recovered.journal, whole + 1, whole + 2);
    assert_eq!(read(data), entries(whole + 2));
}

fn bytes_of(count: u64) -> Vec<u8> {
    let dir = directory();
    make(dir.path(), count, Options::default());
    fs::read(segment(dir.path(), 1)).expect("there")
}

#[test]
fn a_journal_cut_at_any_byte_keeps_exactly_its_whole_entries() {
    let (bytes, ends) = (bytes_of(COUNT), ends(COUNT));
    for length in ends[0]..=bytes.len() {
        let whole = ends.partition_point(|&end| end <= length) - 1;
        recovers(&bytes[..length], whole as u64, ends[whole]);
    }
}

#[test]
fn a_tail_of_zeros_is_torn_wherever_it_begins() {
    let (bytes, ends) = (bytes_of(COUNT), ends(COUNT));
    for length in ends[0]..bytes.len() {
        let mut zeroed = bytes.clone();
        zeroed[length..].fill(0);
        // An entry whose last bytes are zeros anyway is whole.
        let whole = (0..ends.len()).rev().find(|&n| zeroed[..ends[n]] == bytes[..ends[n]]).expect("the header");
        recovers(&zeroed, whole as u64, ends[whole]);
    }
    let mut longer = bytes;
    let end = longer.len();
    longer.resize(end + 5_000, 0);
    recovers(&longer, COUNT, end);
}

#[test]
fn a_long_tail_of_noise_is_torn_and_soon_known_to_be() {
    let mut bytes = bytes_of(COUNT);
    let end = bytes.len();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while bytes.len() < end + (8 << 20) {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&(state >> 13).to_le_bytes());
    }
    recovers(&bytes, COUNT, end);
}

#[test]
fn a_torn_last_segment_of_several_is_cut() {
    let dir = directory();
    make(dir.path(), 30, SMALL);
    let last = (1..).take_while(|&n| segment(dir.path(), n).exists()).last().expect("a segment");
    assert!(last > 2, "{last} segments");
    let path = segment(dir.path(), last);
    let bytes = fs::read(&path).expect("there");
    fs::write(&path, &bytes[..bytes.len() - 1]).expect("written");
    let outcome = recover(dir.path(), SMALL).expect("recovered");
    assert_eq!(outcome.told, told(29));
    assert_eq!(outcome.cut.map(|cut| cut.segment), Some(SegmentNo(last)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever follows the last whole entry, nothing of it is believed, and nothing before it is lost.
    #[test]
    fn no_tail_is_taken_for_an_entry(count in 0..COUNT, keep in 0usize..60, tail in prop::collection::vec(any::<u8>(), 0..200)) {
        let (mut bytes, ends) = (bytes_of(COUNT), ends(COUNT));
        let end = ends[count as usize];
        let next = ends[count as usize + 1];
        bytes.truncate(next.min(end + keep).min(next - 1));
        bytes.extend_from_slice(&tail);
        let original = bytes_of(COUNT);
        // By chance the tail may complete the entry it was put after.
        prop_assume!(bytes.get(..next) != original.get(..next));
        recovers(&bytes, count, end);
    }
}
