//! A full disk: new calls are turned away, those that are here go on, and all is well again once there is room.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cabrank_tests::api::Api;
use cabrank_tests::crash::{replays, restarts_as};
use cabrank_tests::desk::Desk;
use cabrank_tests::ear::percentile;
use cabrank_tests::engine::{Engine, binary, path};
use cabrank_tests::faults::{ENOSPC, Faults};
use cabrank_tests::handset::{Dialled, Handset};
use cabrank_tests::namespace::{alone, mount_disk};
use cabrank_tests::ports::Block;
use cabrank_tests::room::Room;
use cabrank_tests::wait::{pause, until, within};

/// Within so long of room coming back all must be well (a promise of the README).
const RESUMES_WITHIN: Duration = Duration::from_secs(5);

fn desk(ports: &Block) -> Desk {
    Desk::new(ports).direct_line().agent_at("a101", ports.sip(2))
}

fn handset(ports: &Block, engine: &Engine, n: u16) -> Handset {
    Handset::new(ports.sip(12 + n), ports.phone_rtp(n), engine.sip())
}

/// Takes every byte that is left.
fn fill(disk: &Path) {
    let mut filler = fs::File::create(disk.join("filler")).expect("a filler");
    for size in [1 << 20, 1 << 12, 1] {
        let block = vec![7; size];
        while filler.write_all(&block).is_ok() {}
    }
}

fn is_turned_away(dialled: Dialled) -> bool {
    dialled.code == 503 && dialled.retry_after
}

/// Calls again and again until somebody answers; how long that took.
fn awaits_service(phone: &mut Handset) -> Duration {
    let since = Instant::now();
    until(Duration::from_secs(30), "the service to resume", || (phone.dial("direct").code == 200).then_some(()));
    since.elapsed()
}

fn outcomes(engine: &Engine) -> Vec<String> {
    engine.api().calls().iter().map(|call| call["outcome"].as_str().unwrap_or("live").to_owned()).collect()
}

#[test]
fn live_calls_go_on_while_others_fill_the_disk_and_new_ones_are_turned_away() {
    alone("live_calls_go_on_while_others_fill_the_disk_and_new_ones_are_turned_away", || {
        let (room, ports) = (Room::new(), Block::claim());
        mount_disk(room.path(), 96);
        let mut engine = Engine::start(&room, &ports, &desk(&ports));
        let (mut waits, mut leaves, mut comes) =
            (handset(&ports, &engine, 0), handset(&ports, &engine, 1), handset(&ports, &engine, 2));
        waits.get_through("direct");
        leaves.get_through("direct");
        until(Duration::from_secs(5), "music", || (waits.ear.heard() > 50).then_some(()));
        fill(room.path());
        let turned_away = until(Duration::from_secs(2), "a call to be turned away", || {
            let dialled = comes.dial("direct");
            if dialled.code == 200 {
                comes.hang_up();
            }
            (dialled.code != 200).then_some(dialled)
        });
        assert!(is_turned_away(turned_away), "{turned_away:?}");
        waits.ear.forget();
        for _ in 0..5 {
            let dialled = comes.dial("direct");
            assert!(is_turned_away(dialled), "{dialled:?}");
            pause(Duration::from_millis(200));
        }
        assert_eq!(leaves.hang_up(), 200);
        let gaps = waits.ear.gaps();
        assert!(gaps.len() > 40, "the music stopped: {gaps:?}");
        let api = engine.api();
        let figures = ["cabrank_takes_calls", "cabrank_journal_disk_full"].map(|name| api.metric(name));
        assert_eq!(figures, [Some(0.0), Some(1.0)]);
        assert!(api.metric("cabrank_calls_turned_away_total") >= Some(6.0));
        assert_eq!(api.get("/readyz").status, 503);
        until(Duration::from_secs(2), "the desk to know who hung up, disk or no disk", || {
            (still_in_line(&engine) == 1).then_some(())
        });
        is_whole_after_a_crash(&mut engine);
        waits.ear.forget();
        until(Duration::from_secs(5), "the music to go on after a restart without room", || {
            (waits.ear.heard() > 20).then_some(())
        });
        fs::remove_file(room.file("filler")).expect("room again");
        let took = awaits_service(&mut comes);
        assert!(took < RESUMES_WITHIN, "the service resumed after {took:?}");
        assert_eq!(waits.hang_up(), 200);
        assert_eq!(comes.hang_up(), 200);
        until(RESUMES_WITHIN, "every record", || outcomes(&engine).iter().all(|outcome| outcome != "live").then_some(()));
        engine.must_be_alive();
        is_whole_after_a_crash(&mut engine);
    });
}

/// Callers whom the desk believes to wait.
fn still_in_line(engine: &Engine) -> usize {
    let queues = engine.api().get("/api/v1/queues").json;
    queues["queues"][0]["waiting"].as_u64().unwrap_or(u64::MAX) as usize
}

fn is_whole_after_a_crash(engine: &mut Engine) {
    engine.crash();
    let replayed = replays(engine);
    restarts_as(engine, &replayed);
}

#[test]
fn a_disk_that_takes_nothing_at_all_stops_no_music_and_loses_nothing() {
    let (room, ports) = (Room::new(), Block::claim());
    let faults = Faults::new(&room, &room.file("data"));
    let mut engine = Engine::start_with(&room, &ports, &desk(&ports), &faults);
    let (mut waits, mut leaves, mut comes) =
        (handset(&ports, &engine, 0), handset(&ports, &engine, 1), handset(&ports, &engine, 2));
    waits.get_through("direct");
    leaves.get_through("direct");
    until(Duration::from_secs(5), "music", || (waits.ear.heard() > 50).then_some(()));
    faults.writes_fail(ENOSPC);
    waits.ear.forget();
    let first = comes.dial("direct");
    assert!(is_turned_away(first), "who finds out that the disk is full is not kept waiting either: {first:?}");
    for _ in 0..5 {
        let dialled = comes.dial("direct");
        assert!(is_turned_away(dialled) && dialled.took < Duration::from_secs(1), "{dialled:?}");
    }
    assert_eq!(leaves.hang_up(), 200, "a BYE is answered, whether or not it can be written down");
    let gaps = waits.ear.gaps();
    assert!(percentile(&gaps, 50) < Duration::from_millis(40) && gaps.len() > 40, "the music stopped: {gaps:?}");
    assert_eq!(engine.api().metric("cabrank_journal_disk_full"), Some(1.0));
    faults.writes_fail(0);
    let took = awaits_service(&mut comes);
    assert!(took < RESUMES_WITHIN, "the service resumed after {took:?}");
    assert_eq!([waits.hang_up(), comes.hang_up()], [200, 200]);
    until(RESUMES_WITHIN, "every record", || {
        let outcomes = outcomes(&engine);
        (outcomes.len() >= 3 && outcomes.iter().all(|outcome| outcome != "live")).then_some(())
    });
    engine.must_be_alive();
    is_whole_after_a_crash(&mut engine);
}

#[test]
fn a_log_that_takes_nothing_more_ends_no_engine() {
    let (room, ports) = (Room::new(), Block::claim());
    let config = desk(&ports).write(&room);
    let full = || Stdio::from(fs::File::create("/dev/full").expect("/dev/full"));
    let data = room.file("data");
    let mut engine = Command::new(binary());
    engine.args(["serve", path(&config), "--data", path(&data)]).stdout(full()).stderr(full());
    let mut engine = engine.spawn().expect("the engine");
    let api = Api::new(ports.http(0), "");
    let answers = within(Duration::from_secs(20), || (api.get("/readyz").status == 200).then_some(()));
    let ended = engine.try_wait().expect("a child");
    engine.kill().and_then(|()| engine.wait()).expect("its end");
    assert_eq!((answers, ended), (Some(()), None));
}
