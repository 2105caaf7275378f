//! Files that a scenario names: traces and lengths of time.

use crate::bench::{Bench, GOOD, told};
use cabrank_core::{QueueId, Span, Tick};
use cabrank_sim::scenario::{Arrivals, Entrance, TraceCall};

fn trace(rows: &str) -> Result<Vec<TraceCall>, String> {
    let bench = Bench::new();
    bench.write("calls.csv", rows);
    let read = bench.read(GOOD).map_err(|faults| told(&faults))?;
    match &read.callers[2].arrivals {
        Arrivals::Trace(calls) => Ok(calls.to_vec()),
        Arrivals::Random(_) => Err("no trace".to_owned()),
    }
}

fn line_of(part: &str) -> String {
    let before = GOOD.split(part).next().unwrap_or_default();
    format!("line {}: ", before.matches('\n').count() + 1)
}

#[test]
fn a_trace_is_sorted_and_says_what_it_knows() {
    let calls = trace(
        "number, at , queue,class,handle_s,patience_s\n# a remark\n,25:00:00,,,,\n+6591234567,08:30:00,booking,regular,12.25,0\n,0.5,booking,,,\n",
    );
    let [first, second, third] = &*calls.expect("good") else { panic!("three") };
    assert_eq!((first.at, second.at, third.at), (Tick(500_000), Tick(3_600_000_000), Tick(Span::secs(63_000).0)));
    assert!(matches!(first.to, Some(Entrance::Queue(QueueId(0), class)) if class.0 == 1), "the queue's default: {:?}", first.to);
    assert!(matches!(second.to, Some(Entrance::Queue(QueueId(0), class)) if class.0 == 0), "{:?}", second.to);
    assert_eq!((second.handle, second.patience), (Some(Span::millis(12_250)), Some(Span(0))));
    assert_eq!((&third.to, &third.caller), (&None, &None));
}

#[test]
fn a_faulty_trace_is_told_with_its_rows() {
    for (rows, what, right) in [
        ("", "has no column `at`", "first row"),
        ("at\n", "holds no call", "a row for each"),
        ("when\n1\n", "unknown column `when`", "known are `at`"),
        ("at,at\n1,2\n", "two columns `at`", "leave one out"),
        ("at,handel_s\n1,2\n", "unknown column `handel_s`", "did you mean `handle_s`?"),
        ("at\n1\nx\n", "calls.csv`, row 3: `x` is no number of seconds", "seconds, from 0"),
        ("at\n-1\n", "row 2: `-1` is out of bounds", "seconds, from 0"),
        ("at\nnan\n", "row 2: `nan` is out of bounds", "seconds, from 0"),
        ("at\n07:00:00\n", "row 2: `07:00:00` lies before the scenario begins, at 07:30:00", "begin sooner"),
        ("at\n08:60:00\n", "row 2: `08:60:00` is no number of seconds", "seconds"),
        ("at,queue\n1,bookings\n", "row 2: there is no queue `bookings`", "did you mean `booking`?"),
        ("at,queue,class\n1,booking,vip\n", "row 2: queue `booking` has no class `vip`", "known are"),
        ("at,patience_s\n1,1e9\n", "row 2: `1e9` is out of bounds", "seconds"),
        ("at,number\n1,+65 9123\n", "row 2: `+65 9123` is no number", "without blanks"),
    ] {
        let told = trace(rows).expect_err(rows);
        assert!(told.starts_with(&line_of("calls.csv")) && told.contains(what) && told.contains(right), "{rows:?}: {told}");
        assert_eq!(told.matches("line").count(), 1, "{rows:?}: {told}");
    }
}

#[test]
fn classes_of_a_trace_by_a_line_are_known_there() {
    let bench = Bench::new();
    bench.write("calls.csv", "at,class\n1,regular\n");
    let by_line = |number: &str| GOOD.replace("queue = \"tours\"", &format!("line = \"{number}\""));
    let read = bench.read(&by_line("taxi")).unwrap_or_else(|faults| panic!("{}", told(&faults)));
    assert!(
        matches!(&read.callers[2].arrivals, Arrivals::Trace(calls) if matches!(&calls[0].to, Some(Entrance::Line(_, class)) if &**class == "regular"))
    );
    bench.write("calls.csv", "at,class\n1,regulr\n");
    let told = told(&bench.read(&by_line("taxi")).expect_err("no such class"));
    assert!(told.contains("row 2: no queue that line `taxi` leads to has a class `regulr` (did you mean `regular`?"), "{told}");
}

#[test]
fn of_many_bad_rows_some_are_told_and_the_rest_counted() {
    let told = trace(&format!("at\n{}", "x\n".repeat(1000))).expect_err("bad");
    assert_eq!(told.matches("is no number of seconds").count(), 5, "{told}");
    assert!(told.contains("995 more bad rows"), "{told}");
}

#[test]
fn a_faulty_file_of_lengths_is_told_with_its_rows() {
    for (rows, what) in [
        ("", "holds no length of time"),
        ("seconds\n", "holds no length of time"),
        ("handle\n30\n", "row 1: `handle` is no number of seconds"),
        ("30\nseconds\n", "row 2: `seconds` is no number"),
        ("30\n-1\n", "row 2: `-1` is out of bounds"),
        ("30\ninf\n", "row 2: `inf` is out of bounds"),
        ("30,40\n", "row 1: 2 columns"),
    ] {
        let bench = Bench::new();
        bench.write("handle.csv", rows);
        let told = told(&bench.read(GOOD).expect_err(rows));
        assert!(told.starts_with(&line_of("handle.csv")) && told.contains(what), "{rows:?}: {told}");
    }
    let bench = Bench::new();
    for (name, what) in [("none.csv", "none.csv` cannot be read: No such file"), (".", "` cannot be read: ")] {
        let text = GOOD.replace("handle.csv", name).replace("calls.csv", name);
        let told = told(&bench.read(&text).expect_err("not there"));
        assert!(told.contains(&line_of("calls.csv")) && told.contains(&line_of("handle.csv")) && told.contains(what), "{told}");
    }
}

#[test]
fn a_trace_that_knows_every_handle_time_needs_no_law() {
    let bench = Bench::new();
    bench.write("calls.csv", "at,handle_s\n1,20\n2,40\n");
    let read = bench.read(&GOOD.replace("handle = { empirical = \"handle.csv\" }\n", ""));
    let read = read.unwrap_or_else(|faults| panic!("{}", told(&faults)));
    assert!((read.callers[2].handle.mean_s() - 30.0).abs() < 1e-9);
}
