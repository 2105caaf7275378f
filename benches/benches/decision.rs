//! What does a routing decision cost against the callers in line, the agents, the queues and the skills?
//!
//! A decision is one input: an agent's wrap-up ends and the caller whose turn it is is rung for, or a caller joins a line and
//! the best idle agent is rung. The same cases are counted in instructions by `decision_instructions`.

use cabrank_benches::cases;
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::{Duration, Instant};

fn decisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("decision");
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for case in cases() {
        let mut due = case.due();
        group.bench_function(case.name(), |b| {
            b.iter_custom(|times| {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    let began = Instant::now();
                    due.decide();
                    spent += began.elapsed();
                    due.settle();
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
