//! What does the engine add to QUIC: an offer's way to the ringing of an agent, beside a bare quinn echo in the same run?
//!
//! From the bottom: quinn alone on a stream that stays open, and on a stream of its own as each call has one; the engine's echo,
//! which goes through the edge and no farther; an offer until the caller is to be answered, through edge, lane, journal and
//! back; an offer with its key until an agent is to be rung, two facts and a decision more. Server and client each have a
//! runtime of their own, all on this machine; TLS, certificate and loopback are the same.

use cabrank_benches::quinn_echo::QuinnEcho;
use cabrank_benches::served::{Offered, Served};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// As long as an offer is.
const PAYLOAD: [u8; 64] = [0x5a; 64];

fn quic(c: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let served = Served::start(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut group = c.benchmark_group("quic");
    group.measurement_time(Duration::from_secs(5)).warm_up_time(Duration::from_secs(1)).sample_size(50);
    quinn(&mut group, &runtime, &served);
    engine(&mut group, &runtime, &served);
    group.finish();
}

fn quinn(group: &mut BenchmarkGroup<'_, WallTime>, runtime: &Runtime, served: &Served) {
    let [certificate, key] = served.certificate();
    let server = QuinnEcho::start([&certificate, &key]);
    let mut client = runtime.block_on(server.client());
    group.bench_function("quinn_echo", |b| {
        b.iter_custom(|times| {
            runtime.block_on(async {
                let began = Instant::now();
                for _ in 0..times {
                    client.echo(&PAYLOAD).await;
                }
                began.elapsed()
            })
        });
    });
    group.bench_function("quinn_echo_on_a_stream_of_its_own", |b| {
        b.iter_custom(|times| {
            runtime.block_on(async {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    let began = Instant::now();
                    let mut stream = client.echo_on_a_stream(&PAYLOAD).await;
                    spent += began.elapsed();
                    stream.finish().expect("it is open");
                }
                spent
            })
        });
    });
}

fn engine(group: &mut BenchmarkGroup<'_, WallTime>, runtime: &Runtime, served: &Served) {
    let mut generator = runtime.block_on(served.generator());
    let caller = generator.caller();
    group.bench_function("engine_echo", |b| {
        b.iter_custom(|times| {
            runtime.block_on(async {
                let began = Instant::now();
                for _ in 0..times {
                    generator.echo(&PAYLOAD).await;
                }
                began.elapsed()
            })
        });
    });
    group.bench_function("offer_to_answer", |b| {
        b.iter_custom(|times| runtime.block_on(calls(times, async || caller.offer_to_answer().await.expect("taken"))));
    });
    group.bench_function("offer_to_ring", |b| {
        b.iter_custom(|times| runtime.block_on(calls(times, async || caller.offer_to_ring().await.expect("taken"))));
    });
}

/// The time until each call is so far; that it ends is not timed.
async fn calls(times: u64, mut until: impl AsyncFnMut() -> Offered) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..times {
        let began = Instant::now();
        let offered = until().await;
        spent += began.elapsed();
        offered.hang_up().await;
    }
    spent
}

criterion_group!(benches, quic);
criterion_main!(benches);
