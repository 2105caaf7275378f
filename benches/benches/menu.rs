//! What does the menu cost: a call from its offer through greeting and key to the line, and one that is served at once?
//!
//! The desk alone, a hundred agents talking and a hundred callers in line; no prompt is played and no service asked.

use cabrank_benches::taxi::{Taxi, accepted, pressed};
use cabrank_core::{CallId, Input, PlayId};
use criterion::{Criterion, criterion_group, criterion_main};
use std::time::{Duration, Instant};

/// Times what `timed` does, and not what `settle` does to put things back.
fn bench<T>(c: &mut Criterion, name: &str, timed: impl Fn(&mut Taxi) -> T, settle: impl Fn(&mut Taxi, T)) {
    let mut taxi = Taxi::busy();
    c.bench_function(&format!("menu/{name}"), |b| {
        b.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                let began = Instant::now();
                let done = timed(&mut taxi);
                spent += began.elapsed();
                settle(&mut taxi, done);
            }
            spent
        });
    });
}

/// Whole roads.
fn roads(c: &mut Criterion) {
    bench(c, "offer, greeting, 2, in line", Taxi::to_the_line, Taxi::hang_up);
    bench(c, "offer, greeting, 1, dispatch, sent, record", Taxi::served_instantly, |_, ()| {});
    bench(c, "offer, greeting, two mistakes, in line", by_mistakes, Taxi::hang_up);
}

/// The parts of them.
fn parts(c: &mut Criterion) {
    bench(c, "the offer", Taxi::arrive, Taxi::hang_up);
    let at_the_menu = |key: u8| {
        move |taxi: &mut Taxi| {
            let call = taxi.arrive();
            taxi.tell(pressed(call, key));
            call
        }
    };
    bench(c, "the offer and 2", at_the_menu(2), Taxi::hang_up);
    bench(c, "the offer and 1", at_the_menu(1), |taxi, call| {
        taxi.tell(accepted(call));
        taxi.hang_up(call);
    });
}

fn by_mistakes(taxi: &mut Taxi) -> CallId {
    let call = taxi.arrive();
    taxi.tell(Input::PromptEnded { call, play: PlayId(1) });
    taxi.tell(pressed(call, 7));
    taxi.tell(pressed(call, 8));
    call
}

criterion_group!(benches, roads, parts);
criterion_main!(benches);
