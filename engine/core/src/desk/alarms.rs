//! What is due and when: each call, agent and queue has one alarm set, for the earliest of its moments.

use super::Desk;
use super::call::Call;
use crate::ordered::Ordered;
use crate::{AgentId, CallId, Code, Malformed, QueueId, Reader, Sink, Tick};
use alloc::vec::Vec;

/// What a call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The end of the stage the call is in: silence in the menu, a ringing, the longest wait, last words that never ended.
    Stage,
    /// The end of patience with a fulfilment service.
    Dispatch,
    /// The next word to somebody who waits.
    Comfort,
    /// More agents may take the caller.
    Opening,
}

impl Due {
    const ALL: [Due; 4] = [Due::Stage, Due::Dispatch, Due::Comfort, Due::Opening];
}

/// The moments of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Alarms {
    at: [Tick; 4],
    /// For when the clock has the call's alarm set: until it is settled, not always for the earliest of these moments.
    set: Tick,
}

/// Whose alarm rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Call(CallId),
    Agent(AgentId),
    Queue(QueueId),
}

/// Every alarm that is set, the earliest first.
#[derive(Default)]
pub(super) struct Clock {
    set: Ordered<(Tick, Owner), ()>,
    /// Calls whose moments have changed since. An input changes some of them to and fro: the alarm is moved once in the end.
    unsettled: Vec<CallId>,
}

/// There is no such moment: an alarm at the end of time is not set.
pub(super) const NEVER: Tick = Tick(u64::MAX);

impl Default for Alarms {
    fn default() -> Self {
        Alarms { at: [NEVER; 4], set: NEVER }
    }
}

impl Alarms {
    /// When something is due, if it is.
    pub(super) fn at(&self, due: Due) -> Option<Tick> {
        Some(self.at[due as usize]).filter(|at| *at != NEVER)
    }

    /// The earliest moment, and what is due then.
    fn next(&self) -> (Tick, Due) {
        Due::ALL.iter().map(|due| (self.at[*due as usize], *due)).min().unwrap_or((NEVER, Due::Stage))
    }
}

impl Clock {
    /// The earliest moment set.
    pub(super) fn next(&self) -> Option<Tick> {
        self.set.first().map(|((at, _), ())| *at)
    }

    /// Takes the earliest alarm out if it is due.
    pub(super) fn take_due(&mut self, now: Tick) -> Option<Owner> {
        self.next().filter(|at| *at <= now)?;
        self.set.pop_first().map(|((_, owner), ())| owner)
    }

    /// Moves an alarm from one moment to another; either may be never.
    pub(super) fn move_alarm(&mut self, owner: Owner, from: Option<Tick>, to: Option<Tick>) {
        let set = |at: Option<Tick>| at.filter(|at| *at != NEVER);
        if from == to {
            return;
        }
        if let Some(from) = set(from) {
            self.set.remove(&(from, owner));
        }
        if let Some(to) = set(to) {
            self.set.insert((to, owner), ());
        }
    }

    /// Whether this very alarm is set.
    pub(super) fn holds(&self, owner: Owner, at: Tick) -> bool {
        self.set.contains(&(at, owner))
    }

    /// How many are set.
    pub(super) fn len(&self) -> usize {
        self.set.len()
    }

    pub(super) fn clear(&mut self) {
        self.set.clear();
        self.unsettled.clear();
    }

    /// The alarm of a call may be set for another moment than its earliest.
    pub(super) fn unsettle(&mut self, id: CallId) {
        if self.unsettled.last() != Some(&id) {
            self.unsettled.push(id);
        }
    }
}

impl Desk {
    /// Sets one of a call's moments, in place of its earlier setting.
    pub(super) fn set_alarm(&mut self, id: CallId, due: Due, at: Tick) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.alarms.at[due as usize] != at {
            call.alarms.at[due as usize] = at;
            self.clock.unsettle(id);
        }
    }

    /// Forgets one of a call's moments; nothing happens if it is not set.
    pub(super) fn cancel_alarm(&mut self, id: CallId, due: Due) {
        self.set_alarm(id, due, NEVER);
    }

    /// Sets the alarms of all calls for the earliest of their moments.
    pub(super) fn settle_alarms(&mut self) {
        while let Some(id) = self.clock.unsettled.pop() {
            let Some(call) = self.calls.get_mut(&id) else { continue };
            let (before, (after, _)) = (call.alarms.set, call.alarms.next());
            call.alarms.set = after;
            self.clock.move_alarm(Owner::Call(id), Some(before), Some(after));
        }
    }

    /// Unsets the alarm of a call that is no more.
    pub(super) fn silence(&mut self, id: CallId, call: &Call) {
        self.clock.move_alarm(Owner::Call(id), Some(call.alarms.set), None);
    }

    /// What is due of a call whose alarm rang and is out of the clock.
    pub(super) fn take_what_is_due(&mut self, id: CallId) -> Option<Due> {
        let call = self.calls.get_mut(&id)?;
        let (_, due) = call.alarms.next();
        call.alarms.at[due as usize] = NEVER;
        call.alarms.set = NEVER;
        self.clock.unsettle(id);
        Some(due)
    }
}

impl Alarms {
    /// The earliest moment, if there is one.
    pub(super) fn earliest(&self) -> Option<Tick> {
        Some(self.next().0).filter(|at| *at != NEVER)
    }
}

impl Code for Alarms {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.at.iter().for_each(|at| at.encode(sink));
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut at = [NEVER; 4];
        at.iter_mut().try_for_each(|at| Tick::decode(reader).map(|tick| *at = tick))?;
        Ok(Alarms { at, set: NEVER })
    }
}
