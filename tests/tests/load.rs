//! Many calls at once, sipp on both sides: through menu, line and agent with media anchored; none is lost.
//!
//! `CABRANK_SOAK=1 cargo test -p cabrank-tests --test load -- --nocapture` measures: calls a second, CPU a call by thread, messages
//! sent again, and the time from a caller's INVITE or key to the agent's INVITE. `CABRANK_LOAD_RATE` and `CABRANK_LOAD_S` set the
//! rate and the length. `CABRANK_LOAD_UNTRACED` keeps sipp from writing every message down, which costs it more than the calls:
//! then there are no times, but higher rates.

use std::collections::{HashMap, HashSet};
use std::env;

use cabrank_tests::cpu::Cpu;
use cabrank_tests::desk::Desk;
use cabrank_tests::engine::Engine;
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::sipp::{Message, Sipp};

const TALK_MS: u32 = 500;

struct Load {
    rate: u32,
    seconds: u32,
}

impl Load {
    fn asked(rate: u32, seconds: u32) -> Load {
        let soak = env::var_os("CABRANK_SOAK").is_some();
        let number = |name: &str, usual: u32| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
        let (rate, seconds) = if soak { (rate * 5, seconds * 10) } else { (rate, seconds) };
        Load { rate: number("CABRANK_LOAD_RATE", rate), seconds: number("CABRANK_LOAD_S", seconds) }
    }

    fn calls(&self) -> u32 {
        self.rate * self.seconds
    }

    fn agents(&self) -> u32 {
        self.rate * 2
    }
}

/// An engine with as many agents as the load needs, all on one sipp, and every port of a namespace to itself.
fn engine(room: &Room, ports: &Block, load: &Load) -> Engine {
    let usual = Desk::new(ports).rtp("30000-65534").direct_line().queue_key("wrap_up", "\"0s\"");
    let desk = (0..load.agents()).fold(usual, |desk, n| desk.agent_at(&format!("a{n}"), ports.sip(1)));
    let engine = Engine::start(room, ports, &desk);
    for n in 0..load.agents() {
        engine.api().sign_in_unseen(&format!("a{n}"));
    }
    engine
}

struct Played {
    callers: Vec<Message>,
    agents: Vec<Message>,
    cpu: Cpu,
}

/// Plays the load on a line; every call must go as the scenarios say.
fn play(load: &Load, line: &str, caller: &Scenario) -> Played {
    let (room, ports) = (Room::new(), Block::claim());
    let mut engine = engine(&room, &ports, load);
    let (calls, limit) = (load.calls(), load.seconds + 60);
    let sipp = |name: &str, n: u16, rate: u32| {
        let sipp = Sipp::new(name, ports.sip(n), ports.phone_rtp(n)).times(calls, rate, calls).at_most(limit);
        if env::var_os("CABRANK_LOAD_UNTRACED").is_some() { sipp.untraced() } else { sipp }
    };
    let talk = Scenario::agent().takes_call(limit, 0).pause(TALK_MS).bye();
    let agents = sipp("agents", 1, 1).start(&room, &talk);
    let before = Cpu::of(engine.id());
    let callers = sipp("callers", 2, load.rate).calls(engine.sip(), line).start(&room, caller).succeeds();
    let agents = agents.succeeds();
    let cpu = (Cpu::of(engine.id()) - before).each(calls);
    engine.must_be_alive();
    Played { callers, agents, cpu }
}

#[test]
fn no_call_is_lost_through_menu_line_and_agent() {
    alone("no_call_is_lost_through_menu_line_and_agent", || {
        let load = Load::asked(20, 3);
        let caller = Scenario::caller("+65[call_number]").call().info_key('2').expects_bye(60);
        let played = play(&load, "taxi", &caller);
        report(&load, &played, "key to the agent's INVITE", "INFO");
    });
}

#[test]
fn an_idle_agent_is_rung_at_once() {
    alone("an_idle_agent_is_rung_at_once", || {
        let load = Load::asked(20, 3);
        let played = play(&load, "direct", &Scenario::caller("caller-[call_number]").call().expects_bye(60));
        report(&load, &played, "INVITE to the agent's INVITE, 20 ms of greeting included", "INVITE");
    });
}

fn report(load: &Load, played: &Played, what: &str, from: &str) {
    println!("{} calls at {}/s: CPU a call {}", load.calls(), load.rate, played.cpu);
    if played.callers.is_empty() {
        return;
    }
    let (sent, again) = (played.callers.len() + played.agents.len(), repeated(&played.callers) + repeated(&played.agents));
    println!("{again} of {sent} messages were sent again");
    let mut took = latencies_ms(played, from);
    assert_eq!(took.len(), load.calls() as usize, "each caller reached an agent");
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    println!("{what}: P50 {:.1} ms, P99 {:.1} ms, at most {:.1} ms", at(0.5), at(0.99), at(1.0));
}

/// For each caller, from the first request of a method to the first INVITE at the agent's telephone.
fn latencies_ms(played: &Played, from: &str) -> Vec<f64> {
    let called = first(&played.callers, false, from);
    let rung = first(&played.agents, true, "INVITE");
    called.iter().filter_map(|(who, at_s)| Some((rung.get(who)? - at_s) * 1_000.0)).collect()
}

fn first(messages: &[Message], received: bool, method: &str) -> HashMap<String, f64> {
    let mut first = HashMap::new();
    for message in messages.iter().filter(|m| m.received == received && m.text.starts_with(method)) {
        first.entry(message.caller()).or_insert(message.at_s);
    }
    first
}

/// How many messages came or went more than once.
fn repeated(messages: &[Message]) -> usize {
    let mut seen = HashSet::new();
    messages.iter().filter(|m| !seen.insert((m.received, m.text.as_str()))).count()
}
