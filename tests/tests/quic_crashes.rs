//! The engine killed at moments that a seed names, while a gateway has many calls under way that it goes on with each time: every
//! caller who was answered is served, in one talk, by one agent who was rung once, and has a record that says so.
//!
//! `CABRANK_CRASHES=200 cargo test -p cabrank-tests --test quic_crashes -- --nocapture` kills it 200 times.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cabrank_tests::crash::{Dice, kill_in, replays, restarts_as, rounds};
use cabrank_tests::quic::{gateway, ready_agent, run, scene, soon};
use cabrank_tests::scene::Scene;
use cabrank_tests::wait::until;
use cabrank_wire::client::{Agent, Call, Error, Gateway, Order};
use cabrank_wire::v1::Offer;
use cabrank_wire::v1::refused::Why;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// Calls of a round, and how long they take to come in.
const CALLS: u64 = 40;
const COMING_MS: u64 = 1_500;
const CRASHES_WITHIN_MS: u64 = 1_800;
const TALK_MS: u64 = 300;
const PROMPT_MS: u64 = 30;

/// What a gateway saw of a call.
#[derive(Debug, Default)]
struct Seen {
    id: Option<u64>,
    answered: bool,
    offers: BTreeSet<u64>,
    agents: BTreeSet<String>,
    resumed: u32,
}

/// A call and the dice of its own.
struct Caller {
    call: Call,
    dice: Dice,
    seen: Seen,
}

impl Caller {
    /// Waits, is rung for, talks until the agent hangs up, whatever becomes of the engine meanwhile.
    async fn lives(mut self) -> Seen {
        loop {
            let done = match self.call.next().await {
                Ok(Some(Order::Refused { why, .. })) => {
                    assert!(why == Why::NoSuchCall || !self.seen.answered, "{why:?}: {:?}", self.seen);
                    return self.seen;
                }
                Ok(Some(order)) => self.obeys(order).await,
                Ok(None) => return self.seen,
                Err(error) => Err(error),
            };
            if let Err(error) = done
                && !self.comes_back(error).await
            {
                return self.seen;
            }
        }
    }

    async fn obeys(&mut self, order: Order) -> Result<(), Error> {
        match order {
            Order::Offered { call, .. } => self.seen.id = Some(call),
            Order::Answer => self.seen.answered = true,
            Order::Play(play) => {
                sleep(self.dice.ms_below(PROMPT_MS)).await;
                if play.keys.contains('2') {
                    self.call.digit('2').await?;
                }
                self.call.prompt_ended(play.play).await?;
            }
            Order::Ring(ring) => {
                self.seen.offers.insert(ring.offer);
                self.seen.agents.insert(ring.agent);
                sleep(self.dice.ms_below(PROMPT_MS)).await;
                self.call.answered(ring.offer).await?;
            }
            Order::Connect { offer } => {
                self.seen.offers.insert(offer);
                sleep(self.dice.ms_below(TALK_MS)).await;
                self.call.agent_hung_up(offer).await?;
            }
            Order::StopRinging { .. } => panic!("nobody misses a ringing here: {:?}", self.seen),
            Order::Refused { .. }
            | Order::Music { .. }
            | Order::Release { .. }
            | Order::HangUp { .. }
            | Order::CallBack(_)
            | Order::Place(_)
            | Order::Fault(_) => {}
        }
        Ok(())
    }

    /// Whether the call goes on. One that the engine never said to have is over.
    async fn comes_back(&mut self, error: Error) -> bool {
        assert!(error.is_resumable(), "{error}: {:?}", self.seen);
        self.seen.resumed += 1;
        let resumed = soon("the call to be taken up", self.call.resume()).await;
        assert!(resumed.is_ok() || self.seen.id.is_none(), "{resumed:?}: {:?}", self.seen);
        resumed.is_ok()
    }
}

/// An agent's program that comes back each time.
fn keeps_coming_back(mut agent: Agent) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            while agent.next().await.is_ok() {}
            soon("the agent to come back", agent.resume()).await.expect("taken up");
        }
    })
}

/// Callers who call one after the other; whoever finds nobody calls later.
async fn callers_come(gateway: &Gateway, seed: u64) -> JoinSet<Seen> {
    let (mut dice, mut callers) = (Dice::new(seed), JoinSet::new());
    for n in 0..CALLS {
        sleep(dice.ms_below(2 * COMING_MS / CALLS)).await;
        let offer = Offer { line: "taxi".into(), caller: format!("+65{}", 90_000_000 + seed * CALLS + n), ..Offer::default() };
        let dice = Dice::new(dice.below(u64::MAX));
        match gateway.offer(offer).await {
            Ok(call) => drop(callers.spawn(Caller { call, dice, seen: Seen::default() }.lives())),
            Err(error) => {
                assert!(error.is_resumable(), "{error}");
                soon("the session to be taken up", gateway.session().resume()).await.expect("taken up");
            }
        }
    }
    callers
}

/// Load, a crash in its midst, and a start. What the gateway saw.
fn one_round(scene: &mut Scene, gateway: &Gateway, runtime: &tokio::runtime::Handle, seed: u64) -> Vec<Seen> {
    let coming = runtime.spawn({
        let gateway = gateway.clone();
        async move { callers_come(&gateway, seed).await.join_all().await }
    });
    kill_in(&scene.engine, Dice::new(seed ^ 0x5eed).ms_below(CRASHES_WITHIN_MS)).join().expect("the engine was killed");
    let replayed = replays(&scene.engine);
    restarts_as(&mut scene.engine, &replayed);
    tokio::task::block_in_place(|| runtime.block_on(soon_all(coming)))
}

async fn soon_all(coming: JoinHandle<Vec<Seen>>) -> Vec<Seen> {
    let all = tokio::time::timeout(Duration::from_secs(60), coming).await;
    all.expect("every call ends").expect("nothing that should not be")
}

fn written(call: u64) -> String {
    format!("{call:016x}")
}

/// What the gateway saw is what is written down.
fn records_are_true(scene: &Scene, seen: &[Seen]) {
    let known: Vec<&Seen> = seen.iter().filter(|seen| seen.answered).collect();
    let outcomes = || {
        let calls = known.iter().filter_map(|seen| Some(scene.api().call(&written(seen.id?))));
        calls.map(|call| call["outcome"].as_str().unwrap_or("none yet").to_owned())
    };
    until(Duration::from_secs(10), "every record", || outcomes().all(|outcome| outcome != "none yet").then_some(()));
    let mut count = BTreeMap::<String, usize>::new();
    outcomes().for_each(|outcome| *count.entry(outcome).or_default() += 1);
    assert_eq!(count, BTreeMap::from([("served_by_agent".to_owned(), known.len())]));
    for seen in known {
        assert!(seen.offers.len() <= 1 && seen.agents.len() <= 1, "rung twice: {seen:?}");
    }
}

#[test]
fn whatever_the_moment_of_a_crash_every_caller_who_was_answered_is_served_once() {
    let mut scene = scene(|desk| desk.agent_by_program("a103").queue_key("wrap_up", "\"100ms\"").desk_key("calls_max = 10000"));
    run(async {
        let gateway = gateway(&scene).await;
        let mut agents = Vec::new();
        for name in ["a101", "a102", "a103"] {
            agents.push(keeps_coming_back(ready_agent(&scene, name).await));
        }
        let (mut answered, mut resumed) = (0, 0);
        for seed in 0..rounds(4) {
            println!("seed {seed}");
            let runtime = tokio::runtime::Handle::current();
            let seen = one_round(&mut scene, &gateway, &runtime, seed);
            records_are_true(&scene, &seen);
            answered += seen.iter().filter(|seen| seen.answered).count();
            resumed += seen.iter().filter(|seen| seen.answered && seen.resumed > 0).count();
        }
        scene.engine.must_be_alive();
        println!("{answered} callers were answered, {resumed} of them outlived an engine");
        assert!(resumed > 4, "hardly anybody was there when it was killed: the test tried nothing");
        agents.iter().for_each(JoinHandle::abort);
    });
}
