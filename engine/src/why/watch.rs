//! An eye on one call while a journal runs through the core.

use super::chosen;
use super::happening::{Because, Happening, Wait};
use super::moments::Moments;
use super::overtaken::{self, Waiting, agent_name, queue_name, standing};
use super::story::{Moment, Story, Totals};
use crate::epoch::Epoch;
use crate::{names, thresholds, words};
use cabrank_core::{
    AgentId, CallId, CallView, Candidate, Decision, Declined, Desk, Digit, Effect, Input, LegEnd, OfferId, Outbox, Outcome,
    Prospect, QueueId, Record, Say, Settings, StageView, Step, Thresholds, Tick,
};

/// What was seen of one call.
pub(super) struct Watch {
    pub(super) call: CallId,
    pub(super) epoch: Epoch,
    pub(super) moments: Moments<Moment>,
    pub(super) totals: Totals,
    /// Written at its end.
    pub(super) record: Option<Record>,
    /// Its ringing or talk.
    bond: Option<(OfferId, AgentId)>,
    missed_by: Option<AgentId>,
    /// Where it stands since an earlier decision of the same input.
    chosen_just_now: Option<Because>,
    now: Tick,
}

impl Watch {
    pub(super) fn new(call: CallId, epoch: Epoch) -> Watch {
        Watch {
            call,
            epoch,
            moments: Moments::default(),
            totals: Totals::default(),
            record: None,
            bond: None,
            missed_by: None,
            chosen_just_now: None,
            now: Tick(0),
        }
    }

    /// The call has its record: nothing more happens to it.
    pub(super) fn is_over(&self) -> bool {
        self.record.is_some()
    }

    /// The moment of the newest input.
    pub(super) fn now(&self) -> Tick {
        self.now
    }

    /// What there is to tell; nothing if the call never came.
    pub(super) fn story(self, desk: &Desk) -> Option<Story> {
        (!self.moments.is_empty()).then(|| Story::of(self, desk))
    }

    /// Tells the desk of an input, and notes what that means for the call.
    pub(super) fn see(&mut self, desk: &mut Desk, tick: Tick, input: Input, out: &mut Outbox) {
        let told = Told::of(&input, self.call);
        let before = desk.look_at_call(self.call);
        desk.handle(tick, input, out);
        self.now = self.now.max(tick);
        let after = desk.look_at_call(self.call);
        if out.refusals.is_empty() {
            self.note_input(&told, before.is_some(), after.is_some(), desk);
        }
        self.note_place(before.as_ref(), after.as_ref(), desk);
        for effect in &out.effects {
            self.note_cause(effect, before.as_ref(), after.as_ref(), desk);
        }
        self.chosen_just_now = None;
        for decision in &out.decisions {
            self.note_decision(decision, &told, before.as_ref(), after.as_ref(), out, desk);
        }
        for effect in &out.effects {
            self.note_effect(effect, &told, desk);
        }
    }

    fn note(&mut self, what: Happening) {
        self.moments.push(Moment::new(self.epoch.at(self.now), what));
    }

    fn note_input(&mut self, told: &Told, was_live: bool, is_live: bool, desk: &Desk) {
        match told {
            Told::Offered(line) if is_live && !was_live => {
                self.note(Happening::Offered { line: names::line(desk.settings(), *line).to_owned() })
            }
            Told::Pressed(digit) if was_live => self.note(Happening::Pressed { key: words::pressed(&[*digit]) }),
            Told::CallerAnswered => self.note(Happening::CallbackAnswered),
            Told::CallerUnreached => self.note(Happening::CallbackUnreached),
            Told::Restarted if was_live => self.note(Happening::EngineRestarted),
            Told::Answered(offer) => self.with_bond(*offer, desk, |_, agent| Happening::Answered { agent }),
            Told::Declined(offer, how) => self.missed(*offer, declined(*how), desk),
            Told::Lost(offer) => self.with_bond(*offer, desk, |_, agent| Happening::AgentLost { agent }),
            Told::Returned(offer, queue) => {
                let queue = queue_name(desk, *queue);
                self.with_bond(*offer, desk, |_, agent| Happening::Returned { agent, queue });
            }
            Told::Offered(_) | Told::Pressed(_) | Told::Restarted | Told::HungUp | Told::Other { .. } => {}
        }
    }

    fn with_bond(&mut self, offer: OfferId, desk: &Desk, what: impl FnOnce(&mut Totals, String) -> Happening) {
        if let Some((_, agent)) = self.bond.filter(|(bond, _)| *bond == offer) {
            let what = what(&mut self.totals, agent_name(desk, agent));
            self.note(what);
        }
    }

    fn missed(&mut self, offer: OfferId, how: &'static str, desk: &Desk) {
        self.missed_by = self.bond.filter(|(bond, _)| *bond == offer).map(|(_, agent)| agent).or(self.missed_by);
        self.with_bond(offer, desk, |totals, agent| {
            totals.missed += 1;
            Happening::Missed { agent, how }
        });
    }

    /// Joining a line, waiting for one agent alone, being open to all again.
    fn note_place(&mut self, before: Option<&CallView>, after: Option<&CallView>, desk: &Desk) {
        let Some(after) = after else { return };
        if before.and_then(|view| view.queued_at) != after.queued_at {
            self.note_joined(after, desk);
        }
        let stage = |view: Option<&CallView>| view.map(|view| view.stage);
        match (before.and_then(|view| view.waits_for), after.waits_for) {
            (was, Some(agent)) if was != Some(agent) => self.note(Happening::HeldFor { agent: agent_name(desk, agent) }),
            (Some(_), None) if after.stage == StageView::Waiting => self.note(Happening::OpenToAll),
            (_, _) => {}
        }
        let on_the_line = matches!(after.stage, StageView::Waiting | StageView::Offered);
        if stage(before) == Some(StageView::CalledBack) && on_the_line {
            self.note(Happening::BackOnTheLine);
        }
    }

    fn note_joined(&mut self, view: &CallView, desk: &Desk) {
        let (Some(queue), Some(class), Some(joined)) = (view.queue, view.class, view.queued_at) else { return };
        let seen = desk.look_at_queue(queue);
        let target = desk.settings().queues.get(usize::from(queue.0)).map(|queue| queue.thresholds.target(class));
        self.note(Happening::Joined {
            queue: queue_name(desk, queue),
            class: names::class(desk.settings(), queue, class).to_owned(),
            target_s: target.unwrap_or_default().as_secs(),
            waiting_before: seen.map_or(0, |seen| seen.waiting.saturating_add(seen.callbacks).saturating_sub(1)),
            on_duty: seen.map_or(0, |seen| seen.on_duty),
            place_kept_since: view.since.filter(|since| *since < joined).map(|since| self.epoch.at(since)),
            because: view.why_human.as_ref().map(words::why_sentence).unwrap_or_default(),
        });
    }

    fn note_decision(
        &mut self,
        decision: &Decision,
        told: &Told,
        before: Option<&CallView>,
        after: Option<&CallView>,
        out: &Outbox,
        desk: &Desk,
    ) {
        if decision.chosen.call == self.call {
            self.note_turn(decision, desk);
            return self.note(chosen::happening(decision, out, desk, self.epoch));
        }
        let Some(view) = overtaken_view(told, &decision.chosen, before, after) else { return };
        let waiting = Waiting { view, missed_by: self.missed_by, chosen_just_now: self.chosen_just_now.clone() };
        let Some(because) = overtaken::because(&waiting, decision, out, desk, self.epoch) else { return };
        if because == Because::Unexplained && after.is_none_or(|view| view.place.is_none()) {
            // Its longest wait was over in the same moment, before the agent chose: it stood there no more.
            return;
        }
        self.totals.overtaken += 1;
        self.totals.unexplained += u64::from(because == Because::Unexplained);
        let by = chosen::other(&decision.chosen, decision.at, desk);
        let this = wait_of(view, decision.at, desk);
        self.note(Happening::Overtaken { by, agent: agent_name(desk, decision.agent), this, because });
    }

    /// What decisions followed from.
    fn note_cause(&mut self, effect: &Effect, before: Option<&CallView>, after: Option<&CallView>, desk: &Desk) {
        if let Effect::StopRinging { offer, .. } = effect
            && after.is_some_and(|view| view.place.is_some())
        {
            self.missed(*offer, "no_answer", desk);
        } else if let Effect::Note(change) = effect {
            self.note_change(change, before, desk);
        }
    }

    fn note_turn(&mut self, decision: &Decision, desk: &Desk) {
        self.chosen_just_now = Some(match decision.step {
            Step::Rung(offer) => {
                self.bond = Some((offer, decision.agent));
                self.totals.rung += 1;
                Because::Ringing { agent: agent_name(desk, decision.agent) }
            }
            Step::CalledBack => Because::BeingCalled,
        });
    }

    fn note_effect(&mut self, effect: &Effect, told: &Told, desk: &Desk) {
        if let Effect::Say { call, what, .. } = effect
            && *call == self.call
        {
            self.note_words(*what);
        } else if let Effect::CallBack { call, .. } = effect
            && *call == self.call
        {
            self.totals.called_back += 1;
            self.note(Happening::CalledBack);
        } else if let Effect::Refuse { call, .. } = effect
            && *call == self.call
        {
            self.note_refused(told, desk);
        } else if let Effect::Write(record) = effect
            && record.call == self.call
        {
            self.note_end(record, told);
        }
    }

    fn note_words(&mut self, what: Say) {
        let (prospect, longer) = match what {
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) => (prospect, false),
            Say::LongerThanSaid(prospect) => (prospect, true),
            Say::WillCallBack => return self.note(Happening::CallbackAgreed),
            Say::Welcome { .. }
            | Say::MenuAgain { .. }
            | Say::OneMoment
            | Say::Sent { .. }
            | Say::Goodbye
            | Say::NotNow
            | Say::NeedDetails
            | Say::ToHuman
            | Say::CalledBack
            | Say::Returned
            | Say::AgentLost
            | Say::Closed
            | Say::NobodyCame
            | Say::TooMany => return,
        };
        self.totals.spoken_to += 1;
        let Prospect { at_most, callback } = prospect;
        if at_most.is_some() || callback || longer {
            self.note(Happening::Told { at_most_s: at_most.map(cabrank_core::Span::as_secs), callback, longer });
        }
    }

    fn note_change(&mut self, change: &cabrank_core::Change, before: Option<&CallView>, desk: &Desk) {
        let Some(queue) =
            before.filter(|view| view.place.is_some() || view.stage == StageView::Offered).and_then(|view| view.queue)
        else {
            return;
        };
        let Some((_, was, is)) = change.queues.iter().find(|(changed, ..)| *changed == queue) else { return };
        self.totals.changes += 1;
        self.note(Happening::ThresholdsChanged {
            number: change.number,
            by: change.by.to_string(),
            reason: change.reason.to_string(),
            what: differences(was, is, desk.settings()),
        });
    }

    fn note_refused(&mut self, told: &Told, desk: &Desk) {
        if let Told::Offered(line) = told {
            self.note(Happening::Offered { line: names::line(desk.settings(), *line).to_owned() });
        }
    }

    fn note_end(&mut self, record: &Record, told: &Told) {
        let goes_on_as = match told {
            Told::Other { call } if record.outcome == Outcome::Joined => call.map(|call| call.to_string()),
            Told::Offered(_)
            | Told::Pressed(_)
            | Told::CallerAnswered
            | Told::CallerUnreached
            | Told::Answered(_)
            | Told::Declined(..)
            | Told::Lost(_)
            | Told::Returned(..)
            | Told::Restarted
            | Told::HungUp
            | Told::Other { .. } => None,
        };
        self.note(Happening::Ended { outcome: words::outcome(record.outcome), goes_on_as });
        self.record = Some(record.clone());
    }
}

/// What an input says of the call.
enum Told {
    Offered(cabrank_core::LineId),
    Pressed(Digit),
    CallerAnswered,
    CallerUnreached,
    Answered(OfferId),
    Declined(OfferId, Declined),
    Lost(OfferId),
    Returned(OfferId, QueueId),
    Restarted,
    HungUp,
    /// Nothing, or nothing that is not seen otherwise.
    Other {
        /// Another call that it names.
        call: Option<CallId>,
    },
}

impl Told {
    fn of(input: &Input, this: CallId) -> Told {
        match input {
            Input::CallOffered { call, line, .. } if *call == this => Told::Offered(*line),
            Input::DigitPressed { call, digit } if *call == this => Told::Pressed(*digit),
            Input::CallerAnswered { call } if *call == this => Told::CallerAnswered,
            Input::CallerUnreached { call, .. } if *call == this => Told::CallerUnreached,
            Input::AgentAnswered { offer } => Told::Answered(*offer),
            Input::AgentDeclined { offer, how } => Told::Declined(*offer, *how),
            Input::AgentHungUp { offer, how: LegEnd::Lost } => Told::Lost(*offer),
            Input::AgentReturned { offer, queue } => Told::Returned(*offer, *queue),
            Input::Restarted => Told::Restarted,
            Input::CallerHungUp { call, .. } if *call == this => Told::HungUp,
            Input::CallOffered { call, .. }
            | Input::DigitPressed { call, .. }
            | Input::PromptEnded { call, .. }
            | Input::DispatchAnswered { call, .. }
            | Input::CallerFound { call, .. } => Told::Other { call: Some(*call).filter(|call| *call != this) },
            Input::CallerAnswered { .. }
            | Input::CallerUnreached { .. }
            | Input::CallerHungUp { .. }
            | Input::HoldChanged { .. }
            | Input::AgentRinging { .. }
            | Input::AgentHungUp { how: LegEnd::HungUp, .. }
            | Input::PhoneReached { .. }
            | Input::PhoneLost { .. }
            | Input::AgentAsked { .. }
            | Input::PromiseSettled { .. }
            | Input::RecordResolved { .. }
            | Input::Filed { .. }
            | Input::SettingsChanged { .. }
            | Input::ThresholdsChanged { .. }
            | Input::DrainAsked { .. }
            | Input::CallResumed { .. }
            | Input::PhoneResumed { .. }
            | Input::Woke => Told::Other { call: None },
        }
    }
}

/// The call as it stood in line when a decision was made for another caller, if it stood there before that caller.
fn overtaken_view<'a>(
    told: &Told,
    chosen: &Candidate,
    before: Option<&'a CallView>,
    after: Option<&'a CallView>,
) -> Option<&'a CallView> {
    let stands = |view: &&CallView| view.place.is_some();
    let ahead = |view: &&CallView| standing(view).is_some_and(|here| here < (chosen.since, chosen.place));
    let view = match (before.filter(stands), after.filter(stands), told) {
        (Some(before), Some(_), _) | (Some(before), None, Told::Other { .. }) => Some(before),
        // Whoever leaves has left before agents choose anew.
        (Some(_), None, _) => None,
        (None, Some(after), _) => Some(after).filter(|view| view.queued_at.is_some_and(|joined| joined <= chosen.since)),
        (None, None, _) => None,
    };
    view.filter(ahead)
}

fn differences(was: &Thresholds, is: &Thresholds, settings: &Settings) -> Vec<String> {
    thresholds::differences(&thresholds::shown(was, settings), &thresholds::shown(is, settings))
}

fn wait_of(view: &CallView, now: Tick, desk: &Desk) -> Wait {
    let (Some((since, place)), Some(queue), Some(class)) = (standing(view), view.queue, view.class) else {
        return Wait { waited_s: 0, target_s: 0, percent: 0 };
    };
    chosen::wait(&Candidate { call: view.call, queue, class, since, place }, now, desk)
}

fn declined(how: Declined) -> &'static str {
    match how {
        Declined::Busy => "busy",
        Declined::Declined => "declined",
        Declined::Unavailable => "unavailable",
        Declined::Failed => "failed",
    }
}
