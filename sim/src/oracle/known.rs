//! Who called before: places that are kept, callbacks that are pending, the agent who served a caller last.

use super::{Breach, Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{AgentId, CallId, Caller, CallerGone, Effect, KnownBy, Outcome, Place, QueueId, Span, StageView, Text, Tick};
use std::collections::{BTreeMap, BTreeSet};

/// A desk remembers so many callers; beyond, it forgets whom it heard of longest ago.
const REMEMBERED_MAX: usize = 10_000;

/// Callers by what they are known by.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    kept: BTreeMap<KnownBy, Kept>,
    pending: BTreeMap<KnownBy, CallId>,
    served_by: BTreeMap<KnownBy, Text>,
    /// When each of those with a place or an agent was heard of last.
    heard_at: BTreeMap<KnownBy, Tick>,
    by_age: BTreeSet<(Tick, KnownBy)>,
}

/// A place that is kept for a caller who dropped out.
#[derive(Clone, Copy, Debug)]
struct Kept {
    queue: QueueId,
    since: Tick,
    place: Place,
    until: Tick,
}

impl Known {
    pub(super) fn forget_places(&mut self) {
        self.kept.clear();
    }

    pub(super) fn callback_is_over(&mut self, call: CallId) {
        self.pending.retain(|_, pending| *pending != call);
    }

    /// A caller was heard of: whom nobody heard of for longest may be forgotten for that.
    fn hear(&mut self, caller: &KnownBy, now: Tick) {
        if let Some(before) = self.heard_at.insert(caller.clone(), now) {
            self.by_age.remove(&(before, caller.clone()));
        }
        self.by_age.insert((now, caller.clone()));
        if self.by_age.len() > REMEMBERED_MAX
            && let Some((_, forgotten)) = self.by_age.pop_first()
        {
            self.heard_at.remove(&forgotten);
            self.kept.remove(&forgotten);
            self.served_by.remove(&forgotten);
        }
    }

    pub(super) fn served_by(&self, caller: &Caller) -> Option<&Text> {
        self.served_by.get(&caller.known_by()?)
    }
}

impl Oracle {
    /// A caller who dropped out of the line, or was cut off, finds the place again for a while.
    pub(super) fn note_a_kept_place(&mut self, call: CallId, how: CallerGone, at: Tick) {
        let stage = self.stage_before(call);
        let Some(life) = self.lives.get(&call).filter(|life| !life.callback.pending) else { return };
        let dropped_out = matches!(stage, Some(StageView::Waiting | StageView::Offered));
        let was_cut_off = how != CallerGone::HungUp && matches!(stage, Some(StageView::Talking | StageView::Parting));
        let (Some(join), Some(caller)) = (life.join, life.caller.known_by()) else { return };
        let queue = self.settings.queues.get(usize::from(join.queue.0));
        let keep_for = queue.map_or(Span(0), |queue| queue.thresholds.keep_place_for);
        if (dropped_out || was_cut_off) && keep_for > Span(0) {
            let until = at.plus(keep_for);
            self.known.hear(&caller, at);
            self.known.kept.insert(caller, Kept { queue: join.queue, since: join.since, place: join.place, until });
        }
    }

    /// Who serves a trusted caller is that caller's own agent from now on.
    pub(super) fn note_served(&mut self, call: CallId, agent: AgentId) {
        let Some(caller) = self.lives.get(&call).and_then(|life| life.caller.known_by()) else { return };
        let bare_number = matches!(caller, KnownBy::UntrustedNumber(_));
        if let Some(name) = self.agent_name(agent).filter(|_| !bare_number).cloned() {
            self.known.hear(&caller, self.now);
            self.known.served_by.insert(caller, name);
        }
    }

    /// A callback was agreed upon: another one that was pending for the same caller ends in this very step.
    pub(super) fn note_callback(&mut self, call: CallId, seen: Seen<'_>) -> Verdict {
        let Some(caller) = self.lives.get(&call).and_then(|life| life.caller.known_by()) else { return Ok(()) };
        let earlier: Vec<CallId> = owned(&caller).iter().filter_map(|own| self.known.pending.get(own)).copied().collect();
        self.known.pending.insert(caller, call);
        let lasts = earlier.iter().find(|earlier| !is_joined(seen, **earlier));
        must(lasts.is_none(), Rule::CallbackOnce, || format!("call {call} is to be called back, and {lasts:?} still is"))
    }

    /// The place that a newcomer finds again: that of a pending callback, which ends, or one that was kept.
    pub(super) fn kept_place(&mut self, call: CallId, queue: QueueId, seen: Seen<'_>) -> Result<Option<(Tick, Place)>, Breach> {
        let Some(caller) = self.life(call)?.caller.known_by() else { return Ok(None) };
        let own = owned(&caller);
        if let Some(claim) = own.iter().find(|claim| self.known.pending.contains_key(claim))
            && let Some(pending) = self.known.pending.remove(claim)
        {
            must(is_joined(seen, pending), Rule::CallbackOnce, || {
                format!("{pending} is to be called back, and {call} is there")
            })?;
            return Ok(self.life(pending)?.join.map(|join| (join.since, join.place)));
        }
        for claim in own {
            let Some(kept) = self.known.kept.get(&claim).copied().filter(|kept| kept.queue == queue) else { continue };
            self.known.kept.remove(&claim);
            if seen.view.at <= kept.until {
                return Ok(Some((kept.since, kept.place)));
            }
        }
        Ok(None)
    }
}

/// Whether a callback ended in this step because its caller called again.
fn is_joined(seen: Seen<'_>, call: CallId) -> bool {
    seen.effects
        .iter()
        .any(|effect| matches!(effect, Effect::Write(record) if record.call == call && record.outcome == Outcome::Joined))
}

/// What is this caller's: also what stands under the bare number, if the number may be believed.
pub(super) fn owned(caller: &KnownBy) -> Vec<KnownBy> {
    match caller {
        KnownBy::TrustedNumber(number) => vec![caller.clone(), KnownBy::UntrustedNumber(number.clone())],
        KnownBy::Token(_) | KnownBy::UntrustedNumber(_) => vec![caller.clone()],
    }
}
