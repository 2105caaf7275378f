//! Exactly one taxi: whenever the engine is killed, no call gets two rides, and nobody is told of one that was not sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cabrank_tests::crash::{Dice, kill_in, replays, restarts_as, rounds};
use cabrank_tests::desk::Desk;
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::engine::Engine;
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::wait::within;
use serde_json::{Value, json};

const CALLERS: u16 = 5;

/// Within the first, taxis are ordered; within the second, callers have been told and hung up on as well.
const CRASHES_WITHIN_MS: [u64; 2] = [600, 3_000];

/// Callers a journal sees, at the most: what the API lists at once.
const ROUNDS_EACH: u64 = 100;

#[test]
fn a_crash_at_any_moment_sends_no_second_taxi_and_leaves_nobody_without_one() {
    let rounds = rounds(8);
    for first in (0..rounds).step_by(ROUNDS_EACH as usize) {
        kills_around_dispatches(first..rounds.min(first + ROUNDS_EACH));
    }
}

fn kills_around_dispatches(seeds: std::ops::Range<u64>) {
    let (room, ports) = (Room::new(), Block::claim());
    let service = Dispatch::start(ports.http(7), Mode::Dawdles(300));
    let riders = seeds.clone().flat_map(|seed| (0..CALLERS).map(move |n| rider(seed, n)));
    let webhook = format!("http://127.0.0.1:{}/ride", ports.http(7));
    let desk = Desk::new(&ports).agent_at("a101", ports.sip(2)).webhook(&webhook, "4s").known(riders);
    let mut engine = Engine::start(&room, &ports, &desk);
    let mut told = BTreeSet::new();
    for seed in seeds {
        told.extend(one_round(&mut engine, &ports, seed));
    }
    let rides = service.rides();
    let settled = within(Duration::from_secs(15), || differences(&rides, &engine).is_empty().then_some(()));
    assert!(settled.is_some(), "rides and books differ: {:#?}", differences(&rides, &engine));
    let riders: BTreeSet<&String> = rides.values().collect();
    assert_eq!(riders.len(), rides.len(), "somebody got two taxis: {rides:#?}");
    assert!(!rides.is_empty(), "nobody got a taxi: the test tried nothing");
    let without: Vec<&String> = told.iter().filter(|rider| !riders.contains(rider)).collect();
    assert!(without.is_empty(), "told of a taxi that was not sent: {without:?}");
    println!("{} rides for {} requests, {} callers told before a crash", rides.len(), service.requests().len(), told.len());
}

fn rider(seed: u64, n: u16) -> String {
    format!("rider-{seed}-{n}")
}

/// Callers who press 1 and an engine that is killed meanwhile, then started again. Who was told before it was.
fn one_round(engine: &mut Engine, ports: &Block, seed: u64) -> Vec<String> {
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let killed = kill_in(engine, dice.ms_below(CRASHES_WITHIN_MS[(seed % 2) as usize]));
    let patience = Duration::from_millis(200);
    let mut callers = Vec::new();
    for n in 0..CALLERS {
        let handset = Handset::new(ports.sip(10 + n), ports.phone_rtp(n), engine.sip()).patient_for(patience);
        callers.push((rider(seed, n), handset));
    }
    for (name, handset) in &mut callers {
        if handset.dial_as(name, "taxi").code == 200 {
            handset.press('1');
        }
        std::thread::sleep(dice.ms_below(30));
    }
    killed.join().expect("the engine was killed");
    let was_told = |(name, handset): &mut (String, Handset)| handset.is_hung_up(Duration::from_millis(20)).then(|| name.clone());
    let told = callers.iter_mut().filter_map(was_told).collect();
    let replayed = replays(engine);
    restarts_as(engine, &replayed);
    told
}

/// Rides that the books do not know of, and promises without a ride. A service that did not answer in time may have sent one;
/// then the books say that, and a human was told.
fn differences(rides: &BTreeMap<String, String>, engine: &Engine) -> Vec<Value> {
    let list = engine.api().get("/api/v1/calls?limit=1000").json;
    let calls = list["calls"].as_array().cloned().unwrap_or_default();
    let id = |call: &Value| call["call"].as_str().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = calls.iter().map(id).collect();
    let unknown = rides.keys().filter(|ride| !known.contains(*ride)).map(|ride| json!({"ride without a call": ride}));
    let differs = |call: &&Value| {
        let (sent, promised) = (rides.contains_key(&id(call)), !call["promise"].is_null());
        sent != promised && !(sent && call["why"]["reason"] == "dispatch_timed_out")
    };
    calls.iter().filter(differs).cloned().chain(unknown).collect()
}
