//! The agent's leg: rung, talking, let go.

use cabrank_core::{AgentId, Context, Declined, Input, LegEnd, OfferId};

use super::edge::Edge;
use super::event::{LegId, RingId};
use super::leg::{AgentLeg, AgentPhase, Ringing, Talk};
use super::sdp::LocalAudio;
use super::settings::Phone;

impl Edge {
    /// Rings an agent for a call.
    pub(super) fn ring(&mut self, offer: OfferId, agent: AgentId, context: &Context) {
        if self.try_ring(offer, agent, context).is_none() {
            self.desk.tell(Input::AgentDeclined { offer, how: self.why_not_rung(agent) });
        }
    }

    /// Who has no phone is not to be had; the agent's program is as well as before.
    fn why_not_rung(&self, agent: AgentId) -> Declined {
        let phone = usize::try_from(agent.0).ok().and_then(|at| self.phones.agents.get(at)).map(|agent| &agent.phone);
        if matches!(phone, Some(Phone::Nowhere)) { Declined::Unavailable } else { Declined::Failed }
    }

    fn try_ring(&mut self, offer: OfferId, agent: AgentId, context: &Context) -> Option<()> {
        let target = self.target_of(agent)?;
        let caller = self.legs.caller(context.call)?;
        let (hops, beside) = (caller.hops, caller.talk.stream);
        let codec = caller.talk.remote.map(|remote| remote.codec);
        let (stream, addr) = self.media.open_beside(target.own.ip(), beside).ok()?;
        let mut local = LocalAudio::new(addr, rand::random::<u32>().into());
        let body = local.offer(codec.unwrap_or(crate::media::Codec::Pcmu), sdp_types::Direction::SendRecv);
        let invite = self.invite_to(&target, context, hops, body);
        let ringing = Ringing::new(invite.clone(), target.way.clone(), stream, local);
        let phase = AgentPhase::Ringing(Box::new(ringing));
        self.legs.add_agent(offer, AgentLeg { call: context.call, number: context.caller.number.clone(), phase });
        self.transactions.ring(RingId::Agent(offer), invite, target.way);
        Some(())
    }

    /// The agent took the call.
    pub(super) fn agent_answered(&mut self, offer: OfferId, talk: Talk) {
        self.legs.agent_talks(offer, talk);
        self.note_changes();
        self.tell_media(LegId::Agent(offer));
        self.desk.tell(Input::AgentAnswered { offer });
    }

    /// Ends an agent's leg from our side. Whoever is still rung is rung no more; whoever answers in this moment is let go.
    pub(super) fn end_agent(&mut self, offer: OfferId) {
        if self.legs.ringing(RingId::Agent(offer)).is_some() {
            return self.give_up_ringing(RingId::Agent(offer));
        }
        let Some(AgentLeg { phase: AgentPhase::Talking(mut talk), .. }) = self.drop_agent(offer) else { return };
        self.bye(&mut talk);
    }

    /// An agent's leg went without a word.
    pub(super) fn lose_agent(&mut self, offer: OfferId) {
        if self.legs.ringing(RingId::Agent(offer)).is_some() {
            return;
        }
        let had = self.legs.has_agent(offer);
        self.end_agent(offer);
        if had {
            self.desk.tell(Input::AgentHungUp { offer, how: LegEnd::Lost });
        }
    }

    /// Forgets an agent's leg and closes its media.
    pub(super) fn drop_agent(&mut self, offer: OfferId) -> Option<AgentLeg> {
        let leg = self.legs.remove_agent(offer, self.in_64_t1())?;
        let stream = match &leg.phase {
            AgentPhase::Ringing(ringing) => ringing.stream,
            AgentPhase::Talking(talk) => talk.stream,
        };
        self.media.close(stream);
        Some(leg)
    }
}
