//! Format version 2 is read and written byte for byte.
//!
//! While the version is not released, `CABRANK_FIXTURE=write cargo test -p cabrank-journal version_2` writes its fixture
//! anew. After that, a change of form is a new version with a fixture of its own.

use crate::fixture::{CALL, OPTIONS, beginning, copy_of, files, first_inputs, fixture, settings, stamped, told};
use crate::sample::{directory, recover_as};
use cabrank_core::{
    AgentOrder, CallbackTerms, Class, ClassId, Code, Declined, Denominator, Input, OfferId, Order, Overflow, Permille, Queue,
    QueueId, Quoting, ServiceLevel, Settings, Span, Thresholds, Widening,
};
use cabrank_journal::{Beginning, Entry, Journal, Log, OsDisk, Reader, check};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn entries() -> Vec<Entry> {
    stamped([first_inputs(Some("device-7".into()), &all_settings()), added_inputs()].concat())
}

/// What version 1 did not know.
fn added_inputs() -> Vec<Input> {
    let (call, offer) = (CALL, OfferId(7));
    let orders = Order::ALL.iter().map(|order| Thresholds { order: *order, ..Thresholds::default() });
    let denominators = [Denominator::OfferedButShort, Denominator::Offered, Denominator::AnsweredAndAbandonedLate];
    let measured = denominators.map(|of| Thresholds {
        service_level: ServiceLevel { of, ..Thresholds::default().service_level },
        ..Thresholds::default()
    });
    let queues = orders.chain(measured).chain([all_thresholds()]).map(|thresholds| (QueueId(0), thresholds)).collect();
    let mut inputs = vec![
        Input::CallerAnswered { call },
        Input::AgentReturned { offer, queue: QueueId(1) },
        Input::ThresholdsChanged { base: 3, queues, by: "supervisor".into(), reason: "rain".into() },
    ];
    let unreached = [Declined::Busy, Declined::Declined, Declined::Unavailable, Declined::Failed];
    inputs.extend(unreached.map(|how| Input::CallerUnreached { call, how }));
    inputs
}

fn all_settings() -> Settings {
    settings(vec![
        Queue { name: "booking".into(), thresholds: all_thresholds() },
        Queue { name: "tours".into(), thresholds: Thresholds { order: Order::HeadStart, ..Thresholds::default() } },
    ])
}

/// Nothing is as it would be without being said.
fn all_thresholds() -> Thresholds {
    let class = |name: &str, target| Class { name: name.into(), target: Span::secs(target) };
    Thresholds {
        order: Order::HeadStart,
        classes: vec![class("regular", 20), class("visitor", 40)],
        default_class: ClassId(1),
        service_level: ServiceLevel { share: Permille(905), within: Span::secs(30), of: Denominator::Answered },
        short_abandon: Span::secs(3),
        agent_order: AgentOrder::LeastOccupied,
        widen: vec![Widening { after: Span::secs(30), level: 2 }, Widening { after: Span::secs(60), level: 3 }],
        overflow: Some(Overflow { after: Span::secs(90), queue: QueueId(1) }),
        reserve: 1,
        preferred_agent_for: Span::secs(8),
        keep_place_for: Span::secs(600),
        max_waiting: 300,
        max_wait: Span::secs(1200),
        callback: Some(CallbackTerms { over: Span::secs(180), retry_after: Span::secs(120), tries_max: 4 }),
        quote: Some(Quoting { confidence: Permille(850) }),
        comfort_every: Span::secs(50),
        warn_within: Span::secs(700),
        ring_for: Span::secs(16),
        wrap_up: Span::secs(17),
    }
}

fn first() -> Beginning {
    beginning(all_settings())
}

fn write(data: &Path) {
    let mut journal = Journal::create(OsDisk, data, &first(), OPTIONS).expect("created");
    for entry in entries() {
        assert_eq!(journal.append(entry.tick, &entry.input), Ok(entry.seq));
        journal.write().expect("written");
    }
}

#[test]
fn version_2_is_read() {
    let mut reader = Reader::open(&fixture("v2")).expect("opened");
    assert_eq!(reader.start(), &first());
    let read: Vec<Entry> = reader.by_ref().collect::<Result<_, _>>().expect("readable");
    assert_eq!(read, entries());
    assert_eq!(reader.tail(), None);
    let report = check(&fixture("v2")).expect("checked");
    assert_eq!((report.entries, report.finding), (entries().len() as u64, None));
}

#[test]
fn version_2_is_recovered_and_gone_on_with_where_it_ends() {
    let dir = copy_of("v2");
    let outcome = recover_as(dir.path(), OPTIONS, &first()).expect("recovered");
    assert_eq!((outcome.told, outcome.cut), (told(entries()), None));
    assert!(files(dir.path()) == files(&fixture("v2")), "no segment is begun for nothing");
}

#[test]
fn version_2_is_still_written_byte_for_byte() {
    let dir = directory();
    write(dir.path());
    if std::env::var("CABRANK_FIXTURE").is_ok_and(|wish| wish == "write") {
        let to = fixture("v2").join("journal");
        fs::create_dir_all(&to).expect("made");
        for (name, bytes) in files(dir.path()) {
            fs::write(to.join(name), bytes).expect("written");
        }
    }
    assert!(files(dir.path()) == files(&fixture("v2")), "the bytes have changed: that is a new format version");
}

#[test]
fn every_input_of_version_2_is_in_the_fixture() {
    let tags: BTreeSet<u8> = entries().iter().map(|entry| entry.input.to_bytes()[0]).collect();
    assert_eq!(tags, (0..=22).collect());
}
