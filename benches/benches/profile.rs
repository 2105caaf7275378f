//! What does it cost to know who is calling: a look into the directory, of a thousand callers and of a million, found and not
//! found, alone and beside a writer who never rests?
//!
//! Each look is at another caller, so that a million profiles do not sit in the cache. The number was just parsed, as it is
//! when an INVITE comes in.

use cabrank_benches::callers::{Known, Walk};
use cabrank_core::Number;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use std::time::Duration;

const CALLERS: [u64; 2] = [1_000, 1_000_000];

fn profiles(c: &mut Criterion) {
    let mut group = c.benchmark_group("profile");
    group.measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500)).sample_size(30);
    for callers in CALLERS {
        let known = Known::new(callers);
        looks(&mut group, &known, &format!("of_{callers}"));
        let writer = known.writer();
        looks(&mut group, &known, &format!("of_{callers}_beside_a_writer"));
        drop(writer);
    }
    group.finish();
}

fn looks(group: &mut BenchmarkGroup<'_, WallTime>, known: &Known, of: &str) {
    look(group, known, &format!("hit/{of}"), Walk::somebody);
    look(group, known, &format!("miss/{of}"), Walk::nobody);
}

/// What was found is let go outside the measurement.
fn look(group: &mut BenchmarkGroup<'_, WallTime>, known: &Known, name: &str, whom: fn(&mut Walk) -> Number) {
    let mut walk = known.walk(1);
    group.bench_function(name, |b| {
        b.iter_batched_ref(|| whom(&mut walk), |number| known.directory().profile(number), BatchSize::SmallInput);
    });
}

criterion_group!(benches, profiles);
criterion_main!(benches);
