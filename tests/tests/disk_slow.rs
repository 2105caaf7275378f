//! A disk that takes its time to sync, and one that fails to: only promises wait, and after a failure none is made.

use std::time::Duration;

use cabrank_tests::desk::{Desk, KNOWN};
use cabrank_tests::dispatch::{Dispatch, Mode};
use cabrank_tests::ear::percentile;
use cabrank_tests::engine::Engine;
use cabrank_tests::faults::{EIO, Faults};
use cabrank_tests::handset::{Dialled, Handset};
use cabrank_tests::namespace::alone;
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until, within};

const SLOW: Duration = Duration::from_millis(500);

/// What a caller may wait for the first sign of life on a slow disk, and hear of a pause in the music, 99 times of 100.
const TRYING_MAX: Duration = Duration::from_millis(200);
const GAP_MAX: Duration = Duration::from_millis(40);

const CALLS: usize = 120;

/// A machine that is busy with other tests is given so many chances; there the music has gaps whatever the disk does.
const CHANCES: u32 = 3;

struct Stage {
    engine: Engine,
    faults: Faults,
    service: Dispatch,
    ports: Block,
    _room: Room,
}

/// A desk on a disk that can fail, and a fulfilment service that is given so long.
fn stage(timeout: &str, change: impl FnOnce(Desk) -> Desk) -> Stage {
    let (room, ports) = (Room::new(), Block::claim());
    let faults = Faults::new(&room, &room.file("data"));
    let webhook = format!("http://127.0.0.1:{}/ride", ports.http(7));
    let desk = change(Desk::new(&ports)).direct_line().agent_at("a101", ports.sip(2)).webhook(&webhook, timeout);
    let service = Dispatch::start(ports.http(7), Mode::Accepts(300));
    let engine = Engine::start_with(&room, &ports, &desk, &faults);
    Stage { engine, faults, service, ports, _room: room }
}

impl Stage {
    fn handset(&self, n: u16) -> Handset {
        Handset::new(self.ports.sip(12 + n), self.ports.phone_rtp(n), self.engine.sip())
    }
}

#[test]
fn a_disk_that_syncs_in_half_a_second_keeps_no_call_waiting_and_stops_no_music() {
    alone("a_disk_that_syncs_in_half_a_second_keeps_no_call_waiting_and_stops_no_music", calls_on_a_slow_disk);
}

fn calls_on_a_slow_disk() {
    let stage = stage("10s", |desk| desk.rtp("30000-60000"));
    let mut waits = stage.handset(0);
    let mut comes = stage.handset(1);
    waits.get_through("direct");
    until(Duration::from_secs(5), "music", || (waits.ear.heard() > 20).then_some(()));
    let as_promised = (0..CHANCES).any(|_| {
        stage.faults.sync_takes(Duration::ZERO);
        let usual = Heard::of(&waits, &mut comes);
        stage.faults.sync_takes(SLOW);
        let slow = Heard::of(&waits, &mut comes);
        println!("a usual disk: {usual:?}\nsyncs of {SLOW:?}: {slow:?}");
        slow.refused == 0 && slow.trying < TRYING_MAX && (slow.gap < GAP_MAX || slow.gap < usual.gap * 2)
    });
    assert!(as_promised);
    assert!(stage.faults.syncs() > 0, "nothing was synced: the test tried nothing");
    let shown =
        ["cabrank_journal_last_sync_seconds", "cabrank_journal_sync_seconds_sum"].map(|name| stage.engine.api().metric(name));
    assert!(shown.iter().all(|seconds| *seconds >= Some(0.4)), "the slow disk does not show: {shown:?}");
}

/// What callers notice of the disk, the worst but one in a hundred.
#[derive(Debug)]
struct Heard {
    /// Calls turned away: none, where the machine is not busy with something else.
    refused: usize,
    trying: Duration,
    gap: Duration,
}

impl Heard {
    fn of(waits: &Handset, comes: &mut Handset) -> Heard {
        waits.ear.forget();
        let calls: Vec<Dialled> = (0..CALLS).map(|_| one_call(comes)).collect();
        assert!(calls.iter().all(|call| [200, 503].contains(&call.code)), "{calls:?}");
        let refused = calls.iter().filter(|call| call.code == 503).count();
        let mut trying: Vec<Duration> = calls.iter().map(|call| call.trying).collect();
        trying.sort();
        Heard { refused, trying: percentile(&trying, 99), gap: percentile(&waits.ear.gaps(), 99) }
    }
}

fn one_call(phone: &mut Handset) -> Dialled {
    let dialled = phone.dial("direct");
    phone.hang_up();
    pause(Duration::from_millis(20));
    dialled
}

#[test]
fn a_promise_waits_for_the_disk_and_nothing_else_does() {
    let stage = stage("10s", |desk| desk);
    stage.faults.sync_takes(Duration::from_secs(2));
    let (mut asks, mut comes) = (stage.handset(0), stage.handset(1));
    asks.get_through_as(KNOWN, "taxi");
    assert_eq!(asks.press('1'), 200);
    pause(Duration::from_millis(700));
    assert_eq!(stage.service.requests().len(), 0, "a taxi was ordered before its cause was on the disk");
    comes.get_through("direct");
    comes.hang_up();
    until(Duration::from_secs(10), "the taxi to be ordered", || (stage.service.requests().len() == 1).then_some(()));
    assert!(asks.is_hung_up(Duration::from_secs(20)), "the caller is told, and that is that");
}

#[test]
fn a_taxi_that_nobody_waits_for_any_more_is_not_ordered() {
    let stage = stage("500ms", |desk| desk);
    stage.faults.sync_takes(Duration::from_secs(3));
    let mut asks = stage.handset(0);
    asks.get_through_as(KNOWN, "taxi");
    assert_eq!(asks.press('1'), 200);
    let call = stage.engine.api().awaits_call("sent to a human", |call| call["state"] == "waiting");
    assert_eq!(call["why"]["reason"], "dispatch_timed_out", "{call:#}");
    let synced = stage.faults.syncs();
    until(Duration::from_secs(15), "the disk", || (stage.faults.syncs() > synced + 1).then_some(()));
    stage.faults.sync_takes(Duration::ZERO);
    pause(Duration::from_millis(500));
    assert_eq!(stage.service.requests().len(), 0, "a taxi comes of which the caller was not told");
    assert_eq!(asks.hang_up(), 200);
}

#[test]
fn after_a_failed_sync_nothing_is_promised_and_the_engine_ends() {
    let mut stage = stage("10s", |desk| desk);
    let (mut waits, mut asks, mut comes) = (stage.handset(0), stage.handset(1), stage.handset(2));
    waits.get_through("direct");
    asks.get_through_as(KNOWN, "taxi");
    stage.faults.sync_fails(EIO);
    assert_eq!(asks.press('1'), 200);
    until(Duration::from_secs(5), "new calls to be turned away", || (one_call(&mut comes).code == 503).then_some(()));
    // The disk says it is well again. It is not to be believed: what was lost between stays lost.
    stage.faults.sync_fails(0);
    waits.ear.forget();
    pause(Duration::from_millis(1_000));
    assert_eq!(stage.service.requests().len(), 0, "a taxi was promised on a disk that failed");
    assert!(waits.ear.heard() > 25, "who is on the line is served to the end");
    assert_eq!([waits.hang_up(), asks.hang_up()], [200, 200]);
    let ended = within(Duration::from_secs(20), || stage.engine.ended());
    assert_eq!(ended.and_then(|status| status.code()), Some(1), "it drains, then ends and says that not all is well");
    stage.engine.restart();
    comes.get_through("direct");
}
