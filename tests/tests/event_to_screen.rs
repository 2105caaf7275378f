//! How long it takes from what happens at the desk to what a wallboard shows of it, with much else going on, and what each page weighs.
//!
//! `CABRANK_SOAK=1 CABRANK_BIN=target/release/cabrank cargo test -p cabrank-tests --test event_to_screen -- --nocapture` measures with
//! 50 queues, 1,000 agents and 100 calls a second for 30 s (`CABRANK_QUEUES`, `CABRANK_AGENTS`, `CABRANK_RATE`, `CABRANK_SECONDS`), and
//! prints two tables. Without `CABRANK_SOAK` it looks at little, so that it goes on working.
//!
//! Callers and agents are a load generator's, by QUIC. A fifth of the queues have nobody on duty and one caller at a time, who joins and
//! leaves: what the desk noted as the moment of that is held against the moment at which headless Chromium's page had it, and had
//! painted it, by the same machine's clock.

use std::env;
use std::fmt::Write as _;
use std::time::Duration;

use cabrank_tests::api::Api;
use cabrank_tests::browser::Browser;
use cabrank_tests::desk::Desk;
use cabrank_tests::engine::Engine;
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::quic::{identity, run};
use cabrank_tests::room::Room;
use cabrank_wire::client::{Call, Gateway, Load, Order};
use cabrank_wire::v1::set_agent::State;
use cabrank_wire::v1::{Offer, Ready};
use serde_json::Value;

/// Of as many queues one is looked at.
const LOOKED_AT: usize = 5;
/// What agents are busy for, of all their time.
const BUSY: f64 = 0.8;
/// The wallboard's page has shown something else: which queue, how many wait, and when that stood there and was painted.
const WATCH: &str = "
window.seen = [];
for (const cell of document.querySelectorAll('td.wait [data-at]')) {
  new MutationObserver(() => {
    const queue = Number(cell.dataset.at.split('.')[1]), waiting = Number(cell.textContent), there = Date.now();
    requestAnimationFrame(() => setTimeout(() => window.seen.push({ queue, waiting, there, painted: Date.now() })));
  }).observe(cell, { childList: true, characterData: true, subtree: true });
}";

struct Size {
    queues: usize,
    agents: usize,
    rate: usize,
    lasts: Duration,
}

/// Something happened in a queue that is looked at.
struct Happened {
    queue: usize,
    waiting: u64,
    at_ms: f64,
}

impl Size {
    fn asked() -> Size {
        let is_whole = env::var_os("CABRANK_SOAK").is_some();
        let number = |name: &str, whole: usize, little: usize| {
            let usual = if is_whole { whole } else { little };
            env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
        };
        Size {
            queues: number("CABRANK_QUEUES", 50, 10),
            agents: number("CABRANK_AGENTS", 1_000, 20),
            rate: number("CABRANK_RATE", 100, 5),
            lasts: Duration::from_secs(number("CABRANK_SECONDS", 30, 4) as u64),
        }
    }

    /// Queues in which one caller at a time joins and leaves; the first ones.
    fn looked_at(&self) -> usize {
        (self.queues / LOOKED_AT).max(1)
    }

    fn talk(&self) -> Duration {
        Duration::from_secs_f64(self.agents as f64 * BUSY / self.rate as f64)
    }
}

/// Every queue with a line of its own: `l7` leads to `q7`.
fn desk(size: &Size, ports: &Block, room: &Room) -> Desk {
    let mut tables = String::new();
    for queue in 1..size.queues {
        let _ = writeln!(
            tables,
            "[[line]]\nnumber = \"l{queue}\"\ngreeting = \"welcome\"\nmenu = \"menu\"\npress.2 = {{ queue = \"q{queue}\" }}\n\
             [[queue]]\nname = \"q{queue}\"\nwrap_up = \"0s\"\nkeep_place_for = \"0s\"\n"
        );
    }
    let busy = size.queues - size.looked_at() - 1;
    for agent in 0..size.agents {
        // The first ones, one for each queue, are never on duty where nobody is to be.
        let queue = if agent < size.looked_at() { agent + 1 } else { size.looked_at() + 1 + agent % busy };
        let _ = writeln!(
            tables,
            "[[agent]]\nname = \"b{agent}\"\nskills = {{ q{queue} = 1 }}\nquic = {{ token_file = \"secrets/b{agent}\" }}\n"
        );
        room.write(&format!("config/secrets/b{agent}"), format!("secret-{agent}\n"));
    }
    Desk::new(ports).desk_key("calls_max = 5000").agent_by_program("a101").peer("load", "load").table(&tables)
}

/// Callers come, are served and go, until the time is over; answers with the calls that were to be looked at, by queue.
async fn load(size: &Size, engine: &Engine) -> Vec<(usize, u64)> {
    let mut load = Load::connect(engine.quic(), identity("load")).await.expect("let in");
    for agent in size.looked_at()..size.agents {
        load.set_agent(format!("b{agent}"), State::Ready(Ready {})).await.expect("heard");
    }
    let gateway = load.gateway().clone();
    let probes: Vec<_> =
        (1..=size.looked_at()).map(|queue| tokio::spawn(come_and_go(gateway.clone(), queue, size.lasts))).collect();
    let busy = size.queues - size.looked_at() - 1;
    let mut turns = tokio::time::interval(Duration::from_secs_f64(1.0 / size.rate as f64));
    for n in 0..size.rate * size.lasts.as_secs() as usize {
        turns.tick().await;
        tokio::spawn(be_served(gateway.clone(), size.looked_at() + 1 + n % busy, size.talk()));
    }
    let mut calls = Vec::new();
    for probe in probes {
        calls.extend(probe.await.expect("no panic"));
    }
    calls
}

async fn joins(gateway: &Gateway, queue: usize) -> Call {
    let offer = Offer { line: format!("l{queue}"), caller: "+6598765432".into(), ..Offer::default() };
    let mut call = gateway.offer(offer).await.expect("heard");
    // Whoever is turned away has nobody left to hear it.
    let _ = call.digit('2').await;
    call
}

async fn be_served(gateway: Gateway, queue: usize, talk: Duration) {
    let mut call = joins(&gateway, queue).await;
    while let Ok(Some(order)) = call.next().await {
        if let Order::Ring(ring) = order {
            let _ = call.answered(ring.offer).await;
        } else if let Order::Connect { .. } = order {
            tokio::time::sleep(talk).await;
            call.hang_up();
        }
    }
}

/// One caller after the other joins the queue and leaves it, at moments that no clock of the engine's is in step with.
async fn come_and_go(gateway: Gateway, queue: usize, lasts: Duration) -> Vec<(usize, u64)> {
    let (begun, mut calls) = (tokio::time::Instant::now(), Vec::new());
    while begun.elapsed() < lasts {
        let stays = Duration::from_millis(700 + (calls.len() as u64 * 137 + queue as u64 * 61) % 300);
        let mut call = joins(&gateway, queue).await;
        let _ = tokio::time::timeout(stays, async { while let Ok(Some(_)) = call.next().await {} }).await;
        calls.extend(call.id().map(|id| (queue, id)));
        call.hang_up();
        while let Ok(Some(_)) = call.next().await {}
        tokio::time::sleep(stays).await;
    }
    calls
}

/// What the desk noted of these calls.
fn happened(api: &Api, calls: &[(usize, u64)]) -> Vec<Happened> {
    let at_ms = |moment: &Value| moment.as_str().and_then(unix_ms);
    let both = calls.iter().flat_map(|(queue, id)| {
        let call = api.call(&format!("{id:016x}"));
        let moments = [(1, at_ms(&call["queued_at"])), (0, at_ms(&call["ended_at"]))];
        moments.map(|(waiting, at_ms)| at_ms.map(|at_ms| Happened { queue: *queue, waiting, at_ms }))
    });
    both.flatten().collect()
}

/// Milliseconds since 1970 of a moment of today in RFC 3339: the day is told by the test's own clock.
fn unix_ms(rfc3339: &str) -> Option<f64> {
    let time = rfc3339.split_once('T')?.1.trim_end_matches('Z');
    let mut parts = time.split(':').map(|part| part.parse::<f64>().ok());
    let of_day = parts.next()?? * 3_600_000.0 + parts.next()?? * 60_000.0 + parts.next()?? * 1_000.0;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?.as_secs_f64() * 1_000.0;
    let day = 86_400_000.0;
    let today = (now / day).floor() * day + of_day;
    Some(if today > now { today - day } else { today })
}

/// From each event to the first time that the page showed it, in milliseconds, by the field that says when.
fn delays(happened: &[Happened], seen: &[Value], field: &str) -> Vec<f64> {
    let mut delays: Vec<f64> = happened.iter().filter_map(|event| delay(event, seen, field)).collect();
    delays.sort_by(f64::total_cmp);
    delays
}

fn delay(event: &Happened, seen: &[Value], field: &str) -> Option<f64> {
    let fits = |seen: &&Value| seen["queue"] == event.queue && seen["waiting"] == event.waiting;
    // The page's clock has whole milliseconds.
    let later = seen.iter().filter(fits).filter_map(|seen| seen[field].as_f64()).find(|at| at + 1.0 >= event.at_ms);
    later.map(|at| (at - event.at_ms).max(0.0))
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)]
}

fn row(what: &str, sorted: &[f64]) {
    let [p50, p99, max] = [0.5, 0.99, 1.0].map(|share| quantile(sorted, share));
    println!("| {what} | {} | {p50:.0} | {p99:.0} | {max:.0} |", sorted.len());
}

fn weights(browser: &Browser, engine: &Engine, call: &str) {
    println!("\n| page | bytes over the wire, nothing cached |\n|---|---|");
    for path in ["/", "/calls", &format!("/calls/{call}"), "/agent", "/tune", "/sign-in"] {
        browser.forget();
        browser.open(&format!("{}{path}", engine.url()));
        let weight = "return new Promise((told) => setTimeout(() => told(performance.getEntries()
            .reduce((sum, entry) => sum + (entry.transferSize || 0), 0)), 500))";
        println!("| {path} | {} |", browser.run(weight));
    }
}

#[test]
fn what_happens_at_the_desk_is_soon_on_the_wallboard() {
    alone("what_happens_at_the_desk_is_soon_on_the_wallboard", || {
        let (room, ports, size) = (Room::new(), Block::claim(), Size::asked());
        let mut engine = Engine::start(&room, &ports, &desk(&size, &ports, &room));
        let browser = Browser::start(&room, &ports);
        browser.open(&format!("{}/sign-in#{}", engine.url(), engine.token()));
        browser.shows("#state", "Live");
        browser.run(WATCH);
        let calls = run(load(&size, &engine));
        let seen = browser.run("return window.seen");
        let (seen, happened) = (seen.as_array().expect("a list"), happened(&engine.api(), &calls));
        let (there, painted) = (delays(&happened, seen, "there"), delays(&happened, seen, "painted"));
        assert!(!happened.is_empty() && there.len() + 2 >= happened.len(), "{} of {} seen", there.len(), happened.len());
        let Size { queues, agents, rate, lasts } = &size;
        let answered = &engine.api().get("/api/v1/board").json["all"]["today"]["answered"];
        println!("{queues} queues, {agents} agents, {rate} calls/s for {lasts:?}, {answered} of them answered\n");
        println!("| from the event at the desk to | events | P50 ms | P99 ms | longest |\n|---|---|---|---|---|");
        row("the page's text", &there);
        row("the picture painted", &painted);
        weights(&browser, &engine, &format!("{:016x}", calls[0].1));
        engine.must_be_alive();
    });
}
