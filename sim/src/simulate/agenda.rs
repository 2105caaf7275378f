//! What will happen, in the order in which it will.

use cabrank_core::{AgentId, CallId, Digit, OfferId, PlayId, Span, Tick};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What can be foreseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The next caller of a source comes.
    Arrival(u32),
    /// Somebody who hung up, or was cut off, calls again.
    Again(u32),
    /// A caller's patience ends.
    Patience(CallId),
    /// What is said to a caller is over.
    PromptOver(CallId, PlayId),
    /// A caller presses a key.
    Press(CallId, Digit),
    /// A caller's leg dies.
    CutOff(CallId),
    /// The time is over for which a caller waits for an agent of the caller's own.
    HoldOver(CallId),
    /// A caller who is called back picks up.
    Reached(CallId),
    /// A caller who is called back does not.
    Unreached(CallId),
    /// A fulfilment service answers.
    ServiceAnswers(CallId),
    /// An agent's phone is picked up.
    PickUp(OfferId),
    /// An agent declines.
    Decline(OfferId),
    /// A talk ends.
    Goodbye(OfferId),
    /// An agent's leg dies in the middle of a talk.
    LegDies(OfferId),
    /// An agent comes to work.
    ComesIn(AgentId),
    /// An agent goes home.
    GoesHome(AgentId),
    /// An agent's break, by its place in the day's list, is due.
    BreakBegins(AgentId, u32),
    /// An agent is ready again, after a break or after having been away.
    IsReady(AgentId),
    /// An agent's phone registers again.
    PhoneBack(AgentId),
    /// A fact that was held up reaches the desk.
    Straggler(u32),
    /// Thresholds are changed: that change of the scenario.
    Change(u32),
    /// The engine crashes.
    Crash,
}

/// What will happen; of one moment, what was foreseen first comes first.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(Tick, u64, Due)>>,
    foreseen: u64,
}

impl Agenda {
    pub(super) fn foresee(&mut self, at: Tick, due: Due) {
        self.foreseen += 1;
        self.heap.push(Reverse((at, self.foreseen, due)));
    }

    pub(super) fn next_at(&self) -> Option<Tick> {
        self.heap.peek().map(|Reverse((at, ..))| *at)
    }

    pub(super) fn take(&mut self) -> Option<Due> {
        self.heap.pop().map(|Reverse((_, _, due))| due)
    }
}

/// Nothing happens at once that takes time: a talk of no length ends a moment later.
pub(super) fn at_least_a_moment(span: Span) -> Span {
    span.max(Span(1))
}
