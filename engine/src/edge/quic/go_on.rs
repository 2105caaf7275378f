//! After a restart: the sessions and calls that were noted stand again, as after a connection that was lost, and the desk is told
//! which of those it believes in do not. A client that comes back finds them; what it does not take up in time is lost.
//!
//! Of who is rung and who talks nothing is noted, for the desk knows it: what it had ordered is carried out once more, for whoever
//! comes back to be told. What is to be heard it orders anew.

use super::calls::{Attachment, Call, Phase};
use super::edge::{Edge, State};
use super::note::{self, Held, Key};
use super::offers::{Bond, bond};
use super::sessions::{LinkNumber, SessionId};
use crate::edge::{Left, Origin};
use crate::lane::leg_lost;
use cabrank_core::{AgentView, CallId, CallView, Context, Effect, Input, StageView, View, WhyHuman};
use prost::Message as _;

/// What was noted of a call comes to this, by the word of the desk.
enum Standing {
    /// A gateway holds it.
    Held(Phase),
    /// Nobody does; the caller is to be called back.
    ToBeCalledBack,
}

impl Edge {
    /// Puts up again what a restart has left. Nobody is connected yet.
    pub(super) fn go_on(&self, left: &Left) {
        let mut state = self.state();
        let state = &mut *state;
        let (mut sessions, mut calls) = (Vec::new(), Vec::new());
        for (key, noted) in left.notes.iter() {
            match Key::read(key) {
                Some(Key::Session(id)) => sessions.push((id, noted)),
                Some(Key::Call(id)) => calls.push((id, noted)),
                None => {}
            }
        }
        for (id, noted) in sessions {
            let stands = self.session_stands(state, id, noted);
            state.forget_unless(stands, Key::Session(id));
        }
        for (id, noted) in calls {
            let stands = self.call_stands(state, id, noted, &left.view);
            state.forget_unless(stands, Key::Call(id));
        }
        left.view.calls.iter().filter(|call| is_ours(call.call)).for_each(|call| state.tell_whether_it_stands(call));
        left.view.agents.iter().for_each(|agent| self.rings_or_talks_again(state, agent, &left.view));
        state.tell_who_is_reached(left);
        self.note_programs(state);
    }

    /// A session is without a connection, for as long as after one that was lost.
    fn session_stands(&self, state: &mut State, id: SessionId, noted: &[u8]) -> Option<()> {
        let noted = note::Session::decode(noted).ok()?;
        let who = self.guests.known(noted.role(), &noted.name)?;
        let number = LinkNumber(self.number());
        state.count_reached(&who, &self.settings);
        state.sessions.stands_again(id, who, number);
        state.outlives_its_link(id, number, &self.settings);
        Some(())
    }

    /// Likewise a call, if the session is there by which it may be taken up.
    fn call_stands(&self, state: &mut State, id: CallId, noted: &[u8], view: &View) -> Option<()> {
        let noted = note::Call::decode(noted).ok()?;
        let (believed, way) = (find(view, id).filter(|_| is_ours(id))?, noted.way()?);
        let standing = self.standing(believed, noted.held())?;
        if noted.held() != Held::CameIn || matches!(standing, Standing::ToBeCalledBack) {
            state.calls.remember_way_back(id, way.clone());
        }
        let Standing::Held(phase) = standing else { return Some(()) };
        state.sessions.find(way.session)?;
        let attachment = Attachment(self.number());
        let mut call = Call::new(way, believed.line, phase, None, attachment);
        call.quote(believed.quote.map(|said| said.until.since(view.at)));
        state.calls.add(id, call);
        state.detach(id, attachment, &self.settings);
        Some(())
    }

    fn standing(&self, believed: &CallView, held: Held) -> Option<Standing> {
        match (believed.stage, held) {
            (StageView::Absent | StageView::Resting, _) => Some(Standing::ToBeCalledBack),
            // It was ordered, and nobody dials: the desk is told that it came to nothing.
            (StageView::CalledBack, Held::CameIn) => Some(Standing::ToBeCalledBack),
            (StageView::CalledBack, Held::Dialled) => {
                let number = believed.caller.number.as_ref()?;
                Some(Standing::Held(Phase::Dialled(self.call_back(believed.call, believed.line, number))))
            }
            (StageView::CalledBack, Held::PickedUp) => Some(Standing::Held(Phase::Answered)),
            // The desk answers whatever it takes.
            (stage, _) => stage.has_leg().then_some(Standing::Held(Phase::Answered)),
        }
    }

    /// Who rings for a gateway's call, or talks; and for a telephone's, what an agent's program shows.
    fn rings_or_talks_again(&self, state: &mut State, agent: &AgentView, view: &View) {
        let Some((offer, call, stage)) = bond(&agent.state) else { return };
        let Some(context) = find(view, call).and_then(|call| context(call, agent)) else { return };
        self.carry_out(state, Effect::Ring { offer, agent: agent.agent, context });
        if stage == Bond::Talk {
            self.carry_out(state, Effect::Connect { call, offer });
        }
    }
}

impl State {
    fn forget_unless(&mut self, stands: Option<()>, key: Key) {
        if stands.is_none() {
            tracing::info!(?key, "what was noted before the restart cannot go on");
            self.desk.forget(key.bytes());
        }
    }

    fn tell_whether_it_stands(&mut self, believed: &CallView) {
        let call = believed.call;
        match self.calls.find(call).map(|held| &held.phase) {
            Some(Phase::Dialled(_)) => {}
            Some(Phase::Offered | Phase::Answered | Phase::Gone) => {
                if believed.stage == StageView::CalledBack {
                    // Whether the desk had heard of it or not.
                    self.desk.tell(Input::CallerAnswered { call });
                }
                self.desk.tell(Input::CallResumed { call });
            }
            None => leg_lost(call, believed.stage).into_iter().for_each(|fact| self.desk.tell(fact)),
        }
    }

    /// Agents without a phone are reached as they were, until their sessions are over.
    fn tell_who_is_reached(&mut self, left: &Left) {
        for agent in self.all_reached() {
            let was_idle = left.idle.contains(&agent);
            self.desk.tell(if was_idle { Input::PhoneResumed { agent } } else { Input::PhoneReached { agent } });
        }
    }
}

fn is_ours(call: CallId) -> bool {
    Origin::of(call) == Origin::Quic
}

fn find(view: &View, id: CallId) -> Option<&CallView> {
    view.calls.binary_search_by_key(&id, |call| call.call).ok().and_then(|at| view.calls.get(at))
}

/// What the agent was shown when it began to ring.
fn context(call: &CallView, agent: &AgentView) -> Option<Context> {
    Some(Context {
        call: call.call,
        line: call.line,
        queue: call.queue?,
        class: call.class?,
        caller: call.caller.clone(),
        proved: call.proved,
        pressed: call.pressed,
        why: call.why_human.clone().unwrap_or(WhyHuman::NoMenu),
        promise: call.promise.clone(),
        waited: call.since.map(|since| agent.since.since(since)).unwrap_or_default(),
    })
}
