//! A call comes in.

use super::call::{Call, Stage};
use super::{Desk, Outbox};
use crate::{CallId, Caller, Closed, Effect, LineId, Outcome, Refusal, Refused, Say, WhyHuman};

impl Desk {
    pub(super) fn call_offered(
        &mut self,
        id: CallId,
        line: LineId,
        open: bool,
        caller: Caller,
        out: &mut Outbox,
    ) -> Result<(), Refusal> {
        let closed = self.settings.lines.get(usize::from(line.0)).ok_or(Refusal::UnknownLine)?.closed;
        if self.calls.contains(&id) {
            return Err(Refusal::CallKnown);
        }
        let call = Call::new(line, caller, self.now);
        if let Some(why) = self.no_room() {
            out.order(Effect::Refuse { call: id, why });
            self.write_record(id, call, Outcome::Refused, self.now, out);
            return Ok(());
        }
        self.calls.insert(id, call);
        out.order(Effect::Answer { call: id });
        match (open, closed) {
            (true, _) => self.welcome(id, line, out),
            (false, Closed::Message) => self.part(id, Say::Closed, Outcome::Closed, out),
            (false, Closed::Queue(queue)) => self.join(id, queue, WhyHuman::NoMenu, out),
        }
        Ok(())
    }

    fn no_room(&self) -> Option<Refused> {
        if self.draining {
            Some(Refused::Draining)
        } else if self.calls.len() >= self.settings.limits.calls_max as usize {
            Some(Refused::Full)
        } else {
            None
        }
    }

    fn welcome(&mut self, id: CallId, line: LineId, out: &mut Outbox) {
        self.enter(id, Stage::Menu { mistakes: 0 });
        self.say(id, Say::Welcome { line }, out);
        self.look_up(id, out);
    }
}
