//! A desk out of its byte form: what follows from the calls and the agents is worked out anew.

use super::Desk;
use super::agent::deadline;
use super::alarms::Owner;
use super::call::{Call, Stage, Stand};
use super::own_agent::is_at_work;
use super::prove::WRONG_A_CALL_MAX;
use super::warning::Warning;
use crate::{AgentId, AgentState, CallId, LineId, Malformed, OfferId, QueueId, ServiceId};
use alloc::vec::Vec;

/// Nothing is counted this far; a count that high leaves no room for the next.
const COUNT_MAX: u64 = u64::MAX / 2;

impl Desk {
    /// The same desk with its lines, idle agents and alarms, of which the byte form says nothing; unless it contradicts itself.
    pub(super) fn restored(mut self) -> Result<Desk, Malformed> {
        let counts = [self.offers_made, self.places_given, self.changes];
        believe(counts.iter().all(|count| *count <= COUNT_MAX))?;
        believe(self.agents.len() == self.settings.agents.len() && self.known.is_consistent(self.places_given))?;
        believe(self.proofs.are_of(&self.calls))?;
        let calls: Vec<CallId> = self.calls.iter().map(|(id, _)| *id).collect();
        calls.into_iter().try_for_each(|id| self.restore_call(id))?;
        (0..self.agents.len()).for_each(|index| self.restore_agent(AgentId(index as u32)));
        (0..self.line_ups.len()).try_for_each(|index| self.restore_watch(QueueId(index as u16)))?;
        self.settle_alarms();
        self.is_consistent().map_err(|_| Malformed)?;
        Ok(self)
    }

    fn restore_call(&mut self, id: CallId) -> Result<(), Malformed> {
        let call = self.calls.get(&id).ok_or(Malformed)?;
        believe(self.names_what_is_there(call))?;
        let (stage, stand) = (call.stage, call.stand);
        if let Some((offer, _)) = stage.offer() {
            believe(offer.0 <= self.offers_made && self.offers.insert(offer, id).is_none())?;
        }
        if let Some(stand) = stand {
            self.restore_stand(id, stage, &stand)?;
        }
        self.clock.unsettle(id);
        Ok(())
    }

    fn restore_stand(&mut self, id: CallId, stage: Stage, stand: &Stand) -> Result<(), Malformed> {
        believe(stand.place.0 <= self.places_given)?;
        let line_up = &mut self.line_ups[usize::from(stand.queue.0)];
        let (class, key) = (usize::from(stand.class.0), (stand.since, stand.place));
        let before = match stage {
            Stage::Waiting => line_up.present[class].insert(key, id),
            Stage::Absent => line_up.absent[class].insert(key, id),
            Stage::Held(agent) => {
                line_up.held += 1;
                self.held.insert((agent, stand.since, stand.place), id)
            }
            Stage::Offered(_) => {
                line_up.ringing += 1;
                None
            }
            Stage::Dialling | Stage::Confirming => {
                line_up.dialling += 1;
                None
            }
            Stage::Menu { .. }
            | Stage::Proving { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => None,
        };
        believe(before.is_none())
    }

    fn restore_agent(&mut self, id: AgentId) {
        let index = id.0 as usize;
        let state = self.agents[index].state.clone();
        if state == AgentState::Idle {
            self.list_as_idle(id);
        }
        if is_at_work(&state) {
            for skill in &self.settings.agents[index].skills {
                self.line_ups[usize::from(skill.queue.0)].on_duty += 1;
            }
        }
        self.clock.move_alarm(Owner::Agent(id), None, deadline(&state));
    }

    fn restore_watch(&mut self, queue: QueueId) -> Result<(), Malformed> {
        let warning = &self.line_ups[usize::from(queue.0)].warning;
        believe(warning.streak <= Warning::STREAK_MAX)?;
        self.clock.move_alarm(Owner::Queue(queue), None, warning.next);
        Ok(())
    }

    /// Whether all that a call names is there: nothing is looked up in vain.
    fn names_what_is_there(&self, call: &Call) -> bool {
        let line = |LineId(line)| usize::from(line) < self.settings.lines.len();
        let agent = |AgentId(agent)| (agent as usize) < self.agents.len();
        let service = |ServiceId(service)| usize::from(service) < self.settings.services.len();
        let queue = |QueueId(queue)| usize::from(queue) < self.settings.queues.len();
        let class = |stand: &Stand| usize::from(stand.class.0) < self.queue(stand.queue).thresholds.classes.len();
        let stage = match call.stage {
            Stage::Dispatching { otherwise } | Stage::Told { otherwise } => queue(otherwise),
            Stage::Proving { chosen, wrong } => wrong < WRONG_A_CALL_MAX && self.offers_proof(call.line, chosen),
            Stage::Held(own) => agent(own),
            Stage::Menu { .. }
            | Stage::Waiting
            | Stage::Offered(OfferId(_))
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Absent
            | Stage::Dialling
            | Stage::Confirming
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => true,
        };
        let stand = call.stand.is_none_or(|stand| queue(stand.queue) && class(&stand));
        stage && stand && line(call.line) && call.agent.is_none_or(agent) && call.asked.is_none_or(|asked| service(asked.service))
    }
}

fn believe(what: bool) -> Result<(), Malformed> {
    what.then_some(()).ok_or(Malformed)
}
