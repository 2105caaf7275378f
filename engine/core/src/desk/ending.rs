//! How calls end, and what is written down of them.

use super::alarms::Due;
use super::call::{Answered, Call, InLine, Stage, Stand};
use super::{Desk, Outbox};
use crate::{Amendment, CallId, CallerGone, Effect, Outcome, Parting, Promise, Record, Refusal, Say, Settled, Text, Tick};
use alloc::boxed::Box;

impl Desk {
    pub(super) fn caller_hung_up(&mut self, id: CallId, how: CallerGone, out: &mut Outbox) -> Result<(), Refusal> {
        let natural = match self.call(id)?.stage {
            Stage::Menu { .. } | Stage::Proving { .. } | Stage::Dispatching { .. } => Outcome::LeftInMenu,
            Stage::Told { .. } => Outcome::ServedInstantly,
            Stage::Waiting | Stage::Held(_) | Stage::Offered(_) => Outcome::Abandoned,
            Stage::Talking(..) => Outcome::ServedByAgent,
            Stage::Parting(outcome) => outcome,
            Stage::Agreeing => {
                self.await_turn(id, out);
                return Ok(());
            }
            Stage::Confirming => {
                self.rest(id, out);
                return Ok(());
            }
            Stage::Absent | Stage::Dialling | Stage::Resting => return Err(Refusal::OutOfPlace),
            Stage::Left { .. } => return Err(Refusal::UnknownCall),
        };
        let outcome = match (how, natural) {
            (CallerGone::HungUp, outcome) => outcome,
            // What was done before the leg died stays done.
            (CallerGone::Lost | CallerGone::EngineRestarted, Outcome::ServedInstantly) => Outcome::ServedInstantly,
            (CallerGone::Lost | CallerGone::EngineRestarted, _) => Outcome::CutOff,
        };
        if matches!(outcome, Outcome::Abandoned | Outcome::CutOff) {
            self.keep_place(id);
        }
        self.let_go_of_agent(id, outcome, out);
        Ok(())
    }

    /// Last words, then the end.
    pub(super) fn part(&mut self, id: CallId, words: Say, outcome: Outcome, out: &mut Outbox) {
        self.cancel_alarm(id, Due::Comfort);
        self.enter(id, Stage::Parting(outcome));
        self.say(id, words, out);
    }

    pub(super) fn hang_up(&mut self, id: CallId, outcome: Outcome, out: &mut Outbox) {
        out.order(Effect::HangUp { call: id, why: Parting::Done });
        self.close(id, outcome, out);
    }

    /// The caller's leg is gone or going. The record waits for a fulfilment service that still owes an answer.
    pub(super) fn close(&mut self, id: CallId, outcome: Outcome, out: &mut Outbox) {
        for due in [Due::Stage, Due::Comfort, Due::Opening] {
            self.cancel_alarm(id, due);
        }
        let now = self.now;
        match self.calls.get_mut(&id) {
            Some(call) if call.owed().is_some() => call.stage = Stage::Left { outcome, ended_at: now },
            Some(_) => self.forget(id, outcome, now, out),
            None => {}
        }
    }

    /// Nothing more is owed: the call leaves the desk and becomes a record.
    pub(super) fn forget(&mut self, id: CallId, outcome: Outcome, ended_at: Tick, out: &mut Outbox) {
        if let Some(call) = self.calls.remove(&id) {
            self.silence(id, &call);
            self.write_record(id, call, outcome, ended_at, out);
            self.proofs.forget(id);
        }
    }

    pub(super) fn write_record(&self, id: CallId, call: Call, outcome: Outcome, ended_at: Tick, out: &mut Outbox) {
        out.order(Effect::Write(Box::new(Record {
            call: id,
            line: call.line,
            caller: call.caller,
            proved: self.proofs.is_proved(id),
            offered_at: call.offered_at,
            queued_at: call.stand.map(|stand| stand.joined_at),
            connected_at: call.service.as_ref().map(|service| service.connected_at),
            ended_at,
            queue: call.stand.map(|stand| stand.queue),
            class: call.stand.and_then(|stand| self.class_of(stand)),
            agent: call.service.as_ref().map(|service| service.by),
            pressed: call.pressed,
            why_human: call.why,
            outcome,
            promise: call.promise.map(|promise| *promise),
            held: call.service.as_ref().map(|service| service.held).unwrap_or_default(),
            offers: call.offers,
            quote: call.said,
            callbacks: call.callbacks,
        })));
    }

    fn class_of(&self, stand: Stand) -> Option<Text> {
        let classes = &self.queue(stand.queue).thresholds.classes;
        classes.get(usize::from(stand.class.0)).map(|class| class.name.clone())
    }

    pub(super) fn promise_settled(&mut self, id: CallId, kept: bool, by: Text, out: &mut Outbox) {
        match self.calls.get_mut(&id).and_then(|call| call.promise.as_mut()) {
            Some(promise) => settle(promise, kept),
            None => self.amend(id, Amendment::Promise { kept, by }, out),
        }
    }

    pub(super) fn record_resolved(&mut self, id: CallId, resolution: Text, by: Text, out: &mut Outbox) {
        self.amend(id, Amendment::Resolution { resolution, by }, out);
    }

    /// Ends whatever binds an agent to the call, then the call; only then is the agent free for the next one.
    fn let_go_of_agent(&mut self, id: CallId, outcome: Outcome, out: &mut Outbox) {
        let Some(stage) = self.calls.get(&id).map(|call| call.stage) else { return };
        match (stage.in_line(), stage.offer()) {
            (Some(InLine::Waiting | InLine::Held(_)), _) => {
                self.line_abandoned(id);
                self.leave_line(id);
                self.close(id, outcome, out);
            }
            (_, Some((offer, Answered::No))) => {
                self.line_abandoned(id);
                let agent = self.call_off(offer, out);
                self.close(id, outcome, out);
                if let Some(agent) = agent {
                    self.free_as_before(agent, out);
                }
            }
            (_, Some((offer, Answered::Yes))) => {
                let bond = self.talking(offer);
                self.talk_is_over(id, offer);
                out.order(Effect::Release { call: id, offer });
                self.close(id, outcome, out);
                if let Ok((_, stand, agent)) = bond {
                    self.wrap_up(agent, stand.queue, out);
                }
            }
            (Some(InLine::Absent) | None, None) => self.close(id, outcome, out),
        }
    }

    fn amend(&self, call: CallId, amendment: Amendment, out: &mut Outbox) {
        out.order(Effect::Amend { call, at: self.now, amendment });
    }
}

fn settle(promise: &mut Promise, kept: bool) {
    promise.settled = if kept { Settled::Kept } else { Settled::Broken };
}
