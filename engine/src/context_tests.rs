//! What a human is shown.

use super::*;
use crate::names::tests::taxi;
use cabrank_core::{
    AgentId, CallId, ClassId, Digit, DispatchFailure, Keys, LineId, Outcome, Place, QueueId, Settings, Settled, Span, StageView,
    Trust,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

const URL: &str = "http://127.0.0.1:8080";

fn caller() -> Caller {
    let fields = vec![("pickup".into(), "12 Ann Siang Road".into())];
    let profile = Profile { name: "Ann".into(), class: "regular".into(), fields, ..Profile::default() };
    Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, token: None, profile: Some(Arc::new(profile)) }
}

fn view() -> CallView {
    CallView {
        call: CallId(7),
        line: LineId(0),
        caller: caller(),
        proved: false,
        stage: StageView::Offered,
        offered_at: Tick(0),
        queued_at: Some(Tick(2_000_000)),
        connected_at: None,
        queue: Some(QueueId(0)),
        since: Some(Tick(2_000_000)),
        estimate: None,
        quote: None,
        class: Some(ClassId(0)),
        place: Some(Place(1)),
        waits_for: None,
        agent: Some(AgentId(0)),
        pressed: Keys::from_iter([Digit::Number(1), Digit::Number(0)]),
        why_human: Some(WhyHuman::AskedAfterService),
        promise: Some(Promise {
            made_at: Tick(1_000_000),
            due_at: Tick(421_000_000),
            reference: "cab 7".into(),
            settled: Settled::Open,
        }),
    }
}

fn shown(document: &CallDocument) -> Value {
    serde_json::to_value(document).expect("JSON")
}

#[test]
fn a_live_call_shows_who_why_and_what_was_promised() {
    let directory = Directory::default();
    let number = Number("+6591234567".into());
    let earlier = Contact {
        call: CallId(3),
        at: timestamp(-60_000_000),
        outcome: Outcome::Abandoned,
        resolution: Some("overtaken by events".into()),
    };
    directory.note(&number, earlier);
    let document = CallDocument::live(&view(), Tick(14_900_000), &taxi(), Epoch::new(timestamp(0)), &directory);
    assert_eq!(
        shown(&document),
        json!({
            "call": "0000000000000007", "state": "offered", "line": "+6565521111", "queue": "booking", "agent": "a101",
            "caller": {
                "number": "+6591234567", "name": "Ann", "trust": "trusted", "verdict": null, "attestation": null, "proved": false, "language": null, "class": "regular",
                "preferred_agent": null, "profile": {"pickup": "12 Ann Siang Road"},
                "contacts": [{
                    "call": "0000000000000003", "at": "1969-12-31T23:59:00Z", "outcome": "abandoned",
                    "resolution": "overtaken by events",
                }],
            },
            "pressed": "10",
            "why": {
                "reason": "asked_after_service", "detail": null, "sentence": "The caller was served, and wants to talk about it.",
            },
            "promise": {
                "made_at": "1970-01-01T00:00:01Z", "due_at": "1970-01-01T00:07:01Z", "eta_s": 420, "reference": "cab 7",
                "settled": "open",
            },
            "class": "", "menu_s": 2.0, "to_human_s": null, "quote": null, "callbacks": null, "waited_s": 12, "offered_at": "1970-01-01T00:00:00Z", "queued_at": "1970-01-01T00:00:02Z", "connected_at": null,
            "ended_at": null, "outcome": null, "resolution": null,
        })
    );
}

#[test]
fn a_stranger_shows_as_one() {
    let call = CallView { caller: Caller::unknown(), ..view() };
    let document = CallDocument::live(&call, Tick(0), &taxi(), Epoch::new(timestamp(0)), &Directory::default());
    assert_eq!(document.caller, CallerDocument { trust: "untrusted", ..CallerDocument::default() });
}

fn context(why: WhyHuman) -> Context {
    Context {
        call: CallId(7),
        line: LineId(0),
        queue: QueueId(0),
        class: ClassId(0),
        caller: caller(),
        proved: false,
        pressed: Keys::from_iter([Digit::Number(2)]),
        why,
        promise: None,
        waited: Span::millis(12_900),
    }
}

#[test]
fn the_compact_context_names_call_queue_wait_keys_reason_and_address() {
    let text = uui(&context(WhyHuman::Asked), &taxi(), "http://127.0.0.1:8080/");
    assert_eq!(
        serde_json::from_str::<Value>(&text).expect("JSON"),
        json!({
            "call": "0000000000000007", "queue": "booking", "waited_s": 12, "pressed": "2", "reason": "asked",
            "url": format!("{URL}/api/v1/calls/0000000000000007"),
        })
    );
    assert!(!text.contains("+65") && !text.contains("Ann"), "whom it concerns is not for every proxy on the way");
}

#[test]
fn an_address_that_is_too_long_is_left_out_whole() {
    let text = uui(&context(WhyHuman::Asked), &taxi(), &format!("https://{}.example", "x".repeat(300)));
    let read: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((read.get("url"), read.get("reason")), (None, Some(&json!("asked"))));
}

proptest! {
    #[test]
    fn the_compact_context_is_json_and_never_too_long(
        queue in "\\PC{0,60}",
        reason in "\\PC{0,300}",
        host in "[a-z.]{0,300}",
        pressed in prop::collection::vec(0u8..=255, 0..20),
        waited in any::<u64>(),
    ) {
        let mut settings: Settings = taxi().settings().clone();
        settings.queues[0].name = queue.into();
        let names = Names::new(Arc::new(settings));
        let context = Context {
            pressed: pressed.into_iter().map(Digit::Number).collect(),
            waited: Span(waited),
            ..context(WhyHuman::DispatchRefused { reason: reason.into() })
        };
        let text = uui(&context, &names, &host);
        prop_assert!(text.len() <= COMPACT_BYTES_MAX, "{} bytes: {}", text.len(), text);
        prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}

#[test]
fn every_reason_has_a_sentence() {
    let document = WhyDocument::new(&WhyHuman::DispatchFailed(DispatchFailure::TimedOut));
    assert_eq!(document.reason, "dispatch_timed_out");
    assert!(document.sentence.ends_with('.'));
}
