//! What does a desk take to handle one input, kind by kind, with a hundred calls in line and a hundred agents on duty? And what
//! a whole call?

use cabrank_benches::taxi::{Taxi, accepted, hung_up, pressed};
use cabrank_core::{CallId, Declined, Input, LegEnd, PlayId};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// Times one input on a desk prepared for it.
fn bench(c: &mut Criterion, name: &str, prepare: impl Fn() -> (Taxi, Input)) {
    c.bench_function(name, |b| {
        b.iter_batched(
            &prepare,
            |(mut taxi, input)| {
                taxi.tell(black_box(input));
                taxi
            },
            BatchSize::LargeInput,
        );
    });
}

fn callers(c: &mut Criterion) {
    bench(c, "call offered", || {
        let mut taxi = Taxi::busy();
        let (_, offered) = taxi.offered();
        (taxi, offered)
    });
    bench(c, "2 pressed, all agents busy", || {
        let mut taxi = Taxi::busy();
        let call = taxi.arrive();
        (taxi, pressed(call, 2))
    });
    bench(c, "2 pressed, an agent idle", || {
        let mut taxi = Taxi::with_one_free();
        let call = taxi.arrive();
        (taxi, pressed(call, 2))
    });
    bench(c, "1 pressed, dispatch", || {
        let mut taxi = Taxi::busy();
        let call = taxi.arrive();
        (taxi, pressed(call, 1))
    });
    bench(c, "dispatch answered", || {
        let mut taxi = Taxi::busy();
        let call = taxi.arrive();
        taxi.tell(pressed(call, 1));
        (taxi, accepted(call))
    });
    bench(c, "waiting caller hung up", || {
        let mut taxi = Taxi::busy();
        let call = taxi.join();
        (taxi, hung_up(call))
    });
    bench(c, "prompt ended, music", || {
        let mut taxi = Taxi::busy();
        let call = taxi.join();
        (taxi, Input::PromptEnded { call, play: PlayId(2) })
    });
}

fn agents(c: &mut Criterion) {
    bench(c, "agent hung up, the next caller is rung", || {
        let taxi = Taxi::busy();
        let input = agent_hangs_up(&taxi);
        (taxi, input)
    });
    bench(c, "agent answered", || {
        let mut taxi = Taxi::busy();
        taxi.tell(agent_hangs_up(&taxi));
        let offer = taxi.rung().expect("an agent is rung");
        (taxi, Input::AgentAnswered { offer })
    });
    bench(c, "agent declined, the caller is back in line", || {
        let mut taxi = Taxi::busy();
        taxi.tell(agent_hangs_up(&taxi));
        let offer = taxi.rung().expect("an agent is rung");
        (taxi, Input::AgentDeclined { offer, how: Declined::Declined })
    });
    bench(c, "woke with nothing due", || (Taxi::busy(), Input::Woke));
    bench(c, "a call that is not there", || (Taxi::busy(), hung_up(CallId(u64::MAX))));
}

fn agent_hangs_up(taxi: &Taxi) -> Input {
    Input::AgentHungUp { offer: taxi.talk(), how: LegEnd::HungUp }
}

/// A whole call from the offer to the record, on one desk that stays busy.
fn whole_call(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole call");
    group.throughput(Throughput::Elements(1));
    group.bench_function("menu, line, agent, record", |b| {
        let mut taxi = Taxi::busy();
        b.iter(|| taxi.whole_call());
    });
    group.finish();
}

criterion_group!(benches, callers, agents, whole_call);
criterion_main!(benches);
