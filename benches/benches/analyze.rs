//! How long does `cabrank analyze` take over a million records, and where does the time go?
//!
//! A Markdown table. Records of a taxi desk over ninety days, a million or as many as `CABRANK_ANALYZE_RECORDS` says, in an
//! SQLite store below the target directory; two in three callers call more than once. What is read lies in the system's memory.

use cabrank::analyze::Intake;
use cabrank::assets::Source;
use cabrank::epoch::{Epoch, timestamp};
use cabrank::names::Names;
use cabrank::store::{RecordRow, Rows, Store};
use cabrank_analyze::{Question, analyze};
use cabrank_core::{
    AgentId, CallId, Caller, Digit, Keys, LineId, Number, Outcome, Promise, QueueId, Record, Said, Settled, Span, Tick, Trust,
    WhyHuman,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const DAY_US: u64 = 86_400_000_000;
const BEGAN: i64 = 1_770_000_000_000_000;
/// Rows written together.
const BATCH: u64 = 10_000;

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let records = std::env::var("CABRANK_ANALYZE_RECORDS").ok().map(|count| count.parse().expect("a whole number"));
    let records = records.unwrap_or(if measured { 1_000_000 } else { 20_000 });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory can be made");
    let config = Source::BuiltIn.config().expect("the built-in configuration is right");
    runtime.block_on(fill(data.path(), &Names::new(Arc::new(config.desk.clone())), records));

    let began = Instant::now();
    let mut intake = Intake::new(&config);
    runtime.block_on(async {
        let store = Store::open(data.path()).await.expect("a store");
        store.each_analysed(i64::MIN, i64::MAX, |record| intake.take(record)).await.expect("it can be read");
    });
    let cases = intake.cases();
    let read = began.elapsed().as_secs_f64();
    let analysis = analyze(&cases, &question(), &|_| ());
    let all = began.elapsed().as_secs_f64();
    assert_eq!(analysis.calls as u64, records);
    let findings: usize = analysis.concerns.iter().map(|concern| concern.findings.len()).sum();
    println!("| records | comparisons | findings | reading | comparing | all |");
    println!("|---|---|---|---|---|---|");
    println!("| {records} | {} | {findings} | {read:.1} s | {:.1} s | {all:.1} s |", analysis.comparisons, all - read);
}

fn question() -> Question {
    Question {
        since: i64::MIN,
        until: i64::MAX,
        known_until: i64::MAX,
        repeat_within_us: 7 * DAY_US as i64,
        alpha: 0.05,
        draws: 1_999,
        seed: 0,
    }
}

async fn fill(data: &Path, names: &Names, records: u64) {
    let store = Store::open(data).await.expect("a store");
    let epoch = Epoch::new(timestamp(BEGAN));
    for begin in (0..records).step_by(BATCH as usize) {
        let rows = (begin..records.min(begin + BATCH)).map(|n| RecordRow::new(&record(n, records), names, epoch)).collect();
        store.put_rows(&Rows { records: rows, ..Rows::default() }).await.expect("it can be written");
    }
    store.close().await;
}

/// SplitMix64: chance enough for calls.
fn mixed(n: u64, salt: u64) -> u64 {
    let z = n.wrapping_add(salt << 40).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Whoever calls in the evening waits longer, and who waited longer leaves more often.
fn record(n: u64, records: u64) -> Record {
    let among = |salt, many| mixed(n, salt) % many;
    let offered_us = n * (90 * DAY_US / records.max(1));
    let evening = offered_us % DAY_US > 17 * DAY_US / 24;
    let waited_us = among(1, if evening { 240_000_000 } else { 60_000_000 });
    let left = among(2, 100) < if waited_us > 120_000_000 { 20 } else { 6 };
    let at = |us: u64| Tick(offered_us + us);
    Record {
        call: CallId(n + 1),
        line: LineId(among(3, 2) as u16),
        proved: false,
        caller: Caller {
            number: Some(Number(format!("+659{:07}", among(4, records / 3 + 1)).into())),
            trust: Trust::Trusted,
            token: None,
            profile: None,
        },
        offered_at: at(0),
        queued_at: Some(at(8_000_000)),
        connected_at: (!left).then(|| at(8_000_000 + waited_us)),
        ended_at: at(8_000_000 + waited_us + if left { 0 } else { 90_000_000 }),
        queue: Some(QueueId(0)),
        class: Some(if among(5, 2) == 0 { "regular" } else { "visitor" }.into()),
        agent: (!left).then(|| AgentId(among(6, 3) as u32)),
        pressed: Keys::from_iter([Digit::Number(among(7, 3) as u8)]),
        why_human: Some(if among(8, 4) == 0 { WhyHuman::PressedZero } else { WhyHuman::Asked }),
        outcome: if left { Outcome::Abandoned } else { Outcome::ServedByAgent },
        promise: (among(9, 3) == 0).then(|| Promise {
            made_at: at(5_000_000),
            due_at: at(5_000_000 + among(10, 1_800) * 1_000_000),
            reference: "cab 7".into(),
            settled: if among(11, 10) == 0 { Settled::Broken } else { Settled::Kept },
        }),
        held: Span(0),
        offers: 1 + among(12, 3) as u16,
        quote: Some(Said {
            at: at(9_000_000),
            until: at(100_000_000),
            settled: if waited_us > 100_000_000 { Settled::Broken } else { Settled::Kept },
        }),
        callbacks: 0,
    }
}
