//! The edge: what every connection shares. One lock guards it, and is never held while anybody waits.

use super::admission::{Guests, Who};
use super::calls::{Attachment, Calls, Phase};
use super::note::{self, Held, Key};
use super::offers::Offers;
use super::pace::Pace;
use super::sessions::{Link, LinkNumber, Opened, Session, SessionId, Sessions, TooMany};
use super::settings::{House, QuicSettings};
use crate::door::Door;
use crate::edge::{CallIds, Desk, Origin};
use crate::glance::Glance;
use crate::in_force::InForce;
use cabrank_core::{AgentId, CallId, CallerGone, Declined, Input, LineId, PhoneLost, QueueId, Text};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Between two looks whether a desk that was behind has caught up.
const PATIENCE: Duration = Duration::from_millis(5);

/// What every connection shares.
pub(super) struct Edge {
    pub(super) settings: QuicSettings,
    pub(super) house: Arc<dyn House>,
    pub(super) door: Door,
    pub(super) in_force: InForce,
    /// One look at the desk for all who want one.
    pub(super) glance: Glance,
    pub(super) guests: Guests,
    pub(super) lines: HashMap<Text, LineId>,
    pub(super) queues: HashMap<Text, QueueId>,
    pub(super) ids: CallIds,
    pub(super) draining: AtomicBool,
    /// Whether this edge's own thread keeps up.
    pub(super) pace: Pace,
    /// Whether any agent's program is there, for the lane.
    shows_agents: Arc<AtomicBool>,
    /// Agents' states may have changed.
    pub(super) agents_changed: Notify,
    numbers: AtomicU64,
    state: Mutex<State>,
}

/// What changes.
pub(super) struct State {
    pub(super) desk: Desk,
    pub(super) calls: Calls,
    pub(super) offers: Offers,
    pub(super) sessions: Sessions,
    /// Sessions by which an agent without a phone can be reached, by agent.
    reached: Vec<u32>,
    /// What is lost unless it is taken up by then, in the order of time.
    deadlines: VecDeque<(Instant, Deadline)>,
}

/// What is lost unless it is taken up.
#[derive(Clone, Copy, Debug)]
enum Deadline {
    Session(SessionId, LinkNumber),
    Call(CallId, Attachment),
}

impl Edge {
    pub(super) fn new(
        settings: QuicSettings,
        house: Arc<dyn House>,
        door: Door,
        in_force: InForce,
        shows_agents: Arc<AtomicBool>,
        pace: Pace,
    ) -> Edge {
        let state = State {
            desk: Desk::new(door.clone()),
            calls: Calls::default(),
            offers: Offers::default(),
            sessions: Sessions::new(settings.limits.sessions_max),
            reached: vec![0; settings.agents.len()],
            deadlines: VecDeque::new(),
        };
        Edge {
            guests: Guests::new(&settings),
            lines: settings.lines.iter().cloned().zip((0..).map(LineId)).collect(),
            queues: settings.queues.iter().cloned().zip((0..).map(QueueId)).collect(),
            settings,
            house,
            glance: Glance::new(door.clone()),
            door,
            in_force,
            ids: CallIds::new(Origin::Quic),
            draining: AtomicBool::new(false),
            pace,
            shows_agents,
            agents_changed: Notify::new(),
            numbers: AtomicU64::new(0),
            state: Mutex::new(state),
        }
    }

    /// Everything that changes, for as long as nobody waits.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number never given before, for links and attachments.
    pub(super) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Opens a session, or takes up the one that is asked for. Whoever is reached by it is reached from now on.
    pub(super) fn open(&self, asked: Option<SessionId>, who: &Who, link: Link) -> Result<(SessionId, bool), TooMany> {
        let mut state = self.state();
        let (id, opened) = state.sessions.open(asked, who.clone(), link)?;
        if let Opened::New { instead_of } = opened {
            state.note_session(id, who, &self.settings);
            match instead_of {
                // An agent's new program takes the place of the old one: the agent was reached all the time.
                Some(before) => state.desk.forget(Key::Session(before).bytes()),
                None => state.reach(who, &self.settings),
            }
        }
        self.note_programs(&state);
        drop(state);
        self.agents_changed.notify_one();
        Ok((id, opened == Opened::Resumed))
    }

    /// A session's connection is gone: for good if the client said so, else for as long as it may be taken up again.
    pub(super) fn lose_link(&self, id: SessionId, number: LinkNumber, done: bool) {
        let mut state = self.state();
        if done {
            if let Some(session) = state.sessions.end(id, number) {
                state.leave(id, &session, PhoneLost::Deregistered, &self.settings);
            }
        } else if state.sessions.lose_link(id, number) {
            state.outlives_its_link(id, number, &self.settings);
        }
        self.note_programs(&state);
    }

    /// What was not taken up in time is lost.
    pub(super) fn expire(&self) {
        let mut state = self.state();
        while let Some((_, deadline)) = state.deadlines.pop_front_if(|(at, _)| *at <= Instant::now()) {
            match deadline {
                Deadline::Session(id, number) => {
                    let over = state.sessions.find(id).is_some_and(|session| session.link.is_none());
                    if let Some(session) = over.then(|| state.sessions.end(id, number)).flatten() {
                        state.leave(id, &session, PhoneLost::Silent, &self.settings);
                    }
                }
                Deadline::Call(call, attachment) => {
                    if state.calls.served_by(call, attachment).is_some() {
                        state.lose_call(call);
                    }
                }
            }
        }
        self.note_programs(&state);
    }

    /// Waits as long as the desk is behind: for whoever could tell it more.
    pub(super) async fn patience(&self) {
        while self.state().desk.is_behind() {
            tokio::time::sleep(PATIENCE).await;
        }
    }

    pub(super) fn note_programs(&self, state: &State) {
        self.shows_agents.store(state.sessions.has_programs(), Ordering::Relaxed);
    }
}

impl State {
    /// A session has no connection: it may be taken up again for a while.
    pub(super) fn outlives_its_link(&mut self, id: SessionId, number: LinkNumber, settings: &QuicSettings) {
        self.deadlines.push_back((Instant::now() + settings.limits.resume_for, Deadline::Session(id, number)));
    }

    /// A call's connection is gone: it may be taken up again for a while.
    pub(super) fn detach(&mut self, id: CallId, attachment: Attachment, settings: &QuicSettings) {
        if let Some(call) = self.calls.served_by(id, attachment) {
            call.outlet = None;
            self.deadlines.push_back((Instant::now() + settings.limits.resume_for, Deadline::Call(id, attachment)));
        }
    }

    /// The caller's leg is gone without a word.
    pub(super) fn lose_call(&mut self, id: CallId) {
        self.caller_is_gone(id, CallerGone::Lost);
        // Nobody is there to be told to end the agent's leg.
        self.drop_call(id);
    }

    /// Tells the desk that a caller is gone. Where an agent rings or talks, the stream stays until the desk has said to end that.
    pub(super) fn caller_is_gone(&mut self, id: CallId, how: CallerGone) {
        let Some(call) = self.calls.find(id) else { return };
        let before = std::mem::replace(&mut call.phase, Phase::Gone);
        let stays = call.open_offer().is_some();
        match before {
            Phase::Offered | Phase::Answered => self.desk.tell(Input::CallerHungUp { call: id, how }),
            Phase::Dialled(_) => self.desk.tell(Input::CallerUnreached { call: id, how: Declined::Failed }),
            Phase::Gone => {}
        }
        if !stays {
            self.drop_call(id);
        }
    }

    /// Forgets a call, and ends its stream once all is said.
    pub(super) fn drop_call(&mut self, id: CallId) {
        let Some(call) = self.calls.remove(id) else { return };
        call.finish();
        let was_called_back = self.calls.way_back(id).is_some();
        if was_called_back {
            // Nobody holds it any more: should it be dialled once more, that is another try.
            self.desk.keep(note::Call::new(&call.way, Held::CameIn).note(id));
        } else if !call.will_call_back {
            self.desk.forget(Key::Call(id).bytes());
        }
        if call.will_call_back
            && let Some(forgotten) = self.calls.remember_way_back(id, call.way)
        {
            self.desk.forget(Key::Call(forgotten).bytes());
        }
    }

    /// Notes a session, if it is one that anything hangs on.
    fn note_session(&mut self, id: SessionId, who: &Who, settings: &QuicSettings) {
        if let Some(session) = note::Session::of(who, settings) {
            self.desk.keep(session.note(id));
        }
    }

    /// Agents who are rung through a session alone are reached by it.
    fn reach(&mut self, who: &Who, settings: &QuicSettings) {
        for agent in self.count_reached(who, settings) {
            self.desk.tell(Input::PhoneReached { agent });
        }
    }

    /// Those among them who were not reached before.
    pub(super) fn count_reached(&mut self, who: &Who, settings: &QuicSettings) -> Vec<AgentId> {
        let mut newly = reached_by(who, settings);
        newly.retain(|agent| {
            let Some(count) = self.reached.get_mut(agent.0 as usize) else { return false };
            *count += 1;
            *count == 1
        });
        newly
    }

    /// Everybody who is reached so.
    pub(super) fn all_reached(&self) -> Vec<AgentId> {
        self.reached.iter().zip((0..).map(AgentId)).filter(|(count, _)| **count > 0).map(|(_, agent)| agent).collect()
    }

    /// A session is over.
    fn leave(&mut self, id: SessionId, session: &Session, how: PhoneLost, settings: &QuicSettings) {
        if note::Session::of(&session.who, settings).is_some() {
            self.desk.forget(Key::Session(id).bytes());
        }
        for agent in reached_by(&session.who, settings) {
            let Some(count) = self.reached.get_mut(agent.0 as usize) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.desk.tell(Input::PhoneLost { agent, how });
            }
        }
    }
}

/// The agents without a phone whom a session reaches.
fn reached_by(who: &Who, settings: &QuicSettings) -> Vec<AgentId> {
    let mut all = settings.agents.iter().zip((0..).map(AgentId)).filter(|(agent, _)| agent.by_program).map(|(_, id)| id);
    match who {
        Who::Agent(agent) => all.filter(|id| id == agent).collect(),
        Who::Load(_) => all.by_ref().collect(),
        Who::Gateway(_) | Who::Supervisor { .. } => Vec::new(),
    }
}
