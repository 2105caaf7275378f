//! `cabrank analyze`, the command, on a store that the library filled.

use cabrank::epoch::{Epoch, timestamp};
use cabrank::names::Names;
use cabrank::store::{RecordRow, Rows, Store};
use cabrank_core::{
    Agent, AgentId, CallId, Caller, Choice, Closed, Digit, Keys, Limits, Line, LineId, Menu, Number, Outcome, Promise, Queue,
    QueueId, Record, Settings, SignIn, Skill, Span, Thresholds, Tick, Trust, WhyHuman,
};
use cabrank_core::{Said, Settled};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;
/// Long ago: everybody has had the time to call again.
const BEGAN: i64 = 1_790_000_000_000_000;

/// The lines, queue and agents of the desk that `config.toml` names, as far as records go.
fn names() -> Names {
    let line = |number: &str| Line {
        number: number.into(),
        closed: Closed::Message,
        menu: Menu { one: None, two: Some(Choice::Queue(QueueId(0))) },
        human: QueueId(0),
        silence: Span::secs(5),
    };
    let agent =
        |name: &str| Agent { name: name.into(), skills: vec![Skill { queue: QueueId(0), level: 1 }], sign_in: SignIn::WithPhone };
    Names::new(Arc::new(Settings {
        name: "taxi".into(),
        limits: Limits { calls_max: 100 },
        lines: vec![line("taxi"), line("+6565521111")],
        services: Vec::new(),
        queues: vec![Queue { name: "booking".into(), thresholds: Thresholds::default() }],
        agents: ["a101", "a102"].map(agent).into(),
    }))
}

/// One call: the `n`th caller's, so many seconds after the beginning.
fn record(call: u64, n: u64, at_s: u64, waited_s: u64) -> Record {
    let at = |s: u64| Tick((at_s + s) * 1_000_000);
    Record {
        call: CallId(call),
        line: LineId((n % 2) as u16),
        caller: Caller { number: Some(number(n)), trust: Trust::Trusted, token: None, profile: None },
        proved: false,
        offered_at: at(0),
        queued_at: Some(at(5)),
        connected_at: Some(at(5 + waited_s)),
        ended_at: at(60 + waited_s),
        queue: Some(QueueId(0)),
        class: Some("regular".into()),
        agent: Some(AgentId((n % 2) as u32)),
        pressed: Keys::from_iter([Digit::Number(2)]),
        why_human: Some(WhyHuman::Asked),
        outcome: Outcome::ServedByAgent,
        promise: n.is_multiple_of(5).then(|| Promise {
            made_at: at(1),
            due_at: at(1 + 10 * MINUTE),
            reference: "cab 7".into(),
            settled: Settled::Kept,
        }),
        held: Span(0),
        offers: 1,
        quote: Some(Said { at: at(6), until: at(600), settled: Settled::Kept }),
        callbacks: 0,
    }
}

fn number(n: u64) -> Number {
    Number(format!("+659{:07}", n * 37 % 10_000_000).into())
}

/// Twelve hundred callers. Two in five wait for some minutes, and with a cause half of these call again the next day; of all
/// others one in ten.
async fn fill(data: &Path, cause: bool) {
    let names = names();
    let mut records = Vec::new();
    for n in 0..1_200_u64 {
        let long = n % 5 < 2;
        let at_s = n * 997 % (20 * DAY);
        records.push(record(2 * n + 1, n, at_s, if long { 150 + n % 300 } else { 20 + n % 90 }));
        let again = if long && cause { (n / 5).is_multiple_of(2) } else { (n / 5).is_multiple_of(10) };
        if again {
            records.push(record(2 * n + 2, n, at_s + DAY, 20));
        }
    }
    let epoch = Epoch::new(timestamp(BEGAN));
    let rows = Rows { records: records.iter().map(|one| RecordRow::new(one, &names, epoch)).collect(), ..Rows::default() };
    let store = Store::open(data).await.expect("a store");
    store.put_rows(&rows).await.expect("written");
    store.close().await;
}

fn analyze(data: &Path, more: &[&str]) -> Output {
    let data = data.to_str().expect("a path in UTF-8");
    Command::new(env!("CARGO_BIN_EXE_cabrank")).args(["analyze", "--data", data]).args(more).output().expect("the command")
}

fn told(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_str(&told(output)).expect("JSON")
}

#[tokio::test]
async fn the_command_tells_what_repeat_callers_have_in_common_and_names_nobody() {
    let dir = tempfile::tempdir().expect("a directory");
    fill(dir.path(), true).await;
    let text = told(&analyze(dir.path(), &[]));
    assert!(
        text.contains("Callers who waited over 2 min called again 5.0 times as often as others: 50.0 % against 10.0 %"),
        "{text}"
    );
    for name in ["a101", "a102", &number(1).0, "+6590000037"] {
        assert!(!text.contains(name), "{name} is named:\n{text}");
    }
    let json = json(&analyze(dir.path(), &["--json"]));
    let repeats = &json["concerns"][0];
    assert_eq!(repeats["concern"], "repeats");
    assert_eq!((repeats["group"].as_u64(), repeats["others"].as_u64()), (Some(312), Some(888)));
    let first = &repeats["findings"][0];
    assert_eq!((first["feature"].as_str(), first["value"].as_str()), (Some("waited"), Some("over 2 min")));
    assert_eq!(first["counts"]["with_in_group"], 240);
    assert_eq!(json["first_contact_resolution"]["served"], 1_200);
    assert_eq!(json["first_contact_resolution"]["resolved"], 888);
    let shadows = &repeats["findings"].as_array().expect("a list")[1..];
    assert!(!shadows.is_empty() && shadows.iter().all(|one| one["explained_by"]["value"] == "over 2 min"), "{repeats:#}");
}

#[tokio::test]
async fn the_command_is_silent_where_nothing_is() {
    let dir = tempfile::tempdir().expect("a directory");
    fill(dir.path(), false).await;
    let json = json(&analyze(dir.path(), &["--json"]));
    for concern in json["concerns"].as_array().expect("a list") {
        assert_eq!(concern["findings"].as_array().map(Vec::len), Some(0), "{concern:#}");
    }
    let text = told(&analyze(dir.path(), &[]));
    assert!(text.contains("Nothing that they have in common is more than chance."), "{text}");
}

#[tokio::test]
async fn a_window_counts_its_own_calls_and_looks_beyond_for_who_called_again() {
    let dir = tempfile::tempdir().expect("a directory");
    fill(dir.path(), true).await;
    let day = |n: u64| timestamp(BEGAN + (n * DAY * 1_000_000) as i64).to_string();
    let json = json(&analyze(dir.path(), &["--json", "--since", &day(4), "--until", &day(8), "--repeat-within", "2d"]));
    assert_eq!(json["since"].as_str(), Some(&*day(4)));
    let counted =
        |from: u64, to: u64| (0..1_200_u64).filter(|n| (from * DAY..to * DAY).contains(&(n * 997 % (20 * DAY)))).count() as u64;
    let repeats = &json["concerns"][0];
    let first_contacts = repeats["group"].as_u64().expect("a count") + repeats["others"].as_u64().expect("a count");
    assert_eq!(first_contacts, counted(4, 8));
}

#[test]
fn what_is_not_there_is_not_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let nowhere = dir.path().join("nowhere");
    let output = analyze(&nowhere, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere"), "{output:?}");
    assert!(!nowhere.exists());
}

#[test]
fn bad_usage_is_told_before_anything_is_read() {
    let dir = tempfile::tempdir().expect("a directory");
    for more in [["--alpha", "0.9"], ["--repeat-within", "7"], ["--since", "yesterday"], ["--until", "1969-01-01"]] {
        let output = analyze(dir.path(), &more);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(!output.stderr.is_empty(), "{more:?}");
    }
}
