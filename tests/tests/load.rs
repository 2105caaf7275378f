//! Many calls at once, sipp on both sides: through menu, line and agent with media anchored; none is lost.
//!
//! `CABRANK_SOAK=1 cargo test -p cabrank-tests --test load -- --nocapture` measures: calls a second, CPU a call, and the time from
//! a caller's INVITE to the agent's. `CABRANK_LOAD_RATE` and `CABRANK_LOAD_S` set the rate and the length.

use std::collections::HashMap;
use std::env;
use std::fs;

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
    let usual = Desk::new(ports).rtp("30000-60000").direct_line().queue_key("wrap_up", "\"0s\"");
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
    cpu_ms: f64,
}

/// Plays the load on a line; every call must go as the scenarios say.
fn play(load: &Load, line: &str, caller: &Scenario) -> Played {
    let (room, ports) = (Room::new(), Block::claim());
    let mut engine = engine(&room, &ports, load);
    let (calls, limit) = (load.calls(), load.seconds + 60);
    let talk = Scenario::agent().takes_call(limit, 0).pause(TALK_MS).bye();
    let agents = Sipp::new("agents", ports.sip(1), ports.phone_rtp(0)).times(calls, 1, calls).at_most(limit).start(&room, &talk);
    let before = cpu_ms(engine.id());
    let callers = Sipp::new("callers", ports.sip(2), ports.phone_rtp(1)).times(calls, load.rate, calls).at_most(limit);
    let callers = callers.calls(engine.sip(), line).start(&room, caller).succeeds();
    let agents = agents.succeeds();
    let cpu_ms = (cpu_ms(engine.id()) - before) / f64::from(calls);
    engine.must_be_alive();
    Played { callers, agents, cpu_ms }
}

#[test]
fn no_call_is_lost_through_menu_line_and_agent() {
    alone("no_call_is_lost_through_menu_line_and_agent", || {
        let load = Load::asked(20, 3);
        let caller = Scenario::caller("+65[call_number]").call().info_key('2').expects_bye(60);
        let played = play(&load, "taxi", &caller);
        println!("{} calls at {}/s: {:.3} ms of CPU a call", load.calls(), load.rate, played.cpu_ms);
    });
}

#[test]
fn an_idle_agent_is_rung_at_once() {
    alone("an_idle_agent_is_rung_at_once", || {
        let load = Load::asked(20, 3);
        let played = play(&load, "direct", &Scenario::caller("caller-[call_number]").call().expects_bye(60));
        let mut took = latencies_ms(&played);
        assert_eq!(took.len(), load.calls() as usize, "each caller reached an agent");
        took.sort_by(f64::total_cmp);
        let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
        println!(
            "{} calls at {}/s: {:.3} ms of CPU a call; INVITE to the agent's INVITE, 20 ms of greeting included: P50 {:.1} ms, P99 {:.1} ms, at most {:.1} ms",
            load.calls(),
            load.rate,
            played.cpu_ms,
            at(0.5),
            at(0.99),
            at(1.0)
        );
    });
}

/// For each caller, from the first INVITE sent to the first INVITE at the agent's telephone.
fn latencies_ms(played: &Played) -> Vec<f64> {
    let called = first_invites(&played.callers, false);
    let rung = first_invites(&played.agents, true);
    called.iter().filter_map(|(who, at_s)| Some((rung.get(who)? - at_s) * 1_000.0)).collect()
}

fn first_invites(messages: &[Message], received: bool) -> HashMap<String, f64> {
    let mut first = HashMap::new();
    for message in messages.iter().filter(|m| m.received == received && m.text.starts_with("INVITE")) {
        let from = message.header("From").and_then(|from| from.split_once("sip:")?.1.split('@').next());
        first.entry(from.unwrap_or_default().to_owned()).or_insert(message.at_s);
    }
    first
}

/// CPU time a process has used, in milliseconds: fields 14 and 15 of /proc/PID/stat, in hundredths of a second.
fn cpu_ms(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a running process");
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10.0
}
