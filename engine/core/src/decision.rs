//! Why this caller, and why this agent: the trace of a decision.
//!
//! The desk remembers none: decisions leave with the effects that follow from them, and a replay of the journal makes the
//! same ones again.

use crate::{AgentId, CallId, ClassId, OfferId, Order, Place, QueueId, Tick};
use core::ops::Range;

/// An agent and a caller were brought together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Tick,
    /// The caller who was chosen.
    pub chosen: Candidate,
    /// The agent for whom, or who was chosen.
    pub agent: AgentId,
    /// What followed.
    pub step: Step,
    /// Why this pair.
    pub why: Why,
    /// The others that were looked at: a part of [`Outbox::passed_over`](crate::Outbox::passed_over).
    pub passed_over: Range<usize>,
}

/// A caller as a decision looked at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The call.
    pub call: CallId,
    /// Its queue.
    pub queue: QueueId,
    /// Its class.
    pub class: ClassId,
    /// From when its wait counts.
    pub since: Tick,
    /// Its place in line.
    pub place: Place,
}

/// What followed from a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The agent is rung.
    Rung(OfferId),
    /// The caller is called back, and keeps the place until picking up; the agent is free for the next one.
    CalledBack,
}

/// Why a caller and an agent were brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The agent became free, and the caller was first by the order of service.
    First(Order),
    /// The agent became free, and served the caller before: the head start of an agent of one's own made the caller first.
    OwnAgentFree,
    /// The caller came, or became open to more agents, and this was the best idle one.
    BestIdle,
    /// The caller came, and the agent who served the caller before was idle.
    OwnAgentIdle,
}

/// Somebody that a decision passed over, and why. Of callers, the first of each queue and class that the agent serves: what
/// is true of the first is true of all behind. Of agents, the first of each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOver {
    /// A caller, while an agent chose.
    Caller(Candidate, NotServed),
    /// An agent, while a caller chose.
    Agent(AgentId, NotRung),
}

/// Why a caller was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotServed {
    /// Comes later by the order of service.
    Later(Order),
    /// Comes later because the caller chosen had a head start with this agent.
    OwnAgent,
    /// The agent's level, or the other queue's help, is open to this caller only from then on.
    OpensAt(Tick),
    /// The agent is kept for callers of that queue.
    KeptFor(QueueId),
    /// The agent has just missed this caller's ringing.
    JustMissed,
    /// Is to be called back, and as many are being called as agents are idle.
    OthersDialled,
}

/// Why an agent was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRung {
    /// Serves the queue at a worse level.
    WorseLevel,
    /// Has not been idle as long, or has been busier, as the queue's order of agents has it.
    LaterTurn,
    /// Another agent served this caller before.
    OwnAgent,
    /// The agent's level, or the other queue's help, is open to this caller only from then on.
    OpensAt(Tick),
    /// The agent is kept for callers of that queue.
    KeptFor(QueueId),
    /// The agent has just missed this caller's ringing.
    JustMissed,
}
