//! Who is not known may be found out about while the greeting plays. Nothing waits for it: what was decided before stays decided.

use super::call::Stage;
use super::{Desk, Outbox};
use crate::{CallId, Effect, Profile, Refusal, Span};
use alloc::sync::Arc;

impl Desk {
    /// Has somebody find out who calls, if that can be told from a number and is not known.
    pub(super) fn look_up(&self, id: CallId, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id).filter(|call| call.caller.profile.is_none()) else { return };
        if let Some(number) = call.caller.number.clone() {
            out.order(Effect::LookUp { call: id, line: call.line, number });
        }
    }

    /// Before anything was decided, that is in the menu: class, own agent and instant service are of one mind about who calls.
    pub(super) fn caller_found(&mut self, id: CallId, profile: Arc<Profile>, within: Span) -> Result<(), Refusal> {
        let now = self.now;
        let call = self.call(id)?;
        if call.caller.profile.is_some() {
            return Err(Refusal::CallerKnown);
        }
        let is_early = matches!(call.stage, Stage::Menu { .. }) && now.since(call.offered_at) < within;
        if !is_early {
            return Err(Refusal::FoundTooLate);
        }
        call.caller.profile = Some(profile);
        Ok(())
    }
}
