//! Thresholds change while callers wait.

use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{Change, Effect, Input, QueueId, Refusal, Thresholds};

impl Oracle {
    /// The new thresholds are in force at once; those who wait begin a new longest wait where the old one was reset.
    pub(super) fn new_thresholds(&mut self, queues: &[(QueueId, Thresholds)], seen: Seen<'_>) -> Verdict {
        let notes = seen.effects.iter().filter(|effect| matches!(effect, Effect::Note(_))).count();
        must(notes == 1, Rule::ChangeIsNoted, || format!("a change is noted {notes} times"))?;
        let first = seen.effects.first();
        let before_all = matches!(first, Some(Effect::Note(change)) if self.fits(change, queues, seen));
        must(before_all, Rule::ChangeIsNoted, || format!("{:?} is noted as {first:?}", seen.input))?;
        for (queue, thresholds) in queues {
            if let Some(slot) = self.settings.queues.get_mut(usize::from(queue.0)) {
                slot.thresholds = thresholds.clone();
            }
        }
        Ok(())
    }

    /// Noted by nobody but a change.
    pub(super) fn note(&self, change: &Change, seen: Seen<'_>) -> Verdict {
        let changes = matches!(seen.input, Input::ThresholdsChanged { .. });
        must(changes, Rule::ChangeIsNoted, || format!("{change:?} was made by nobody"))
    }

    /// A change by somebody who knows the present thresholds is counted; by anybody else it is refused as outdated.
    pub(super) fn check_change(&self, seen: Seen<'_>) -> Verdict {
        let before = self.before.as_ref().map_or(0, |view| view.changes);
        let after = seen.view.changes;
        let Input::ThresholdsChanged { base, .. } = seen.input else {
            return must(after == before, Rule::ChangeIsNoted, || format!("{before} changes became {after}"));
        };
        let expected = if seen.refusals.is_empty() { before + 1 } else { before };
        let outdated = seen.refusals == [Refusal::Outdated];
        let fits = after == expected && outdated == (*base != before);
        must(fits, Rule::ChangeIsNoted, || format!("{before} changes became {after}, from {base}: {:?}", seen.refusals))
    }

    fn fits(&self, change: &Change, queues: &[(QueueId, Thresholds)], seen: Seen<'_>) -> bool {
        let Input::ThresholdsChanged { by, reason, .. } = seen.input else { return false };
        let mut present = self.settings.clone();
        let same = change.queues.iter().zip(queues).all(|((queue, before, after), (given, thresholds))| {
            let slot = present.queues.get_mut(usize::from(queue.0));
            let was = slot.map(|slot| std::mem::replace(&mut slot.thresholds, after.clone()));
            queue == given && after == thresholds && was.as_ref() == Some(before)
        });
        let words = change.by == *by && change.reason == *reason && change.at == seen.view.at;
        same && words && change.queues.len() == queues.len() && change.number == seen.view.changes
    }
}
