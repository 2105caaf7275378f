//! How long does a desk take to go on where it was, by the length of its journal, with and without snapshots?
//!
//! A Markdown table. Journals of 10 MB and 100 MB, or of so many megabytes as `CABRANK_RECOVERY_MB` says, several with commas
//! between them; below the target directory. Each is recovered five times, and the quickest is told, beside the slowest. What
//! is read lies in the system's memory already: a restart of the engine finds it there, one of the machine does not.

use cabrank_benches::recovered::{Ended, Recovery};
use std::path::Path;

const TIMES: usize = 5;

fn main() {
    // As a test it is tried once, and nothing is measured.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let sizes = std::env::var("CABRANK_RECOVERY_MB").unwrap_or_else(|_| if measured { "10,100" } else { "1" }.to_owned());
    println!("| journal | entries | snapshots | replayed | recovery: quickest | slowest | per 100 MB |");
    println!("|---|---|---|---|---|---|---|");
    for size in sizes.split(',') {
        let megabytes: u64 = size.trim().parse().expect("CABRANK_RECOVERY_MB holds whole numbers, with commas between them");
        let ended = Ended::of(megabytes * 1_000_000, Path::new(env!("CARGO_TARGET_TMPDIR")));
        row(&ended, "none", if measured { TIMES } else { 1 });
        let (count, each, bytes) = ended.snapshots();
        let made = format!("{count}, {} kB and {:.0} ms to make each", bytes / 1_000, each.as_secs_f64() * 1e3);
        row(&ended, &made, if measured { TIMES } else { 1 });
    }
}

fn row(ended: &Ended, snapshots: &str, times: usize) {
    let recovered: Vec<Recovery> = (0..times).map(|_| ended.recover()).collect();
    assert!(recovered.iter().all(|recovery| recovery.digest == ended.digest), "another desk than the one that wrote the journal");
    let took = |recovery: &Recovery| recovery.took;
    let (quickest, slowest) = (recovered.iter().map(took).min().unwrap_or_default(), recovered.iter().map(took).max());
    let megabytes = ended.bytes as f64 / 1e6;
    println!(
        "| {megabytes:.0} MB | {} | {snapshots} | {} | {:.3} s | {:.3} s | {:.3} s |",
        ended.entries,
        recovered.first().map_or(0, |recovery| recovery.replayed),
        quickest.as_secs_f64(),
        slowest.unwrap_or_default().as_secs_f64(),
        quickest.as_secs_f64() / megabytes * 100.0,
    );
}
