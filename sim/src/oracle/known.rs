//! Who called before: places that are kept, callbacks that are pending, the agent who served a caller last.

use super::{Breach, Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{AgentId, CallId, Caller, CallerGone, Effect, Outcome, Place, QueueId, Span, StageView, Text, Tick, Trust};
use std::collections::BTreeMap;

/// Callers by what they are known by: a token, or a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    kept: BTreeMap<Text, Kept>,
    pending: BTreeMap<Text, (CallId, Trust)>,
    served_by: BTreeMap<Text, Text>,
}

/// A place that is kept for a caller who dropped out.
#[derive(Clone, Copy, Debug)]
struct Kept {
    queue: QueueId,
    since: Tick,
    place: Place,
    until: Tick,
    trust: Trust,
}

impl Known {
    pub(super) fn forget_places(&mut self) {
        self.kept.clear();
    }

    pub(super) fn callback_is_over(&mut self, call: CallId) {
        self.pending.retain(|_, (pending, _)| *pending != call);
    }

    pub(super) fn served_by(&self, caller: &Caller) -> Option<&Text> {
        let (key, trust) = caller.known_by()?;
        self.served_by.get(key).filter(|_| trust == Trust::Trusted)
    }
}

impl Oracle {
    /// A caller who dropped out of the line, or was cut off, finds the place again for a while.
    pub(super) fn note_a_kept_place(&mut self, call: CallId, how: CallerGone, at: Tick) {
        let stage = self.stage_before(call);
        let Some(life) = self.lives.get(&call).filter(|life| !life.callback.pending) else { return };
        let dropped_out = matches!(stage, Some(StageView::Waiting | StageView::Offered));
        let was_cut_off = how != CallerGone::HungUp && matches!(stage, Some(StageView::Talking | StageView::Parting));
        let (Some(join), Some((key, trust))) = (life.join, life.caller.known_by()) else { return };
        let queue = self.settings.queues.get(usize::from(join.queue.0));
        let keep_for = queue.map_or(Span(0), |queue| queue.thresholds.keep_place_for);
        if (dropped_out || was_cut_off) && keep_for > Span(0) {
            let until = at.plus(keep_for);
            self.known.kept.insert(key.clone(), Kept { queue: join.queue, since: join.since, place: join.place, until, trust });
        }
    }

    /// Who serves a trusted caller is that caller's own agent from now on.
    pub(super) fn note_served(&mut self, call: CallId, agent: AgentId) {
        let Some((key, Trust::Trusted)) = self.lives.get(&call).and_then(|life| life.caller.known_by()) else { return };
        if let Some(name) = self.agent_name(agent) {
            self.known.served_by.insert(key.clone(), name.clone());
        }
    }

    /// A callback was agreed upon: another one that was pending for the same caller ends in this very step.
    pub(super) fn note_callback(&mut self, call: CallId, seen: Seen<'_>) -> Verdict {
        let known_by = self.lives.get(&call).and_then(|life| life.caller.known_by());
        let Some((key, trust)) = known_by.map(|(key, trust)| (key.clone(), trust)) else { return Ok(()) };
        let earlier = self.known.pending.insert(key, (call, trust)).filter(|(earlier, _)| *earlier != call);
        let lasts = earlier.filter(|(earlier, _)| !is_joined(seen, *earlier));
        must(lasts.is_none(), Rule::CallbackOnce, || format!("call {call} is to be called back, and {lasts:?} still is"))
    }

    /// The place that a newcomer finds again: that of a pending callback, which ends, or one that was kept.
    pub(super) fn kept_place(&mut self, call: CallId, queue: QueueId, seen: Seen<'_>) -> Result<Option<(Tick, Place)>, Breach> {
        let caller = self.life(call)?.caller.clone();
        let Some((key, trust)) = caller.known_by() else { return Ok(None) };
        let pending = self.known.pending.get(key).copied().filter(|(_, held)| may_claim(trust, *held));
        if let Some((pending, _)) = pending {
            must(is_joined(seen, pending), Rule::CallbackOnce, || {
                format!("{pending} is to be called back, and {call} is there")
            })?;
            self.known.pending.remove(key);
            return Ok(self.life(pending)?.join.map(|join| (join.since, join.place)));
        }
        let is_its_own = |kept: &Kept| kept.queue == queue && may_claim(trust, kept.trust);
        let Some(kept) = self.known.kept.get(key).copied().filter(is_its_own) else { return Ok(None) };
        self.known.kept.remove(key);
        Ok((seen.view.at <= kept.until).then_some((kept.since, kept.place)))
    }
}

/// Whether a callback ended in this step because its caller called again.
fn is_joined(seen: Seen<'_>, call: CallId) -> bool {
    seen.effects
        .iter()
        .any(|effect| matches!(effect, Effect::Write(record) if record.call == call && record.outcome == Outcome::Joined))
}

/// A place taken by a number that can be believed is not given to one that cannot.
fn may_claim(claims: Trust, held: Trust) -> bool {
    claims == Trust::Trusted || held == Trust::Untrusted
}
