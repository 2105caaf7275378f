//! What an input that was not refused means for the books.

use super::books::{Leg, Life, Ringing, RingingStage};
use super::{Breach, Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{CallId, Caller, Declined, DispatchAnswer, Input, LineId, OfferId, Tick};

impl Oracle {
    pub(super) fn enter_fact(&mut self, seen: Seen<'_>) -> Verdict {
        match seen.input {
            Input::CallOffered { call, line, caller, .. } => self.call_begins(*call, *line, caller, seen.at),
            Input::CallerHungUp { call, .. } => self.caller_goes(*call, seen.at),
            Input::DigitPressed { call, digit } => self.note_life(*call, |life| life.keys.push(*digit)),
            Input::DispatchAnswered { call, answer } => self.service_answers(*call, answer),
            Input::AgentAnswered { offer } => self.agent_answers(*offer),
            Input::AgentDeclined { offer, how } => self.agent_declines(*offer, *how),
            Input::AgentHungUp { offer, .. } => self.agent_goes(*offer, seen.at),
            Input::SettingsChanged { settings, .. } => self.new_settings(settings),
            Input::PhoneLost { .. } => Ok(()),
            Input::DrainAsked { .. } => {
                self.draining = true;
                Ok(())
            }
            Input::Restarted => {
                self.draining = false;
                Ok(())
            }
            Input::PromptEnded { .. }
            | Input::HoldChanged { .. }
            | Input::AgentRinging { .. }
            | Input::PhoneReached { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Woke => Ok(()),
        }
    }

    fn call_begins(&mut self, call: CallId, line: LineId, caller: &Caller, at: Tick) -> Verdict {
        let over = self.lives.get(&call).is_none_or(|life| life.written);
        must(over, Rule::OrdersFit, || format!("call {call} was taken while live"))?;
        self.lives.insert(call, Life::new(line, caller.clone(), at));
        Ok(())
    }

    fn caller_goes(&mut self, call: CallId, at: Tick) -> Verdict {
        let life = self.caller_there(call)?;
        life.leg = Leg::Gone;
        life.ended_at = Some(at);
        Ok(())
    }

    fn note_life(&mut self, call: CallId, note: impl FnOnce(&mut Life)) -> Verdict {
        note(self.life(call)?);
        Ok(())
    }

    fn service_answers(&mut self, call: CallId, answer: &DispatchAnswer) -> Verdict {
        let life = self.life(call)?;
        must(life.dispatched, Rule::DispatchOnce, || format!("an answer for call {call}, which asked nothing"))?;
        if let DispatchAnswer::Accepted { eta, .. } = answer {
            life.eta = Some(*eta);
        }
        Ok(())
    }

    fn agent_answers(&mut self, offer: OfferId) -> Verdict {
        let ringing = self.ringing(offer)?;
        must(ringing.stage == RingingStage::Rings, Rule::OrdersFit, || format!("{offer} answered twice"))?;
        ringing.stage = RingingStage::Answered;
        Ok(())
    }

    /// A phone that failed did not ring: nobody has missed anything, but somebody else was tried in between.
    fn agent_declines(&mut self, offer: OfferId, how: Declined) -> Verdict {
        let Ringing { call, stage, .. } = *self.ringing(offer)?;
        must(stage == RingingStage::Rings, Rule::OrdersFit, || format!("{offer} declined after its answer"))?;
        match how {
            Declined::Busy | Declined::Declined | Declined::Unavailable => self.missed(offer),
            Declined::Failed => {
                self.life(call)?.missed_by = None;
                self.leg_is_over(offer)
            }
        }
    }

    fn agent_goes(&mut self, offer: OfferId, at: Tick) -> Verdict {
        let ringing = *self.ringing(offer)?;
        self.life(ringing.call)?.wait_from = at;
        must(ringing.stage == RingingStage::Talks, Rule::OrdersFit, || format!("{offer} hung up without a talk"))?;
        self.leg_is_over(offer)
    }

    fn new_settings(&mut self, settings: &cabrank_core::Settings) -> Verdict {
        let quiet = self.lives.values().all(|life| life.written);
        must(quiet, Rule::OrdersFit, || "settings replaced under live calls".into())?;
        self.settings = settings.clone();
        self.missed.clear();
        Ok(())
    }

    /// A ringing ends without an answer; its call stands where it stood.
    pub(super) fn missed(&mut self, offer: OfferId) -> Verdict {
        let ringing = *self.ringing(offer)?;
        self.leg_is_over(offer)?;
        self.missed.insert(ringing.agent, ringing.call);
        self.life(ringing.call)?.missed_by = Some(ringing.agent);
        Ok(())
    }

    /// An agent's leg is over, however it ended.
    pub(super) fn leg_is_over(&mut self, offer: OfferId) -> Verdict {
        let unknown = || Breach { rule: Rule::OrdersFit, how: format!("leg {offer} is over or never was") };
        let ringing = self.ringings.remove(&offer).ok_or_else(unknown)?;
        let life = self.life(ringing.call)?;
        life.ringing = life.ringing.filter(|held| *held != offer);
        life.talking = life.talking.filter(|held| *held != offer);
        Ok(())
    }
}
