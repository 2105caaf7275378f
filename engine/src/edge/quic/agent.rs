//! An agent's own program: it shows what rings and who calls, answers, and asks for states.

use super::connection::Visit;
use super::edge::{Edge, State};
use super::gateway::{Fault, declined, leg_end};
use super::stream::Over;
use crate::edge::Origin;
use cabrank_core::{AgentId, AgentState, AgentView, CallId, Input, OfferId, Pause, Text, Wish};
use cabrank_wire::v1::agent_state::Kind;
use cabrank_wire::v1::from_agent::Message;
use cabrank_wire::v1::{self, Connect, FromAgent, ToAgent, to_agent, to_gateway};

/// The longest reason for a pause, in characters.
pub(super) const REASON_CHARS_MAX: usize = 100;
/// The longest resolution, in characters.
const RESOLUTION_CHARS_MAX: usize = 500;

/// Serves an agent's program until it or its connection is over.
pub(super) async fn serve(visit: &mut Visit, agent: AgentId) -> Over {
    let edge = std::sync::Arc::clone(&visit.edge);
    edge.show_agents_now().await;
    edge.show_what_rings(agent, visit);
    loop {
        let said = match visit.talk.hear::<FromAgent>().await {
            Ok(said) => said.message,
            Err(over) => return over,
        };
        let done = match said {
            Some(said) => edge.hear_agent(agent, said).await,
            None => Err(Fault::Unreadable.message()),
        };
        if let Err(fault) = done {
            visit.talk.outlet().say(&ToAgent { message: Some(to_agent::Message::Fault(fault)) });
        }
        edge.agents_changed.notify_one();
    }
}

impl Edge {
    /// What rings already, or is talked, when a program comes in.
    fn show_what_rings(&self, agent: AgentId, visit: &Visit) {
        let state = self.state();
        let Some((id, offer)) = state.offers.of_agent(agent) else { return };
        let say = |message| visit.talk.outlet().say(&ToAgent { message: Some(message) });
        offer.ring.iter().for_each(|ring| say(to_agent::Message::Ring(ring.clone())));
        if offer.connected {
            say(to_agent::Message::Connect(Connect { offer: id.0 }));
        }
    }

    async fn hear_agent(&self, agent: AgentId, said: Message) -> Result<(), v1::Fault> {
        let name = self.settings.agents.get(agent.0 as usize).map(|agent| agent.name.clone()).unwrap_or_default();
        match said {
            Message::Ready(_) => self.ask_for(agent, Wish::Ready, name).await,
            Message::Pause(pause) => self.ask_for(agent, paused(&pause.reason), name).await,
            Message::SignOut(_) => self.ask_for(agent, Wish::SignOut, name).await,
            Message::Note(note) => {
                let resolution = words(&note.resolution, RESOLUTION_CHARS_MAX).ok_or_else(|| Fault::Unreadable.message())?;
                self.ask(Input::RecordResolved { call: CallId(note.call), resolution, by: name }).await
            }
            said @ (Message::Ringing(_)
            | Message::Answered(_)
            | Message::Declined(_)
            | Message::Gone(_)
            | Message::Returned(_)) => self.hear_of_offer(agent, said).map_err(Fault::message),
        }
    }

    /// The program speaks of a ringing or a talk. Only a gateway's call is the program's to answer: a telephone answers for itself.
    pub(super) fn hear_of_offer(&self, agent: AgentId, said: Message) -> Result<(), Fault> {
        let mut state = self.state();
        let state = &mut *state;
        let input = match said {
            Message::Ringing(ringing) => Input::AgentRinging { offer: own(state, agent, ringing.offer)?.1 },
            Message::Answered(answered) => {
                let (_, offer) = own(state, agent, answered.offer)?;
                state.offers.answer(offer);
                Input::AgentAnswered { offer }
            }
            Message::Declined(said) => {
                let (call, offer) = own(state, agent, said.offer)?;
                state.offers.must_be_answered(offer, false)?;
                state.end_for_gateway(call, offer, false);
                Input::AgentDeclined { offer, how: declined(said.how()) }
            }
            Message::Gone(gone) => {
                let (call, offer) = own(state, agent, gone.offer)?;
                state.offers.must_be_answered(offer, true)?;
                state.end_for_gateway(call, offer, true);
                Input::AgentHungUp { offer, how: leg_end(gone.lost) }
            }
            Message::Returned(returned) => {
                let queue = self.queue(&returned.queue)?;
                Input::AgentReturned { offer: own(state, agent, returned.offer)?.1, queue }
            }
            Message::Ready(_) | Message::Pause(_) | Message::SignOut(_) | Message::Note(_) => return Err(Fault::OutOfPlace),
        };
        state.desk.tell(input);
        Ok(())
    }

    /// Asks a state for an agent, and waits for the desk's word.
    pub(super) async fn ask_for(&self, agent: AgentId, wish: Wish, by: Text) -> Result<(), v1::Fault> {
        self.ask(Input::AgentAsked { agent, wish, by }).await?;
        self.agents_changed.notify_one();
        Ok(())
    }

    async fn ask(&self, input: Input) -> Result<(), v1::Fault> {
        match self.door.ask(input).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(refusal)) => Err(v1::Fault { sentence: refusal.to_string(), ..Fault::OutOfPlace.message() }),
            Err(busy) => Err(v1::Fault { word: "busy".to_owned(), sentence: busy.to_string() }),
        }
    }
}

impl State {
    /// The gateway is told to end the leg of an agent whose program has ended it.
    fn end_for_gateway(&mut self, call: CallId, offer: OfferId, answered: bool) {
        self.offers.remove(offer);
        let Some(call) = self.calls.find(call) else { return };
        call.forget(offer);
        let offer = offer.0;
        call.tell(if answered {
            to_gateway::Message::Release(v1::Release { offer })
        } else {
            to_gateway::Message::StopRinging(v1::StopRinging { offer })
        });
    }

    /// Tells programs what has changed of their agents' states.
    pub(super) fn show_agents(&mut self, views: &[AgentView]) {
        for (agent, session) in self.sessions.programs() {
            let Some(view) = views.get(agent.0 as usize) else { continue };
            let state = shown(view);
            if session.shown.as_ref() != Some(&state) {
                session.shown = Some(state.clone());
                if let Some(outlet) = session.outlet() {
                    outlet.say(&ToAgent { message: Some(to_agent::Message::State(state)) });
                }
            }
        }
    }
}

/// A ringing or talk of this agent for a gateway's call.
fn own(state: &mut State, agent: AgentId, offer: u64) -> Result<(CallId, OfferId), Fault> {
    let id = OfferId(offer);
    let offer = state.offers.find(id).filter(|offer| offer.agent == agent && Origin::of(offer.call) == Origin::Quic);
    offer.map(|offer| (offer.call, id)).ok_or(Fault::OutOfPlace)
}

/// A pause with a reason of bounded length on one line.
pub(super) fn paused(reason: &str) -> Wish {
    Wish::Pause { reason: words(reason, REASON_CHARS_MAX).unwrap_or_default() }
}

/// Words for people: trimmed, not empty, on one line, and not too long.
pub(super) fn words(text: &str, chars_max: usize) -> Option<Text> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().nth(chars_max).is_none() && !text.chars().any(char::is_control);
    fits.then(|| text.into())
}

pub(super) fn shown(view: &AgentView) -> v1::AgentState {
    let mut shown = v1::AgentState::default();
    let kind = match &view.state {
        AgentState::SignedOut => Kind::SignedOut,
        AgentState::Idle => Kind::Idle,
        AgentState::Offered { offer, call } => {
            (shown.offer, shown.call) = (offer.0, call.0);
            Kind::Offered
        }
        AgentState::Talking { offer, call } => {
            (shown.offer, shown.call) = (offer.0, call.0);
            Kind::Talking
        }
        AgentState::WrapUp { .. } => Kind::WrapUp,
        AgentState::Paused { why } => {
            shown.reason = reason(why);
            Kind::Paused
        }
        AgentState::Unreachable { .. } => Kind::Unreachable,
    };
    shown.set_kind(kind);
    shown
}

fn reason(why: &Pause) -> String {
    match why {
        Pause::Asked { reason } => reason.to_string(),
        Pause::Missed { .. } => "missed".to_owned(),
        Pause::Away => "away".to_owned(),
    }
}
