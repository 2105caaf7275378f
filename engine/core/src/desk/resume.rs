//! After a restart: who is still there goes on as if nothing had happened.

use super::call::Stage;
use super::{Desk, Outbox};
use crate::{AgentId, AgentState, CallId, Effect, Refusal, Say};

impl Desk {
    /// What the caller should be hearing was lost with the engine and is ordered anew. Place, wait and offers stay.
    pub(super) fn call_resumed(&mut self, id: CallId, out: &mut Outbox) -> Result<(), Refusal> {
        let (now, call) = (self.now, self.call(id)?);
        let (stage, line) = (call.stage, call.line);
        match stage {
            Stage::Menu { .. } => self.say_again(id, stage, Say::Welcome { line }, out),
            Stage::Proving { wrong: 0, .. } => self.say_again(id, stage, Say::Prove, out),
            Stage::Proving { .. } => self.say_again(id, stage, Say::ProveAgain, out),
            Stage::Told { .. } => {
                let eta = call.promise.as_ref().map(|promise| promise.due_at.since(now)).unwrap_or_default();
                self.say_again(id, stage, Say::Sent { eta }, out);
            }
            Stage::Agreeing => self.say_again(id, stage, Say::WillCallBack, out),
            Stage::Confirming => self.say_again(id, stage, Say::CalledBack, out),
            Stage::Parting(_) => self.say_again(id, stage, Say::Goodbye, out),
            Stage::Dispatching { .. } => self.say(id, Say::OneMoment, out),
            Stage::Waiting | Stage::Held(_) | Stage::Offered(_) => self.go_on_waiting(id, out),
            Stage::Talking(offer, _) => out.order(Effect::Connect { call: id, offer }),
            Stage::Absent | Stage::Dialling | Stage::Resting | Stage::Left { .. } => return Err(Refusal::OutOfPlace),
        }
        Ok(())
    }

    /// An agent whose phone was known before the restart and still is keeps the turn among the idle.
    pub(super) fn phone_resumed(&mut self, id: AgentId, out: &mut Outbox) -> Result<(), Refusal> {
        let agent = self.agents.get_mut(id.0 as usize).ok_or(Refusal::UnknownAgent)?;
        agent.reachable = true;
        if agent.state == (AgentState::Unreachable { until: None }) {
            self.free_as_before(id, out);
        }
        Ok(())
    }

    /// The stage that ends with these words begins anew with them.
    fn say_again(&mut self, id: CallId, stage: Stage, words: Say, out: &mut Outbox) {
        self.enter(id, stage);
        self.say(id, words, out);
    }
}
