//! What is wrong is named with its line, what it is and what would be right; and all of it at once.

mod common;
mod spoilt;

use cabrank_settings::{Fault, parse};
use common::{GOOD, Room};
use miette::NarratableReportHandler;
use spoilt::{Case, cases};

fn faults(text: &str) -> Vec<Fault> {
    parse(text, "desk.toml", &Room).map_or_else(|faults| faults.iter().cloned().collect(), |_| Vec::new())
}

#[test]
fn each_fault_is_named_with_its_line_and_what_would_be_right() {
    for Case(part, instead, place, what, right) in cases() {
        assert!(GOOD.contains(part), "{part:?} is not in the good configuration");
        let text = GOOD.replacen(part, instead, 1);
        let offset = text.rfind(place).unwrap_or_else(|| panic!("{place:?} is not in the configuration"));
        let line = text[..offset].matches('\n').count() + 1;
        let found = faults(&text);
        let named = |fault: &Fault| fault.line == line && fault.what.contains(what) && fault.right.contains(right);
        assert!(found.iter().any(named), "{part:?} -> {instead:?}: wanted line {line}: {what} / {right}; found {found:#?}");
    }
}

#[test]
fn one_mistake_is_one_fault() {
    let in_two_places = |case: &&Case| case.1 == "[[servise]]";
    for Case(part, instead, ..) in cases().filter(|case| !in_two_places(case)) {
        let found = faults(&GOOD.replacen(part, instead, 1));
        assert_eq!(found.len(), 1, "{part:?} -> {instead:?}: {found:#?}");
    }
}

/// What a faulty queue leaves unsaid is no second fault: not a trap, not another order than that of its neighbour.
#[test]
fn a_fault_in_a_queue_is_not_held_against_the_desk() {
    let house = "[[queue]]\nname = \"tours\"\norder = \"fifo\"\n[[queue]]\nname = \"lost\"\norder = \"fifo\"\n\
                 overflow = { after = \"60s\", queue = \"tours\" }\n[[line]]\nnumber = \"l\"\npress.1 = { queue = \"lost\" }\n[[agent]]";
    let good = GOOD.replace("target =", "order = \"fifo\"\ntarget =").replace("[[agent]]", house);
    let good = good.replace("{ booking = 1 }", "{ booking = 1, tours = 1 }");
    assert!(faults(&good).is_empty());
    for (part, instead) in [("order = \"fifo\"", "order = \"fiffo\""), ("queue = \"tours\"", "queue = \"tour\"")] {
        let found = faults(&good.replacen(part, instead, 1));
        assert_eq!(found.len(), 1, "{part:?} -> {instead:?}: {found:#?}");
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    let text = GOOD
        .replace("\"SG\"", "\"Singapore\"")
        .replace("127.0.0.0/8", "everywhere")
        .replace("\"20s\"", "20s")
        .replace("greeting", "greting")
        .replace("\"15s\"", "\"15\"");
    let found = faults(&text);
    let whats: Vec<_> = found.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(found.len(), 5, "{whats:#?}");
    assert!(found.is_sorted_by_key(|fault| fault.line), "{whats:#?}");
}

#[test]
fn more_of_anything_than_has_a_place_is_one_fault() {
    let services = (0..101).map(|n| format!("[[service]]\nname = \"s{n}\"\nbuiltin = \"demo-fleet\"\n"));
    let found = faults(&GOOD.replace("[[queue]]", &format!("{}[[queue]]", services.collect::<String>())));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.contains("`service` has 102 entries") && found[0].right.contains("at most 100"), "{found:#?}");
}

#[test]
fn a_queue_has_32_classes_at_most_the_one_without_a_name_among_them() {
    let classes: String = (0..32).map(|n| format!("class.c{n} = \"20s\"\n")).collect();
    let found = faults(&GOOD.replace("target =", &format!("{classes}target =")));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.contains("has 33 classes") && found[0].right.contains("at most 32"), "{found:#?}");
    assert!(faults(&GOOD.replace("target =", &format!("{classes}default_class = \"c7\"\ntarget ="))).is_empty());
}

#[test]
fn an_empty_file_is_told_what_a_desk_needs() {
    let found: Vec<_> = faults("").into_iter().map(|fault| fault.what).collect();
    for what in ["[desk] has no `name`", "there is no [[line]]", "there is no [[queue]]", "there is no [[agent]]"] {
        assert!(found.iter().any(|fault| fault == what), "{what} is not in {found:#?}");
    }
}

#[test]
fn faults_print_with_file_and_line() {
    let faults = parse(&GOOD.replace("ring_for", "ring_fro"), "desk.toml", &Room).expect_err("a typo");
    assert_eq!(faults.to_string(), "desk.toml has 1 fault");
    let mut report = String::new();
    NarratableReportHandler::new().render_report(&mut report, &faults).expect("rendered");
    assert!(report.contains("ring_fro") && report.contains("did you mean `ring_for`?"), "{report}");
}

#[test]
fn a_secret_is_not_shown() {
    let config = parse(GOOD, "desk.toml", &Room).expect("good");
    assert!(!format!("{config:?}").contains("tomato"));
}
