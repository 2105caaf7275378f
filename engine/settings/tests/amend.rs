//! What is shown of thresholds can be written back, and a change is read as the file is.

mod common;

use cabrank_core::{
    AgentOrder, CallbackTerms, Choice, Class, ClassId, Closed, Denominator, Line, Menu, Order, Overflow, Permille, QueueId,
    Quoting, ServiceId, ServiceLevel, Span, Text, Thresholds, Widening,
};
use cabrank_settings::{Fault, amend, contradictions, parse, show};
use common::{GOOD, Room};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use toml::{Table, Value};

fn names() -> Vec<Text> {
    ["booking", "tours"].map(Text::from).into()
}

fn change(keys: &str) -> Table {
    keys.parse().unwrap_or_else(|error| panic!("{keys}: {error}"))
}

fn amended(current: &Thresholds, keys: &str) -> Thresholds {
    amend("booking", current, change(keys), &names()).unwrap_or_else(|faults| panic!("{keys}: {faults:#?}"))
}

/// A length of time within bounds, to the microsecond.
fn span(from_s: u64, to_s: u64) -> impl Strategy<Value = Span> {
    let step = prop_oneof![Just(1_000_000), Just(1_000), Just(1)];
    (from_s * 1_000_000..=to_s * 1_000_000, step).prop_map(move |(us, step)| Span((us / step * step).max(from_s * 1_000_000)))
}

fn classes() -> impl Strategy<Value = (Vec<Class>, ClassId)> {
    let named = btree_map("[a-z][a-z0-9._-]{0,8}", span(1, 86_400), 0..31);
    (named, span(1, 86_400), option::of(any::<prop::sample::Index>())).prop_map(|(named, target, default)| {
        let mut classes: Vec<_> = named.into_iter().map(|(name, target)| Class { name: name.into(), target }).collect();
        match default.filter(|_| !classes.is_empty()) {
            Some(index) => {
                let default = ClassId(index.index(classes.len()) as u8);
                (classes, default)
            }
            None => {
                classes.insert(0, Class { name: "".into(), target });
                (classes, ClassId(0))
            }
        }
    })
}

fn service_level() -> impl Strategy<Value = ServiceLevel> {
    let of = prop::sample::select(vec![
        Denominator::OfferedButShort,
        Denominator::Offered,
        Denominator::Answered,
        Denominator::AnsweredAndAbandonedLate,
    ]);
    (1..=1000u16, span(1, 86_400), of).prop_map(|(share, within, of)| ServiceLevel { share: Permille(share), within, of })
}

fn callback() -> impl Strategy<Value = Option<CallbackTerms>> {
    let terms = (span(1, 86_400), span(1, 86_400), 1..=100u8);
    option::of(terms.prop_map(|(over, retry_after, tries_max)| CallbackTerms { over, retry_after, tries_max }))
}

/// All that a file can say.
fn thresholds() -> impl Strategy<Value = Thresholds> {
    let step = (span(1, 86_400), 1..=99u8).prop_map(|(after, level)| Widening { after, level });
    let overflow = option::of(span(0, 86_400).prop_map(|after| Overflow { after, queue: QueueId(1) }));
    let agent_order = prop::sample::select(vec![AgentOrder::LongestIdle, AgentOrder::LeastOccupied]);
    let service = (prop::sample::select(Order::ALL), classes(), service_level(), span(0, 60), span(0, 86_400));
    let agents = (agent_order, vec(step, 0..=16), overflow, 0..20_000u32, span(0, 86_400));
    let caller = (span(0, 86_400), 1..=100_000u32, span(1, 86_400), callback(), option::of(1..=999u16));
    let times = (span(1, 3600), span(1, 300), span(0, 3600));
    (service, agents, caller, times).prop_map(|(service, agents, caller, times)| Thresholds {
        order: service.0,
        classes: service.1.0,
        default_class: service.1.1,
        service_level: service.2,
        short_abandon: service.3,
        warn_within: service.4,
        agent_order: agents.0,
        widen: agents.1,
        overflow: agents.2,
        reserve: agents.3,
        preferred_agent_for: agents.4,
        keep_place_for: caller.0,
        max_waiting: caller.1,
        max_wait: caller.2,
        callback: caller.3,
        quote: caller.4.map(|confidence| Quoting { confidence: Permille(confidence) }),
        comfort_every: times.0,
        ring_for: times.1,
        wrap_up: times.2,
    })
}

/// Keys that are there, and others.
fn key() -> impl Strategy<Value = String> {
    let all = "overflow = { after = \"1m\", queue = \"tours\" }\noffer_callback_over = \"3m\"\n\
               class.vip = \"5s\"\ndefault_class = \"vip\"";
    let known: Vec<String> = show(&amended(&Thresholds::default(), all), &names()).keys().cloned().collect();
    prop_oneof![9 => prop::sample::select(known), 1 => "\\PC{0,12}"]
}

/// Values that fit somewhere, or nowhere.
fn odd_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        (0..100i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(Value::from(true)),
        "\\PC{0,20}".prop_map(Value::from),
        prop::sample::select(vec!["", "0s", "20s", "80% in 20s", "fifo", "tours", "booking", "vip"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |below| {
        let known = prop::sample::select(vec!["after", "queue", "level", "every", "confidence", "vip"]).prop_map(String::from);
        let keys = prop_oneof![4 => known, 1 => "\\PC{0,9}"];
        prop_oneof![
            vec(below.clone(), 0..4).prop_map(Value::Array),
            vec((keys, below), 0..4).prop_map(|pairs| Value::Table(Table::from_iter(pairs))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_shown_amends_nothing(thresholds in thresholds()) {
        let shown = show(&thresholds, &names());
        prop_assert_eq!(amend("booking", &thresholds, shown, &names()).map_err(|faults| format!("{faults:?}")), Ok(thresholds));
    }

    #[test]
    fn no_change_changes_nothing(thresholds in thresholds()) {
        let same = amend("booking", &thresholds, Table::new(), &names());
        prop_assert_eq!(same.map_err(|faults| format!("{faults:?}")), Ok(thresholds));
    }

    #[test]
    fn what_is_shown_amends_the_defaults_to_it(thresholds in thresholds()) {
        let shown = show(&thresholds, &names());
        let amended = amend("booking", &Thresholds::default(), shown, &names());
        // A class without a name stays unless it is taken away by a default class.
        prop_assert_eq!(amended.map_err(|faults| format!("{faults:?}")), Ok(thresholds));
    }

    /// A queue that nobody calls: only what it says of itself is looked at.
    #[test]
    fn what_is_shown_is_what_a_file_may_say(thresholds in thresholds()) {
        let mut queue = show(&Thresholds { reserve: 0, overflow: None, ..thresholds.clone() }, &names());
        queue.insert("name".to_owned(), "attic".into());
        let file = Table::from_iter([("queue".to_owned(), Value::Array(vec![queue.into()]))]).to_string();
        let read = parse(&format!("{GOOD}\n{file}"), "desk.toml", &Room).expect("good");
        prop_assert_eq!(&read.desk.queues[1].thresholds, &Thresholds { reserve: 0, overflow: None, ..thresholds });
    }

    #[test]
    fn one_key_changes_alone(thresholds in thresholds(), wrap_up in span(0, 3600)) {
        let mut wish = show(&Thresholds { wrap_up, ..Thresholds::default() }, &names());
        wish.retain(|key, _| key == "wrap_up");
        let amended = amend("booking", &thresholds, wish, &names()).expect("good");
        prop_assert_eq!(amended, Thresholds { wrap_up, ..thresholds });
    }

    /// Whatever a change holds: thresholds or faults, never a panic.
    #[test]
    fn any_change_is_read(changes in vec((key(), odd_value()), 1..4), thresholds in thresholds()) {
        match amend("booking", &thresholds, Table::from_iter(changes), &names()) {
            Ok(amended) => prop_assert_eq!(amend("booking", &amended, Table::new(), &names()).map_err(|_| ()), Ok(amended)),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }
}

#[test]
fn a_class_is_changed_added_and_taken_away_alone() {
    let first = amended(&Thresholds::default(), "class = { regular = \"20s\", visitor = \"40s\" }");
    let later = amended(&first, "class = { regular = \"10s\", vip = \"5s\", visitor = \"\" }");
    let found: Vec<_> = later.classes.iter().map(|class| (&*class.name, class.target)).collect();
    assert_eq!(found, [("", Span::secs(20)), ("regular", Span::secs(10)), ("vip", Span::secs(5))]);
}

#[test]
fn an_empty_text_takes_a_key_away() {
    let named = "overflow = { after = \"60s\", queue = \"tours\" }\noffer_callback_over = \"3m\"\ncallback_tries = 7\n\
                 quote.confidence = 0.9\n\
                 ring_for = \"20s\"\nclass.vip = \"5s\"\ndefault_class = \"vip\"";
    let first = amended(&Thresholds::default(), named);
    assert!(first.overflow.is_some() && first.quote.is_some() && first.callback.is_some_and(|terms| terms.tries_max == 7));
    let nothing = "overflow = \"\"\noffer_callback_over = \"\"\nquote.confidence = \"\"\nring_for = \"\"\n\
                   class = \"\"\ndefault_class = \"\"";
    assert_eq!(amended(&first, nothing), Thresholds::default());
    assert_eq!(amended(&Thresholds::default(), nothing), Thresholds::default(), "taken away twice");
}

#[test]
fn callbacks_stop_and_keep_their_terms() {
    let first = amended(&Thresholds::default(), "offer_callback_over = \"3m\"\ncallback_tries = 7");
    assert_eq!(amended(&first, "offer_callback_over = \"5m\"").callback.map(|terms| terms.tries_max), Some(7));
    assert_eq!(amended(&first, "offer_callback_over = \"0s\"").callback, None);
}

/// Keys that are wrong in a file, and in a change.
const WRONG: &[&str] = &[
    "ring_fro = \"15s\"",
    "name = \"other\"",
    "ring_for = \"2h\"",
    "ring_for = 15",
    "order = \"fiffo\"",
    "service_level = \"80 in 20s\"",
    "quote = { confidence = 1.5 }",
    "quote = { sure = 0.5 }",
    "widen = [{ after = \"30s\" }]",
    "default_class = \"vip\"",
    "overflow = { after = \"60s\", queue = \"booking\" }",
    "overflow = { after = \"60s\", queue = \"tour\" }",
    "callback_tries = 3",
    "class = { \"two words\" = \"3s\" }",
    "reserve = -1",
];

fn words(faults: &[Fault]) -> Vec<(String, String)> {
    faults.iter().map(|fault| (fault.what.clone(), fault.right.clone())).collect()
}

#[test]
fn a_change_is_refused_in_the_words_of_the_file() {
    for keys in WRONG {
        let file = GOOD.replace("target = \"20s\"\nring_for = \"15s\"", keys);
        let file = file.replace("[[agent]]", "[[queue]]\nname = \"tours\"\n[[agent]]");
        let of_file = parse(&file, "desk.toml", &Room).map_err(|faults| words(&faults.iter().cloned().collect::<Vec<_>>()));
        let of_change = amend("booking", &Thresholds::default(), change(keys), &names()).map_err(|faults| words(&faults));
        let of_change = of_change.expect_err(keys);
        if keys.starts_with("name") {
            assert!(of_change[0].0.contains("unknown key `name`"), "{of_change:?}");
        } else {
            assert_eq!(of_change, of_file.expect_err(keys), "{keys}");
        }
    }
}

#[test]
fn every_fault_of_a_change_comes_at_once() {
    let faults = amend("booking", &Thresholds::default(), change(&WRONG[2..3].join("\n")), &names()).expect_err("wrong");
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let all = "ring_for = \"2h\"\nordre = \"\"\nmax_waiting = 0\nquote = { every = 3 }";
    let faults = amend("booking", &Thresholds::default(), change(all), &names()).expect_err("wrong");
    assert_eq!(faults.len(), 4, "{faults:#?}");
}

#[test]
fn an_unknown_queue_has_no_thresholds() {
    let faults = amend("boking", &Thresholds::default(), Table::new(), &names()).expect_err("unknown");
    assert_eq!(words(&faults), [("there is no queue `boking`".to_owned(), "did you mean `booking`?".to_owned())]);
}

#[test]
fn every_way_out_of_a_line_is_walked() {
    let file = GOOD.replace("[[agent]]", "[[queue]]\nname = \"attic\"\n[[agent]]");
    let desk = parse(&file, "desk.toml", &Room).expect("good").desk;
    let attic = QueueId(1);
    let led = |lead: &dyn Fn(&mut Line)| {
        let mut changed = desk.clone();
        lead(&mut changed.lines[0]);
        contradictions(&changed).into_iter().map(|fault| fault.what).collect::<Vec<_>>()
    };
    let said = |way: &str| vec![format!("no human can be reached: line `taxi` → {way} → queue `attic` → nobody")];
    assert_eq!(
        led(&|line| line.menu.one = Some(Choice::Instant { service: ServiceId(0), otherwise: attic, proof: None })),
        said("press 1 → otherwise")
    );
    assert_eq!(led(&|line| line.menu.two = Some(Choice::Queue(attic))), said("press 2"));
    assert_eq!(led(&|line| line.closed = Closed::Queue(attic)), said("outside the hours"));
    assert_eq!(led(&|line| line.human = attic), said("0, silence or mistakes"));
    assert_eq!(led(&|line| (line.menu, line.human) = (Menu::default(), attic)), said("after the greeting"));
}

#[test]
fn a_change_that_contradicts_the_rest_of_the_desk_is_named() {
    let tours = "[[queue]]\nname = \"tours\"\n[[agent]]";
    let file = GOOD.replace("[[agent]]", tours).replace("{ booking = 1 }", "{ booking = 2, tours = 1 }");
    let desk = parse(&file, "desk.toml", &Room).expect("good").desk;
    assert_eq!(words(&contradictions(&desk)), []);
    for (keys, what) in [
        ("order = \"fifo\"", "agent `a101` may serve both queue `booking` (`fifo`) and queue `tours` (`proportional`)"),
        ("reserve = 1", "`reserve` = 1 keeps every agent of queue `booking` back: it has 1"),
        ("widen = [{ after = \"30s\", level = 1 }]", "line `taxi` → press 1 → otherwise → queue `booking` → nobody"),
    ] {
        let mut changed = desk.clone();
        changed.queues[0].thresholds = amended(&desk.queues[0].thresholds, keys);
        let faults = contradictions(&changed);
        assert!(faults.len() == 1 && faults[0].what.contains(what), "{keys}: {faults:#?}");
    }
}
