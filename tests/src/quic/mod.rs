//! What the tests of the QUIC edge share: an engine that a gateway can come to, and a gateway's call step by step.

pub mod raw;

use std::time::Duration;

use cabrank_wire::client::{Agent, Call, Error, Gateway, Identity, Order, Told};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::{AgentState, Meaning, Offer, Play, Ring};

use crate::desk::Desk;
use crate::scene::Scene;

const PATIENCE: Duration = Duration::from_secs(10);

/// An engine with the gateway `pbx`, and the agents `a101` and `a102`, who have no telephones.
pub fn scene(change: impl FnOnce(Desk) -> Desk) -> Scene {
    Scene::start(|desk, _| {
        let desk = desk.peer("pbx", "gateway").peer("load", "load").peer("boss", "supervisor");
        change(desk.agent_by_program("a101").agent_by_program("a102"))
    })
}

/// Runs what a test does over the network; everything that waits has a limit.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test)
}

/// Waits for something, for ten seconds at the most.
pub async fn soon<T>(what: &str, wait: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// The identity of a peer or an agent of the test's desk.
pub fn identity(name: &str) -> Identity {
    let secret = if name.starts_with("a1") { "secret" } else { "token" };
    Identity::with_token(name, format!("{secret}-{name}"))
}

/// The gateway `pbx`.
pub async fn gateway(scene: &Scene) -> Gateway {
    soon("the gateway to be let in", Gateway::connect(scene.engine.quic(), identity("pbx"))).await.expect("let in")
}

/// An agent's program, ready for calls.
pub async fn ready_agent(scene: &Scene, name: &str) -> Agent {
    let mut agent = soon("the agent to be let in", Agent::connect(scene.engine.quic(), identity(name))).await.expect("let in");
    agent.ready().await.expect("heard");
    awaits_state(&mut agent, Kind::Idle).await;
    agent
}

/// What an agent's program is told next of that kind.
pub async fn told<T>(agent: &mut Agent, what: &str, wanted: impl Fn(Told) -> Option<T>) -> T {
    soon(what, async {
        loop {
            let told = agent.next().await.unwrap_or_else(|error| panic!("{what}: {error}")).expect("a session");
            if let Some(found) = wanted(told) {
                return found;
            }
        }
    })
    .await
}

/// Waits until the agent's program is told that state.
pub async fn awaits_state(agent: &mut Agent, kind: Kind) -> AgentState {
    let state = |told| if let Told::State(state) = told { Some(state) } else { None };
    told(agent, &format!("state {kind:?}"), |told| state(told).filter(|state| state.kind() == kind)).await
}

/// What the desk orders next that fits; what it orders before is passed over.
pub async fn order<T>(call: &mut Call, what: &str, wanted: impl Fn(&Order) -> Option<T>) -> T {
    soon(what, async {
        let mut seen = Vec::new();
        loop {
            match call.next().await {
                Ok(Some(order)) => match wanted(&order) {
                    Some(found) => return found,
                    None => seen.push(order),
                },
                over => panic!("{what} never came: {over:?} after {seen:?}"),
            }
        }
    })
    .await
}

/// Waits until the call's connection is gone; what was ordered before still comes.
pub async fn lost(call: &mut Call) -> Error {
    soon("the connection to be lost", async {
        loop {
            match call.next().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the call is over"),
                Err(error) => return error,
            }
        }
    })
    .await
}

/// Waits until that is to be played.
pub async fn play(call: &mut Call, meaning: Meaning) -> Play {
    let wanted = |order: &Order| if let Order::Play(play) = order { Some(play.clone()) } else { None };
    order(call, &format!("to play {meaning:?}"), |order| wanted(order).filter(|play| play.meaning() == meaning)).await
}

/// Waits until an agent is to be rung.
pub async fn ring(call: &mut Call) -> Ring {
    order(call, "to ring", |order| if let Order::Ring(ring) = order { Some((**ring).clone()) } else { None }).await
}

/// Waits until caller and agent are to hear each other.
pub async fn connect(call: &mut Call) -> u64 {
    order(call, "to connect", |order| if let Order::Connect { offer } = order { Some(*offer) } else { None }).await
}

/// A call to the taxi line whose greeting is heard.
pub async fn offered(gateway: &Gateway, caller: &str) -> (Call, u64) {
    offered_as(gateway, Offer { line: "taxi".into(), caller: caller.into(), ..Offer::default() }).await
}

/// The same, offered so.
pub async fn offered_as(gateway: &Gateway, offer: Offer) -> (Call, u64) {
    let mut call = soon("the offer to leave", gateway.offer(offer)).await.expect("a stream");
    let id =
        order(&mut call, "to be taken", |order| if let Order::Offered { call, .. } = order { Some(*call) } else { None }).await;
    order(&mut call, "to answer", |order| matches!(order, Order::Answer).then_some(())).await;
    let welcome = play(&mut call, Meaning::Welcome).await;
    call.prompt_ended(welcome.play).await.expect("heard");
    (call, id)
}

/// A call that waits in line, or rings already.
pub async fn in_line(gateway: &Gateway, caller: &str) -> (Call, u64) {
    let (mut call, id) = offered(gateway, caller).await;
    call.digit('2').await.expect("heard");
    (call, id)
}

/// A call in a talk with whoever is free, answered by the gateway.
pub async fn talking(gateway: &Gateway, caller: &str) -> (Call, u64, u64) {
    let (mut call, id) = in_line(gateway, caller).await;
    let ring = ring(&mut call).await;
    call.answered(ring.offer).await.expect("heard");
    assert_eq!(connect(&mut call).await, ring.offer);
    (call, id, ring.offer)
}
