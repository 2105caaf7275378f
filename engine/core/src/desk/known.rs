//! Who called before: the agent who served a caller last, the place kept for a caller who dropped out, a pending callback.

use super::call::Stage;
use super::{Desk, Outbox};
use crate::code::code_struct;
use crate::{CallId, Caller, Effect, Outcome, Parting, Place, QueueId, Span, Text, Tick, Trust};
use alloc::collections::{BTreeMap, BTreeSet};

/// Callers remembered; beyond it whoever was heard of longest ago is forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Callers by what they are known by: a token, or a number.
#[derive(Default)]
pub(super) struct Known {
    pub(super) remembered: BTreeMap<Text, Memory>,
    by_age: BTreeSet<(Tick, Text)>,
    /// As many as there are such calls at the most.
    pub(super) callbacks: BTreeMap<Text, Pending>,
}

/// What is remembered of a caller.
#[derive(Default)]
pub(super) struct Memory {
    heard_at: Tick,
    /// Who served the caller last, by name.
    agent: Option<Text>,
    kept: Option<Kept>,
}

/// A place that is kept.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    queue: QueueId,
    since: Tick,
    place: Place,
    until: Tick,
    /// Whether only a caller whose number can be believed may claim it.
    trust: Trust,
}

/// A callback that is pending.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    call: CallId,
    trust: Trust,
}

impl Known {
    /// The name of the agent who served this caller last.
    pub(super) fn last_agent(&self, caller: &Caller) -> Option<&Text> {
        let (key, trust) = caller.known_by()?;
        if trust == Trust::Trusted { self.remembered.get(key)?.agent.as_ref() } else { None }
    }

    /// Forgets places: the queues they were in are no more.
    pub(super) fn forget_places(&mut self) {
        self.remembered.values_mut().for_each(|memory| memory.kept = None);
    }

    fn remember(&mut self, key: &Text, now: Tick, change: impl FnOnce(&mut Memory)) {
        let memory = self.remembered.entry(key.clone()).or_default();
        self.by_age.remove(&(memory.heard_at, key.clone()));
        memory.heard_at = now;
        change(memory);
        self.by_age.insert((now, key.clone()));
        if self.remembered.len() > REMEMBERED_MAX
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.remembered.remove(&oldest);
        }
    }
}

impl Desk {
    /// Remembers who serves a caller.
    pub(super) fn remember_agent(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some((key, Trust::Trusted)) = call.caller.known_by() else { return };
        let Some(agent) = call.service.as_ref().and_then(|service| self.settings.agents.get(service.by.0 as usize)) else {
            return;
        };
        let name = agent.name.clone();
        self.known.remember(key, self.now, |memory| memory.agent = Some(name));
    }

    /// Keeps the place of a caller who dropped out of the line, or out of a talk that was cut off, for the next call.
    pub(super) fn keep_place(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (Some(stand), Some((key, trust))) = (call.stand, call.caller.known_by()) else { return };
        let kept_for = self.settings.queues[usize::from(stand.queue.0)].thresholds.keep_place_for;
        if kept_for > Span(0) {
            let until = self.now.plus(kept_for);
            let kept = Kept { queue: stand.queue, since: stand.since, place: stand.place, until, trust };
            self.known.remember(key, self.now, |memory| memory.kept = Some(kept));
        }
    }

    /// The place that is kept for this caller: that of a pending callback, which ends, or that of a call that dropped out.
    pub(super) fn take_kept_place(&mut self, id: CallId, queue: QueueId, out: &mut Outbox) -> Option<(Tick, Place)> {
        let (key, trust) = self.calls.get(&id)?.caller.known_by()?;
        let key = key.clone();
        if let Some(pending) = self.known.callbacks.get(&key).copied()
            && may_claim(trust, pending.trust)
        {
            return self.join_callback(pending.call, out);
        }
        let memory = self.known.remembered.get_mut(&key)?;
        let kept = memory.kept.filter(|kept| kept.queue == queue && may_claim(trust, kept.trust))?;
        memory.kept = None;
        (self.now <= kept.until).then_some((kept.since, kept.place))
    }

    /// A callback was agreed upon; the caller is known by it from now on. Another one pending for the same caller ends.
    pub(super) fn note_callback(&mut self, id: CallId, out: &mut Outbox) {
        let Some((key, trust)) = self.calls.get(&id).and_then(|call| call.caller.known_by()) else { return };
        let key = key.clone();
        if let Some(earlier) = self.known.callbacks.insert(key, Pending { call: id, trust })
            && earlier.call != id
        {
            self.end_callback(earlier.call, out);
        }
    }

    /// The callback of this call is no longer pending.
    pub(super) fn forget_callback(&mut self, id: CallId) {
        let Some((key, _)) = self.calls.get(&id).and_then(|call| call.caller.known_by()) else { return };
        if self.known.callbacks.get(key).is_some_and(|pending| pending.call == id) {
            self.known.callbacks.remove(key);
        }
    }

    /// The caller called again before the callback: served once, at the place held before.
    fn join_callback(&mut self, id: CallId, out: &mut Outbox) -> Option<(Tick, Place)> {
        let stand = self.calls.get(&id)?.stand?;
        self.end_callback(id, out);
        Some((stand.since, stand.place))
    }

    fn end_callback(&mut self, id: CallId, out: &mut Outbox) {
        let Some(stage) = self.calls.get(&id).map(|call| call.stage) else { return };
        self.forget_callback(id);
        self.leave_line(id);
        self.no_longer_aside(id);
        if matches!(stage, Stage::Agreeing | Stage::Dialling | Stage::Confirming) {
            out.order(Effect::HangUp { call: id, why: Parting::Done });
        }
        self.close(id, Outcome::Joined, out);
    }
}

/// A place taken by a number that can be believed is not given to one that cannot.
fn may_claim(claims: Trust, held: Trust) -> bool {
    claims == Trust::Trusted || held == Trust::Untrusted
}

code_struct! {
    Known { remembered, by_age, callbacks }
    Memory { heard_at, agent, kept }
    Kept { queue, since, place, until, trust }
    Pending { call, trust }
}
