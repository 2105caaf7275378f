//! The wall clock jumps: what calls have waited, and what is due to them, does not.

use std::time::Duration;

use cabrank_tests::crash::{replays, restarts_as};
use cabrank_tests::desk::Desk;
use cabrank_tests::engine::Engine;
use cabrank_tests::faults::Faults;
use cabrank_tests::handset::Handset;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until};
use serde_json::Value;

const DAY_S: i64 = 86_400;

/// Longer than any of these tests takes.
const LONG_S: u64 = 120;

struct Stage {
    engine: Engine,
    faults: Faults,
    phone: Handset,
    _ports: Block,
    _room: Room,
}

/// A desk that lets nobody wait for an hour, and a caller in line.
fn stage() -> Stage {
    let (room, ports) = (Room::new(), Block::claim());
    let faults = Faults::new(&room, &room.file("data"));
    let desk = Desk::new(&ports).direct_line().agent_at("a101", ports.sip(2)).queue_key("max_wait", "\"1h\"");
    let engine = Engine::start_with(&room, &ports, &desk, &faults);
    let mut phone = Handset::new(ports.sip(12), ports.phone_rtp(0), engine.sip());
    phone.get_through("direct");
    until(Duration::from_secs(5), "the caller to wait", || (call(&engine)["state"] == "waiting").then_some(()));
    Stage { engine, faults, phone, _ports: ports, _room: room }
}

/// The one call there is, as the API shows it.
fn call(engine: &Engine) -> Value {
    engine.api().calls().first().cloned().unwrap_or_default()
}

#[test]
fn a_jump_lets_nobody_wait_longer_or_shorter() {
    let mut stage = stage();
    for ahead_s in [DAY_S, -DAY_S, 3 * DAY_S, 0] {
        stage.faults.wall_clock_is_ahead(ahead_s);
        // The lane works meanwhile: keys that mean nothing in line.
        assert_eq!(stage.phone.press('9'), 200);
        pause(Duration::from_millis(300));
        let call = call(&stage.engine);
        assert_eq!(call["state"], "waiting", "{ahead_s} s ahead: {call:#}");
        assert!(call["waited_s"].as_u64().is_some_and(|s| s < LONG_S), "{ahead_s} s ahead: {call:#}");
        let queue = &stage.engine.api().get("/api/v1/queues").json["queues"][0];
        assert!(queue["longest_wait_s"].as_u64().is_some_and(|s| s < LONG_S), "{ahead_s} s ahead: {queue:#}");
    }
    assert_eq!(stage.phone.hang_up(), 200);
    let call =
        until(Duration::from_secs(5), "the record", || Some(call(&stage.engine)).filter(|call| call["outcome"] == "abandoned"));
    assert!(call["waited_s"].as_u64().is_some_and(|s| s < LONG_S), "{call:#}");
}

#[test]
fn a_jump_over_a_crash_is_no_wait_either() {
    for ahead_s in [DAY_S, -DAY_S] {
        let mut stage = stage();
        stage.faults.wall_clock_is_ahead(ahead_s);
        stage.engine.crash();
        let replayed = replays(&stage.engine);
        restarts_as(&mut stage.engine, &replayed);
        let call = until(Duration::from_secs(5), "the call", || Some(call(&stage.engine)).filter(|call| !call["call"].is_null()));
        assert!(call["waited_s"].as_u64().is_some_and(|s| s < LONG_S), "{ahead_s} s ahead: {call:#}");
        assert_ne!(call["outcome"], "waited_too_long", "{ahead_s} s ahead: {call:#}");
        stage.phone.get_through("direct");
        stage.engine.must_be_alive();
        stage.engine.crash();
        replays(&stage.engine);
    }
}
