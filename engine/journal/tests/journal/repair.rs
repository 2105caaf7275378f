//! A repair shows what it will do, does that and no more, and throws nothing away.

use crate::sample::{SMALL, beginning, directory, ends, make, recover, segment, told};
use cabrank_journal::{Error, Finding, Journal, Options, OsDisk, SegmentNo, check, repair};
use std::fs;
use std::path::Path;

fn flip(path: &Path, byte: usize) {
    let mut bytes = fs::read(path).expect("there");
    bytes[byte] ^= 0x40;
    fs::write(path, bytes).expect("written");
}

fn plan(data: &Path) -> repair::Plan {
    repair::plan(data).expect("planned").expect("something to repair")
}

#[test]
fn a_sound_journal_needs_none() {
    let dir = directory();
    make(dir.path(), 12, SMALL);
    assert_eq!(repair::plan(dir.path()).expect("planned"), None);
}

#[test]
fn the_journal_ends_before_the_fault_and_the_rest_is_kept_aside() {
    let dir = directory();
    make(dir.path(), 8, Options::default());
    let (path, ends) = (segment(dir.path(), 1), ends(8));
    flip(&path, ends[3] + 21);
    let damaged = fs::read(&path).expect("there");
    let plan = plan(dir.path());
    assert_eq!((plan.kept, plan.given_up, plan.cut.offset), (3, 4, ends[3] as u64));
    assert_eq!(fs::read(&path).expect("there"), damaged, "a plan changes nothing");
    let aside = plan.apply().expect("repaired");
    assert_eq!(fs::read(&aside[0]).expect("kept"), damaged[ends[3]..]);
    assert_eq!(check(dir.path()).expect("checked").finding, None);
    assert_eq!(recover(dir.path(), Options::default()).expect("recovered").told, told(3));
}

#[test]
fn later_segments_are_set_aside() {
    for header in [true, false] {
        let dir = directory();
        make(dir.path(), 12, SMALL);
        let count = check(dir.path()).expect("checked").segments as u32;
        let path = segment(dir.path(), 2);
        let byte = if header { 3 } else { fs::read(&path).expect("there").len() - 1 };
        flip(&path, byte);
        let plan = plan(dir.path());
        assert!(matches!(plan.finding, Finding::Damaged(_)));
        let from = if header { 2 } else { 3 };
        assert_eq!(plan.set_aside, (from..=count).map(SegmentNo).collect::<Vec<_>>());
        let bad = 1;
        let whole_in_header = if header { 12 } else { 12 - bad };
        assert_eq!(plan.kept + plan.given_up, whole_in_header);
        plan.apply().expect("repaired");
        assert_eq!(recover(dir.path(), SMALL).expect("recovered").told, told(plan.kept));
        assert_eq!(repair::plan(dir.path()).expect("planned"), None);
    }
}

#[test]
fn what_was_set_aside_before_is_not_overwritten() {
    let dir = directory();
    make(dir.path(), 3, Options::default());
    let mut kept = Vec::new();
    for tail in ["one", "two", "three"] {
        let path = segment(dir.path(), 1);
        let torn = [&fs::read(&path).expect("there"), tail.as_bytes()].concat();
        fs::write(&path, torn).expect("written");
        let plan = plan(dir.path());
        assert!(matches!(plan.finding, Finding::Torn(_)));
        kept.extend(plan.apply().expect("repaired"));
    }
    let kept: Vec<_> = kept.iter().map(|path| fs::read_to_string(path).expect("kept")).collect();
    assert_eq!(kept, ["one", "two", "three"]);
}

#[test]
fn a_running_engine_a_changed_journal_and_a_lost_beginning_are_left_alone() {
    let dir = directory();
    make(dir.path(), 5, Options::default());
    let (path, ends) = (segment(dir.path(), 1), ends(5));
    flip(&path, ends[2]);
    let plan = plan(dir.path());
    let engine = Journal::recover(OsDisk, dir.path(), Options::default()).expect("locked");
    assert_eq!(engine.start(), &beginning());
    assert!(matches!(plan.apply(), Err(Error::Locked(_))));
    drop(engine);
    flip(&path, ends[1]);
    assert!(matches!(plan.apply(), Err(Error::Changed)));
    flip(&path, 20);
    assert!(matches!(repair::plan(dir.path()), Err(Error::Hopeless(_))));
}
