//! The lane and the simulator are one router: told the same facts at the same moments, they decide alike.

use cabrank::filing::InHand;
use cabrank::in_force::InForce;
use cabrank::lane::{Clock, Digests, Lane, Outlets, digests_of};
use cabrank::vault::Vault;
use cabrank::veil::Veil;
use cabrank_core::{Desk, Input, Outbox, Settings, Span, Tick};
use cabrank_journal::{Beginning, Journal, Options, OsDisk, UnixMicros};
use cabrank_sim::chance::Law;
use cabrank_sim::replay::exact;
use cabrank_sim::scenario::{Scenario, Set, Trouble, read};
use cabrank_sim::simulate::{Tally, Witness, settings_of, simulate};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc::{Receiver, channel};

/// Writes down what the desk was told.
#[derive(Default)]
struct Facts(Vec<(Tick, Input)>);

impl Witness for Facts {
    fn told(&mut self, at: Tick, input: &Input, _out: &Outbox, _desk: &Desk) {
        self.0.push((at, input.clone()));
    }
}

/// A lane whose clock is set by hand, and whose orders nobody carries out.
struct Rig {
    lane: Lane,
    clock: Arc<AtomicU64>,
}

fn start(data: &Path, settings: &Settings, seed: u64, veil: Veil) -> Rig {
    let beginning = Beginning { epoch: UnixMicros(0), seed, settings: settings.clone() };
    let journal = Journal::create(OsDisk, data, &beginning, Options::default()).expect("a journal");
    let desk = Desk::new(settings.clone(), seed).expect("the settings fit");
    let in_force = InForce::new(settings.clone(), 0);
    let outlets = Outlets {
        sip: drain(),
        quic: None,
        dispatch: drain(),
        look_ups: None,
        store: drain(),
        in_hand: InHand::default(),
        in_force,
        veil,
    };
    let syncer = journal.syncer();
    let digests = Digests::open(data).expect("a file for digests");
    let clock = Arc::new(AtomicU64::new(0));
    let told = Clock::told(clock.clone());
    let lane = Lane::start(desk, journal, syncer, told, digests, outlets, || panic!("the disk is well")).expect("a thread");
    Rig { lane, clock }
}

fn drain<T: Send + 'static>() -> tokio::sync::mpsc::Sender<T> {
    let (sender, mut receiver): (_, Receiver<T>) = channel(1_000);
    tokio::spawn(async move { while receiver.recv().await.is_some() {} });
    sender
}

/// A day of a scenario that is shipped, short enough to be told fact by fact.
fn day(name: &str, sets: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/scenarios").join(name);
    let sets = Set::parse_many(sets).expect("assignments");
    read(&path, &sets).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Told who calls, or with a veil before that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Numbers,
    Aliases,
}

async fn the_lane_decides_as_the_simulator(scenario: &Scenario, seed: u64, as_told: Told) {
    let mut facts = Facts::default();
    let Tally { decisions_digest, desk_digest, .. } = simulate(scenario, seed, &mut facts).expect("the desk takes the settings");
    let data = tempfile::tempdir().expect("a directory");
    let veil = match as_told {
        Told::Numbers => Veil::none(),
        Told::Aliases => Veil::new(Arc::new(Vault::open(data.path()).expect("a vault")), Arc::default()),
    };
    let rig = start(data.path(), &settings_of(scenario), seed, veil);
    let door = rig.lane.door();
    assert!(facts.0.len() > 500, "seed {seed}: only {} facts", facts.0.len());
    for (at, fact) in facts.0 {
        rig.clock.store(at.0, Ordering::Release);
        // A fact that the desk refuses is one all the same.
        let _ = door.ask(fact).await.expect("room");
    }
    let figures = door.count().await.expect("figures");
    assert_eq!(figures.decisions_digest, decisions_digest, "seed {seed}: the lane decides otherwise");
    tokio::task::spawn_blocking(move || {
        door.close();
        rig.lane.join();
    })
    .await
    .expect("an orderly end");
    let noted = digests_of(data.path()).expect("digests").last().map(|(_, digest)| *digest);
    let again = exact(data.path()).expect("a whole journal");
    assert_eq!((again.decisions_digest, Some(again.desk_digest)), (decisions_digest, noted), "seed {seed}");
    // What callers are called is part of what a desk is.
    assert_eq!(noted == Some(desk_digest), as_told == Told::Numbers, "seed {seed}: the lane's desk is another one");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_rainy_friday() {
    let scenario = day("rainy-friday.toml", "duration=1h; warm_up=0s");
    for seed in 1..=3 {
        the_lane_decides_as_the_simulator(&scenario, seed, Told::Numbers).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_facts_come_late_twice_or_not_at_all() {
    let mut scenario = day("incident.toml", "duration=2h; warm_up=0s");
    let late_by = Law::Exponential { mean: Span::secs(2) };
    scenario.trouble = Some(Trouble { lost: 0.01, late: 0.05, late_by, doubled: 0.05, crash_every: None });
    the_lane_decides_as_the_simulator(&scenario, 5, Told::Numbers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_being_told_who_calls() {
    let mut scenario = day("rainy-friday.toml", "duration=1h; warm_up=0s");
    let late_by = Law::Exponential { mean: Span::secs(2) };
    scenario.trouble = Some(Trouble { lost: 0.01, late: 0.05, late_by, doubled: 0.05, crash_every: None });
    for seed in 1..=3 {
        the_lane_decides_as_the_simulator(&scenario, seed, Told::Aliases).await;
    }
}
