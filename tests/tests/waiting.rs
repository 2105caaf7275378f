//! Many callers in line at once: they hear music, and once agents sign in they are served in the order in which they came.
//!
//! `CABRANK_SOAK=1 cargo test -p cabrank-tests --test waiting -- --nocapture` measures with 1,000 callers and 50 agents
//! (`CABRANK_WAITING`, `CABRANK_AGENTS`): CPU, memory a call, late turns of the media, and how fast the line drains.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::time::{Duration, Instant};

use cabrank_tests::cpu::{Cpu, resident_kib};
use cabrank_tests::desk::Desk;
use cabrank_tests::engine::Engine;
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::sipp::{Message, Running, Sipp};
use cabrank_tests::wait::{pause, until};

const TALK_MS: u32 = 500;

/// Packets of music a second for each caller.
const PACKETS_PER_S: f64 = 50.0;

struct Size {
    callers: u32,
    agents: u32,
    rate: u32,
    /// How long everybody just waits.
    waits: Duration,
}

impl Size {
    fn asked() -> Size {
        let number = |name: &str, usual: u32| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
        if env::var_os("CABRANK_SOAK").is_none() {
            return Size { callers: 60, agents: 10, rate: 50, waits: Duration::from_secs(1) };
        }
        let (callers, agents) = (number("CABRANK_WAITING", 1_000), number("CABRANK_AGENTS", 50));
        Size { callers, agents, rate: 200, waits: Duration::from_secs(10) }
    }

    /// All of it, in seconds, with time to spare.
    fn limit_s(&self) -> u32 {
        self.callers / self.rate + self.waits.as_secs() as u32 + self.callers / self.agents + 90
    }
}

#[test]
fn callers_wait_with_music_and_are_served_in_the_order_in_which_they_came() {
    alone("callers_wait_with_music_and_are_served_in_the_order_in_which_they_came", || {
        let (room, ports, size) = (Room::new(), Block::claim(), Size::asked());
        let desk = Desk::new(&ports).rtp("30000-65534").media_key("silence_max = \"1h\"").direct_line();
        let desk = desk.queue_key("wrap_up", "\"0s\"").queue_key("max_wait", "\"1h\"").queue_key("max_waiting", "5000");
        let desk = (0..size.agents).fold(desk, |desk, n| desk.agent_at(&format!("a{n}"), ports.sip(1)));
        let mut engine = Engine::start(&room, &ports, &desk);
        let callers = fill(&size, &room, &ports, &engine);
        let heard = wait(&size, &engine);
        println!("the callers heard {:.0} % of the music", heard * 100.0);
        assert!(heard > 0.0, "the callers hear nothing");
        drain(&size, &room, &ports, &engine, callers);
        engine.must_be_alive();
        engine.stop(Duration::from_secs(20));
        println!("{}", engine.log().lines().find(|line| line.contains("kept their tick")).unwrap_or("no word of the media"));
    });
}

/// Lets the callers call, until all of them are in line. What a call takes is told by those after the first quarter: the
/// first ones find tables and heaps that have not grown yet.
fn fill(size: &Size, room: &Room, ports: &Block, engine: &Engine) -> Running {
    let caller = Scenario::caller("caller-[call_number]").call().expects_bye(size.limit_s());
    let sipp = Sipp::new("callers", ports.sip(2), ports.phone_rtp(2)).times(size.callers, size.rate, size.callers);
    let mut callers = sipp.at_most(size.limit_s()).calls(engine.sip(), "direct").start(room, &caller);
    let acknowledged = |m: &&Message| !m.received && m.text.starts_with("ACK");
    let mut early = None;
    loop {
        assert!(callers.is_running(), "the callers gave up");
        let count = callers.messages().iter().filter(acknowledged).count();
        if count >= size.callers as usize {
            break;
        }
        if count >= size.callers as usize / 4 && early.is_none() {
            early = Some((count as f64, resident_kib(engine.id())));
        }
        pause(Duration::from_millis(500));
    }
    pause(Duration::from_millis(500));
    let (count, kib) = early.unwrap_or((0.0, 0.0));
    let each_kib = (resident_kib(engine.id()) - kib) / (f64::from(size.callers) - count);
    println!("{} callers wait: {each_kib:.1} KiB of memory each", size.callers);
    callers
}

/// Lets everybody wait; the share of all music that was sent.
fn wait(size: &Size, engine: &Engine) -> f64 {
    let (before, packets, since) = (Cpu::of(engine.id()), datagrams_out(engine.id()), Instant::now());
    pause(size.waits);
    let (packets, s) = (datagrams_out(engine.id()) - packets, since.elapsed().as_secs_f64());
    let cpu = Cpu::of(engine.id()) - before;
    println!("in {s:.1} s of waiting: {:.1} % of a core, {cpu}; {packets} packets", cpu.sum_ms() / s / 10.0);
    packets as f64 / s / PACKETS_PER_S / f64::from(size.callers)
}

/// Lets the agents sign in and serve everybody.
fn drain(size: &Size, room: &Room, ports: &Block, engine: &Engine, callers: Running) {
    let talk = Scenario::agent().takes_call(size.limit_s(), 0).pause(TALK_MS).bye();
    let sipp = Sipp::new("agents", ports.sip(1), ports.phone_rtp(1)).times(size.callers, 1, size.callers);
    let agents = sipp.at_most(size.limit_s()).start(room, &talk);
    // Who is rung before sipp listens is rung again half a second later, and so served late.
    until(Duration::from_secs(10), "the agents' telephones", || is_bound(ports.sip(1)).then_some(()));
    let before = Cpu::of(engine.id());
    (0..size.agents).for_each(|n| engine.api().sign_in_unseen(&format!("a{n}")));
    let (came, served) = (callers.succeeds(), agents.succeeds());
    let cpu = (Cpu::of(engine.id()) - before).each(size.callers);
    let late = late(&order(&came, false), &order(&served, true));
    let (first_s, last_s) = (at_s(served.iter().find(|m| m.received)), at_s(served.last()));
    let (rate, ideal) = (f64::from(size.callers) / (last_s - first_s), f64::from(size.agents * 1_000 / TALK_MS));
    println!(
        "the line drained at {rate:.1} calls/s of {ideal:.0} that are possible, {} were served late; CPU a call {cpu}",
        late.len()
    );
    assert!(late.is_empty(), "served after somebody who came later: {late:?}");
}

/// Who called, in the order of the first INVITEs.
fn order(messages: &[Message], received: bool) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let invites = messages.iter().filter(|m| m.received == received && m.text.starts_with("INVITE"));
    invites.map(Message::caller).filter(|caller| seen.insert(caller.clone())).collect()
}

/// Who was served after somebody who came later: name, place in the order of arrival, and of service.
fn late(came: &[String], served: &[String]) -> Vec<(String, usize, usize)> {
    assert_eq!(came.len(), served.len(), "everybody is served");
    let places: HashMap<&str, usize> = came.iter().zip(0..).map(|(who, place)| (who.as_str(), place)).collect();
    let (mut newest, mut late) = (0, Vec::new());
    for (n, who) in served.iter().enumerate() {
        let place = places.get(who.as_str()).copied().expect("who is served has called");
        newest = newest.max(place);
        if place < newest {
            late.push((who.clone(), place, n));
        }
    }
    late
}

fn at_s(message: Option<&Message>) -> f64 {
    message.expect("agents were called").at_s
}

/// Whether somebody listens on a UDP port of this network namespace.
fn is_bound(port: u16) -> bool {
    fs::read_to_string("/proc/self/net/udp").expect("a list of sockets").contains(&format!(":{port:04X} "))
}

/// UDP datagrams that left the process's network namespace.
fn datagrams_out(process: u32) -> u64 {
    let snmp = fs::read_to_string(format!("/proc/{process}/net/snmp")).expect("a running process");
    let mut lines = snmp.lines().filter_map(|line| line.strip_prefix("Udp: "));
    let names = lines.next().unwrap_or_default().split_whitespace();
    let values = lines.next().unwrap_or_default().split_whitespace();
    let out = names.zip(values).find(|(name, _)| *name == "OutDatagrams");
    out.and_then(|(_, value)| value.parse().ok()).expect("a count of datagrams")
}
