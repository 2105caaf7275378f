//! What must always hold, swept after every input in debug builds. A failure here is a bug in the desk, never in an input.

use super::Desk;
use super::agent::deadline;
use super::call::Stage;
use super::timers::Timer;
use crate::{AgentId, AgentState, CallId, QueueId};

impl Desk {
    /// Panics if the desk contradicts itself. Debug builds sweep after every input; anybody may.
    pub fn check(&self) {
        self.check_lines();
        self.check_calls();
        self.check_agents();
        self.check_nobody_waits_in_vain();
        self.check_timers();
    }

    fn check_lines(&self) {
        let mut waiting = 0;
        for line_up in &self.line_ups {
            for (place, id) in &line_up.waiting {
                let stage = self.calls.get(id).map(|call| call.stage);
                assert!(
                    matches!(stage, Some(Stage::Waiting(wait)) if wait.place == *place),
                    "{id} stands in line, and is {stage:?}"
                );
            }
            waiting += line_up.waiting.len();
        }
        let stages = self.calls.values().filter(|call| matches!(call.stage, Stage::Waiting(_))).count();
        assert_eq!(waiting, stages, "every waiting call stands in one line");
        let ringing: u32 = self.line_ups.iter().map(|line_up| line_up.ringing).sum();
        let offered = self.calls.values().filter(|call| matches!(call.stage, Stage::Offered(..))).count();
        assert_eq!(ringing as usize, offered, "every call that rings is counted once");
    }

    fn check_calls(&self) {
        for (id, call) in &self.calls {
            match call.stage {
                Stage::Offered(_, offer) => {
                    self.check_bond(*id, offer, call.agent, &AgentState::Offered { offer, call: *id });
                }
                Stage::Talking(_, offer, _) => {
                    self.check_bond(*id, offer, call.agent, &AgentState::Talking { offer, call: *id });
                }
                Stage::Dispatching { .. } | Stage::Left { .. } => {
                    assert!(call.owed().is_some(), "{id} waits for an answer that nobody owes");
                }
                Stage::Menu { .. } | Stage::Told { .. } | Stage::Waiting(_) | Stage::Parting(_) => {}
            }
        }
        let bound = self.calls.values().filter(|call| matches!(call.stage, Stage::Offered(..) | Stage::Talking(..))).count();
        assert_eq!(bound, self.offers.len(), "every offer is one call's");
    }

    fn check_bond(&self, id: CallId, offer: crate::OfferId, agent: Option<AgentId>, state: &AgentState) {
        assert_eq!(self.offers.get(&offer), Some(&id), "{offer} is the offer of {id}");
        let agent = agent.and_then(|agent| self.agents.get(agent.0 as usize));
        assert_eq!(agent.map(|agent| &agent.state), Some(state), "call {id} and its agent agree");
    }

    fn check_agents(&self) {
        for (index, agent) in self.agents.iter().enumerate() {
            let id = AgentId(index as u32);
            if agent.state == AgentState::Idle {
                assert!(agent.reachable, "agent {id} is idle and cannot be rung");
            }
            if let AgentState::Offered { offer, call } | AgentState::Talking { offer, call } = &agent.state {
                assert_eq!(self.offers.get(offer), Some(call), "agent {id} is bound to a call that is bound to nobody");
            }
            for skill in &self.settings.agents[index].skills {
                let listed = self.idle.of(skill.queue).contains(&(skill.level, agent.idle_since, id));
                assert_eq!(listed, agent.state == AgentState::Idle, "agent {id} is idle and listed, or neither");
            }
        }
    }

    /// Work conservation: no caller waits for whom an agent is idle.
    fn check_nobody_waits_in_vain(&self) {
        for (index, line_up) in self.line_ups.iter().enumerate() {
            let idle = self.idle.of(QueueId(index as u16));
            assert!(line_up.waiting.is_empty() || idle.is_empty(), "queue {index} has callers waiting and agents idle");
        }
    }

    fn check_timers(&self) {
        for (id, call) in &self.calls {
            let bounded = self.timers.at(Timer::Stage(*id)).is_some();
            let needs_bound = match call.stage {
                Stage::Menu { .. } | Stage::Told { .. } | Stage::Waiting(_) | Stage::Parting(_) => true,
                Stage::Dispatching { .. } | Stage::Offered(..) | Stage::Talking(..) | Stage::Left { .. } => false,
            };
            assert_eq!(bounded, needs_bound, "call {id} has a deadline just when its stage {:?} needs one", call.stage);
            assert_eq!(
                self.timers.at(Timer::Dispatch(*id)).is_some(),
                call.owed().is_some(),
                "call {id} has a service's deadline"
            );
        }
        for (index, agent) in self.agents.iter().enumerate() {
            let at = self.timers.at(Timer::Agent(AgentId(index as u32)));
            assert_eq!(at, deadline(&agent.state), "agent {index} has the deadline of the state");
        }
        for timer in self.timers.all().keys() {
            match timer {
                Timer::Stage(id) | Timer::Comfort(id) | Timer::Dispatch(id) => {
                    assert!(self.calls.contains_key(id), "{timer:?} is set for a call that is over");
                }
                Timer::Ring(offer) => assert!(self.offers.contains_key(offer), "{timer:?} is set for a ringing that is over"),
                Timer::Agent(_) => {}
            }
        }
    }
}
