//! What is said about a wait: it never grows, who waits longer is told, and a callback is offered to whom it may help.

use super::books::Life;
use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{CallId, CallbackTerms, Input, Prospect, Said, Settled, Span, StageView, Tick};

/// What is said is a whole number of these.
const SPOKEN_UNIT: Span = Span::secs(60);

/// How often a caller may be tried whose queue no longer calls back.
const LAST_TRIES: u8 = 1;

impl Oracle {
    /// An end of the wait, if one is said, is the first or an earlier one; nothing more is said after a broken word.
    pub(super) fn says_prospect(&mut self, call: CallId, prospect: Prospect, seen: Seen<'_>) -> Verdict {
        self.offers_callback(call, prospect, seen)?;
        let now = self.now;
        let life = self.life(call)?;
        let Some(at_most) = prospect.at_most else { return Ok(()) };
        let whole = at_most > Span(0) && at_most.0.is_multiple_of(SPOKEN_UNIT.0);
        let until = now.plus(at_most);
        let grows = life.said.is_some_and(|said| until > said.until);
        let is_open = life.said.is_none_or(|said| said.settled == Settled::Open);
        must(whole && !grows && !life.told_longer && is_open, Rule::SaidIsKept, || {
            format!("call {call} is told {at_most:?}: {life:?}")
        })?;
        let at = life.said.map_or(now, |said| said.at);
        life.said = Some(Said { at, until, settled: Settled::Open });
        Ok(())
    }

    /// It is said once that it takes longer, and only to whom something else was said.
    pub(super) fn says_longer(&mut self, call: CallId, prospect: Prospect, seen: Seen<'_>) -> Verdict {
        let life = self.life(call)?;
        let is_open = life.said.is_some_and(|said| said.settled == Settled::Open);
        let fits = is_open && !life.told_longer && prospect.at_most.is_none();
        must(fits, Rule::SaidIsKept, || format!("call {call} is told that it takes longer: {life:?}"))?;
        life.told_longer = true;
        self.offers_callback(call, prospect, seen)
    }

    /// A callback is offered to whoever can be called and has waited so long, once; elsewhere only by what is reckoned.
    fn offers_callback(&mut self, call: CallId, prospect: Prospect, seen: Seen<'_>) -> Verdict {
        let now = self.now;
        let (terms, quotes) = self.callback_terms(call, seen);
        let life = self.life(call)?;
        let waited = now.since(life.join.map_or(now, |join| join.at));
        let possible = life.caller.number.is_some() && life.callback.tries == 0;
        let long = terms.is_some_and(|terms| life.callback.offered || life.told_longer || waited >= terms.over);
        let may = possible && terms.is_some() && (long || quotes);
        let fits = if prospect.callback { may } else { !(possible && long) };
        must(fits, Rule::CallbackOnce, || format!("call {call} hears {prospect:?} after {waited:?}: {life:?}"))?;
        life.callback.offered |= prospect.callback;
        Ok(())
    }

    /// A caller agreed to be called back.
    pub(super) fn agrees(&mut self, call: CallId, seen: Seen<'_>) -> Verdict {
        let life = self.life(call)?;
        let fits = life.callback.offered && !life.callback.pending && life.callback.tries == 0 && life.in_line;
        must(fits, Rule::CallbackOnce, || format!("call {call} is promised a callback: {life:?}"))?;
        life.callback.pending = true;
        self.note_callback(call, seen)
    }

    /// After each step: whoever waited past the end that was said has been told; tries are bounded by the terms in force.
    pub(super) fn check_said(&mut self, seen: Seen<'_>) -> Verdict {
        let woken = *seen.input == Input::Woke;
        for shown in &seen.view.calls {
            let (terms, _) = self.callback_terms(shown.call, seen);
            let now = self.now;
            let life = self.life(shown.call)?;
            life.callback.tries_max = life.callback.tries_max.max(terms.map_or(LAST_TRIES, |terms| terms.tries_max));
            let same = shown.quote.map(|said| (said.at, said.until)) == life.said.map(|said| (said.at, said.until));
            must(same, Rule::SaidIsKept, || format!("{:?} is shown, said was {:?}", shown.quote, life.said))?;
            let waits = shown.stage == StageView::Waiting && woken;
            let is_open = |said: Said| said.settled == Settled::Open;
            let passed = life.said.is_some_and(|said| is_open(said) && said.until <= now && life.free_from < said.until);
            must(!(waits && passed && !life.told_longer), Rule::SaidIsKept, || {
                format!("{life:?} was not told that it takes longer")
            })?;
        }
        Ok(())
    }

    /// The terms of the queue in which a call is shown, and whether that queue quotes.
    fn callback_terms(&self, call: CallId, seen: Seen<'_>) -> (Option<CallbackTerms>, bool) {
        let queue = seen.view.calls.iter().find(|shown| shown.call == call).and_then(|shown| shown.queue);
        let thresholds = queue.and_then(|queue| self.settings.queues.get(usize::from(queue.0))).map(|queue| &queue.thresholds);
        (thresholds.and_then(|thresholds| thresholds.callback), thresholds.is_some_and(|thresholds| thresholds.quote.is_some()))
    }
}

/// Who is connected by the end that was said has been told the truth.
pub(super) fn settle(life: &mut Life, now: Tick) {
    if let Some(said) = life.said.as_mut().filter(|said| said.settled == Settled::Open) {
        said.settled = if now <= said.until { Settled::Kept } else { Settled::Broken };
    }
}

/// Whether what the record says of a wait is what came of it: open is what was said to those who left before its end.
pub(super) fn is_settled_right(said: Option<Said>, told: Option<Said>, ended_at: Tick) -> bool {
    let (Some(said), Some(told)) = (said, told) else { return said.is_none() && told.is_none() };
    let settled = match told.settled {
        Settled::Kept | Settled::Broken => said.settled == told.settled,
        Settled::Open if ended_at <= said.until => said.settled == Settled::Open,
        Settled::Open => said.settled != Settled::Kept,
    };
    settled && (said.at, said.until) == (told.at, told.until)
}
