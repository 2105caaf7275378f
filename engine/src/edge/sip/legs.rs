//! All live legs, and by what they are found.

use std::collections::HashMap;

use cabrank_core::{CallId, OfferId};

use super::dialog::DialogKey;
use super::event::{LegId, RingId, TryId};
use super::leg::{AgentLeg, AgentPhase, CallerLeg, CallerPhase, Dialled, Ringing, Talk};
use super::note::Key;
use crate::media::StreamId;

/// Ended agents' dialogs remembered, so that a late 200 can be acknowledged and ended again.
const PARTED_MAX: usize = 16_384;

/// What makes two INVITEs the same request on two paths (RFC 3261 8.2.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RequestKey {
    /// The Call-ID.
    pub call_id: String,
    /// The tag in From.
    pub from_tag: String,
}

/// All live legs.
#[derive(Debug, Default)]
pub(super) struct Legs {
    callers: HashMap<CallId, CallerLeg>,
    agents: HashMap<OfferId, AgentLeg>,
    dialled: HashMap<TryId, Dialled>,
    /// The newest attempt of each call that is being called back.
    tries: HashMap<CallId, TryId>,
    by_dialog: HashMap<DialogKey, LegId>,
    by_stream: HashMap<StreamId, LegId>,
    by_request: HashMap<RequestKey, CallId>,
    parted: HashMap<DialogKey, u64>,
    /// What may differ from its note.
    touched: Vec<Key>,
}

impl Legs {
    /// How many legs there are.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.callers.len() + self.agents.len() + self.dialled.len()
    }

    /// Adds a caller's leg.
    pub(super) fn add_caller(&mut self, call: CallId, leg: CallerLeg) {
        self.touched.push(Key::Caller(call));
        let id = LegId::Caller(call);
        self.by_dialog.insert(leg.talk.dialog.key.clone(), id);
        self.by_stream.insert(leg.talk.stream, id);
        self.by_request.insert(request_key(&leg.talk), call);
        self.callers.insert(call, leg);
    }

    /// Adds an agent's leg.
    pub(super) fn add_agent(&mut self, offer: OfferId, leg: AgentLeg) {
        self.touched.push(Key::Agent(offer));
        match &leg.phase {
            AgentPhase::Ringing(ringing) => {
                self.by_stream.insert(ringing.stream, LegId::Agent(offer));
            }
            AgentPhase::Talking(talk) => {
                self.by_stream.insert(talk.stream, LegId::Agent(offer));
                self.by_dialog.insert(talk.dialog.key.clone(), LegId::Agent(offer));
            }
        }
        self.agents.insert(offer, leg);
    }

    /// A ringing agent's leg was answered.
    pub(super) fn agent_talks(&mut self, offer: OfferId, talk: Talk) {
        self.touched.push(Key::Agent(offer));
        self.by_dialog.insert(talk.dialog.key.clone(), LegId::Agent(offer));
        if let Some(leg) = self.agents.get_mut(&offer) {
            leg.phase = AgentPhase::Talking(Box::new(talk));
        }
    }

    /// Adds a caller who is being called back.
    pub(super) fn add_dialled(&mut self, id: TryId, dialled: Dialled) {
        self.touched.push(Key::Dialled(dialled.call));
        self.tries.insert(dialled.call, id);
        self.dialled.insert(id, dialled);
    }

    /// Removes a caller who is no longer being called back.
    pub(super) fn remove_dialled(&mut self, id: TryId) -> Option<Dialled> {
        let dialled = self.dialled.remove(&id)?;
        self.touched.push(Key::Dialled(dialled.call));
        if self.tries.get(&dialled.call) == Some(&id) {
            self.tries.remove(&dialled.call);
        }
        Some(dialled)
    }

    /// The attempt to call a caller back that is under way.
    #[must_use]
    pub(super) fn dialling(&self, call: CallId) -> Option<TryId> {
        self.tries.get(&call).copied()
    }

    /// An INVITE of ours that waits for its answer.
    pub(super) fn ringing(&mut self, ring: RingId) -> Option<&mut Ringing> {
        match ring {
            RingId::Agent(offer) => match &mut self.agents.get_mut(&offer)?.phase {
                AgentPhase::Ringing(ringing) => Some(ringing),
                AgentPhase::Talking(_) => None,
            },
            RingId::Caller(id) => Some(&mut self.dialled.get_mut(&id)?.ringing),
        }
    }

    /// Whether there is a leg of this agent, ringing or talking.
    #[must_use]
    pub(super) fn has_agent(&self, offer: OfferId) -> bool {
        self.agents.contains_key(&offer)
    }

    /// Whether there is a caller's leg.
    #[must_use]
    pub(super) fn has_caller(&self, call: CallId) -> bool {
        self.callers.contains_key(&call)
    }

    /// The caller's leg of a call, to look at.
    #[must_use]
    pub(super) fn caller_of(&self, call: CallId) -> Option<&CallerLeg> {
        self.callers.get(&call)
    }

    /// An agent's leg, to look at.
    #[must_use]
    pub(super) fn agent_of(&self, offer: OfferId) -> Option<&AgentLeg> {
        self.agents.get(&offer)
    }

    /// The newest attempt to call a caller back, to look at.
    #[must_use]
    pub(super) fn dialled_for(&self, call: CallId) -> Option<&Dialled> {
        self.dialled.get(self.tries.get(&call)?)
    }

    /// What may differ from its note, each once; asked once.
    #[must_use]
    pub(super) fn take_touched(&mut self) -> Vec<Key> {
        let mut touched = std::mem::take(&mut self.touched);
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// That an INVITE of ours is another one now.
    pub(super) fn touch(&mut self, ring: RingId) {
        match ring {
            RingId::Agent(offer) => self.touched.push(Key::Agent(offer)),
            RingId::Caller(id) => self.touched.extend(self.dialled.get(&id).map(|dialled| Key::Dialled(dialled.call))),
        }
    }

    /// The caller's leg of a call. Nothing of what is noted may be changed by this; that is what [`Legs::talk`] is for.
    pub(super) fn caller(&mut self, call: CallId) -> Option<&mut CallerLeg> {
        self.callers.get_mut(&call)
    }

    /// Dialog and media of a leg that has a dialog.
    pub(super) fn talk(&mut self, leg: LegId) -> Option<&mut Talk> {
        self.touched.push(match leg {
            LegId::Caller(call) => Key::Caller(call),
            LegId::Agent(offer) => Key::Agent(offer),
        });
        match leg {
            LegId::Caller(call) => Some(&mut self.callers.get_mut(&call)?.talk),
            LegId::Agent(offer) => match &mut self.agents.get_mut(&offer)?.phase {
                AgentPhase::Talking(talk) => Some(talk),
                AgentPhase::Ringing(_) => None,
            },
        }
    }

    /// The leg a dialog belongs to, if the other side's tag fits as well (RFC 3261 12.2.2).
    pub(super) fn in_dialog(&mut self, key: &DialogKey, remote_tag: &str) -> Option<LegId> {
        let leg = *self.by_dialog.get(key)?;
        (self.talk(leg)?.dialog.remote_tag == remote_tag).then_some(leg)
    }

    /// The leg of a media stream.
    #[must_use]
    pub(super) fn of_stream(&self, stream: StreamId) -> Option<LegId> {
        self.by_stream.get(&stream).copied()
    }

    /// Whether the same request came before on another path.
    #[must_use]
    pub(super) fn is_merged(&self, request: &RequestKey) -> bool {
        self.by_request.contains_key(request)
    }

    /// Whether a caller's leg was answered.
    #[must_use]
    pub(super) fn is_answered(&self, call: CallId) -> bool {
        self.callers.get(&call).is_some_and(|leg| match leg.phase {
            CallerPhase::Answered | CallerPhase::CalledBack => true,
            CallerPhase::Offered(_) => false,
        })
    }

    /// Callers whom the desk has not answered since before `until_ms`.
    #[must_use]
    pub(super) fn unheard(&self, until_ms: u64) -> Vec<CallId> {
        let unheard = self.callers.iter().filter(|(_, leg)| match &leg.phase {
            CallerPhase::Offered(offered) => offered.since_ms < until_ms,
            CallerPhase::Answered | CallerPhase::CalledBack => false,
        });
        unheard.map(|(call, _)| *call).collect()
    }

    /// The leg at the other end of a connected call.
    #[must_use]
    pub(super) fn partner(&self, leg: LegId) -> Option<LegId> {
        match leg {
            LegId::Caller(call) => self.callers.get(&call)?.with.map(LegId::Agent),
            LegId::Agent(offer) => {
                let call = self.agents.get(&offer)?.call;
                (self.callers.get(&call)?.with == Some(offer)).then_some(LegId::Caller(call))
            }
        }
    }

    /// Removes a caller's leg.
    pub(super) fn remove_caller(&mut self, call: CallId) -> Option<CallerLeg> {
        let leg = self.callers.remove(&call)?;
        self.touched.push(Key::Caller(call));
        self.by_dialog.remove(&leg.talk.dialog.key);
        self.by_stream.remove(&leg.talk.stream);
        self.by_request.remove(&request_key(&leg.talk));
        Some(leg)
    }

    /// Removes an agent's leg; its dialog is remembered until `until_ms`.
    pub(super) fn remove_agent(&mut self, offer: OfferId, until_ms: u64) -> Option<AgentLeg> {
        let leg = self.agents.remove(&offer)?;
        self.touched.push(Key::Agent(offer));
        match &leg.phase {
            AgentPhase::Ringing(ringing) => {
                self.by_stream.remove(&ringing.stream);
            }
            AgentPhase::Talking(talk) => {
                self.by_stream.remove(&talk.stream);
                self.by_dialog.remove(&talk.dialog.key);
                self.remember(talk.dialog.key.clone(), until_ms);
            }
        }
        if let Some(caller) = self.callers.get_mut(&leg.call)
            && caller.with == Some(offer)
        {
            caller.with = None;
        }
        Some(leg)
    }

    /// Remembers an ended dialog of ours until `until_ms`.
    pub(super) fn remember(&mut self, key: DialogKey, until_ms: u64) {
        if self.parted.len() < PARTED_MAX {
            self.parted.insert(key, until_ms);
        }
    }

    /// Whether a dialog of ours ended not long ago.
    #[must_use]
    pub(super) fn is_parted(&self, key: &DialogKey) -> bool {
        self.parted.contains_key(key)
    }

    /// Forgets the ended dialogs whose time is over.
    pub(super) fn forget_parted(&mut self, now_ms: u64) {
        self.parted.retain(|_, until_ms| *until_ms > now_ms);
    }

    /// Legs at which something is due.
    #[must_use]
    pub(super) fn due(&self, now_ms: u64) -> Vec<LegId> {
        let is_due = |talk: &Talk| talk.session.due_ms.is_some_and(|due_ms| due_ms <= now_ms);
        let callers = self.callers.iter().filter(|(_, leg)| is_due(&leg.talk)).map(|(call, _)| LegId::Caller(*call));
        let agents = self.agents.iter().filter(|(_, leg)| match &leg.phase {
            AgentPhase::Talking(talk) => is_due(talk),
            AgentPhase::Ringing(_) => false,
        });
        callers.chain(agents.map(|(offer, _)| LegId::Agent(*offer))).collect()
    }

    /// An attempt to call a caller back, to look at.
    #[must_use]
    pub(super) fn dialled_as(&self, id: TryId) -> Option<&Dialled> {
        self.dialled.get(&id)
    }

    /// Everybody who is being called back, for the end.
    #[must_use]
    pub(super) fn all_dialled(&self) -> Vec<TryId> {
        self.dialled.keys().copied().collect()
    }

    /// Whether a dialog is one that an INVITE of ours made.
    #[must_use]
    pub(super) fn is_of_ours(&self, key: &DialogKey) -> bool {
        match self.by_dialog.get(key) {
            Some(LegId::Agent(_)) => true,
            Some(LegId::Caller(call)) => {
                matches!(self.callers.get(call), Some(CallerLeg { phase: CallerPhase::CalledBack, .. }))
            }
            None => false,
        }
    }

    /// Every leg, for the end.
    #[must_use]
    pub(super) fn all(&self) -> Vec<LegId> {
        let callers = self.callers.keys().copied().map(LegId::Caller);
        callers.chain(self.agents.keys().copied().map(LegId::Agent)).collect()
    }
}

fn request_key(talk: &Talk) -> RequestKey {
    let dialog = &talk.dialog;
    RequestKey { call_id: dialog.key.call_id.clone(), from_tag: dialog.remote_tag.clone() }
}
