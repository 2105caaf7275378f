//! Small routers, each with one whim. Every agent may take every caller.

use cabrank_core::{AgentId, CallId, ClassId, Tick};
use cabrank_sim::Draw;
use cabrank_sim::study::{Move, Newcomer, Router};

/// What a toy does that it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whim {
    /// Nothing: first come, first served, the longest idle agent first.
    Nothing,
    /// Last come, first served.
    LastFirst,
    /// Callers of the class come first.
    Favourite(ClassId),
    /// The agent is rung only if nobody else is idle.
    Spares(AgentId),
    /// A caller is picked by lot.
    ByLot,
    /// Nine of ten newcomers are not served until an agent becomes free, even if some are idle.
    Dawdles,
}

pub(crate) struct Toy {
    whim: Whim,
    waiting: Vec<Newcomer>,
    /// The longest idle first.
    idle: Vec<AgentId>,
    draw: Draw,
}

impl Toy {
    pub(crate) fn new(whim: Whim, agents: u32, seed: u64) -> Toy {
        Toy { whim, waiting: Vec::new(), idle: (0..agents).map(AgentId).collect(), draw: Draw::new(seed, 0) }
    }

    fn match_up(&mut self, moves: &mut Vec<Move>) {
        while !self.waiting.is_empty() && !self.idle.is_empty() {
            let (caller, agent) = (self.pick_caller(), self.pick_agent());
            moves.push(Move::Take { call: self.waiting.remove(caller).call, agent: self.idle.remove(agent) });
        }
    }

    fn pick_caller(&mut self) -> usize {
        let last = self.waiting.len() - 1;
        match self.whim {
            Whim::LastFirst => last,
            Whim::ByLot => self.draw.between(0, last as u64) as usize,
            Whim::Favourite(class) => self.waiting.iter().position(|caller| caller.class == class).unwrap_or(0),
            Whim::Nothing | Whim::Spares(_) | Whim::Dawdles => 0,
        }
    }

    fn pick_agent(&self) -> usize {
        match self.whim {
            Whim::Spares(spared) => self.idle.iter().position(|agent| *agent != spared).unwrap_or(0),
            Whim::Nothing | Whim::LastFirst | Whim::Favourite(_) | Whim::ByLot | Whim::Dawdles => 0,
        }
    }
}

impl Router for Toy {
    fn joined(&mut self, _now: Tick, newcomer: Newcomer, moves: &mut Vec<Move>) {
        self.waiting.push(newcomer);
        if self.whim != Whim::Dawdles || newcomer.call.0.is_multiple_of(10) {
            self.match_up(moves);
        }
    }

    fn left(&mut self, _now: Tick, call: CallId, _moves: &mut Vec<Move>) {
        self.waiting.retain(|caller| caller.call != call);
    }

    fn done(&mut self, _now: Tick, _call: CallId, agent: AgentId, moves: &mut Vec<Move>) {
        self.idle.push(agent);
        self.match_up(moves);
    }

    fn woke(&mut self, _now: Tick, _moves: &mut Vec<Move>) {}

    fn next_wake(&self) -> Option<Tick> {
        None
    }
}
