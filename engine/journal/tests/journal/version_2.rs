//! Format version 2 is read, as it was written, and a journal of it goes on in the version that is written today.

use crate::fixture::{CALL, OPTIONS, beginning, copy_of, files, first_inputs, fixture, settings, stamped, told};
use crate::sample::recover_as;
use cabrank_core::{
    AgentOrder, CallbackTerms, Class, ClassId, Code, Declined, Denominator, Input, OfferId, Order, Overflow, Permille, Queue,
    QueueId, Quoting, ServiceLevel, Settings, Span, Thresholds, Widening,
};
use cabrank_journal::{Beginning, Entry, Reader, check, format};
use std::collections::BTreeSet;
use std::path::Path;

pub(crate) fn entries() -> Vec<Entry> {
    stamped(inputs())
}

pub(crate) fn inputs() -> Vec<Input> {
    [first_inputs(Some("device-7".into()), &all_settings()), added_inputs()].concat()
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

pub(crate) fn first() -> Beginning {
    beginning(all_settings())
}

fn versions(data: &Path) -> Vec<u32> {
    files(data).iter().map(|(_, bytes)| u32::from_le_bytes(bytes[8..12].try_into().expect("four"))).collect()
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
fn version_2_is_recovered_and_goes_on_in_a_segment_of_today() {
    let dir = copy_of("v2");
    let before = files(&fixture("v2"));
    for _ in 0..2 {
        let outcome = recover_as(dir.path(), OPTIONS, &first()).expect("recovered");
        assert_eq!((outcome.told, outcome.cut), (told(entries()), None));
    }
    assert_eq!(versions(dir.path()), [2, 2, 2, 2, 2, format::VERSION], "one new segment, not one a start");
    assert_eq!(files(dir.path())[..before.len()], before, "what stood there is as it was");
}

#[test]
fn every_input_of_version_2_is_in_the_fixture() {
    let tags: BTreeSet<u8> = entries().iter().map(|entry| entry.input.to_bytes()[0]).collect();
    assert_eq!(tags, (0..=22).collect());
}
