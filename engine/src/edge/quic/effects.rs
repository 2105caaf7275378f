//! The desk's orders, each to the stream it concerns. An order for what is gone does nothing: the desk hears of its end by the
//! fact already on its way.

use super::callback;
use super::calls::Phase;
use super::edge::{Edge, State};
use super::said;
use super::stream::Outlet;
use cabrank_core::{AgentId, CallId, Context, Effect, LineId, Number, OfferId, Parting, PlayId, Refused, Say};
use cabrank_wire::v1::to_gateway::Message;
use cabrank_wire::v1::{self, HangUp, Music, Release, Ring, StopRinging, ToAgent, to_agent};
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

/// Orders taken under one hold of the lock.
const BATCH_MAX: usize = 256;

/// How long a gateway stays away from a desk that is full, in milliseconds.
pub(super) const FULL_FOR_MS: u32 = 5_000;

/// What an order leaves to be done without the lock.
pub(super) enum Left {
    /// Tell where the caller stands.
    Place(CallId, Arc<Outlet>),
    /// Call somebody back.
    CallBack(v1::CallBack),
}

impl Edge {
    /// Carries out orders until there is nobody left to give any.
    pub(super) async fn obey(self: Arc<Self>, mut orders: Receiver<Effect>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while orders.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let mut left = Vec::new();
            let mut state = self.state();
            batch.drain(..).for_each(|effect| left.extend(self.carry_out(&mut state, effect)));
            drop(state);
            self.finish_off(left);
        }
    }

    fn finish_off(self: &Arc<Self>, left: Vec<Left>) {
        let mut places = Vec::new();
        for left in left {
            match left {
                Left::Place(call, outlet) => places.push((call, outlet)),
                Left::CallBack(order) => drop(tokio::spawn(callback::call_back(Arc::clone(self), order))),
            }
        }
        if !places.is_empty() {
            let edge = Arc::clone(self);
            tokio::spawn(async move {
                for (call, outlet) in places {
                    edge.tell_place(call, &outlet).await;
                }
            });
        }
    }

    pub(super) fn carry_out(&self, state: &mut State, effect: Effect) -> Option<Left> {
        match effect {
            Effect::Refuse { call, why } => state.refuse(call, why),
            Effect::Answer { call } => state.calls.find(call).into_iter().for_each(super::calls::Call::answer),
            Effect::Say { call, play, what } => return self.say(state, call, play, what),
            Effect::Music { call, play } => self.music(state, call, play),
            Effect::Ring { offer, agent, context } => self.ring(state, offer, agent, &context),
            Effect::StopRinging { call, offer } => self.end_offer(state, call, offer, false),
            Effect::Connect { call, offer } => self.connect(state, call, offer),
            Effect::Release { call, offer } => self.end_offer(state, call, offer, true),
            Effect::HangUp { call, why } => state.hang_up(call, why),
            Effect::CallBack { call, line, number } => {
                return Some(Left::CallBack(self.call_back(call, line, &number)));
            }
            // Other rooms' orders; the lane sends them there.
            Effect::Warn { .. }
            | Effect::Note(_)
            | Effect::Dispatch(_)
            | Effect::LookUp { .. }
            | Effect::Write(_)
            | Effect::Amend { .. }
            | Effect::File(_)
            | Effect::Announce { .. } => {}
        }
        None
    }

    /// The order to call somebody back.
    pub(super) fn call_back(&self, call: CallId, line: LineId, number: &Number) -> v1::CallBack {
        let line = self.settings.lines.get(usize::from(line.0)).map(ToString::to_string).unwrap_or_default();
        v1::CallBack { call: call.0, line, number: number.0.to_string() }
    }

    fn say(&self, state: &mut State, id: CallId, play: PlayId, what: Say) -> Option<Left> {
        let call = state.calls.find(id)?;
        call.will_call_back |= what == Say::WillCallBack;
        let (line, settings) = (call.line, &self.settings);
        let message = || Message::Play(said::play(play, what, line, &settings.language, &*self.house, &settings.menus));
        if !call.hear(play.0, message) {
            return None;
        }
        let prospect = said::prospect(what)?;
        call.quote(prospect.at_most);
        call.outlet.clone().map(|outlet| Left::Place(id, outlet))
    }

    fn music(&self, state: &mut State, call: CallId, play: PlayId) {
        if let Some(call) = state.calls.find(call) {
            call.hear(play.0, || Message::Music(Music { play: play.0.into(), prompt: self.house.music().to_owned() }));
        }
    }

    fn ring(&self, state: &mut State, offer: OfferId, agent: AgentId, context: &Context) {
        let Some(program) = self.settings.agents.get(agent.0 as usize) else { return };
        let has_call = state.calls.has(context.call);
        if !has_call && program.proof.is_none() {
            return;
        }
        let (agent_name, address) = (program.name.to_string(), program.address.to_string());
        let shown = self.house.shown(context);
        let ring = Ring { offer: offer.0, agent: agent_name, address, context: Some(shown) };
        if let Some(session) = state.sessions.of_agent(agent).and_then(|session| session.outlet()) {
            session.say(&ToAgent { message: Some(to_agent::Message::Ring(ring.clone())) });
            self.agents_changed.notify_one();
        }
        let kept = program.proof.is_some().then(|| ring.clone());
        state.offers.add(offer, context.call, agent, kept);
        if let Some(call) = state.calls.find(context.call) {
            call.ring(offer, Message::Ring(ring));
        }
    }

    fn connect(&self, state: &mut State, call: CallId, offer: OfferId) {
        if let Some(agent) = state.offers.connect(offer) {
            self.tell_program(state, agent, to_agent::Message::Connect(v1::Connect { offer: offer.0 }));
        }
        if let Some(call) = state.calls.find(call) {
            call.connect(offer);
        }
    }

    /// A ringing or a talk is to end.
    fn end_offer(&self, state: &mut State, id: CallId, offer: OfferId, answered: bool) {
        let (stop, release) = (StopRinging { offer: offer.0 }, Release { offer: offer.0 });
        if let Some(known) = state.offers.remove(offer) {
            let message = if answered { to_agent::Message::Release(release) } else { to_agent::Message::StopRinging(stop) };
            self.tell_program(state, known.agent, message);
        }
        let Some(call) = state.calls.find(id) else { return };
        if !call.is_about(offer) {
            return;
        }
        call.forget(offer);
        call.tell(if answered { Message::Release(release) } else { Message::StopRinging(stop) });
        if call.phase == Phase::Gone {
            state.drop_call(id);
        }
    }

    /// Says something to an agent's program, if it is there; its state has changed, too.
    pub(super) fn tell_program(&self, state: &State, agent: AgentId, message: to_agent::Message) {
        if let Some(outlet) = state.sessions.of_agent(agent).and_then(|session| session.outlet()) {
            outlet.say(&ToAgent { message: Some(message) });
            self.agents_changed.notify_one();
        }
    }
}

impl State {
    fn refuse(&mut self, id: CallId, why: Refused) {
        let why = match why {
            Refused::Full => v1::refused::Why::Full,
            Refused::Draining => v1::refused::Why::Draining,
        };
        if let Some(call) = self.calls.find(id) {
            call.tell(Message::Refused(v1::Refused { why: why.into(), retry_after_ms: FULL_FOR_MS }));
        }
        self.drop_call(id);
    }

    fn hang_up(&mut self, id: CallId, why: Parting) {
        let agent_hung_up = match why {
            Parting::Done => false,
            Parting::AgentHungUp => true,
        };
        if let Some(call) = self.calls.find(id) {
            call.tell(Message::HangUp(HangUp { agent_hung_up }));
        }
        self.drop_call(id);
    }
}
