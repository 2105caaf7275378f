//! What is due and when: at most one moment for each kind of thing.

use crate::{AgentId, CallId, OfferId, Tick};
use alloc::collections::{BTreeMap, BTreeSet};

/// Something that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The end of the stage a call is in: silence in the menu, the longest wait, last words that never ended.
    Stage(CallId),
    /// The next word to somebody who waits.
    Comfort(CallId),
    /// The end of patience with a fulfilment service.
    Dispatch(CallId),
    /// The end of a ringing.
    Ring(OfferId),
    /// The end of a wrap-up, a rest or a probation.
    Agent(AgentId),
}

/// The two sides of one table, always in step.
#[derive(Default)]
pub(super) struct Timers {
    by_timer: BTreeMap<Timer, Tick>,
    by_tick: BTreeSet<(Tick, Timer)>,
}

impl Timers {
    /// Sets a timer, in place of its earlier setting.
    pub(super) fn set(&mut self, timer: Timer, at: Tick) {
        self.cancel(timer);
        self.by_timer.insert(timer, at);
        self.by_tick.insert((at, timer));
    }

    /// Forgets a timer; nothing happens if it is not set.
    pub(super) fn cancel(&mut self, timer: Timer) {
        if let Some(at) = self.by_timer.remove(&timer) {
            self.by_tick.remove(&(at, timer));
        }
    }

    /// The earliest moment set.
    pub(super) fn next(&self) -> Option<Tick> {
        self.by_tick.first().map(|(at, _)| *at)
    }

    /// Takes the earliest timer out if it is due.
    pub(super) fn take_due(&mut self, now: Tick) -> Option<Timer> {
        let (at, timer) = *self.by_tick.first()?;
        if at > now {
            return None;
        }
        self.cancel(timer);
        Some(timer)
    }

    /// When a timer is set for.
    pub(super) fn at(&self, timer: Timer) -> Option<Tick> {
        self.by_timer.get(&timer).copied()
    }

    /// Every timer and its moment.
    pub(super) fn all(&self) -> &BTreeMap<Timer, Tick> {
        &self.by_timer
    }
}
