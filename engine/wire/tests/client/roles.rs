//! Agents, supervisors and load generators.

use super::fake::{Fake, Guest, pbx};
use cabrank_wire::Code;
use cabrank_wire::client::{Agent, Identity, Load, Notice, Reply, Resumed, Supervisor, Told};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::set_agent::State;
use cabrank_wire::v1::{
    AgentState, Changed, Connect, Echo, Figures, FromAgent, FromLoad, FromSupervisor, QueueFigures, Ready, Release, Ring, Role,
    SetThresholds, StopRinging, ToAgent, ToLoad, ToSupervisor, from_agent, from_load, from_supervisor, to_agent, to_load,
    to_supervisor,
};
use prost::Message;
use std::time::Duration;

async fn shown(guest: &mut Guest, message: to_agent::Message) {
    guest.session.says(&ToAgent { message: Some(message) }).await;
}

async fn said(guest: &mut Guest) -> from_agent::Message {
    guest.session.hears::<FromAgent>().await.unwrap().message.unwrap()
}

async fn agent(fake: &Fake) -> (Agent, Guest) {
    let (agent, guest) = tokio::join!(Agent::connect(fake.target(), Identity::with_token("a101", "secret")), fake.welcomed());
    assert_eq!(guest.hello.role(), Role::Agent);
    (agent.unwrap(), guest)
}

#[tokio::test]
async fn an_agent_takes_a_call() {
    let fake = Fake::start();
    let (mut agent, mut guest) = agent(&fake).await;
    agent.ready().await.unwrap();
    assert!(matches!(said(&mut guest).await, from_agent::Message::Ready(_)));
    let idle = AgentState { kind: Kind::Idle.into(), ..AgentState::default() };
    shown(&mut guest, to_agent::Message::State(idle.clone())).await;
    assert_eq!(agent.next().await.unwrap(), Some(Told::State(idle)));
    shown(&mut guest, to_agent::Message::Ring(Ring { offer: 3, ..Ring::default() })).await;
    assert!(matches!(agent.next().await, Ok(Some(Told::Ring(ring))) if ring.offer == 3));
    agent.answered(3).await.unwrap();
    assert!(matches!(said(&mut guest).await, from_agent::Message::Answered(answered) if answered.offer == 3));
    for (message, told) in [
        (to_agent::Message::Connect(Connect { offer: 3 }), Told::Connect { offer: 3 }),
        (to_agent::Message::StopRinging(StopRinging { offer: 4 }), Told::StopRinging { offer: 4 }),
        (to_agent::Message::Release(Release { offer: 3 }), Told::Release { offer: 3 }),
    ] {
        shown(&mut guest, message).await;
        assert_eq!(agent.next().await.unwrap(), Some(told));
    }
    agent.note(0x2a, "sent a taxi").await.unwrap();
    assert!(matches!(said(&mut guest).await, from_agent::Message::Note(note) if note.call == 0x2a));
}

#[tokio::test]
async fn an_agents_session_goes_on_over_another_connection() {
    let fake = Fake::start();
    let (mut agent, guest) = agent(&fake).await;
    guest.close(Code::Stopping);
    assert!(agent.next().await.unwrap_err().is_resumable());
    let engine = async {
        let mut guest = fake.guest().await;
        guest.welcome(true).await;
        guest
    };
    let (resumed, mut guest) = tokio::join!(agent.resume(), engine);
    assert_eq!(resumed.unwrap(), Resumed::TakenUp);
    shown(&mut guest, to_agent::Message::Connect(Connect { offer: 3 })).await;
    assert_eq!(agent.next().await.unwrap(), Some(Told::Connect { offer: 3 }));
    agent.hung_up(3).await.unwrap();
    assert!(matches!(said(&mut guest).await, from_agent::Message::Gone(gone) if !gone.lost));
    assert_eq!(agent.resume().await.unwrap(), Resumed::TakenUp, "nothing is to be done while it lives");
    agent.sign_out().await.unwrap();
    assert!(matches!(said(&mut guest).await, from_agent::Message::SignOut(_)));
}

#[tokio::test]
async fn a_supervisor_changes_thresholds_and_sees_figures() {
    let fake = Fake::start();
    let (supervisor, mut guest) = tokio::join!(Supervisor::connect(fake.target(), pbx()), fake.welcomed());
    let mut supervisor = supervisor.unwrap();
    assert_eq!(guest.hello.role(), Role::Supervisor);
    supervisor.set_thresholds(SetThresholds { queue: "booking".into(), ..SetThresholds::default() }).await.unwrap();
    supervisor.watch(Duration::from_secs(1)).await.unwrap();
    supervisor.set_agent("a101", State::Ready(Ready {})).await.unwrap();
    let asked = guest.session.hears::<FromSupervisor>().await.unwrap().message.unwrap();
    assert!(matches!(asked, from_supervisor::Message::SetThresholds(change) if change.queue == "booking"));
    let asked = guest.session.hears::<FromSupervisor>().await.unwrap().message.unwrap();
    assert!(matches!(asked, from_supervisor::Message::Watch(watch) if watch.every_ms == 1000));
    let told = ToSupervisor { message: Some(to_supervisor::Message::Changed(Changed { number: 1 })) };
    guest.session.says(&told).await;
    assert_eq!(supervisor.next().await.unwrap(), Some(Notice::Changed { number: 1 }));
    let figures = QueueFigures { queue: "booking".into(), waiting: 3, ..QueueFigures::default() };
    guest.connection.send_datagram(vec![0xff].into()).unwrap();
    guest.connection.send_datagram(figures.encode_to_vec().into()).unwrap();
    assert_eq!(supervisor.figures().next().await.unwrap(), figures);
}

#[tokio::test]
async fn a_load_generator_asks_what_the_way_costs() {
    let fake = Fake::start();
    let (load, mut guest) = tokio::join!(Load::connect(fake.target(), pbx()), fake.welcomed());
    let mut load = load.unwrap();
    assert_eq!(guest.hello.role(), Role::Load);
    load.echo(vec![1, 2]).await.unwrap();
    load.ask_figures().await.unwrap();
    let asked = guest.session.hears::<FromLoad>().await.unwrap().message.unwrap();
    assert!(matches!(asked, from_load::Message::Echo(echo) if echo.payload == [1, 2]));
    assert!(matches!(guest.session.hears::<FromLoad>().await.unwrap().message, Some(from_load::Message::AskFigures(_))));
    guest.session.says(&ToLoad { message: Some(to_load::Message::Echo(Echo { payload: vec![1, 2] })) }).await;
    guest.session.says(&ToLoad { message: Some(to_load::Message::Figures(Figures { inputs: 9, ..Figures::default() })) }).await;
    assert_eq!(load.next().await.unwrap(), Some(Reply::Echo(vec![1, 2])));
    assert!(matches!(load.next().await, Ok(Some(Reply::Figures(figures))) if figures.inputs == 9));
    let (_call, first) = tokio::join!(load.gateway().offer(Default::default()), guest.call());
    assert!(matches!(first.1, cabrank_wire::v1::from_gateway::Message::Offer(_)));
}
