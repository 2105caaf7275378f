//! The thread with the connections: it enters, has agents sign in, starts calls, and leaves.

use super::call::{Word, live};
use super::{QuicFault, QuicPlan, Shared};
use crate::load::target::CallNo;
use cabrank_wire::client::{Error, Load, Reply, Target};
use cabrank_wire::v1::set_agent::State;
use cabrank_wire::v1::{Ready, SignOut};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Agents are signed out within this time, or by the end of the session.
const SIGNED_OUT_WITHIN: Duration = Duration::from_secs(2);
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// A call to be made.
struct Offered {
    call: CallNo,
    number: String,
    words: UnboundedReceiver<Word>,
}

/// The thread with the connections. Dropped, it signs the agents out and closes them.
pub(super) struct Desk {
    offers: Option<UnboundedSender<Offered>>,
    thread: Option<JoinHandle<()>>,
}

impl Desk {
    pub(super) fn enter(plan: &QuicPlan, shared: Arc<Shared>) -> Result<Desk, QuicFault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (offers, offered) = unbounded_channel();
        let (entered, outcome) = oneshot::channel();
        let plan = plan.clone();
        let work = move || runtime.block_on(work(plan, shared, offered, entered));
        let thread = std::thread::Builder::new().name("load-quic".into()).spawn(work)?;
        let gone = || Err(QuicFault::NoAgent("the thread has ended".to_owned()));
        outcome.blocking_recv().unwrap_or_else(|_| gone())?;
        Ok(Desk { offers: Some(offers), thread: Some(thread) })
    }

    pub(super) fn offer(&self, call: CallNo, number: String, words: UnboundedReceiver<Word>) {
        if let Some(offers) = &self.offers {
            // The thread only ends after this.
            let _ = offers.send(Offered { call, number, words });
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.offers = None;
        if let Some(thread) = self.thread.take() {
            // What was wrong with it has been printed.
            let _ = thread.join();
        }
    }
}

type Entered = oneshot::Sender<Result<(), QuicFault>>;

async fn work(plan: QuicPlan, shared: Arc<Shared>, mut offered: UnboundedReceiver<Offered>, entered: Entered) {
    let mut sessions = match enter(&plan).await {
        Ok(sessions) => sessions,
        Err(fault) => return drop(entered.send(Err(fault))),
    };
    // Nobody waits for it: then there is nothing to be done.
    if entered.send(Ok(())).is_err() {
        return;
    }
    let mut turn = 0;
    while let Some(Offered { call, number, words }) = offered.recv().await {
        turn = (turn + 1) % sessions.len().max(1);
        if let Some(session) = sessions.get(turn) {
            tokio::spawn(live(session.gateway().clone(), call, number, words, Arc::clone(&shared)));
        }
    }
    if let Some(first) = sessions.first_mut() {
        let signed_out = set_all(first, &plan.agents, || State::SignOut(SignOut {}));
        let _ = timeout(SIGNED_OUT_WITHIN, signed_out).await;
    }
    for session in &sessions {
        let _ = timeout(SIGNED_OUT_WITHIN, session.session().close()).await;
    }
}

async fn enter(plan: &QuicPlan) -> Result<Vec<Load>, QuicFault> {
    let not_let_in = |error| QuicFault::NotLetIn(plan.server, error);
    let mut sessions = Vec::new();
    for _ in 0..plan.connections.max(1) {
        let (server_name, trust) = (plan.server_name.clone(), plan.trust.clone());
        let target = Target { address: plan.server, server_name, trust, silence_max: SILENCE_MAX };
        sessions.push(Load::connect(target, plan.identity.clone()).await.map_err(not_let_in)?);
    }
    if let Some(first) = sessions.first_mut()
        && let Some(fault) = set_all(first, &plan.agents, || State::Ready(Ready {})).await.map_err(not_let_in)?
    {
        return Err(QuicFault::NoAgent(fault));
    }
    Ok(sessions)
}

/// Asks a state for all agents, and waits until all is done: what is asked after it is answered after it. What was wrong, if anything.
async fn set_all(session: &mut Load, agents: &[String], state: impl Fn() -> State) -> Result<Option<String>, Error> {
    let mut fault = None;
    for some in agents.chunks(64) {
        for agent in some {
            session.set_agent(agent, state()).await?;
        }
        session.echo(Vec::new()).await?;
        loop {
            match session.next().await? {
                Some(Reply::Fault(wrong)) => fault = fault.or(Some(format!("{}: {}", wrong.word, wrong.sentence))),
                Some(Reply::Figures(_)) => {}
                Some(Reply::Echo(_)) | None => break,
            }
        }
    }
    Ok(fault)
}
