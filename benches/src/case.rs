//! The cases that a decision is measured in: against callers in line, agents, queues and skills, one at a time.

use crate::{Floor, Size};
use cabrank_core::{CallId, Order};

/// Who chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chooser {
    /// An agent's wrap-up ends, and callers are in line.
    Agent,
    /// A caller joins, and agents are idle.
    Caller,
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    chooser: Chooser,
    size: Size,
}

/// A floor in which a decision is due.
pub struct Due {
    floor: Floor,
    chooser: Chooser,
    caller: CallId,
}

/// Every case.
pub fn cases() -> Vec<Case> {
    let agent = |waiting, agents, queues, skills| Case { chooser: Chooser::Agent, size: size(waiting, agents, queues, skills) };
    let caller = |agents, queues, skills| Case { chooser: Chooser::Caller, size: size(0, agents, queues, skills) };
    let calls = [10, 1_000, 100_000].map(|waiting| agent(waiting, 1_000, 8, 4));
    let agents = [10, 10_000].map(|agents| agent(1_000, agents, 8, 4));
    let queues = [(1, 1), (64, 4), (8, 8), (64, 64)].map(|(queues, skills)| agent(1_000, 1_000, queues, skills));
    let idle = [10, 1_000, 10_000].map(|agents| caller(agents, 8, 4));
    let idle_queues = [(1, 1), (64, 4), (64, 64)].map(|(queues, skills)| caller(1_000, queues, skills));
    calls.into_iter().chain(agents).chain(queues).chain(idle).chain(idle_queues).collect()
}

fn size(waiting: u64, agents: u32, queues: u16, skills: u16) -> Size {
    Size { waiting, agents, queues, skills, order: Order::Proportional }
}

impl Case {
    /// Its name, in which the sizes stand.
    pub fn name(&self) -> String {
        let Size { waiting, agents, queues, skills, .. } = self.size;
        match self.chooser {
            Chooser::Agent => format!("agent_chooses/{waiting}_waiting_{agents}_agents_{skills}_of_{queues}_queues"),
            Chooser::Caller => format!("caller_chooses/{agents}_idle_{skills}_of_{queues}_queues"),
        }
    }

    /// A floor of its size, on which decisions have been made before, and one is due.
    pub fn due(&self) -> Due {
        let floor = match self.chooser {
            Chooser::Agent => Floor::busy(self.size),
            Chooser::Caller => Floor::idle(self.size),
        };
        let mut due = Due { floor, chooser: self.chooser, caller: CallId(0) };
        due.prepare();
        for _ in 0..64 {
            due.decide();
            due.settle();
        }
        due
    }
}

impl Due {
    /// The decision itself: one input.
    pub fn decide(&mut self) {
        match self.chooser {
            Chooser::Agent => self.floor.decide(),
            Chooser::Caller => self.floor.greeted(self.caller),
        }
    }

    /// Puts the floor back to where a decision is due.
    pub fn settle(&mut self) {
        assert!(self.floor.rung().is_some(), "somebody is rung");
        match self.chooser {
            Chooser::Agent => {
                self.floor.answer();
                self.floor.join();
            }
            Chooser::Caller => self.floor.hang_up(self.caller),
        }
        self.prepare();
    }

    fn prepare(&mut self) {
        match self.chooser {
            Chooser::Agent => self.floor.finish_a_talk(),
            Chooser::Caller => self.caller = self.floor.arrive(),
        }
    }
}
