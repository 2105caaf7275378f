//! A caller is called back when the turn comes, keeps the place, and is tried a bounded number of times.

use super::alarms::Due;
use super::call::Stage;
use super::{Desk, Outbox};
use crate::{CallId, CallbackTerms, Digit, Effect, Outcome, Parting, QueueId, Refusal, Say, Span};

/// A callback whose turn has not come by then has failed.
const KEPT_FOR: Span = Span::secs(8 * 60 * 60);

/// How long a caller's phone rings.
const DIALLED_FOR: Span = Span::secs(45);

/// How long a caller who picked up may take to press a key; an answering machine presses none.
const CONFIRMED_WITHIN: Span = Span::secs(15);

/// What holds for callbacks agreed upon before they were switched off.
const LAST_TERMS: CallbackTerms = CallbackTerms { over: Span(0), retry_after: Span::secs(120), tries_max: 1 };

impl Desk {
    /// A caller in line pressed the key for a callback: told so, then the leg ends and the place stays.
    pub(super) fn agree_to_call_back(&mut self, id: CallId, out: &mut Outbox) {
        if self.leave_line(id).is_none() {
            return;
        }
        self.cancel_alarm(id, Due::Comfort);
        self.note_callback(id, out);
        self.enter(id, Stage::Agreeing);
        self.say(id, Say::WillCallBack, out);
        self.dial_wherever_possible(out);
    }

    /// The words are said: the leg ends.
    pub(super) fn hang_up_until_called_back(&mut self, id: CallId, out: &mut Outbox) {
        out.order(Effect::HangUp { call: id, why: Parting::Done });
        self.await_turn(id, out);
    }

    /// In line without a leg.
    pub(super) fn await_turn(&mut self, id: CallId, out: &mut Outbox) {
        let Some(stand) = self.calls.get(&id).and_then(|call| call.stand) else { return };
        let until = self.now.plus(KEPT_FOR);
        self.stand_as(id, super::call::Stand { until, ..stand }, Stage::Absent);
        self.seat(id, out);
    }

    /// As many callers are dialled at once as agents are idle, so that who picks up is not kept waiting.
    pub(super) fn may_dial(&self, queue: QueueId) -> bool {
        let idle: usize = self.idle.tiers(queue).iter().map(|free| free.turns.len()).sum();
        (self.line_ups[usize::from(queue.0)].dialling as usize) < idle
    }

    /// The turn has come.
    pub(super) fn dial(&mut self, id: CallId, out: &mut Outbox) {
        let Some(stand) = self.leave_line(id) else { return };
        self.line_ups[usize::from(stand.queue.0)].dialling += 1;
        let until = self.now.plus(DIALLED_FOR);
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.stage = Stage::Dialling;
        call.callbacks = call.callbacks.saturating_add(1);
        if let Some(number) = call.caller.number.clone() {
            out.order(Effect::CallBack { call: id, line: call.line, number });
        }
        self.set_alarm(id, Due::Stage, until);
    }

    pub(super) fn caller_answered(&mut self, id: CallId, out: &mut Outbox) -> Result<(), Refusal> {
        if self.call(id)?.stage != Stage::Dialling {
            return Err(Refusal::OutOfPlace);
        }
        self.enter(id, Stage::Confirming);
        self.say(id, Say::CalledBack, out);
        Ok(())
    }

    pub(super) fn caller_unreached(&mut self, id: CallId, out: &mut Outbox) -> Result<(), Refusal> {
        if self.call(id)?.stage != Stage::Dialling {
            return Err(Refusal::OutOfPlace);
        }
        self.rest(id, out);
        Ok(())
    }

    /// Nobody picked up in time, or nobody pressed a key: the leg ends, and another try follows.
    pub(super) fn not_reached(&mut self, id: CallId, out: &mut Outbox) {
        out.order(Effect::HangUp { call: id, why: Parting::Done });
        self.rest(id, out);
    }

    /// The caller was told who calls; what is pressed now counts.
    pub(super) fn await_confirmation(&mut self, id: CallId) {
        self.set_alarm(id, Due::Stage, self.now.plus(CONFIRMED_WITHIN));
    }

    pub(super) fn confirm(&mut self, id: CallId, digit: Digit, out: &mut Outbox) {
        match digit {
            Digit::Number(1) => self.back_on_the_line(id, out),
            Digit::Number(2) => {
                self.forget_callback(id);
                let queue = self.no_longer_aside(id);
                self.part(id, Say::Goodbye, Outcome::CallbackCancelled, out);
                self.dial_the_next(queue, out);
            }
            Digit::Number(_) | Digit::Star | Digit::Pound | Digit::Letter(_) => {}
        }
    }

    /// Left alone for a while, or given up.
    pub(super) fn rest(&mut self, id: CallId, out: &mut Outbox) {
        let queue = self.no_longer_aside(id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(stand) = call.stand else { return };
        let terms = self.settings.queues[usize::from(stand.queue.0)].thresholds.callback.unwrap_or(LAST_TERMS);
        if call.callbacks >= terms.tries_max {
            self.forget_callback(id);
            self.close(id, Outcome::CallbackFailed, out);
        } else {
            call.stage = Stage::Resting;
            self.set_alarm(id, Due::Stage, self.now.plus(terms.retry_after));
        }
        self.dial_the_next(queue, out);
    }

    /// One who was being called is so no longer; says in which queue.
    pub(super) fn no_longer_aside(&mut self, id: CallId) -> Option<QueueId> {
        let call = self.calls.get(&id)?;
        let queue = call.stand?.queue;
        if matches!(call.stage, Stage::Dialling | Stage::Confirming) {
            self.line_ups[usize::from(queue.0)].dialling -= 1;
            return Some(queue);
        }
        None
    }

    /// One fewer is being called, or one agent more is idle: the turn of the next may have come.
    pub(super) fn dial_the_next(&mut self, queue: Option<QueueId>, out: &mut Outbox) {
        let Some(queue) = queue else { return };
        for class in 0..self.line_ups[usize::from(queue.0)].absent.len() {
            while let Some(call) = self.first_absent(queue, class) {
                self.seat(call, out);
                if self.first_absent(queue, class) == Some(call) {
                    break;
                }
            }
        }
    }

    /// A callback ended in some queue, or an agent became idle who counts in several: the turn of the next may have come.
    pub(super) fn dial_wherever_possible(&mut self, out: &mut Outbox) {
        for index in 0..self.line_ups.len() {
            if self.line_ups[index].callbacks() > 0 {
                self.dial_the_next(Some(QueueId(index as u16)), out);
            }
        }
    }

    fn first_absent(&self, queue: QueueId, class: usize) -> Option<CallId> {
        self.line_ups[usize::from(queue.0)].absent.get(class)?.first().map(|(_, call)| *call)
    }

    fn back_on_the_line(&mut self, id: CallId, out: &mut Outbox) {
        self.forget_callback(id);
        let queue = self.no_longer_aside(id);
        let Some(stand) = self.calls.get(&id).and_then(|call| call.stand) else { return };
        let until = self.now.plus(self.queue(stand.queue).thresholds.max_wait);
        self.stand_again(id, super::call::Stand { until, may_be_called: false, ..stand }, out);
        let words = if self.is_offered(id) { Say::ToHuman } else { Say::PleaseWait(Default::default()) };
        self.say(id, words, out);
        self.dial_the_next(queue, out);
    }
}
