//! Two options, no more; 0, silence and mistakes lead to a human.

use super::alarms::Due;
use super::call::Stage;
use super::{Desk, Outbox};
use crate::{CallId, Choice, Digit, Key, Line, Menu, Outcome, PlayId, Refusal, Say, Span, WhyHuman};

/// Wrong keys that are forgiven with the menu said once more.
const MISTAKES_FORGIVEN: u8 = 1;

/// Nothing that is said lasts longer. A prompt whose end is never reported counts as ended then, so that no call hangs.
const PROMPT_MAX: Span = Span::secs(120);

impl Desk {
    /// Puts a call into a stage that something being said to the caller will end.
    pub(super) fn enter(&mut self, id: CallId, stage: Stage) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.stage = stage;
            self.set_alarm(id, Due::Stage, self.now.plus(PROMPT_MAX));
        }
    }

    pub(super) fn prompt_ended(&mut self, id: CallId, play: PlayId, out: &mut Outbox) -> Result<(), Refusal> {
        let call = self.call(id)?;
        if call.play != play {
            // It crossed a newer order on its way.
            return Ok(());
        }
        let (stage, line) = (call.stage, call.line);
        match stage {
            Stage::Menu { .. } if self.line(line).menu == Menu::default() => {
                self.join(id, self.line(line).human, WhyHuman::NoMenu, out);
            }
            Stage::Menu { .. } | Stage::Told { .. } => {
                let silence = self.now.plus(self.line(line).silence);
                self.set_alarm(id, Due::Stage, silence);
            }
            Stage::Waiting | Stage::Held(_) | Stage::Offered(_) => self.go_on_waiting(id, out),
            Stage::Agreeing => self.hang_up_until_called_back(id, out),
            Stage::Confirming => self.await_confirmation(id),
            Stage::Proving { chosen, .. } => self.await_code(id, chosen),
            Stage::Parting(outcome) => self.hang_up(id, outcome, out),
            Stage::Dispatching { .. }
            | Stage::Talking(..)
            | Stage::Absent
            | Stage::Dialling
            | Stage::Resting
            | Stage::Left { .. } => {}
        }
        Ok(())
    }

    pub(super) fn digit_pressed(&mut self, id: CallId, digit: Digit, out: &mut Outbox) -> Result<(), Refusal> {
        let call = self.call(id)?;
        match call.stage {
            Stage::Menu { mistakes } => {
                call.pressed.remember(digit);
                self.choose(id, digit, mistakes, out);
            }
            Stage::Proving { chosen, .. } if digit == Digit::Number(0) => {
                call.pressed.remember(digit);
                self.rather_a_human(id, chosen, WhyHuman::PressedZero, out);
            }
            Stage::Dispatching { otherwise } | Stage::Told { otherwise } => {
                call.pressed.remember(digit);
                self.maybe_talk_about_it(id, digit, otherwise, out);
            }
            Stage::Waiting | Stage::Held(_)
                if digit == Digit::Number(1) && call.stand.is_some_and(|stand| stand.may_be_called) =>
            {
                call.pressed.remember(digit);
                self.agree_to_call_back(id, out);
            }
            Stage::Confirming => self.confirm(id, digit, out),
            // What is keyed in as a code comes by another way, or not at all. What is pressed in a talk is the talkers' business,
            // and secret.
            Stage::Proving { .. }
            | Stage::Waiting
            | Stage::Held(_)
            | Stage::Offered(_)
            | Stage::Talking(..)
            | Stage::Agreeing
            | Stage::Absent
            | Stage::Dialling
            | Stage::Resting
            | Stage::Parting(_)
            | Stage::Left { .. } => {}
        }
        Ok(())
    }

    /// A stage lasted as long as it may.
    pub(super) fn stage_is_over(&mut self, id: CallId, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id) else { return };
        match call.stage {
            Stage::Menu { .. } => self.join(id, self.line(call.line).human, WhyHuman::Silence, out),
            Stage::Proving { chosen, .. } => self.rather_a_human(id, chosen, WhyHuman::NoCode, out),
            Stage::Told { .. } => self.part(id, Say::Goodbye, Outcome::ServedInstantly, out),
            Stage::Waiting | Stage::Held(_) | Stage::Absent => self.waited_too_long(id, out),
            Stage::Offered(offer) => self.ring_is_over(offer, out),
            Stage::Agreeing => self.hang_up_until_called_back(id, out),
            Stage::Dialling | Stage::Confirming => self.not_reached(id, out),
            Stage::Resting => self.await_turn(id, out),
            Stage::Parting(outcome) => self.hang_up(id, outcome, out),
            Stage::Dispatching { .. } | Stage::Talking(..) | Stage::Left { .. } => {}
        }
    }

    /// The line of a live call; settings are not replaced while there is one.
    pub(super) fn line(&self, line: crate::LineId) -> &Line {
        &self.settings.lines[usize::from(line.0)]
    }

    fn choose(&mut self, id: CallId, digit: Digit, mistakes: u8, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id) else { return };
        let line_id = call.line;
        let line = self.line(line_id);
        let human = line.human;
        let key = match digit {
            Digit::Number(0) => return self.join(id, human, WhyHuman::PressedZero, out),
            Digit::Number(1) => Some(Key::One),
            Digit::Number(2) => Some(Key::Two),
            Digit::Number(_) | Digit::Star | Digit::Pound | Digit::Letter(_) => None,
        };
        match key.and_then(|key| line.menu.choice(key).map(|choice| (key, choice))) {
            Some((key, Choice::Instant { service, otherwise, proof: _ })) => {
                self.serve_instantly(id, key, *service, *otherwise, out)
            }
            Some((_, Choice::Queue(queue))) => self.join(id, *queue, WhyHuman::Asked, out),
            None if mistakes < MISTAKES_FORGIVEN => {
                self.enter(id, Stage::Menu { mistakes: mistakes + 1 });
                self.say(id, Say::MenuAgain { line: line_id }, out);
            }
            None => self.join(id, human, WhyHuman::Mistakes, out),
        }
    }

    fn maybe_talk_about_it(&mut self, id: CallId, digit: Digit, otherwise: crate::QueueId, out: &mut Outbox) {
        match digit {
            Digit::Number(0 | 2) => self.join(id, otherwise, WhyHuman::AskedAfterService, out),
            Digit::Number(_) | Digit::Star | Digit::Pound | Digit::Letter(_) => {}
        }
    }
}
