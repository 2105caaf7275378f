//! How long does a what-if take, asked of an engine with a day behind it, and how sure is the answer?
//!
//! A Markdown table. A simulated day that has just ended stands for the real one: all that is known of it is its journal. `first` is
//! a question before anybody had asked: the journal is read, the day lived through unchanged. Then ten more, each another one.

use cabrank::foresight::{Aside, Figure, Foreseen, Foresight, Question};
use cabrank::in_force::InForce;
use cabrank_core::{Desk, Input, Outbox, QueueId, Span, Thresholds, Tick};
use cabrank_journal::{Beginning, Journal, Log, Options, OsDisk, UnixMicros};
use cabrank_sim::scenario::{Scenario, Set, read};
use cabrank_sim::simulate::{Witness, settings_of, simulate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Days to ask about: file, and how much of it.
const DAYS: [(&str, &str); 3] = [("rainy-friday", "6h"), ("center-300", "4h"), ("center-300", "15h")];
const QUESTIONS: u64 = 10;

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    println!("| day | callers in line | first | median | slowest | seeds | mean wait, unchanged | difference, 95 % |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, lasts) in &DAYS[..if measured { DAYS.len() } else { 1 }] {
        let scenario = scenario(name, lasts);
        let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory can be made");
        keep(&scenario, data.path());
        let in_force = InForce::new(scenario.settings.clone(), 0);
        let _within = runtime.enter();
        let foresight = Foresight::new(data.path().to_owned(), in_force, evening(), Aside::Thread);
        println!("{}", runtime.block_on(asked(&foresight, &scenario, &format!("{name}, {lasts}"))));
    }
}

async fn asked(foresight: &Foresight, scenario: &Scenario, day: &str) -> String {
    let (first, _) = ask(foresight, scenario, 0).await;
    let mut took = Vec::new();
    let mut newest = None;
    for n in 1..=QUESTIONS {
        let (time, foreseen) = ask(foresight, scenario, n).await;
        took.push(time);
        newest = Some(foreseen);
    }
    took.sort();
    let foreseen = newest.expect("a question was asked");
    let level = foreseen.level(&scenario.settings.queues[0].name, Figure::WaitMean).expect("the queue had callers");
    let (low, high) = level.ci95.expect("more than one seed");
    let secs = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    format!(
        "| {day} | {} | {} | {} | {} | {} | {:.1} s | {low:+.2} to {high:+.2} s |",
        foreseen.calls,
        secs(first),
        secs(took[took.len() / 2]),
        secs(took[took.len() - 1]),
        foreseen.seeds,
        level.unchanged,
    )
}

/// What if agents had so many seconds more after a call?
async fn ask(foresight: &Foresight, scenario: &Scenario, more_s: u64) -> (Duration, Arc<Foreseen>) {
    let before = &scenario.settings.queues[0].thresholds;
    let after = Thresholds { wrap_up: before.wrap_up.plus(Span::secs(more_s)), ..before.clone() };
    let began = Instant::now();
    let foreseen = foresight.foresee(Question::of(&scenario.settings, [(QueueId(0), after)])).await.expect("a day");
    (began.elapsed(), foreseen)
}

/// A timezone in which it is ten in the evening now, so that the longest of the days is all of today.
fn evening() -> TimeZone {
    let utc = Timestamp::now().to_zoned(TimeZone::UTC);
    TimeZone::fixed(jiff::tz::offset(22 - utc.hour()))
}

fn scenario(name: &str, lasts: &str) -> Scenario {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../config/scenarios/{name}.toml"));
    read(&file, &[Set::new("duration", lasts).expect("a key")]).expect("a scenario")
}

fn keep(scenario: &Scenario, data: &Path) {
    let began = Timestamp::now().as_microsecond() as u64 - scenario.duration.0;
    let beginning = Beginning { epoch: UnixMicros(began), seed: 1, settings: settings_of(scenario) };
    let journal = Journal::create(OsDisk, data, &beginning, Options::default()).expect("a journal can be begun");
    let mut keeper = Keeper(journal);
    simulate(scenario, 1, &mut keeper).expect("the desk takes the settings");
    keeper.0.write().expect("the journal can be written");
}

struct Keeper(Journal);

impl Witness for Keeper {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        let last = self.0.append(at, input).expect("room in a batch");
        if last.0.is_multiple_of(256) {
            self.0.write().expect("the journal can be written");
        }
    }
}
