//! What does it cost to keep an input, by how surely it is kept, alone and in a batch?
//!
//! `memory`: encoded and copied, no system call. `kernel`: written, so that it outlives the engine: what every order waits
//! for. `disk`: synced (`fdatasync`), so that it outlives the machine: what every promise waits for; a batch of 64 is the
//! group commit. All through the real journal, fed with a call's inputs in turn; its files are below the target directory.

use cabrank_benches::journalled::{Journalled, Kept};
use cabrank_benches::memory::Memory;
use cabrank_journal::{Disk, OsDisk};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::path::Path;
use std::time::Duration;

const BATCHES: [usize; 2] = [1, 64];

fn journal(c: &mut Criterion) {
    let mut group = c.benchmark_group("journal");
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(20);
    for batch in BATCHES {
        group.throughput(Throughput::Elements(batch as u64));
        tier(&mut group, "memory", Memory, Kept::Written, batch);
        tier(&mut group, "kernel", OsDisk, Kept::Written, batch);
        tier(&mut group, "disk", OsDisk, Kept::Synced, batch);
    }
    group.finish();
}

fn tier<D: Disk>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, disk: D, kept: Kept, batch: usize) {
    let mut journalled = Journalled::new(disk, Path::new(env!("CARGO_TARGET_TMPDIR")));
    group.bench_function(BenchmarkId::new(name, format!("batch_of_{batch}")), |b| b.iter(|| journalled.keep(batch, kept)));
}

criterion_group!(benches, journal);
criterion_main!(benches);
