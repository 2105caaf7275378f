//! How long does a gateway wait for its answer under load, beside a bare quinn echo at the same rate in the same run? And how many
//! calls a second can be decided over one connection, and over 64?
//!
//! The limit is the highest rate, doubled and then halved between, at which nothing is refused and 99 of 100 are answered within
//! 20 ms. Latencies are taken at 10, 50 and 80 % of the limit of one connection, from the moments at which calls were due. Echo, answer
//! and ring take turns, three times each, and the quickest turn is told: what disturbs the machine only makes it slower.
//! `--test` looks at little of each.

use cabrank_benches::open_loop::{Outcome, open_loop};
use cabrank_benches::quinn_echo::QuinnEcho;
use cabrank_benches::served::{Caller, Generator, Served};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// As long as an offer is.
const PAYLOAD: [u8; 64] = [0x5a; 64];
/// What an accepted call may take at the limit, at the 99th percentile.
const LATENCY_MAX_US: u64 = 20_000;
const SHARES: [f64; 3] = [0.1, 0.5, 0.8];

/// Until what a call is timed.
#[derive(Clone, Copy)]
enum Wanted {
    Answer,
    Ring,
}

/// How much is looked at.
struct Effort {
    lasting: Duration,
    turns: usize,
    first_rate: f64,
    halvings: u32,
}

const WHOLE: Effort = Effort { lasting: Duration::from_secs(3), turns: 3, first_rate: 1_000.0, halvings: 4 };
const TEST: Effort = Effort { lasting: Duration::from_millis(100), turns: 1, first_rate: 50_000.0, halvings: 0 };

fn main() {
    let effort = if std::env::args().any(|word| word == "--test") { TEST } else { WHOLE };
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let served = Served::start(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let generators: Vec<Generator> = (0..64).map(|_| runtime.block_on(served.generator())).collect();
    let callers: Vec<Rc<Caller>> = generators.iter().map(|generator| Rc::new(generator.caller())).collect();
    let [certificate, key] = served.certificate();
    let echo = QuinnEcho::start([&certificate, &key]);

    let one = limit(&runtime, &effort, |rate| calls(&runtime, &callers[..1], Wanted::Ring, rate, effort.lasting));
    let all = limit(&runtime, &effort, |rate| calls(&runtime, &callers, Wanted::Ring, rate, effort.lasting));
    println!("offer to ring, limit: {one:.0}/s over 1 connection, {all:.0}/s over 64\n");
    println!("| % of the limit | rate | what | P50 us | P99 us | P99.9 us |\n|---|---|---|---|---|---|");
    for share in SHARES {
        let rate = one * share;
        let turn = |what: &dyn Fn() -> Outcome| (0..effort.turns).map(|_| what()).min_by_key(p99);
        row(share, rate, "quinn echo", turn(&|| echoes(&runtime, &echo, rate, effort.lasting)));
        row(share, rate, "offer to answer", turn(&|| calls(&runtime, &callers[..1], Wanted::Answer, rate, effort.lasting)));
        row(share, rate, "offer to ring", turn(&|| calls(&runtime, &callers[..1], Wanted::Ring, rate, effort.lasting)));
    }
}

/// The highest rate that is sustained.
fn limit(runtime: &Runtime, effort: &Effort, at: impl Fn(f64) -> Outcome) -> f64 {
    let holds = |rate: f64| {
        let outcome = at(rate);
        let holds = outcome.failed == 0 && p99(&outcome) <= LATENCY_MAX_US;
        eprintln!("{rate:.0}/s: {} refused of {}, P99 {} us", outcome.failed, outcome.due, p99(&outcome));
        // What was begun too much is over before the next try.
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(300)).await });
        holds
    };
    let mut broken = effort.first_rate;
    while broken < 200_000.0 && holds(broken) {
        broken *= 2.0;
    }
    let mut held = broken / 2.0;
    for _ in 0..effort.halvings {
        let middle = f64::midpoint(held, broken);
        if holds(middle) { held = middle } else { broken = middle }
    }
    held
}

fn echoes(runtime: &Runtime, echo: &QuinnEcho, rate: f64, lasting: Duration) -> Outcome {
    // A connection of its own: one that has been idle for long is closed.
    let client = Rc::new(runtime.block_on(echo.client()));
    open_loop(runtime, rate, lasting, |done| {
        let client = Rc::clone(&client);
        async move {
            let mut stream = client.echo_on_a_stream(&PAYLOAD).await;
            done.note();
            stream.finish().expect("it is open");
        }
    })
}

fn calls(runtime: &Runtime, callers: &[Rc<Caller>], wanted: Wanted, rate: f64, lasting: Duration) -> Outcome {
    let turns = std::cell::Cell::new(0);
    open_loop(runtime, rate, lasting, |done| {
        let caller = next(callers, &turns);
        async move {
            let offered = match wanted {
                Wanted::Answer => caller.offer_to_answer().await,
                Wanted::Ring => caller.offer_to_ring().await,
            };
            let Some(offered) = offered else { return };
            done.note();
            offered.hang_up().await;
        }
    })
}

/// Connections take turns.
fn next(callers: &[Rc<Caller>], turns: &std::cell::Cell<usize>) -> Rc<Caller> {
    turns.set(turns.get() + 1);
    Rc::clone(&callers[turns.get() % callers.len()])
}

fn p99(outcome: &Outcome) -> u64 {
    outcome.latency_us.value_at_quantile(0.99)
}

fn row(share: f64, rate: f64, what: &str, outcome: Option<Outcome>) {
    let Some(Outcome { latency_us, failed, due }) = outcome else { return };
    let at = |quantile| latency_us.value_at_quantile(quantile);
    let (p50, p99, p99_9) = (at(0.5), at(0.99), at(0.999));
    let refused = if failed == 0 { String::new() } else { format!(" ({failed} of {due} refused)") };
    println!("| {:.0} | {rate:.0}/s | {what}{refused} | {p50} | {p99} | {p99_9} |", share * 100.0);
}
