//! What a journal tells of a day.

use crate::scenario::{Break, PlannedChange, Window};
use crate::statistics::Ended;
use cabrank_core::{AgentId, Caller, ClassId, QueueId, Settings, Span, Tick};

/// What a journal tells of a day. Moments are those of the journal.
#[derive(Clone, Debug)]
pub struct Day {
    /// The desk as it was when the day began: with the journal, or when settings were last replaced.
    pub settings: Settings,
    /// When the day began.
    pub begins: Tick,
    /// When the journal ended.
    pub ends: Tick,
    /// Everybody who stood in a line and left it again, in the order of joining.
    pub stands: Vec<Stand>,
    /// By agent id.
    pub agents: Vec<AgentDay>,
    /// Changes of thresholds, in the order of time.
    pub changes: Vec<PlannedChange>,
    /// What came of callbacks.
    pub callbacks: Callbacks,
    /// What else happened.
    pub happened: Happened,
}

/// Somebody who stood in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// In which.
    pub queue: QueueId,
    /// As which class.
    pub class: ClassId,
    /// From when.
    pub joined_at: Tick,
    /// Who.
    pub caller: Caller,
    /// How it ended.
    pub left: Left,
    /// How long it was.
    pub waited: Span,
    /// The talk that followed.
    pub talk: Option<Talk>,
}

/// How a stand in a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// An agent took the call.
    Answered,
    /// The caller hung up.
    HungUp,
    /// The leg died, or the engine restarted.
    CutOff,
    /// The caller was told that the line was full, or that nobody came.
    TurnedAway,
    /// The caller asked to be called back.
    CalledBack,
}

/// A talk with an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk {
    /// With whom.
    pub agent: AgentId,
    /// How long it was, holds included.
    pub lasted: Span,
    /// Whether caller and agent had said all there was to say.
    pub ended: Ended,
}

/// An agent's day.
#[derive(Clone, Debug, Default)]
pub struct AgentDay {
    /// When the agent was on duty.
    pub present: Vec<Window>,
    /// Pauses: asked for at a moment, and as long as they were once they had begun.
    pub breaks: Vec<Break>,
    /// How long the phone rang each time, and how that ended.
    pub rings: Vec<(Span, RingEnded)>,
    /// Talks in which the agent's leg died.
    pub dropped: u32,
}

/// How a ringing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingEnded {
    /// The agent picked up.
    PickedUp,
    /// The agent declined, or the phone failed.
    Declined,
    /// Nobody answered in time.
    RangOut,
    /// The caller hung up: nobody knows what the agent would have done.
    CalledOff,
}

/// What came of callbacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callbacks {
    /// Callers to whom one was offered.
    pub offered: u32,
    /// Callers who asked for it.
    pub accepted: u32,
    /// Callers who picked up, and how long that took.
    pub picked_up_after: Vec<Span>,
    /// Calls that reached nobody.
    pub unreached: u32,
}

/// What else happened, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// Calls that came in.
    pub calls: u64,
    /// Calls that ended before they joined a queue: served instantly, left in the menu, closed, refused.
    pub beside_queues: u64,
    /// Calls that were in line or in a talk when the journal ended.
    pub unfinished: u64,
    /// Calls that an agent gave back to a line: each stand counts by itself.
    pub given_back: u64,
    /// Restarts of the engine.
    pub restarts: u64,
    /// Calls before the settings were last replaced: left out.
    pub before: u64,
}
