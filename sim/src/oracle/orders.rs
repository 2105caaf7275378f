//! What an order means for the books, and whether it could be given at all.

use super::books::{Leg, Ringing, RingingStage};
use super::said::settle;
use super::{Oracle, Rule, Seen, Verdict, must};
use cabrank_core::{
    AgentId, CallId, Context, Dispatch, DispatchAnswer, Effect, Filing, Input, LineId, Number, OfferId, PlayId, QueueId, Refused,
    Say, Span, Step, Tick,
};

impl Oracle {
    pub(super) fn enter_order(&mut self, seen: Seen<'_>, effect: &Effect) -> Verdict {
        match effect {
            Effect::Refuse { call, why } => self.refuse(*call, *why, seen.at),
            Effect::Answer { call } => self.answer(*call),
            Effect::LookUp { call, line, number } => self.look_up(*call, *line, number, seen.input),
            Effect::Say { call, play, what } => self.say(*call, *play, *what, seen),
            Effect::Music { call, play } => self.let_hear(*call, *play),
            Effect::Ring { offer, agent, context } => self.ring(*offer, *agent, context, seen),
            Effect::StopRinging { call, offer } => self.stop_ringing(*call, *offer),
            Effect::Connect { call, offer } => self.connect(*call, *offer, seen),
            Effect::Release { call, offer } => self.release(*call, *offer),
            Effect::HangUp { call, .. } => self.hang_up(*call, seen.at),
            Effect::Dispatch(dispatch) => self.dispatch(dispatch, seen.at),
            Effect::Write(record) => self.write(record, seen.view.at),
            Effect::CallBack { call, line, number } => self.call_back(*call, *line, number, seen),
            Effect::Warn { queue, missed_in } => self.warn(*queue, *missed_in),
            Effect::Note(change) => self.note(change, seen),
            Effect::Amend { call, .. } => amend(*call, seen.input),
            Effect::File(filing) => file(filing, seen.input),
            Effect::Announce { call, at } => announce(*call, *at, seen),
        }
    }

    fn refuse(&mut self, call: CallId, why: Refused, at: Tick) -> Verdict {
        let (live, calls_max) = (self.live(), self.settings.limits.calls_max as usize);
        let true_reason = match why {
            Refused::Full => live > calls_max,
            Refused::Draining => self.draining,
        };
        must(true_reason, Rule::Limits, || format!("call {call} refused as {why:?} with {live} of {calls_max} calls"))?;
        let life = self.life(call)?;
        must(life.leg == Leg::Fresh, Rule::OrdersFit, || format!("call {call} refused after its answer"))?;
        life.leg = Leg::Refused;
        life.ended_at = Some(at);
        Ok(())
    }

    fn answer(&mut self, call: CallId) -> Verdict {
        let room = !self.draining && self.live() <= self.settings.limits.calls_max as usize;
        must(room, Rule::Limits, || format!("call {call} taken by a desk that is full or drains"))?;
        let life = self.life(call)?;
        must(life.leg == Leg::Fresh, Rule::OrdersFit, || format!("call {call} answered twice"))?;
        life.leg = Leg::Answered;
        Ok(())
    }

    /// Once, when the call comes in, and only who is not known.
    fn look_up(&mut self, call: CallId, line: LineId, number: &Number, input: &Input) -> Verdict {
        let comes_in = matches!(input, Input::CallOffered { call: offered, .. } if *offered == call);
        let life = self.caller_there(call)?;
        let fits = comes_in && life.line == line && life.caller.profile.is_none() && life.caller.number.as_ref() == Some(number);
        must(fits, Rule::FoundInTime, || format!("call {call} is looked up: {life:?}"))
    }

    fn say(&mut self, call: CallId, play: PlayId, what: Say, seen: Seen<'_>) -> Verdict {
        self.let_hear(call, play)?;
        match what {
            Say::Sent { eta } => {
                let (resumed, life) = (is_resumed(seen.input, call), self.life(call)?);
                let is_true = life.eta == Some(eta) || (resumed && life.eta >= Some(eta));
                must(is_true, Rule::SentIsTrue, || format!("call {call} told {eta:?}: {life:?}"))
            }
            Say::Goodbye | Say::Closed | Say::NobodyCame | Say::TooMany => {
                self.life(call)?.in_line = false;
                Ok(())
            }
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) => self.says_prospect(call, prospect, seen),
            Say::LongerThanSaid(prospect) => self.says_longer(call, prospect, seen),
            Say::WillCallBack if is_resumed(seen.input, call) => Ok(()),
            Say::WillCallBack => self.agrees(call, seen),
            Say::CalledBack => {
                let life = self.life(call)?;
                must(life.callback.pending, Rule::CallbackOnce, || format!("call {call} is told of a callback: {life:?}"))
            }
            Say::Welcome { .. }
            | Say::MenuAgain { .. }
            | Say::OneMoment
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::Returned
            | Say::AgentLost => Ok(()),
        }
    }

    fn let_hear(&mut self, call: CallId, play: PlayId) -> Verdict {
        let life = self.caller_there(call)?;
        must(play > life.play, Rule::OrdersFit, || format!("call {call} hears {play} after {}", life.play))?;
        must(life.talking.is_none(), Rule::OrdersFit, || format!("call {call} hears {play} over the talk"))?;
        life.play = play;
        Ok(())
    }

    fn ring(&mut self, offer: OfferId, agent: AgentId, context: &Context, seen: Seen<'_>) -> Verdict {
        must(offer > self.newest_offer, Rule::OrdersFit, || format!("ringing {offer} is not new"))?;
        self.newest_offer = offer;
        let busy = self.ringings.values().any(|ringing| ringing.agent == agent);
        must(!busy, Rule::OneAtATime, || format!("agent {agent} rung while in another call"))?;
        let life = self.caller_there(context.call)?;
        let free = life.ringing.is_none() && life.talking.is_none() && !life.callback.pending;
        must(free, Rule::OneAtATime, || format!("a second agent for call {}", context.call))?;
        self.judge_next(seen, context.call, Some(agent), Step::Rung(offer))?;
        self.fits_context(context)?;
        self.note_rung(agent, context.call);
        let ring_for = self.settings.queues.get(usize::from(context.queue.0)).map(|queue| queue.thresholds.ring_for);
        let until = self.now.plus(ring_for.unwrap_or_default());
        let life = self.life(context.call)?;
        life.ringing = Some(offer);
        life.rings = life.rings.saturating_add(1);
        self.ringings.insert(offer, Ringing { agent, call: context.call, stage: RingingStage::Rings, until });
        Ok(())
    }

    fn fits_context(&mut self, context: &Context) -> Verdict {
        let now = self.now;
        let life = self.life(context.call)?;
        let same = life.line == context.line && life.caller == context.caller && life.eta.is_some() == context.promise.is_some();
        let waited = life.join.is_none_or(|join| context.waited == now.since(join.since));
        must(same && waited, Rule::OrdersFit, || format!("the agent is shown {context:?}, the call is {life:?}"))
    }

    /// A caller who asked for it is called back, at its turn, a bounded number of times.
    fn call_back(&mut self, call: CallId, line: LineId, number: &Number, seen: Seen<'_>) -> Verdict {
        self.judge_next(seen, call, None, Step::CalledBack)?;
        let life = self.life(call)?;
        let callback = &mut life.callback;
        callback.tries = callback.tries.saturating_add(1);
        let allowed = callback.pending && callback.tries <= callback.tries_max && life.leg == Leg::Away;
        must(allowed, Rule::CallbackOnce, || format!("call {call} may not be called back: {life:?}"))?;
        let same = life.line == line && life.caller.number.as_ref() == Some(number);
        must(same, Rule::OrdersFit, || format!("{number:?} is called on line {line} for {life:?}"))?;
        life.leg = Leg::Dialled;
        Ok(())
    }

    /// Warnings are raised and taken back in turns.
    fn warn(&mut self, queue: QueueId, missed_in: Option<Span>) -> Verdict {
        let news = if missed_in.is_some() { self.warned.insert(queue) } else { self.warned.remove(&queue) };
        must(news, Rule::OrdersFit, || format!("queue {queue} is warned of again: {missed_in:?}"))
    }

    fn stop_ringing(&mut self, call: CallId, offer: OfferId) -> Verdict {
        let ringing = *self.ringing(offer)?;
        let fits = ringing.stage == RingingStage::Rings && ringing.call == call;
        must(fits, Rule::OrdersFit, || format!("{offer} no longer rings for call {call}"))?;
        if self.life(ringing.call)?.leg == Leg::Answered { self.missed(offer) } else { self.leg_is_over(offer) }
    }

    fn connect(&mut self, call: CallId, offer: OfferId, seen: Seen<'_>) -> Verdict {
        let (at, resumed) = (seen.at, is_resumed(seen.input, call));
        let ringing = self.ringing(offer)?;
        if resumed && ringing.stage == RingingStage::Talks && ringing.call == call {
            return Ok(());
        }
        let fits = ringing.stage == RingingStage::Answered && ringing.call == call;
        must(fits, Rule::OrdersFit, || format!("call {call} connected with {ringing:?}"))?;
        ringing.stage = RingingStage::Talks;
        let agent = ringing.agent;
        self.note_talk(agent);
        let life = self.caller_there(call)?;
        life.ringing = None;
        life.talking = Some(offer);
        life.connected_at = life.connected_at.or(Some(at));
        life.taken_by = Some(agent);
        settle(life, at);
        self.note_served(call, agent);
        Ok(())
    }

    fn release(&mut self, call: CallId, offer: OfferId) -> Verdict {
        let ringing = *self.ringing(offer)?;
        let fits = ringing.stage != RingingStage::Rings && ringing.call == call;
        must(fits, Rule::OrdersFit, || format!("{offer} of call {call} released, but it is {ringing:?}"))?;
        self.leg_is_over(offer)
    }

    /// A caller who is to be called back stays in line without a leg.
    fn hang_up(&mut self, call: CallId, at: Tick) -> Verdict {
        let life = self.life(call)?;
        must(matches!(life.leg, Leg::Answered | Leg::Dialled), Rule::OrdersFit, || format!("call {call} has no leg: {life:?}"))?;
        if life.callback.pending {
            life.leg = Leg::Away;
        } else {
            life.leg = Leg::HungUp;
            life.ended_at = Some(at);
        }
        Ok(())
    }

    fn dispatch(&mut self, dispatch: &Dispatch, at: Tick) -> Verdict {
        let call = dispatch.call;
        let services = self.settings.services.clone();
        let life = self.caller_there(call)?;
        must(!life.dispatched, Rule::DispatchOnce, || format!("call {call} asks twice"))?;
        life.dispatched = true;
        let same = dispatch.caller == life.caller && dispatch.line == life.line && dispatch.asked_at == at;
        must(same, Rule::DispatchOnce, || format!("{dispatch:?} for {life:?}"))?;
        let profile = life.caller.profile.as_ref().filter(|_| life.caller.trust.is_sure());
        let service = services.get(usize::from(dispatch.service.0));
        let allowed =
            service.zip(profile).is_some_and(|(service, profile)| service.needs.iter().all(|need| profile.field(need).is_some()));
        must(allowed, Rule::DispatchOnce, || format!("call {call} may not ask for service {}", dispatch.service))
    }

    /// Calls without a record so far.
    pub(super) fn live(&self) -> usize {
        self.lives.values().filter(|life| !life.written).count()
    }
}

/// Whether what was ordered before a restart is ordered again.
fn is_resumed(input: &Input, this: CallId) -> bool {
    matches!(input, Input::CallResumed { call } if *call == this)
}

/// Later words are passed on as they came.
fn amend(call: CallId, input: &Input) -> Verdict {
    let said = match input {
        Input::PromiseSettled { call: said, .. } | Input::RecordResolved { call: said, .. } => Some(*said),
        Input::CallOffered { .. }
        | Input::PromptEnded { .. }
        | Input::DigitPressed { .. }
        | Input::CallerHungUp { .. }
        | Input::HoldChanged { .. }
        | Input::DispatchAnswered { .. }
        | Input::CallerFound { .. }
        | Input::AgentRinging { .. }
        | Input::AgentAnswered { .. }
        | Input::AgentDeclined { .. }
        | Input::AgentHungUp { .. }
        | Input::PhoneReached { .. }
        | Input::PhoneLost { .. }
        | Input::AgentAsked { .. }
        | Input::Filed { .. }
        | Input::SettingsChanged { .. }
        | Input::ThresholdsChanged { .. }
        | Input::CallerAnswered { .. }
        | Input::CallerUnreached { .. }
        | Input::AgentReturned { .. }
        | Input::DrainAsked { .. }
        | Input::Restarted
        | Input::CallResumed { .. }
        | Input::PhoneResumed { .. }
        | Input::Woke => None,
    };
    must(said == Some(call), Rule::OrdersFit, || format!("call {call} amended by nobody"))
}

/// Others are told of a ride as soon as it is promised, and of no other.
fn announce(call: CallId, at: Tick, seen: Seen<'_>) -> Verdict {
    let accepted = |answer: &DispatchAnswer| matches!(answer, DispatchAnswer::Accepted { .. });
    let is_true = at == seen.at
        && matches!(seen.input, Input::DispatchAnswered { call: answered, answer } if *answered == call && accepted(answer));
    must(is_true, Rule::SentIsTrue, || format!("call {call} announced at {at:?} after {:?}", seen.input))
}

/// So is what people write down.
fn file(filing: &Filing, input: &Input) -> Verdict {
    let is_said = matches!(input, Input::Filed { matter, by } if **matter == filing.matter && *by == filing.by);
    must(is_said, Rule::OrdersFit, || format!("{filing:?} was written down by nobody"))
}
