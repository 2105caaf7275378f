//! Callers who are to be called back: they pick up or do not, say that it is no longer needed, or call again before.

use super::World;
use super::callers::CallerLeg;
use cabrank_core::{CallId, Caller, Declined, Input, LineId, Say};
use std::collections::{BTreeMap, BTreeSet};

/// Who is to be called back.
#[derive(Debug, Default)]
pub(super) struct Callbacks {
    promised: BTreeMap<CallId, (LineId, Caller)>,
    dialled: BTreeSet<CallId>,
}

impl Callbacks {
    pub(super) fn is_dialled(&self, call: CallId) -> bool {
        self.dialled.contains(&call)
    }

    pub(super) fn dial_is_over(&mut self, call: CallId) {
        self.dialled.remove(&call);
    }

    pub(super) fn is_over(&mut self, call: CallId) {
        self.promised.remove(&call);
        self.dialled.remove(&call);
    }
}

impl World {
    /// A caller who is promised a callback may lose patience and call again.
    pub(super) fn may_be_promised(&mut self, call: CallId, what: Say) {
        let Some(from) = self.calls.get(&call).map(|leg| leg.from.clone()) else { return };
        if what == Say::WillCallBack {
            self.may_redial(from.clone(), self.habits.redial / 2);
            self.callbacks.promised.insert(call, from);
        }
    }

    /// The caller's phone rings: answered, or not, or nothing is heard of it.
    pub(super) fn caller_is_dialled(&mut self, call: CallId) {
        self.callbacks.dialled.insert(call);
        let after = self.callers.about(5_000);
        match self.callers.between(0, 9) {
            0..=5 => self.plan_fact(after, Input::CallerAnswered { call }),
            6 => self.plan_fact(after, Input::CallerUnreached { call, how: Declined::Busy }),
            7 => self.plan_fact(after, Input::CallerUnreached { call, how: Declined::Failed }),
            8 => self.plan_fact(after, Input::CallerUnreached { call, how: Declined::Unavailable }),
            _ => {}
        }
    }

    /// The caller is on the line again, for as long as callers are.
    pub(super) fn picks_up(&mut self, call: CallId) {
        self.callbacks.dial_is_over(call);
        if let Some(from) = self.callbacks.promised.get(&call).cloned() {
            self.calls.insert(call, CallerLeg { from, play: None, with: None });
            self.plan_end(call);
        }
    }
}
