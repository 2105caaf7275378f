//! How many instructions is a routing decision, against the callers in line, the agents, the queues and the skills?
//!
//! Counted by Valgrind's callgrind, so that a noisy machine makes no difference. Needs `valgrind` and
//! `cargo install gungraun-runner` of the version that Cargo.lock names.

#![allow(missing_docs, reason = "what the macros make")]

use cabrank_benches::{Due, cases};
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

/// One of the cases, in the order in which `decision` times them; what is not in the name is as in the second.
fn due(case: usize) -> Due {
    cases()[case].due()
}

#[library_benchmark(setup = due)]
#[bench::agent_chooses_of_10_waiting(0)]
#[bench::agent_chooses_of_1k_waiting(1)]
#[bench::agent_chooses_of_100k_waiting(2)]
#[bench::one_of_10_agents_chooses(3)]
#[bench::one_of_10k_agents_chooses(4)]
#[bench::agent_of_the_only_queue_chooses(5)]
#[bench::agent_of_4_in_64_queues_chooses(6)]
#[bench::agent_of_8_in_8_queues_chooses(7)]
#[bench::agent_of_64_in_64_queues_chooses(8)]
#[bench::caller_chooses_of_10_idle(9)]
#[bench::caller_chooses_of_1k_idle(10)]
#[bench::caller_chooses_of_10k_idle(11)]
#[bench::caller_of_the_only_queue_chooses(12)]
#[bench::caller_of_one_in_64_queues_chooses(13)]
#[bench::caller_chooses_among_agents_of_64_queues(14)]
fn decide(mut due: Due) -> Due {
    black_box(&mut due).decide();
    due
}

library_benchmark_group!(name = decision; benchmarks = decide);
main!(library_benchmark_groups = decision);
