//! The lane with a real journal: nothing leaves before its cause is written, no promise before it is synced, and a crash
//! loses nothing that anybody saw.

use cabrank::filing::InHand;
use cabrank::in_force::InForce;
use cabrank::lane::{Clock, Digests, Lane, Outlets, QuicOutlet, digests_of};
use cabrank::store::Entry;
use cabrank::veil::Veil;
use cabrank_core::*;
use cabrank_journal::{Beginning, Journal, Options, OsDisk, Reader, UnixMicros};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, channel};

const LIMIT: Duration = Duration::from_secs(10);

struct Rig {
    lane: Lane,
    sip: Receiver<Effect>,
    dispatch: Receiver<Box<Dispatch>>,
    store: Receiver<Entry>,
}

fn settings() -> Settings {
    let queue = QueueId(0);
    Settings {
        name: "test".into(),
        limits: Limits { calls_max: 100 },
        lines: vec![Line {
            number: "taxi".into(),
            closed: Closed::Message,
            menu: Menu {
                one: Some(Choice::Instant { service: ServiceId(0), otherwise: queue, proof: None }),
                two: Some(Choice::Queue(queue)),
            },
            human: queue,
            silence: Span::secs(5),
        }],
        services: vec![Service { name: "taxi-now".into(), timeout: Span::millis(200), needs: vec![] }],
        queues: vec![Queue {
            name: "booking".into(),
            thresholds: Thresholds { max_waiting: 10, max_wait: Span::secs(600), wrap_up: Span(0), ..Thresholds::default() },
        }],
        agents: vec![],
    }
}

fn start(data: &Path) -> Rig {
    let beginning = Beginning { epoch: UnixMicros(0), seed: 7, settings: settings() };
    let journal = Journal::create(OsDisk, data, &beginning, Options::default()).expect("a journal");
    let desk = Desk::new(settings(), 7).expect("the settings fit");
    let (sip_in, sip) = channel(1_000);
    let (dispatch_in, dispatch) = channel(1_000);
    let (store_in, store) = channel(1_000);
    let in_force = InForce::new(settings(), 0);
    // One reader for both edges: which of them is told is not what is tried here.
    let quic = Some(QuicOutlet { orders: sip_in.clone(), shows_agents: Arc::default() });
    let outlets = Outlets {
        sip: sip_in,
        quic,
        dispatch: dispatch_in,
        look_ups: None,
        store: store_in,
        in_hand: InHand::default(),
        in_force,
        veil: Veil::none(),
    };
    let syncer = journal.syncer();
    let digests = Digests::open(data).expect("a file for digests");
    let clock = Clock::resume(cabrank::lane::unix_micros_now(), Tick(0));
    let lane = Lane::start(desk, journal, syncer, clock, digests, outlets, || panic!("the disk is well")).expect("a thread");
    Rig { lane, sip, dispatch, store }
}

fn known(call: u64) -> Input {
    let profile = Arc::new(Profile { name: "Mei".into(), ..Profile::default() });
    let caller =
        Caller { number: Some(Number("+6591234567".into())), trust: Trust::Trusted, token: None, profile: Some(profile) };
    Input::CallOffered { call: CallId(call), line: LineId(0), open: true, caller }
}

fn pressed(call: u64, key: u8) -> Input {
    Input::DigitPressed { call: CallId(call), digit: Digit::Number(key) }
}

/// The journal as another process would find it now.
fn journalled(data: &Path) -> Vec<Input> {
    Reader::open(data).expect("a journal").map(|entry| entry.expect("a whole entry").input).collect()
}

async fn next<T>(from: &mut Receiver<T>) -> T {
    tokio::time::timeout(LIMIT, from.recv()).await.expect("something in time").expect("an open door")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_was_written_before() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut rig = start(dir.path());
    let door = rig.lane.door();
    for call in 1..=50 {
        door.submit(known(call)).expect("room");
        assert_eq!(next(&mut rig.sip).await, Effect::Answer { call: CallId(call) });
        assert_eq!(journalled(dir.path()).len() as u64, call, "the cause of what left stands in the journal");
        assert!(matches!(next(&mut rig.sip).await, Effect::Say { .. }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatch_leaves_and_a_late_service_is_given_up_on_without_anybody_asking() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut rig = start(dir.path());
    let door = rig.lane.door();
    door.submit(known(1)).expect("room");
    door.submit(pressed(1, 1)).expect("room");
    assert_eq!(next(&mut rig.dispatch).await.call, CallId(1));
    loop {
        // The desk's own timer: nobody but the lane wakes it.
        if let Effect::Say { what: Say::NotNow, .. } = next(&mut rig.sip).await {
            break;
        }
    }
    assert!(journalled(dir.path()).contains(&Input::Woke));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_answered_and_who_looks_sees() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut rig = start(dir.path());
    let door = rig.lane.door();
    let nobody = Input::PhoneReached { agent: AgentId(9) };
    assert_eq!(door.ask(nobody).await, Ok(Err(Refusal::UnknownAgent)));
    assert_eq!(door.ask(known(1)).await, Ok(Ok(())));
    assert_eq!(door.look().await.expect("a view").calls.len(), 1);
    let figures = door.count().await.expect("figures");
    assert_eq!((figures.inputs, figures.refused, figures.dropped), (2, 1, 0));
    door.submit(Input::CallerHungUp { call: CallId(1), how: CallerGone::HungUp }).expect("room");
    assert!(matches!(next(&mut rig.store).await, Entry::Record(record) if record.outcome == Outcome::LeftInMenu));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_comes_to_the_digest_that_was_noted_at_the_end() {
    let dir = tempfile::tempdir().expect("a directory");
    let rig = start(dir.path());
    let door = rig.lane.door();
    for call in 1..=20 {
        door.submit(known(call)).expect("room");
        door.submit(pressed(call, 2)).expect("room");
    }
    tokio::task::spawn_blocking(move || {
        door.close();
        rig.lane.join();
    })
    .await
    .expect("an orderly end");
    let mut reader = Reader::open(dir.path()).expect("a journal");
    let mut desk = Desk::new(reader.start().settings.clone(), reader.start().seed).expect("the settings fit");
    let mut out = Outbox::default();
    let last = reader.replay(|tick, input| desk.handle(tick, input, &mut out)).expect("whole entries");
    let noted = digests_of(dir.path()).expect("digests");
    assert_eq!(noted.last(), Some(&(last, desk.digest())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_lane_is_busy() {
    let dir = tempfile::tempdir().expect("a directory");
    let rig = start(dir.path());
    let door = rig.lane.door();
    tokio::task::spawn_blocking(move || {
        rig.lane.door().close();
        rig.lane.join();
    })
    .await
    .expect("an orderly end");
    assert!(door.submit(known(1)).is_err());
    assert!(door.look().await.is_err());
}
