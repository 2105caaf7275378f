//! What a waiting caller hears: an honest word on how long, now and then, and a way out.

use super::alarms::Due;
use super::call::{Answered, InLine, Stage};
use super::{Desk, Outbox};
use crate::quote::{Estimate, Expected};
use crate::{CallId, Prospect, Said, Say, Settled, Span, Tick};

/// What is said is a whole number of these.
const SPOKEN_UNIT: Span = Span::secs(60);

/// A quote is going to be broken when it is as likely as not: what is reckoned at 50 % comes later than what was said.
const AS_LIKELY_AS_NOT: usize = 0;

impl Desk {
    /// What a waiting caller heard has ended.
    pub(super) fn go_on_waiting(&mut self, id: CallId, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id) else { return };
        match (call.stage, call.stand) {
            (Stage::Waiting | Stage::Held(_), Some(stand)) if !stand.told => self.please_wait(id, None, out),
            _ => self.music(id, out),
        }
    }

    /// The first word on the wait; what is expected of it may be known already.
    pub(super) fn please_wait(&mut self, id: CallId, expected: Option<Expected>, out: &mut Outbox) {
        if let Some(stand) = self.calls.get_mut(&id).and_then(|call| call.stand.as_mut()) {
            stand.told = true;
        }
        let bound = self.bound(id, expected);
        let prospect = self.prospect(id, bound);
        self.say(id, Say::PleaseWait(prospect), out);
        self.comfort_later(id);
    }

    /// A word now and then to somebody who waits.
    pub(super) fn comfort(&mut self, id: CallId, out: &mut Outbox) {
        let Some(stage) = self.calls.get(&id).map(|call| call.stage) else { return };
        match (stage.in_line(), stage.offer()) {
            (Some(InLine::Waiting | InLine::Held(_)), _) => {
                let reckoned = self.reckoned(id);
                let longer = self.takes_longer(id, reckoned);
                let prospect = self.prospect(id, reckoned.map(|estimate| estimate.bound()));
                self.say(id, if longer { Say::LongerThanSaid(prospect) } else { Say::StillWaiting(prospect) }, out);
                self.comfort_later(id);
            }
            (_, Some((_, Answered::No))) => self.comfort_later(id),
            (Some(InLine::Absent) | None, Some((_, Answered::Yes)) | None) => {}
        }
    }

    /// The next word is due after the queue's interval, or when what was said is over.
    pub(super) fn comfort_later(&mut self, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let Some(stand) = call.stand else { return };
        let regular = self.now.plus(self.queue(stand.queue).thresholds.comfort_every);
        let broken = call.said.filter(|said| !stand.told_longer && said.until > self.now).map(|said| said.until);
        self.set_alarm(id, Due::Comfort, broken.map_or(regular, |at| at.min(regular)));
    }

    /// A caller was connected: what was said is kept or broken.
    pub(super) fn settle_quote(&mut self, id: CallId) {
        let now = self.now;
        if let Some(said) = self.calls.get_mut(&id).and_then(|call| call.said.as_mut())
            && said.settled == Settled::Open
        {
            said.settled = if now <= said.until { Settled::Kept } else { Settled::Broken };
        }
    }

    /// Whether what was said is going to be broken, or is; true once for each caller, who is told. What is settled
    /// stays so, even if the caller waits again.
    fn takes_longer(&mut self, id: CallId, reckoned: Option<Estimate>) -> bool {
        let now = self.now;
        let median = reckoned.map(|estimate| now.plus(estimate.at(AS_LIKELY_AS_NOT)));
        let Some(call) = self.calls.get_mut(&id) else { return false };
        let (Some(stand), Some(said)) = (call.stand.as_mut(), call.said.as_mut()) else { return false };
        if said.settled != Settled::Open {
            return false;
        }
        let over = now >= said.until;
        let longer = !stand.told_longer && (over || median.is_some_and(|median| median > said.until));
        stand.told_longer |= longer;
        if over {
            said.settled = Settled::Broken;
        }
        longer
    }

    /// What can be said now: an end of the wait, if it is the first one or an earlier one; a callback, where it helps.
    fn prospect(&mut self, id: CallId, bound: Option<Span>) -> Prospect {
        let now = self.now;
        let bound = bound.map(spoken);
        let callback = self.offers_callback(id, bound);
        let Some(call) = self.calls.get_mut(&id) else { return Prospect::default() };
        let Some(stand) = call.stand.as_mut() else { return Prospect::default() };
        stand.may_be_called |= callback;
        let is_open = call.said.is_none_or(|said| said.settled == Settled::Open);
        let end: Option<Tick> = bound.map(|bound| now.plus(bound)).filter(|_| is_open && !stand.told_longer);
        let at_most = match (&mut call.said, end) {
            (None, Some(until)) if until <= stand.until => {
                call.said = Some(Said { at: now, until, settled: Settled::Open });
                bound
            }
            (Some(said), Some(until)) if until < said.until => {
                said.until = until;
                bound
            }
            (None | Some(_), _) => None,
        };
        Prospect { at_most, callback }
    }

    /// A callback is offered to whoever can be called, once the wait is or will be long.
    fn offers_callback(&self, id: CallId, bound: Option<Span>) -> bool {
        let Some(call) = self.calls.get(&id) else { return false };
        let Some(stand) = call.stand else { return false };
        let Some(terms) = self.queue(stand.queue).thresholds.callback else { return false };
        let long = stand.may_be_called
            || stand.told_longer
            || self.now.since(stand.joined_at) >= terms.over
            || bound.is_some_and(|bound| bound > terms.over);
        long && call.caller.number.is_some() && call.callbacks == 0
    }
}

/// A length of time as it is said: whole minutes, never less than it is.
fn spoken(bound: Span) -> Span {
    Span(bound.0.div_ceil(SPOKEN_UNIT.0).max(1).saturating_mul(SPOKEN_UNIT.0))
}
