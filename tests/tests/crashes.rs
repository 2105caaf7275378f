//! The whole engine killed under load at moments that a seed names: what was acknowledged is there, once and in order.
//!
//! `CABRANK_CRASHES=200 cargo test -p cabrank-tests --test crashes -- --nocapture` kills it 200 times.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use cabrank_tests::crash::{Dice, kill_in, replays, restarts_as, rounds};
use cabrank_tests::desk::Desk;
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::engine::Engine;
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::scenario::Scenario;
use cabrank_tests::sipp::{Running, Sipp};
use cabrank_tests::wait::until;
use serde_json::Value;

/// Calls of each kind in a round, and how many come in a second.
const CALLS: u32 = 30;
const RATE: u32 = 20;

const CRASHES_WITHIN_MS: u64 = 1_800;

/// Rounds on one journal: its calls must fit in one list.
const ROUNDS_EACH: u64 = 12;

const AGENTS: u32 = 8;

#[test]
fn what_was_acknowledged_before_a_crash_is_there_after_it_once_and_in_order() {
    alone("what_was_acknowledged_before_a_crash_is_there_after_it_once_and_in_order", || {
        let rounds = rounds(8);
        for first in (0..rounds).step_by(ROUNDS_EACH as usize) {
            Stage::new(first..rounds.min(first + ROUNDS_EACH)).plays();
        }
    });
}

struct Stage {
    seeds: Range<u64>,
    engine: Engine,
    service: Dispatch,
    ports: Block,
    room: Room,
}

impl Stage {
    fn new(seeds: Range<u64>) -> Stage {
        let (room, ports) = (Room::new(), Block::claim());
        let service = Dispatch::start(ports.http(7), Mode::Dawdles(300));
        let riders = seeds.clone().flat_map(|seed| (1..=CALLS).map(move |n| format!("rides-{seed}-{n}")));
        let webhook = format!("http://127.0.0.1:{}/ride", ports.http(7));
        let usual = Desk::new(&ports)
            .journal_key("segment_kb = 64")
            .rtp("30000-60000")
            .direct_line()
            .webhook(&webhook, "2s")
            .known(riders);
        let desk = (0..AGENTS).fold(usual, |desk, n| desk.agent_at(&format!("a{n}"), ports.sip(1)));
        let engine = Engine::start(&room, &ports, &desk);
        (0..AGENTS).for_each(|n| engine.api().sign_in_unseen(&format!("a{n}")));
        Stage { seeds, engine, service, ports, room }
    }

    fn plays(mut self) {
        let mut acknowledged = BTreeMap::new();
        for seed in self.seeds.clone() {
            println!("seed {seed}");
            acknowledged.insert(seed, self.one_round(seed));
            self.knows(&acknowledged[&seed]);
        }
        self.engine.must_be_alive();
        let every: BTreeSet<String> = acknowledged.into_values().flatten().collect();
        self.knows(&every);
        let calls = self.calls();
        assert!(every.len() > 20, "hardly anybody was answered: the test tried nothing");
        let numbers: BTreeSet<&String> = calls.iter().map(|call| &call.number).collect();
        assert_eq!(numbers.len(), calls.len(), "a call is there twice");
        for kind in ["waits", "rides"] {
            self.seeds.clone().for_each(|seed| are_in_order(&calls, &format!("{kind}-{seed}-")));
        }
        self.sent_one_taxi_each();
        println!("{} calls acknowledged, {} known, {} taxis", every.len(), calls.len(), self.service.rides().len());
    }

    /// Load, a crash in its midst, and a start. The callers who were answered.
    fn one_round(&mut self, seed: u64) -> BTreeSet<String> {
        let agents = Sipp::new(&format!("agents-{seed}"), self.ports.sip(1), self.ports.phone_rtp(0));
        let talk = Scenario::agent().takes_call(60, 20).pause(200).bye();
        let agents = agents.times(CALLS * 2, 100, CALLS * 2).start(&self.room, &talk);
        let waits = self.callers(1, "direct", &format!("waits-{seed}"), |call| call.pause(60_000));
        let rides = self.callers(2, "taxi", &format!("rides-{seed}"), |call| call.info_key('1').pause(60_000));
        let killed = kill_in(&self.engine, Dice::new(seed).ms_below(CRASHES_WITHIN_MS));
        killed.join().expect("the engine was killed");
        let answered = [&waits, &rides].into_iter().flat_map(answered).collect();
        [agents, waits, rides].into_iter().for_each(Running::unplug);
        let replayed = replays(&self.engine);
        restarts_as(&mut self.engine, &replayed);
        answered
    }

    fn callers(&self, n: u16, line: &str, name: &str, does: impl FnOnce(Scenario) -> Scenario) -> Running {
        let sipp = Sipp::new(name, self.ports.sip(10 + n), self.ports.phone_rtp(n)).times(CALLS, RATE, CALLS);
        let scenario = does(Scenario::caller(&format!("{name}-[call_number]")).call());
        sipp.calls(self.engine.sip(), line).start(&self.room, &scenario)
    }

    /// Every one of them is live or on record.
    fn knows(&self, acknowledged: &BTreeSet<String>) {
        let mut missing = acknowledged.clone();
        until(Duration::from_secs(10), "every acknowledged call to be live or on record", || {
            for call in self.calls() {
                missing.remove(&call.number);
            }
            missing.is_empty().then_some(())
        });
    }

    /// To whom a ride was promised got one, and nobody got two.
    fn sent_one_taxi_each(&self) {
        let rides = self.service.rides();
        until(Duration::from_secs(15), "every ride to be in the books", || {
            let promised: BTreeSet<String> = self.calls().into_iter().filter(|call| call.promised).map(|call| call.id).collect();
            (promised == rides.keys().cloned().collect()).then_some(())
        });
        let riders: BTreeSet<&String> = rides.values().collect();
        assert_eq!(riders.len(), rides.len(), "somebody got two taxis: {rides:#?}");
    }

    fn calls(&self) -> Vec<Known> {
        let list = self.engine.api().get("/api/v1/calls?limit=1000").json;
        assert_eq!(list["more"], false, "more calls than one list holds: {}", list["calls"].as_array().map_or(0, Vec::len));
        list["calls"].as_array().into_iter().flatten().map(Known::of).collect()
    }
}

/// A call that the engine knows of.
struct Known {
    id: String,
    number: String,
    promised: bool,
}

impl Known {
    fn of(call: &Value) -> Known {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Known { id: text(&call["call"]), number: text(&call["caller"]["number"]), promised: !call["promise"].is_null() }
    }
}

/// Who was told 200 to an INVITE.
fn answered(callers: &Running) -> Vec<String> {
    let ok = |message: &cabrank_tests::sipp::Message| {
        let is_invite = message.header("CSeq").is_some_and(|cseq| cseq.ends_with("INVITE"));
        message.received && message.text.starts_with("SIP/2.0 200") && is_invite
    };
    callers.messages().iter().filter(|message| ok(message)).map(|message| message.caller()).collect()
}

/// One telephone's calls, of which the list knows the newest first, came in the order in which it numbered them.
fn are_in_order(calls: &[Known], name: &str) {
    let numbers = calls.iter().filter_map(|call| call.number.strip_prefix(name)?.parse::<u32>().ok());
    let numbers: Vec<u32> = numbers.collect();
    assert!(numbers.is_sorted_by(|newer, older| newer > older), "{name}: {numbers:?}");
}
