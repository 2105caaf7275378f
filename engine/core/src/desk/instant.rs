//! A known caller is served at once; every doubt and failure leads to a human, who is told why.

use super::alarms::Due;
use super::call::{Asked, Call, Stage};
use super::{Desk, Outbox};
use crate::{
    CallId, Dispatch, DispatchAnswer, DispatchFailure, Effect, Outcome, Promise, QueueId, Refusal, Say, Service, ServiceId,
    Settled, Span, Text, WhyHuman,
};
use alloc::boxed::Box;

/// The edge keeps the service's timeout; the desk gives up this much later, in case the edge itself is in trouble.
pub(super) const EDGE_GRACE: Span = Span::millis(500);

impl Desk {
    pub(super) fn serve_instantly(&mut self, id: CallId, service_id: ServiceId, otherwise: QueueId, out: &mut Outbox) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let service = &self.settings.services[usize::from(service_id.0)];
        if let Some(doubt) = doubt(call, service) {
            return self.join(id, otherwise, doubt, out);
        }
        call.stage = Stage::Dispatching { otherwise };
        call.asked = Some(Asked { service: service_id, at: self.now, late: false });
        out.order(Effect::Dispatch(Box::new(Dispatch {
            call: id,
            service: service_id,
            line: call.line,
            caller: call.caller.clone(),
            asked_at: self.now,
        })));
        let until = self.now.plus(service.timeout).plus(EDGE_GRACE);
        self.set_alarm(id, Due::Dispatch, until);
        self.cancel_alarm(id, Due::Stage);
        self.say(id, Say::OneMoment, out);
    }

    pub(super) fn dispatch_answered(&mut self, id: CallId, answer: DispatchAnswer, out: &mut Outbox) -> Result<(), Refusal> {
        let call = self.call(id)?;
        call.asked.take().ok_or(Refusal::OutOfPlace)?;
        self.cancel_alarm(id, Due::Dispatch);
        match answer {
            DispatchAnswer::Accepted { eta, reference } => self.dispatch_accepted(id, eta, reference, out),
            DispatchAnswer::Refused { reason } => self.dispatch_came_to_nothing(id, WhyHuman::DispatchRefused { reason }, out),
            DispatchAnswer::Failed(failure) => self.dispatch_came_to_nothing(id, WhyHuman::DispatchFailed(failure), out),
        }
        Ok(())
    }

    pub(super) fn dispatch_is_late(&mut self, id: CallId, out: &mut Outbox) {
        if let Some(asked) = self.calls.get_mut(&id).and_then(|call| call.asked.as_mut()) {
            asked.late = true;
            self.dispatch_came_to_nothing(id, WhyHuman::DispatchFailed(DispatchFailure::TimedOut), out);
        }
    }

    /// The ride is on its way, wherever the caller is by now: an agent must know of it too.
    fn dispatch_accepted(&mut self, id: CallId, eta: Span, reference: Text, out: &mut Outbox) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.promise = Some(Box::new(Promise { made_at: now, due_at: now.plus(eta), reference, settled: Settled::Open }));
        let stage = call.stage;
        out.order(Effect::Announce { call: id, at: now });
        match stage {
            Stage::Dispatching { otherwise } => {
                self.enter(id, Stage::Told { otherwise });
                self.say(id, Say::Sent { eta }, out);
            }
            Stage::Left { outcome, ended_at } => {
                let outcome = if outcome == Outcome::LeftInMenu { Outcome::ServedInstantly } else { outcome };
                self.forget(id, outcome, ended_at, out);
            }
            Stage::Menu { .. }
            | Stage::Told { .. }
            | Stage::Waiting
            | Stage::Held(_)
            | Stage::Offered(_)
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Absent
            | Stage::Dialling
            | Stage::Confirming
            | Stage::Resting
            | Stage::Parting(_) => {}
        }
    }

    fn dispatch_came_to_nothing(&mut self, id: CallId, why: WhyHuman, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id) else { return };
        match call.stage {
            Stage::Dispatching { otherwise } => self.join(id, otherwise, why, out),
            Stage::Left { outcome, ended_at } => self.forget(id, outcome, ended_at, out),
            Stage::Menu { .. }
            | Stage::Told { .. }
            | Stage::Waiting
            | Stage::Held(_)
            | Stage::Offered(_)
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Absent
            | Stage::Dialling
            | Stage::Confirming
            | Stage::Resting
            | Stage::Parting(_) => {}
        }
    }
}

/// Why this caller cannot be served without a human.
fn doubt(call: &Call, service: &Service) -> Option<WhyHuman> {
    let Some(profile) = &call.caller.profile else { return Some(WhyHuman::UnknownCaller) };
    if !call.caller.trust.is_sure() {
        return Some(WhyHuman::UntrustedNumber);
    }
    let missing = service.needs.iter().find(|need| profile.field(need).is_none());
    missing.map(|field| WhyHuman::MissingDetail { field: field.clone() })
}
