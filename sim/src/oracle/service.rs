//! Nobody idles, limits hold, and whoever is gone is written down.

use super::books::Leg;
use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{CallView, Input, KnownBy, StageView};
use std::collections::BTreeSet;

impl Oracle {
    pub(super) fn check_service(&mut self, seen: Seen<'_>) -> Verdict {
        self.nobody_idles(seen)?;
        one_callback_each(&seen.view.calls)
    }

    pub(super) fn check_limits(&self, seen: Seen<'_>) -> Verdict {
        let kept_places = self.lives.values().filter_map(|life| life.join).any(|join| join.step == self.step && join.kept);
        for (call, life) in &self.lives {
            let Some(join) = life.join.filter(|_| life.is_in_line()) else { continue };
            let Some(queue) = self.settings.queues.get(usize::from(join.queue.0)) else { continue };
            let newcomer = join.step == self.step && !kept_places;
            let line = seen.view.queues.get(usize::from(join.queue.0)).map_or(0, |queue| queue.waiting);
            must(!newcomer || line <= queue.thresholds.max_waiting, Rule::Limits, || {
                format!("call {call} joined as one of {line}")
            })?;
            let over = *seen.input == Input::Woke && seen.at >= life.wait_from.plus(queue.thresholds.max_wait);
            must(!over, Rule::Limits, || format!("call {call} waits longer than {:?}: {life:?}", queue.thresholds.max_wait))?;
        }
        Ok(())
    }

    pub(super) fn check_ends(&mut self, seen: Seen<'_>) -> Verdict {
        for (call, life) in self.lives.iter().filter(|(_, life)| !life.written && life.ended_at.is_some()) {
            let shown = seen.view.calls.iter().find(|shown| shown.call == *call).map(|shown| shown.stage);
            must(shown == Some(StageView::Left), Rule::OneRecord, || format!("call {call} ended unwritten: {life:?}"))?;
        }
        for (call, life) in &self.lives {
            must(life.leg != Leg::Fresh, Rule::OrdersFit, || format!("call {call} was neither taken nor refused"))?;
        }
        let over = self.lives.iter().filter(|(_, life)| life.written).map(|(call, _)| *call).collect::<Vec<_>>();
        over.into_iter().for_each(|call| self.known.callback_is_over(call));
        self.lives.retain(|_, life| !life.written);
        Ok(())
    }
}

/// One caller is never to be called back twice. Whose number cannot be believed may be another one.
fn one_callback_each(calls: &[CallView]) -> Verdict {
    let mut callers: BTreeSet<KnownBy> = BTreeSet::new();
    let pending = |call: &&CallView| {
        matches!(call.stage, StageView::Agreeing | StageView::Absent | StageView::CalledBack | StageView::Resting)
    };
    for call in calls.iter().filter(pending) {
        let fresh = call.caller.known_by().is_none_or(|caller| callers.insert(caller));
        must(fresh, Rule::CallbackOnce, || format!("{call:?} is not the only callback of its caller"))?;
    }
    Ok(())
}
