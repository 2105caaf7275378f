//! What does it cost to put each kind of message of `engine/proto/cabrank.proto` on a stream, and to read it from there?
//!
//! `encode` is `framed` (the length, then the message, in a buffer of its own); `decode` is `Frames`, as one stream has
//! it (the bytes of one message come, and the message is had and let go). Bytes per second count the message with its length.

use cabrank_benches::messages::{self, Named};
use cabrank_wire::{Frames, framed};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use prost::Message;
use std::hint::black_box;
use std::time::Duration;

fn wire(c: &mut Criterion) {
    bench(c, "session", messages::hello());
    bench(c, "session", messages::welcome());
    bench(c, "from_gateway", messages::from_gateway());
    bench(c, "to_gateway", messages::to_gateway());
    bench(c, "from_agent", messages::from_agent());
    bench(c, "to_agent", messages::to_agent());
    bench(c, "from_supervisor", messages::from_supervisor());
    bench(c, "to_supervisor", messages::to_supervisor());
    bench(c, "datagram", messages::queue_figures());
    bench(c, "from_load", messages::from_load());
    bench(c, "to_load", messages::to_load());
}

fn bench<M: Message + Default>(c: &mut Criterion, whose: &str, named: Named<M>) {
    let mut group = c.benchmark_group(format!("wire/{whose}"));
    group.measurement_time(Duration::from_millis(700)).warm_up_time(Duration::from_millis(200)).sample_size(20);
    for (name, message) in named {
        let bytes = framed(&message);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(format!("{name}/encode"), |b| b.iter(|| framed(black_box(&message))));
        group.bench_function(format!("{name}/decode"), |b| {
            let mut frames = Frames::default();
            b.iter(|| {
                frames.take(black_box(&bytes));
                frames.message::<M>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, wire);
criterion_main!(benches);
