//! The desk as it may be looked at: an owned picture of one moment, for pages, metrics and tests.

use crate::{
    AgentId, CallId, Caller, ClassId, Dispatch, Estimate, Keys, LineId, OfferId, Place, Promise, QueueId, Said, Span, Text, Tick,
    WhyHuman,
};
use alloc::vec::Vec;

/// The desk at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The moment of the newest input.
    pub at: Tick,
    /// Whether new calls are turned away.
    pub draining: bool,
    /// How often thresholds were changed.
    pub changes: u64,
    /// Every queue, by id.
    pub queues: Vec<QueueView>,
    /// Every agent, by id.
    pub agents: Vec<AgentView>,
    /// Every live call, by id.
    pub calls: Vec<CallView>,
    /// What was asked of a fulfilment service and is not answered yet: after a restart it is asked again.
    pub dispatches: Vec<Dispatch>,
}

/// A queue at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueView {
    /// The queue.
    pub queue: QueueId,
    /// Callers in line, those for whom an agent rings included.
    pub waiting: u32,
    /// How long the first in line has waited.
    pub longest_wait: Span,
    /// Callers in line who are to be called back; they are not among those waiting.
    pub callbacks: u32,
    /// Agents on duty who serve it: idle, ringing, talking or in wrap-up.
    pub on_duty: u32,
    /// In how long the target will be missed at this rate, while that is so.
    pub missed_in: Option<Span>,
    /// What a newcomer of the default class would be told, in line behind those who wait now.
    pub at_most: Option<Span>,
}

/// An agent at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentView {
    /// The agent.
    pub agent: AgentId,
    /// What the agent is doing.
    pub state: AgentState,
    /// Since when.
    pub since: Tick,
    /// Whether the phone can be rung.
    pub reachable: bool,
    /// What the agent asked to become after the present call.
    pub next: Next,
}

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentState {
    /// Off duty.
    SignedOut,
    /// On duty and free.
    Idle,
    /// The phone rings.
    Offered {
        /// The ringing.
        offer: OfferId,
        /// For whom.
        call: CallId,
    },
    /// In a call.
    Talking {
        /// The ringing that was answered.
        offer: OfferId,
        /// With whom.
        call: CallId,
    },
    /// Finishing off after a call.
    WrapUp {
        /// When the time for it is over.
        until: Tick,
    },
    /// On duty, not free.
    Paused {
        /// Why.
        why: Pause,
    },
    /// On duty, but the phone cannot be rung.
    Unreachable {
        /// When it is tried again; never before the phone registers if there is no such moment.
        until: Option<Tick>,
    },
}

impl AgentState {
    /// The call that rings or is talked to.
    pub fn call(&self) -> Option<CallId> {
        match self {
            AgentState::Offered { call, .. } | AgentState::Talking { call, .. } => Some(*call),
            AgentState::SignedOut
            | AgentState::Idle
            | AgentState::WrapUp { .. }
            | AgentState::Paused { .. }
            | AgentState::Unreachable { .. } => None,
        }
    }
}

/// Why an agent is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// The agent asked.
    Asked {
        /// Why, in a word.
        reason: Text,
    },
    /// A ringing was missed; back soon.
    Missed {
        /// When the agent is rung again.
        until: Tick,
    },
    /// Several ringings in a row were missed; until the agent says ready.
    Away,
}

/// What follows the present call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next call.
    Calls,
    /// A pause.
    Pause {
        /// Why, in a word.
        reason: Text,
    },
    /// Home.
    SignOut,
}

/// A call at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// The call.
    pub call: CallId,
    /// The line that was dialled.
    pub line: LineId,
    /// Who calls.
    pub caller: Caller,
    /// Whether the caller keyed in the right code, the number being in doubt.
    pub proved: bool,
    /// Where the call is.
    pub stage: StageView,
    /// When it came in.
    pub offered_at: Tick,
    /// When it joined the queue.
    pub queued_at: Option<Tick>,
    /// From when its wait counts: earlier than `queued_at` where a place was kept.
    pub since: Option<Tick>,
    /// When it was first connected.
    pub connected_at: Option<Tick>,
    /// Bounds of its wait, as reckoned when it joined; what is said comes of them. None where the data did not support any.
    pub estimate: Option<Estimate>,
    /// What was said about the wait.
    pub quote: Option<Said>,
    /// The queue it is or was in.
    pub queue: Option<QueueId>,
    /// Its class there.
    pub class: Option<ClassId>,
    /// Its place in line, if it stands there: lower came earlier.
    pub place: Option<Place>,
    /// The agent of the caller's own for whom it waits.
    pub waits_for: Option<AgentId>,
    /// The agent who rings or talks.
    pub agent: Option<AgentId>,
    /// What was pressed, the first few keys.
    pub pressed: Keys,
    /// Why it goes to a human, if it does.
    pub why_human: Option<WhyHuman>,
    /// What was promised.
    pub promise: Option<Promise>,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageView {
    /// Greeting and menu.
    Menu,
    /// The caller is asked for a code: what is keyed in is secret.
    Proving,
    /// The fulfilment service is being asked.
    Dispatching,
    /// Served; the caller is being told, and may still ask for a human.
    Told,
    /// In line.
    Waiting,
    /// In line, and an agent's phone rings.
    Offered,
    /// Asked to be called back, and is told that it will be done.
    Agreeing,
    /// In line without a leg, to be called back.
    Absent,
    /// Being called back.
    CalledBack,
    /// Was not reached; will be tried again.
    Resting,
    /// With an agent.
    Talking,
    /// Hearing the last words.
    Parting,
    /// The caller has left while the fulfilment service was being asked: only its answer is awaited.
    Left,
}

impl StageView {
    /// Whether the caller is on the line and stands in line.
    pub fn is_in_line(self) -> bool {
        match self {
            StageView::Waiting | StageView::Offered => true,
            StageView::Menu
            | StageView::Proving
            | StageView::Dispatching
            | StageView::Told
            | StageView::Agreeing
            | StageView::Absent
            | StageView::CalledBack
            | StageView::Resting
            | StageView::Talking
            | StageView::Parting
            | StageView::Left => false,
        }
    }

    /// Whether the caller is on the line. Who is being called back is so only in the end, which does not show.
    pub fn has_leg(self) -> bool {
        match self {
            StageView::Menu
            | StageView::Proving
            | StageView::Dispatching
            | StageView::Told
            | StageView::Waiting
            | StageView::Offered
            | StageView::Agreeing
            | StageView::Talking
            | StageView::Parting => true,
            StageView::Absent | StageView::CalledBack | StageView::Resting | StageView::Left => false,
        }
    }
}
