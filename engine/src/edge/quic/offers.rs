//! Ringings and talks, for whoever may speak of them: the gateway that rings, and the agent's own program.

use cabrank_core::{AgentId, AgentState, CallId, OfferId};
use cabrank_wire::v1::Ring;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// A ringing that the desk no longer knows of after so long is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(20);

/// A ringing, or the talk it became.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) call: CallId,
    pub(super) agent: AgentId,
    /// Somebody has said that the agent took it.
    answered: bool,
    pub(super) connected: bool,
    /// What the agent's program is shown, where the agent may have one.
    pub(super) ring: Option<Ring>,
    since: Instant,
}

/// How far one has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    Ringing,
    Talk,
}

/// The ringing or talk of an agent in that state, and for which call.
pub(super) fn bond(state: &AgentState) -> Option<(OfferId, CallId, Bond)> {
    match *state {
        AgentState::Offered { offer, call } => Some((offer, call, Bond::Ringing)),
        AgentState::Talking { offer, call } => Some((offer, call, Bond::Talk)),
        AgentState::SignedOut
        | AgentState::Idle
        | AgentState::WrapUp { .. }
        | AgentState::Paused { .. }
        | AgentState::Unreachable { .. } => None,
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Offers(HashMap<OfferId, Offer>);

impl Offers {
    pub(super) fn add(&mut self, id: OfferId, call: CallId, agent: AgentId, ring: Option<Ring>) {
        self.0.insert(id, Offer { call, agent, answered: false, connected: false, ring, since: Instant::now() });
    }

    pub(super) fn find(&mut self, id: OfferId) -> Option<&mut Offer> {
        self.0.get_mut(&id)
    }

    /// The agent took it, as somebody says.
    pub(super) fn answer(&mut self, id: OfferId) {
        if let Some(offer) = self.0.get_mut(&id) {
            offer.answered = true;
        }
    }

    /// It becomes a talk: the agent's, unless it is one already.
    pub(super) fn connect(&mut self, id: OfferId) -> Option<AgentId> {
        let offer = self.0.get_mut(&id).filter(|offer| !offer.connected)?;
        offer.connected = true;
        Some(offer.agent)
    }

    /// Whether it is a talk, or about to be one.
    pub(super) fn is_answered(&self, id: OfferId) -> bool {
        self.0.get(&id).is_some_and(|offer| offer.answered || offer.connected)
    }

    pub(super) fn has(&self, id: OfferId) -> bool {
        self.0.contains_key(&id)
    }

    pub(super) fn remove(&mut self, id: OfferId) -> Option<Offer> {
        self.0.remove(&id)
    }

    /// What rings for an agent, or is talked.
    pub(super) fn of_agent(&self, agent: AgentId) -> Option<(OfferId, &Offer)> {
        self.0.iter().find(|(_, offer)| offer.agent == agent).map(|(id, offer)| (*id, offer))
    }

    /// Forgets what the desk has long forgotten.
    pub(super) fn keep(&mut self, known: &HashSet<OfferId>) {
        self.0.retain(|id, offer| known.contains(id) || offer.since.elapsed() < FORGOTTEN_AFTER);
    }
}
