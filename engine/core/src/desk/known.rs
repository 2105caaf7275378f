//! Who called before: the agent who served a caller last, the place kept for a caller who dropped out, a pending callback.

use super::call::Stage;
use super::{Desk, Outbox};
use crate::code::code_struct;
use crate::{CallId, Caller, Effect, KnownBy, Outcome, Parting, Place, QueueId, Span, Text, Tick};
use alloc::collections::{BTreeMap, BTreeSet};

/// Callers remembered; beyond it whoever was heard of longest ago is forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Callers by what they are known by.
#[derive(Default)]
pub(super) struct Known {
    remembered: BTreeMap<KnownBy, Memory>,
    by_age: BTreeSet<(Tick, KnownBy)>,
    /// Callbacks that are pending; as many as there are such calls at the most.
    callbacks: BTreeMap<KnownBy, CallId>,
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
}

impl Known {
    /// The name of the agent who served this caller last.
    pub(super) fn last_agent(&self, caller: &Caller) -> Option<&Text> {
        self.remembered.get(&caller.known_by()?)?.agent.as_ref()
    }

    /// The callbacks that are pending, and whose they are.
    pub(super) fn callbacks(&self) -> impl Iterator<Item = (&KnownBy, CallId)> {
        self.callbacks.iter().map(|(caller, call)| (caller, *call))
    }

    /// Forgets places: the queues they were in are no more.
    pub(super) fn forget_places(&mut self) {
        self.remembered.values_mut().for_each(|memory| memory.kept = None);
    }

    /// Whether whoever is remembered has an age and no place that was never given; what came out of bytes need not.
    pub(super) fn is_consistent(&self, places_given: u64) -> bool {
        let by_age =
            self.by_age.iter().all(|(at, caller)| self.remembered.get(caller).is_some_and(|memory| memory.heard_at == *at));
        let given = self.remembered.values().filter_map(|memory| memory.kept).all(|kept| kept.place.0 <= places_given);
        by_age && given && self.by_age.len() == self.remembered.len()
    }

    /// The place kept in a queue, which is so no longer.
    fn take_kept(&mut self, caller: &KnownBy, queue: QueueId, now: Tick) -> Option<(Tick, Place)> {
        let memory = self.remembered.get_mut(caller)?;
        let kept = memory.kept.take_if(|kept| kept.queue == queue)?;
        (now <= kept.until).then_some((kept.since, kept.place))
    }

    fn remember(&mut self, caller: KnownBy, now: Tick, change: impl FnOnce(&mut Memory)) {
        let memory = self.remembered.entry(caller.clone()).or_default();
        self.by_age.remove(&(memory.heard_at, caller.clone()));
        memory.heard_at = now;
        change(memory);
        self.by_age.insert((now, caller));
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
        let Some(caller) = call.caller.known_by().filter(KnownBy::is_sure) else { return };
        let Some(agent) = call.service.as_ref().and_then(|service| self.settings.agents.get(service.by.0 as usize)) else {
            return;
        };
        let name = agent.name.clone();
        self.known.remember(caller, self.now, |memory| memory.agent = Some(name));
    }

    /// Keeps the place of a caller who dropped out of the line, or out of a talk that was cut off, for the next call.
    pub(super) fn keep_place(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let (Some(stand), Some(caller)) = (call.stand, call.caller.known_by()) else { return };
        let kept_for = self.queue(stand.queue).thresholds.keep_place_for;
        if kept_for > Span(0) {
            let until = self.now.plus(kept_for);
            let kept = Kept { queue: stand.queue, since: stand.since, place: stand.place, until };
            self.known.remember(caller, self.now, |memory| memory.kept = Some(kept));
        }
    }

    /// The place that is kept for this caller: that of a pending callback, which ends, or that of a call that dropped out.
    pub(super) fn take_kept_place(&mut self, id: CallId, queue: QueueId, out: &mut Outbox) -> Option<(Tick, Place)> {
        let caller = self.calls.get(&id)?.caller.known_by()?;
        if let Some(pending) = caller.claims().find_map(|claim| self.known.callbacks.get(&claim).copied()) {
            return self.join_callback(pending, out);
        }
        caller.claims().find_map(|claim| self.known.take_kept(&claim, queue, self.now))
    }

    /// A callback was agreed upon; the caller is known by it from now on. Another one pending for the same caller ends.
    pub(super) fn note_callback(&mut self, id: CallId, out: &mut Outbox) {
        let Some(caller) = self.calls.get(&id).and_then(|call| call.caller.known_by()) else { return };
        for claim in caller.claims() {
            if let Some(earlier) = self.known.callbacks.get(&claim).copied() {
                self.end_callback(earlier, out);
            }
        }
        self.known.callbacks.insert(caller, id);
    }

    /// The callback of this call is no longer pending.
    pub(super) fn forget_callback(&mut self, id: CallId) {
        let Some(caller) = self.calls.get(&id).and_then(|call| call.caller.known_by()) else { return };
        if self.known.callbacks.get(&caller) == Some(&id) {
            self.known.callbacks.remove(&caller);
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

code_struct! {
    Known { remembered, by_age, callbacks }
    Memory { heard_at, agent, kept }
    Kept { queue, since, place, until }
}
