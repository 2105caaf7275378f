//! What does the hand-off between the threads cost: from `Door::submit` to the order in an edge's hands?
//!
//! `one`: a single fact on a lane that is idle (a key is pressed, and an agent is to be rung). `many`: 256 calls offered at once,
//! a fact of them. Each beside the same facts told to a bare desk on this thread, and beside threads that send back what they
//! get, through the channels of the lane and through crossbeam's alone. The lane does more than both: it stamps, encodes,
//! appends and writes each batch to a journal before the orders leave.

use cabrank_benches::hand_off::{Echo, RunningLane};
use cabrank_benches::taxi::{Taxi, pressed};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use std::path::Path;
use std::time::{Duration, Instant};

const MANY: u64 = 256;

fn one(c: &mut Criterion) {
    let mut group = group(c, "lane/one");
    let mut lane = RunningLane::start(Path::new(env!("CARGO_TARGET_TMPDIR")));
    timed(&mut group, "door_to_order", || {
        let call = lane.arrive();
        let began = Instant::now();
        lane.decide(call);
        let spent = began.elapsed();
        lane.settle(call);
        spent
    });
    drop(lane);
    let mut taxi = Taxi::idle();
    timed(&mut group, "bare_desk", || {
        let call = taxi.arrive();
        let began = Instant::now();
        taxi.tell(pressed(call, 2));
        let spent = began.elapsed();
        taxi.hang_up(call);
        spent
    });
    echoes(&mut group, 1);
    group.finish();
}

fn many(c: &mut Criterion) {
    let mut group = group(c, "lane/many");
    group.throughput(Throughput::Elements(MANY));
    let mut lane = RunningLane::start(Path::new(env!("CARGO_TARGET_TMPDIR")));
    timed(&mut group, "door_to_order", || {
        let began = Instant::now();
        lane.offer_all(MANY);
        let spent = began.elapsed();
        lane.settle_all(MANY);
        spent
    });
    drop(lane);
    let mut taxi = Taxi::idle();
    timed(&mut group, "bare_desk", || {
        let began = Instant::now();
        let calls: Vec<_> = (0..MANY).map(|_| taxi.arrive()).collect();
        let spent = began.elapsed();
        calls.into_iter().for_each(|call| taxi.hang_up(call));
        spent
    });
    echoes(&mut group, MANY);
    group.finish();
}

fn echoes(group: &mut BenchmarkGroup<'_, WallTime>, balls: u64) {
    for (name, mut echo) in [("bare_lane_channels", Echo::crossbeam_and_tokio()), ("bare_crossbeam", Echo::crossbeam())] {
        group.bench_function(name, |b| b.iter(|| echo.play(balls)));
    }
}

fn group<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group.measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500)).sample_size(30);
    group
}

/// `once` says itself how long the part in question took.
fn timed(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, mut once: impl FnMut() -> Duration) {
    group.bench_function(name, |b| b.iter_custom(|times| (0..times).map(|_| once()).sum()));
}

criterion_group!(benches, one, many);
criterion_main!(benches);
