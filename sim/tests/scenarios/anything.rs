//! Whatever the file or the flag holds: a scenario or faults, never a panic, and each fault has a line that is there.

use crate::bench::{Bench, DESK, GOOD};
use cabrank_core::{Span, Tick};
use cabrank_settings::Hours;
use cabrank_sim::scenario::{Faults, Scenario, Set, read};
use proptest::prelude::*;
use std::sync::LazyLock;

static BENCH: LazyLock<Bench> = LazyLock::new(Bench::new);

/// Each text is a file of its own: cases may run side by side.
fn holds(name: &str, text: &str, sets: &[Set]) -> Result<(), TestCaseError> {
    let read = read(&BENCH.write(name, text), sets);
    let Err(faults) = read else { return Ok(()) };
    prop_assert!(faults.iter().count() > 0);
    let lines = text.matches('\n').count() + 1;
    let flags: usize = sets.iter().map(|set| set.to_string().matches('\n').count() + 1).sum();
    for file in faults.files() {
        let lines = if file.to_string().starts_with("--set") { flags } else { lines };
        for fault in file {
            prop_assert!((1..=lines).contains(&fault.line), "line {} of {lines}: {fault}", fault.line);
        }
    }
    prop_assert!(miette::NarratableReportHandler::new().render_report(&mut String::new(), &faults).is_ok());
    Ok(())
}

/// Values that fit nowhere, or hardly.
fn odd_value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("nan".to_owned()),
        Just("x1e9".to_owned()),
        Just("x0".to_owned()),
        Just("x3.5".to_owned()),
        Just("0xffffffffffffffffffff".to_owned()),
        Just("\"9999999999999999999s\"".to_owned()),
        Just("\"23:59-00:01\"".to_owned()),
        Just("[\"Mon-Sun 12:00-11:59\", 3]".to_owned()),
        Just("[{ at = \"24:00-24:00\", for = \"1s\" }]".to_owned()),
        Just("{ exponential = { mean = \"0s\" } }".to_owned()),
        Just("{ profile = { per_hour = [inf], every = \"1s\" } }".to_owned()),
        Just("{ trace = \"handle.csv\" }".to_owned()),
        Just("{ empirical = \"/dev/null\" }".to_owned()),
        Just("[[[[]]]]".to_owned()),
        Just("{ a = { b = { c = 1 } } }".to_owned()),
        Just("9999-12-31T23:59:60".to_owned()),
        Just("true".to_owned()),
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| format!("\"{number}ms\"")),
        "\\PC{0,30}".prop_map(|text| format!("{text:?}")),
    ]
}

fn key() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("callers"),
        Just("agents"),
        Just("service"),
        Just("queue"),
        Just("*"),
        Just("0"),
        Just("1"),
        Just("booking"),
        Just("day"),
        Just("arrivals"),
        Just("poisson"),
        Just("per_hour"),
        Just("handle"),
        Just("skills"),
        Just("present"),
        Just("class"),
        Just("regular"),
        Just("widen"),
        Just("overflow"),
        Just("duration"),
        Just("patience"),
        Just("trouble"),
        Just("\"a b\""),
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.join("."))
}

/// The good scenario still reads, whatever is left of it by a change that is none.
#[test]
fn the_good_one_is_good() {
    let good: Result<Scenario, Faults> = BENCH.read(GOOD);
    assert!(good.is_ok());
}

#[test]
fn a_long_file_of_nonsense_is_read() {
    for nonsense in ["= \n", "[[callers]]\nname = 1\n", "[", "a.", "x = \"\n", "[[agents]]\n", "k=[", "'''"] {
        let text = nonsense.repeat((1 << 16) / nonsense.len());
        let faults = BENCH.read(&text).expect_err(nonsense);
        assert!((1..=500).contains(&faults.iter().count()), "{nonsense:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        holds("bytes.toml", &String::from_utf8_lossy(&bytes), &[])?;
    }

    #[test]
    fn a_good_file_with_bytes_overwritten_is_read(at in 0..GOOD.len(), with in "[\\PC\n]{0,6}", gone in 0..40usize) {
        let end = (at + gone).min(GOOD.len());
        holds("bytes-overwritten.toml", &[&GOOD[..at], &with, &GOOD[end..]].concat(), &[])?;
    }

    #[test]
    fn a_good_file_with_odd_values_is_read(odd in prop::collection::vec((0..80usize, odd_value()), 1..6)) {
        let mut lines: Vec<String> = GOOD.lines().map(str::to_owned).collect();
        for (at, value) in odd {
            let at = at % lines.len();
            if let Some((key, _)) = lines[at].clone().split_once('=') {
                lines[at] = format!("{key}= {value}");
            }
        }
        holds("odd-values.toml", &lines.join("\n"), &[])?;
    }

    #[test]
    fn any_sets_are_read(sets in prop::collection::vec((key(), odd_value()), 1..6)) {
        let sets: Vec<Set> = sets.iter().filter_map(|(key, value)| Set::new(key, value).ok()).collect();
        holds("sets.toml", GOOD, &sets)?;
    }

    #[test]
    fn any_text_is_a_set_or_none(text in "\\PC{0,40}") {
        if let Ok(sets) = Set::parse_many(&text) {
            holds("any-set.toml", GOOD, &sets)?;
        }
    }

    /// Whoever is present at a moment is so by the clock on the wall, also where it is changed in between.
    #[test]
    fn presence_is_what_the_clock_says(
        from in 0..24u32, length in 1..24u32, other in 0..24u32, begins in 0..24u32, zone in prop_oneof![Just("Europe/Berlin"), Just("Asia/Singapore")],
    ) {
        let hours = |from: u32, length: u32| format!("{from:02}:30-{:02}:30", (from + length) % 24);
        let present = [hours(from, length), hours(other, 1)];
        let bench = Bench::new();
        bench.write("desk.toml", &DESK.replace("Asia/Singapore", zone));
        let text = GOOD.split("[[agents]]").next().unwrap_or_default();
        let text = text.replace("calls.csv", "later.csv").replace("2026-11-20 07:30", &format!("2026-10-24 {begins:02}:15"));
        bench.write("later.csv", "at\n7\n");
        let agents = "[[agents]]\nskills = { booking = 1, tours = 1 }\npresent = ";
        let Ok(scenario) = bench.read(&format!("{text}{agents}{present:?}")) else { return Ok(()) };
        let timezone = jiff::tz::TimeZone::get(zone).expect(zone);
        let start = timezone.to_timestamp(scenario.begins).expect("a moment");
        let open: Vec<Hours> = present.iter().map(|hours| format!("Mon-Sun {hours}").parse().expect("hours")).collect();
        for minute in 0..i64::try_from(scenario.duration.as_secs() / 60).expect("few") + 24 * 60 {
            let at = start + jiff::SignedDuration::from_mins(minute);
            let tick = Tick(Span::secs(minute.unsigned_abs() * 60).0);
            let is_present = scenario.agents[0].present.iter().any(|window| window.holds(tick));
            prop_assert_eq!(is_present, open.iter().any(|hours| hours.is_open(at, &timezone)), "{:?} at {}", present, at);
        }
    }

    #[test]
    fn any_trace_is_read(rows in "(at|queue|class|number|,|\"|[0-9:.e-]{1,8}|booking|\n){0,30}") {
        BENCH.write("any.csv", &rows);
        holds("any-trace.toml", &GOOD.replace("calls.csv", "any.csv").replace("handle.csv", "any.csv"), &[])?;
    }
}
