//! Whoever decides which agent takes which caller.

use cabrank_core::{AgentId, CallId, ClassId, QueueId, Tick};

/// A caller who joins a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newcomer {
    /// The call; each number is one higher than the one before.
    pub call: CallId,
    /// The queue.
    pub queue: QueueId,
    /// The class in it.
    pub class: ClassId,
}

/// What a router decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The agent takes the call now.
    Take {
        /// The call.
        call: CallId,
        /// The agent.
        agent: AgentId,
    },
    /// The call is turned away: the line is full, or the longest wait is over.
    TurnAway {
        /// The call.
        call: CallId,
    },
}

/// Whoever decides which agent takes which caller. All agents are there from the start.
pub trait Router {
    /// A caller joins a line.
    fn joined(&mut self, now: Tick, newcomer: Newcomer, moves: &mut Vec<Move>);
    /// A waiting caller hung up.
    fn left(&mut self, now: Tick, call: CallId, moves: &mut Vec<Move>);
    /// A talk is over.
    fn done(&mut self, now: Tick, call: CallId, agent: AgentId, moves: &mut Vec<Move>);
    /// The moment asked for has come.
    fn woke(&mut self, now: Tick, moves: &mut Vec<Move>);
    /// When to be woken next, if nothing else happens before.
    fn next_wake(&self) -> Option<Tick>;
}
