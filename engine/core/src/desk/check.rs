//! What must always hold, swept after every input in debug builds, and when a desk comes out of its byte form. A failure after an
//! input is a bug in the desk, never in the input.

use super::Desk;
use super::agent::{deadline, turn};
use super::alarms::{Due, Owner};
use super::call::{Call, InLine, Stage};
use super::own_agent::is_at_work;
use crate::{AgentId, AgentState, CallId, OfferId, QueueId};
use alloc::format;
use alloc::string::String;

/// What a desk contradicts itself in.
type Contradiction = String;

/// Returns what is said unless the condition holds.
macro_rules! holds {
    ($condition:expr, $($said:tt)+) => {
        if !$condition {
            return Err(format!($($said)+));
        }
    };
}

/// Returns what is said, and the two, unless they are equal.
macro_rules! equals {
    ($one:expr, $other:expr, $($said:tt)+) => {
        let (one, other) = (&$one, &$other);
        holds!(one == other, "{}: {one:?} is not {other:?}", format_args!($($said)+))
    };
}

/// Who belongs to a queue.
#[derive(Clone, Copy, Default)]
struct Count {
    waiting: u32,
    held: u32,
    ringing: u32,
    absent: u32,
    dialling: u32,
    on_duty: u32,
}

impl Count {
    fn add(&mut self, stage: Stage) {
        match stage {
            Stage::Waiting => self.waiting += 1,
            Stage::Held(_) => self.held += 1,
            Stage::Offered(_) => self.ringing += 1,
            Stage::Absent => self.absent += 1,
            Stage::Dialling | Stage::Confirming => self.dialling += 1,
            Stage::Menu { .. }
            | Stage::Proving { .. }
            | Stage::Dispatching { .. }
            | Stage::Told { .. }
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => {}
        }
    }
}

impl Desk {
    /// Panics if the desk contradicts itself. Debug builds sweep after every input; anybody may.
    pub fn check(&self) {
        if let Err(contradiction) = self.is_consistent() {
            panic!("{contradiction}");
        }
    }

    pub(super) fn is_consistent(&self) -> Result<(), Contradiction> {
        self.check_lines()?;
        self.check_calls()?;
        self.check_callbacks()?;
        self.check_agents()?;
        self.check_nobody_waits_in_vain()?;
        self.check_alarms()
    }

    fn check_lines(&self) -> Result<(), Contradiction> {
        for (index, line_up) in self.line_ups.iter().enumerate() {
            let queue = QueueId(index as u16);
            for (streams, expected) in [(&line_up.present, Stage::Waiting), (&line_up.absent, Stage::Absent)] {
                for (class, stream) in streams.iter().enumerate() {
                    for ((since, place), id) in stream.iter() {
                        let call = self.calls.get(id);
                        equals!(call.map(|call| call.stage), Some(expected), "{id} stands in line");
                        let stand = call.and_then(|call| call.stand);
                        let found = stand.map(|stand| (stand.queue, usize::from(stand.class.0), stand.since, stand.place));
                        equals!(found, Some((queue, class, *since, *place)), "{id} stands where it believes to stand");
                    }
                }
            }
        }
        self.check_counts()?;
        for ((agent, since, place), id) in self.held.iter() {
            let call = self.calls.get(id);
            let found = call.and_then(|call| call.stand).map(|stand| (stand.since, stand.place));
            equals!(call.map(|call| call.stage), Some(Stage::Held(*agent)), "{id} is held for {agent}");
            equals!(found, Some((*since, *place)), "{id} is held where it believes to stand");
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Contradiction> {
        for (index, line_up) in self.line_ups.iter().enumerate() {
            let queue = QueueId(index as u16);
            let count = self.counted(queue);
            equals!(line_up.waiting(), count.waiting + count.held + count.ringing, "queue {queue}: waiting");
            equals!(line_up.callbacks(), count.absent, "queue {queue}: to be called back");
            equals!(line_up.held, count.held, "queue {queue}: held");
            equals!(line_up.ringing, count.ringing, "queue {queue}: ringing");
            equals!(line_up.dialling, count.dialling, "queue {queue}: being called");
            equals!(line_up.on_duty, count.on_duty, "queue {queue}: on duty");
        }
        Ok(())
    }

    /// Callers and agents of a queue, counted one by one. Allocates nothing: it is part of every decision in debug builds.
    fn counted(&self, queue: QueueId) -> Count {
        let mut count = Count::default();
        let standing = self.calls.iter().filter(|(_, call)| call.stand.is_some_and(|stand| stand.queue == queue));
        standing.for_each(|(_, call)| count.add(call.stage));
        let at_work = self.agents.iter().zip(&self.settings.agents).filter(|(agent, _)| is_at_work(&agent.state));
        count.on_duty = at_work.filter(|(_, settings)| settings.level(queue).is_some()).count() as u32;
        count
    }

    fn check_calls(&self) -> Result<(), Contradiction> {
        let mut bound = 0;
        for (id, call) in self.calls.iter() {
            match call.stage {
                Stage::Offered(offer) => {
                    bound += 1;
                    self.check_bond(*id, offer, call.agent, &AgentState::Offered { offer, call: *id })?;
                }
                Stage::Talking(offer, _) => {
                    bound += 1;
                    self.check_bond(*id, offer, call.agent, &AgentState::Talking { offer, call: *id })?;
                }
                Stage::Dispatching { .. } | Stage::Left { .. } => {
                    holds!(call.owed().is_some(), "{id} waits for an answer that nobody owes");
                }
                Stage::Waiting
                | Stage::Held(_)
                | Stage::Agreeing
                | Stage::Absent
                | Stage::Dialling
                | Stage::Confirming
                | Stage::Resting => {
                    holds!(call.stand.is_some(), "{id} is in line and has no stand");
                }
                Stage::Menu { .. } | Stage::Proving { .. } | Stage::Told { .. } | Stage::Parting(_) => {}
            }
        }
        equals!(bound, self.offers.len(), "every offer is one call's");
        Ok(())
    }

    /// Whoever calls again takes the place of the callback that is pending: it must be that caller's own.
    fn check_callbacks(&self) -> Result<(), Contradiction> {
        for (caller, id) in self.known.callbacks() {
            let call = self.calls.get(&id);
            let pending = call.is_some_and(|call| call.stage == Stage::Absent || call.stage.aside());
            holds!(pending, "{id} is to be called back");
            let asked = call.and_then(|call| call.caller.known_by());
            equals!(asked.as_ref(), Some(caller), "{id} is called back as who asked for it");
        }
        Ok(())
    }

    fn check_bond(&self, id: CallId, offer: OfferId, agent: Option<AgentId>, state: &AgentState) -> Result<(), Contradiction> {
        equals!(self.offers.get(&offer), Some(&id), "{offer} is the offer of {id}");
        let agent = agent.and_then(|agent| self.agents.get(agent.0 as usize));
        equals!(agent.map(|agent| &agent.state), Some(state), "call {id} and its agent agree");
        Ok(())
    }

    fn check_agents(&self) -> Result<(), Contradiction> {
        for (index, agent) in self.agents.iter().enumerate() {
            let id = AgentId(index as u32);
            if agent.state == AgentState::Idle {
                holds!(agent.reachable, "agent {id} is idle and cannot be rung");
            }
            if let AgentState::Offered { offer, call } | AgentState::Talking { offer, call } = &agent.state {
                equals!(self.offers.get(offer), Some(call), "agent {id} is bound to a call that is bound to nobody");
            }
            for reach in self.reaches.of_agent(id) {
                let free = self.idle.tiers(reach.queue).iter().find(|free| free.tier == reach.tier);
                let turn = turn(&self.settings, agent, id, reach.queue);
                let listed = free.is_some_and(|free| free.turns.contains(&turn));
                equals!(listed, agent.state == AgentState::Idle, "agent {id} is idle and listed, or neither");
            }
        }
        Ok(())
    }

    /// Work conservation: no caller waits for whom an agent is idle who may serve that caller now.
    fn check_nobody_waits_in_vain(&self) -> Result<(), Contradiction> {
        for (index, line_up) in self.line_ups.iter().enumerate() {
            let queue = QueueId(index as u16);
            let absent = if self.may_dial(queue) { &line_up.absent[..] } else { &[] };
            for stream in line_up.present.iter().chain(absent) {
                let Some(((since, _), id)) = stream.first() else { continue };
                let open = self.idle.tiers(queue).iter().filter(|free| since.plus(free.after) <= self.now);
                let mut agents = open.flat_map(|free| free.turns.iter().map(|(turn, ())| turn.agent));
                let in_vain = agents.find(|agent| self.kept_from(*agent, queue).is_none());
                equals!(in_vain, None, "{id} waits in queue {queue} for whom an agent is idle");
            }
        }
        Ok(())
    }

    /// More agents are open to a caller just when the queue says so: one who is looked at later than that waits in vain.
    fn check_opening(&self, id: CallId, call: &Call) -> Result<(), Contradiction> {
        let opens = call.alarms.at(Due::Opening);
        match call.stage.in_line() {
            Some(InLine::Waiting | InLine::Absent) => {
                let expected = call.stand.and_then(|stand| self.next_opening(&stand));
                equals!(opens, expected, "more agents are open to {id} when the queue says so");
            }
            Some(InLine::Held(_)) => {
                holds!(opens.is_some(), "{id} is held for ever");
            }
            None => {
                equals!(opens, None, "more agents are to be open to {id}, who is not in line");
            }
        }
        Ok(())
    }

    fn check_alarms(&self) -> Result<(), Contradiction> {
        let mut set = 0;
        for (id, call) in self.calls.iter() {
            let bounded = call.alarms.at(Due::Stage).is_some();
            let needs_bound = match call.stage {
                Stage::Menu { .. }
                | Stage::Proving { .. }
                | Stage::Told { .. }
                | Stage::Waiting
                | Stage::Held(_)
                | Stage::Offered(_)
                | Stage::Agreeing
                | Stage::Absent
                | Stage::Dialling
                | Stage::Confirming
                | Stage::Resting
                | Stage::Parting(_) => true,
                Stage::Dispatching { .. } | Stage::Talking(..) | Stage::Left { .. } => false,
            };
            equals!(bounded, needs_bound, "call {id} has a deadline just when its stage {:?} needs one", call.stage);
            equals!(call.alarms.at(Due::Dispatch).is_some(), call.owed().is_some(), "call {id} has a service's deadline");
            self.check_opening(*id, call)?;
            if let Some(at) = call.alarms.earliest() {
                set += 1;
                holds!(self.clock.holds(Owner::Call(*id), at), "the alarm of call {id} is set");
            }
        }
        for (index, agent) in self.agents.iter().enumerate() {
            let id = AgentId(index as u32);
            if let Some(at) = deadline(&agent.state) {
                set += 1;
                holds!(self.clock.holds(Owner::Agent(id), at), "agent {id} has the deadline of the state");
            }
        }
        for (index, line_up) in self.line_ups.iter().enumerate() {
            if let Some(at) = line_up.warning.next {
                set += 1;
                holds!(self.clock.holds(Owner::Queue(QueueId(index as u16)), at), "queue {index} is looked at");
            }
        }
        equals!(self.clock.len(), set, "no alarm is set for what is over");
        Ok(())
    }
}
