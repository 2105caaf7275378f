//! A company with a million callers: how long does an import take, how much memory do they need, and how long does a look-up take
//! while ten thousand profiles change a second?
//!
//! A Markdown table. A million callers, or as many as `CABRANK_CALLERS` says; the store is a file in a temporary directory, or the
//! PostgreSQL database (one for this alone) that `CABRANK_STORE` names. Bytes are those asked of the allocator. Look-ups are made
//! one after the other on a thread of their own; changes come evenly, and those that are late are made at once.

use cabrank::directory::Directory;
use cabrank::epoch::timestamp;
use cabrank::profiles::{Import, import};
use cabrank::store::Store;
use cabrank_benches::callers::{Known, write_file};
use hdrhistogram::Histogram;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

const CHANGES_PER_S: u32 = 10_000;

fn main() {
    // As a test it is tried once, and nothing is measured.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let usual = if measured { "1000000" } else { "2000" };
    let callers = std::env::var("CABRANK_CALLERS").unwrap_or_else(|_| usual.to_owned());
    let callers: u64 = callers.parse().expect("CABRANK_CALLERS is a whole number");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("| of {callers} callers | |");
    println!("|---|---|");
    imports(&runtime, callers);
    look_ups(callers, Duration::from_secs(if measured { 10 } else { 1 }));
}

fn imports(runtime: &Runtime, callers: u64) {
    let room = tempfile::tempdir().expect("a directory");
    let file = room.path().join("callers.csv");
    let bytes = write_file(&file, callers);
    let store = runtime.block_on(open(room.path()));
    for what in ["import", "import once more"] {
        let since = Instant::now();
        let path = file.display().to_string();
        let asked = Import { path, region: "SG".parse().expect("SG"), skip_bad: false, quiet: true };
        let imported = runtime.block_on(import(&store, &asked)).expect("a good file");
        assert_eq!(imported.profiles, callers);
        println!("| {what}, {:.0} MB of CSV | {:.1} s |", bytes as f64 / 1e6, since.elapsed().as_secs_f64());
    }
    let directory = Directory::default();
    let since = Instant::now();
    runtime.block_on(directory.load(&store, timestamp(0))).expect("loaded");
    assert_eq!(directory.len() as u64, callers);
    println!("| from the store into memory, as at a start | {:.1} s |", since.elapsed().as_secs_f64());
    runtime.block_on(store.close());
}

async fn open(room: &Path) -> Store {
    let url = std::env::var("CABRANK_STORE").ok().map(|url| url.parse().expect("CABRANK_STORE is the address of a database"));
    Store::find(room, url.as_ref()).await.expect("a store")
}

fn look_ups(callers: u64, time: Duration) {
    // Filled from this thread alone, whose allocations are counted: the store hands over texts that another thread allocated.
    let mut known = Known::new(1);
    let counted = allocation_counter::measure(|| known = Known::new(callers));
    println!("| memory | {:.0} bytes a profile |", counted.bytes_current as f64 / callers as f64);
    for changes_per_s in [0, CHANGES_PER_S] {
        let writer = (changes_per_s > 0).then(|| known.paced_writer(changes_per_s));
        let took = looked_up(&known, time);
        let changes = writer.map_or(0.0, |writer| writer.end() as f64 / time.as_secs_f64());
        let [p50, p99, p999] = [50.0, 99.0, 99.9].map(|share| took.value_at_percentile(share));
        println!(
            "| look-up beside {changes:.0} changes a second | p50 {p50} ns, p99 {p99} ns, p99.9 {p999} ns, of {} |",
            took.len()
        );
    }
}

fn looked_up(known: &Known, time: Duration) -> Histogram<u64> {
    let mut took = Histogram::new(3).expect("three digits");
    let mut walk = known.walk(1);
    let until = Instant::now() + time;
    while Instant::now() < until {
        let number = walk.somebody();
        let since = Instant::now();
        let found = known.directory().profile(&number);
        let nanoseconds = u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        assert!(found.is_some());
        took.record(nanoseconds).expect("a time");
    }
    took
}
