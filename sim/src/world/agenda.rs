//! What will happen, in order of time; things of one moment happen in the order they were planned.

use cabrank_core::{Caller, Input, LineId, Tick};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Something planned.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    /// A fact, should it still be possible then.
    Fact(Input),
    /// The next caller.
    Arrival,
    /// Somebody calls again.
    Redial(LineId, Caller),
    /// An agent (by place in the settings) does something unasked.
    Whim(usize),
    /// Somebody sends what makes no sense.
    Garbage,
    /// The engine falls over and comes back.
    Crash,
    /// Nobody calls any more, and whoever is left goes home.
    Closing,
    /// Somebody changes the settings, or tries to.
    Change,
    /// Somebody changes thresholds while callers wait, or tries to.
    Tune,
}

/// What is planned.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    order: BinaryHeap<Reverse<(Tick, u64)>>,
    plans: BTreeMap<u64, Plan>,
    planned: u64,
}

impl Agenda {
    /// Plans something.
    pub(super) fn plan(&mut self, at: Tick, plan: Plan) {
        self.planned += 1;
        self.order.push(Reverse((at, self.planned)));
        self.plans.insert(self.planned, plan);
    }

    /// When the next thing is due.
    pub(super) fn next_at(&self) -> Option<Tick> {
        self.order.peek().map(|Reverse((at, _))| *at)
    }

    /// The next thing.
    pub(super) fn pop(&mut self) -> Option<(Tick, Plan)> {
        let Reverse((at, number)) = self.order.pop()?;
        self.plans.remove(&number).map(|plan| (at, plan))
    }
}
