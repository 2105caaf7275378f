//! How many instructions are the menu, instant service and a whole call?
//!
//! The same desk as in `menu` and `desk`. Counted by Valgrind's callgrind, so that a noisy machine makes no difference. Needs
//! `valgrind` and `cargo install gungraun-runner` of the version that Cargo.lock names.

#![allow(missing_docs, reason = "what the macros make")]

use cabrank_benches::taxi::Taxi;
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

/// A busy desk on which each of these happened before.
fn used() -> Taxi {
    let mut taxi = Taxi::busy();
    for _ in 0..64 {
        let call = taxi.to_the_line();
        taxi.hang_up(call);
        taxi.served_instantly();
        taxi.whole_call();
    }
    taxi
}

#[library_benchmark(setup = used)]
#[bench::five_inputs()]
fn whole_call(mut taxi: Taxi) -> Taxi {
    black_box(&mut taxi).whole_call();
    taxi
}

#[library_benchmark(setup = used)]
#[bench::three_inputs()]
fn to_the_line(mut taxi: Taxi) -> Taxi {
    black_box(&mut taxi).to_the_line();
    taxi
}

#[library_benchmark(setup = used)]
#[bench::five_inputs()]
fn served_instantly(mut taxi: Taxi) -> Taxi {
    black_box(&mut taxi).served_instantly();
    taxi
}

library_benchmark_group!(name = call; benchmarks = to_the_line, served_instantly, whole_call);
main!(library_benchmark_groups = call);
