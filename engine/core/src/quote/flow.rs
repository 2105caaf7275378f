//! How fast a line moves: how often agents take somebody from it, and how often somebody leaves it.

use super::Fixed;
use super::rate::Rate;
use crate::Tick;

/// A line's pace, learned from what is told of it.
///
/// An agent's pace is counted from one start to the next while others go on waiting. The time before the first start
/// says nothing of it: the caller may have met an idle agent, or one who was nearly done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flow {
    at: Tick,
    waiting: u32,
    agents: u32,
    /// Whether the time since the last start counts.
    counting: bool,
    /// The moment at which counting last ended, for a start that is told after the line it left.
    counted_until: Option<Tick>,
    /// Starts by agent and time.
    starts: Rate,
    /// Abandonments by caller and time.
    leaving: Rate,
}

/// What a flow comes to at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speed {
    /// Starts a second by all agents on duty.
    pub(super) service: Fixed,
    /// Abandonments a second by each who waits.
    pub(super) leaving: Fixed,
    /// On how many starts this rests.
    pub(super) evidence: Fixed,
}

impl Flow {
    /// The line from now on.
    pub(super) fn line_is(&mut self, now: Tick, waiting: u32, agents: u32) {
        self.pass(now);
        if self.counting && waiting == 0 {
            self.counted_until = Some(now);
        }
        self.counting &= waiting > 0 && self.waiting > 0;
        self.waiting = waiting;
        self.agents = agents;
    }

    /// An agent took somebody.
    pub(super) fn started(&mut self, now: Tick) {
        self.pass(now);
        if self.counting || self.counted_until.take() == Some(now) {
            self.starts.happened();
        }
        self.counting = true;
    }

    /// Somebody left.
    pub(super) fn abandoned(&mut self, now: Tick) {
        self.pass(now);
        self.leaving.happened();
    }

    /// Who wait, as told last.
    pub(super) fn in_line(&self) -> u32 {
        self.waiting
    }

    /// How fast it is, or nothing while nobody serves it or nobody has ever.
    pub(super) fn speed(&self, now: Tick) -> Option<Speed> {
        let mut flow = self.clone();
        flow.pass(now);
        let speed = Speed {
            service: flow.starts.per_second() * Fixed::whole(u64::from(flow.agents)),
            leaving: flow.leaving.per_second(),
            evidence: flow.starts.evidence(),
        };
        (speed.service > Fixed::ZERO).then_some(speed)
    }

    fn pass(&mut self, now: Tick) {
        let passed = now.since(self.at).0;
        if self.counting && self.waiting > 0 {
            self.starts.exposed(passed.saturating_mul(u64::from(self.agents)));
        }
        self.leaving.exposed(passed.saturating_mul(u64::from(self.waiting)));
        self.at = self.at.max(now);
    }
}

crate::code::code_struct! {
    Flow { at, waiting, agents, counting, counted_until, starts, leaving }
}
