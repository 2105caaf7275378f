//! Whatever the file holds: a configuration or faults, never a panic, and each fault has a line that is there.

mod common;

use cabrank_settings::{Hours, SipUri, parse};
use common::{GOOD, Room};
use miette::NarratableReportHandler;
use proptest::prelude::*;

fn holds(text: &str) -> Result<(), TestCaseError> {
    let Err(faults) = parse(text, "desk.toml", &Room) else { return Ok(()) };
    prop_assert!(faults.iter().count() > 0);
    let lines = text.matches('\n').count() + 1;
    for fault in &faults {
        prop_assert!((1..=lines).contains(&fault.line), "line {} of {lines}", fault.line);
    }
    prop_assert!(NarratableReportHandler::new().render_report(&mut String::new(), &faults).is_ok());
    Ok(())
}

/// Values that fit nowhere, or hardly.
fn odd_value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("nan".to_owned()),
        Just("0xffffffffffffffffffff".to_owned()),
        Just("\"9999999999999999999s\"".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"\\u0000\"".to_owned()),
        Just("[[[[]]]]".to_owned()),
        Just("{ a = { b = { c = 1 } } }".to_owned()),
        Just("1979-05-27".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| format!("\"{number}ms\"")),
        "\\PC{0,30}".prop_map(|text| format!("{text:?}")),
    ]
}

/// A quarter of a megabyte of the same nonsense: deep nesting and faults without number are borne, and not all are shown.
#[test]
fn a_long_file_of_nonsense_is_read() {
    for nonsense in ["= \n", "[[queue]]\nname = 1\n", "[", "a.", "x = \"\n", "[[agent]]\n", "k=[", "'''"] {
        let text = nonsense.repeat((1 << 18) / nonsense.len());
        let faults = parse(&text, "desk.toml", &Room).expect_err(nonsense);
        assert!((1..=500).contains(&faults.iter().count()), "{nonsense:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        holds(&text)?;
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn a_good_file_with_bytes_overwritten_is_read(at in 0..GOOD.len(), with in "[\\PC\n]{0,6}", gone in 0..40usize) {
        let end = (at + gone).min(GOOD.len());
        holds(&[&GOOD[..at], &with, &GOOD[end..]].concat())?;
    }

    #[test]
    fn a_good_file_with_odd_values_is_read(odd in prop::collection::vec((0..40usize, odd_value()), 1..6)) {
        let mut lines: Vec<String> = GOOD.lines().map(str::to_owned).collect();
        for (at, value) in odd {
            let at = at % lines.len();
            if let Some((key, _)) = lines[at].clone().split_once('=') {
                lines[at] = format!("{key}= {value}");
            }
        }
        holds(&lines.join("\n"))?;
    }

    #[test]
    fn any_hours_are_read(text in "((Mon|Sun|Sat-Tue|[A-z]{3}) ?)*([0-9]{1,2}:[0-9]{2}-[0-9]{2}:[0-9]{2},? ?)*") {
        let _ = text.parse::<Hours>();
    }

    #[test]
    fn a_uri_that_was_read_reads_the_same_again(text in "sip:([a-z0-9+]{1,5}@)?[a-z0-9.:\\[\\]]{1,12}(:[0-9]{1,5})?(;transport=(udp|TCP))?") {
        if let Ok(uri) = text.parse::<SipUri>() {
            prop_assert_eq!(uri.to_string().parse::<SipUri>(), Ok(uri));
        }
    }
}
