//! What an input that was not refused means for the books.

use super::books::{Leg, Life, Ringing, RingingStage};
use super::{Breach, Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{
    CallId, Caller, CallerGone, Declined, Digit, DispatchAnswer, Input, LineId, OfferId, Profile, Span, StageView, Tick,
};
use std::sync::Arc;

impl Oracle {
    pub(super) fn enter_fact(&mut self, seen: Seen<'_>) -> Verdict {
        match seen.input {
            Input::CallOffered { call, line, caller, .. } => self.call_begins(*call, *line, caller, seen.at),
            Input::CallerHungUp { call, how } => self.caller_goes(*call, *how, seen.at),
            Input::DigitPressed { call, digit } => self.key_is_pressed(*call, *digit, seen.at),
            Input::CallerAnswered { call } => self.dialled_leg_becomes(*call, Leg::Answered),
            Input::CallerUnreached { call, .. } => self.dialled_leg_becomes(*call, Leg::Away),
            Input::DispatchAnswered { call, answer } => self.service_answers(*call, answer),
            Input::CallerFound { call, profile, within } => self.caller_is_found(*call, profile, *within, seen.at),
            Input::AgentAnswered { offer } => self.agent_answers(*offer),
            Input::AgentDeclined { offer, how } => self.agent_declines(*offer, *how),
            Input::AgentHungUp { offer, .. } => self.agent_goes(*offer, seen.at),
            Input::AgentReturned { offer, .. } => self.agent_gives_back(*offer, seen.at),
            Input::SettingsChanged { settings, .. } => self.new_settings(settings),
            Input::ThresholdsChanged { queues, .. } => self.new_thresholds(queues, seen),
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
            | Input::PhoneLost { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::CallResumed { .. }
            | Input::PhoneResumed { .. }
            | Input::Woke => Ok(()),
        }
    }

    fn call_begins(&mut self, call: CallId, line: LineId, caller: &Caller, at: Tick) -> Verdict {
        let over = self.lives.get(&call).is_none_or(|life| life.written);
        must(over, Rule::OrdersFit, || format!("call {call} was taken while live"))?;
        self.lives.insert(call, Life::new(line, caller.clone(), at));
        Ok(())
    }

    /// A caller who has agreed to be called back may go; of everybody else that is the end.
    fn caller_goes(&mut self, call: CallId, how: CallerGone, at: Tick) -> Verdict {
        self.note_a_kept_place(call, how, at);
        let life = self.caller_there(call)?;
        if life.callback.pending {
            life.leg = Leg::Away;
        } else {
            life.leg = Leg::Gone;
            life.ended_at = Some(at);
        }
        Ok(())
    }

    fn key_is_pressed(&mut self, call: CallId, digit: Digit, at: Tick) -> Verdict {
        let is_asked = self.stage_before(call) == Some(StageView::CalledBack);
        let life = self.life(call)?;
        life.keys.push(digit);
        if is_asked && life.leg == Leg::Answered && matches!(digit, Digit::Number(1 | 2)) {
            life.callback.pending = false;
            life.callback.cancelled = digit == Digit::Number(2);
            (life.wait_from, life.free_from) = (at, at);
            self.known.callback_is_over(call);
        }
        Ok(())
    }

    fn dialled_leg_becomes(&mut self, call: CallId, leg: Leg) -> Verdict {
        let life = self.life(call)?;
        must(life.leg == Leg::Dialled, Rule::OrdersFit, || format!("call {call} was not being called: {life:?}"))?;
        life.leg = leg;
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

    /// In time, and before anything was decided by who calls.
    fn caller_is_found(&mut self, call: CallId, profile: &Arc<Profile>, within: Span, at: Tick) -> Verdict {
        let in_menu = self.stage_before(call) == Some(StageView::Menu);
        let life = self.caller_there(call)?;
        let in_time = in_menu && life.caller.profile.is_none() && at.since(life.offered_at) < within;
        must(in_time, Rule::FoundInTime, || format!("call {call} was found out about too late: {life:?}"))?;
        life.caller.profile = Some(Arc::clone(profile));
        Ok(())
    }

    fn agent_answers(&mut self, offer: OfferId) -> Verdict {
        let ringing = self.ringing(offer)?;
        must(ringing.stage == RingingStage::Rings, Rule::OrdersFit, || format!("{offer} answered twice"))?;
        ringing.stage = RingingStage::Answered;
        Ok(())
    }

    /// A phone that failed did not ring: nobody has missed anything.
    fn agent_declines(&mut self, offer: OfferId, how: Declined) -> Verdict {
        let Ringing { stage, .. } = *self.ringing(offer)?;
        must(stage == RingingStage::Rings, Rule::OrdersFit, || format!("{offer} declined after its answer"))?;
        match how {
            Declined::Busy | Declined::Declined | Declined::Unavailable => self.missed(offer),
            Declined::Failed => self.leg_is_over(offer),
        }
    }

    fn agent_goes(&mut self, offer: OfferId, at: Tick) -> Verdict {
        self.waits_anew(offer, at)?;
        self.leg_is_over(offer)
    }

    /// The agent asked to be rid of the caller, and gets another one first, if there is one.
    fn agent_gives_back(&mut self, offer: OfferId, at: Tick) -> Verdict {
        self.waits_anew(offer, at)?;
        let ringing = *self.ringing(offer)?;
        self.note_missed(ringing.agent, ringing.call);
        Ok(())
    }

    fn waits_anew(&mut self, offer: OfferId, at: Tick) -> Verdict {
        let ringing = *self.ringing(offer)?;
        must(ringing.stage == RingingStage::Talks, Rule::OrdersFit, || format!("{offer} ended without a talk"))?;
        self.life(ringing.call)?.wait_from = at;
        Ok(())
    }

    fn new_settings(&mut self, settings: &cabrank_core::Settings) -> Verdict {
        let quiet = self.lives.values().all(|life| life.written);
        must(quiet, Rule::OrdersFit, || "settings replaced under live calls".into())?;
        self.settings = settings.clone();
        self.known.forget_places();
        self.diaries.retain(|name, _| settings.agents.iter().any(|agent| agent.name == *name));
        Ok(())
    }

    /// A ringing ends without an answer; its call stands where it stood.
    pub(super) fn missed(&mut self, offer: OfferId) -> Verdict {
        let ringing = *self.ringing(offer)?;
        self.leg_is_over(offer)?;
        self.note_missed(ringing.agent, ringing.call);
        Ok(())
    }

    /// An agent's leg is over, however it ended.
    pub(super) fn leg_is_over(&mut self, offer: OfferId) -> Verdict {
        let unknown = || Breach { rule: Rule::OrdersFit, how: format!("leg {offer} is over or never was") };
        let ringing = self.ringings.remove(&offer).ok_or_else(unknown)?;
        let now = self.now;
        let life = self.life(ringing.call)?;
        life.ringing = life.ringing.filter(|held| *held != offer);
        life.talking = life.talking.filter(|held| *held != offer);
        life.free_from = now;
        Ok(())
    }
}
