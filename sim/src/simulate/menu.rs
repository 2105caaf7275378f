//! What callers hear, press and decide; what fulfilment services answer.

use super::Witness;
use super::agenda::Due;
use super::books::Ended;
use super::calls::{Call, Leg};
use super::floor::{About, Floor};
use super::sources::happens;
use crate::chance::Purpose;
use crate::scenario::{Entrance, Keys};
use cabrank_core::{
    CallId, Digit, Dispatch, DispatchAnswer, DispatchFailure, Effect, Input, Outbox, PlayId, Prospect, QueueId, Say, Span,
};
use rand::RngExt;
use rand_pcg::Pcg64;

/// So long somebody who picked up a callback takes to press 1.
const CONFIRMS_AFTER: Span = Span::secs(1);
/// Draws a caller's menus are told apart by.
const MENUS_MAX: u64 = 64;

impl<W: Witness> Floor<'_, W> {
    /// The desk has heard of a newcomer: straight into a line, or to be greeted.
    pub(super) fn newcomer_is_in(&mut self, id: CallId, out: &Outbox) {
        let Some(call) = self.calls.of(id) else { return };
        let callers = self.sources[call.source as usize].callers;
        let Entrance::Queue(queue, class) = *call.to.as_deref().unwrap_or(&callers.to) else { return };
        let away = out.effects.iter().any(|effect| {
            matches!(effect, Effect::Refuse { .. } | Effect::Say { what: Say::TooMany, .. }) && is_about(effect, id)
        });
        if call.who.is_some() && !away {
            return self.in_line(id);
        }
        // Nobody knows a caller without a number: there is no place to look up.
        self.books.joins(self.now, id, &mut call.books, (queue, class), self.now);
        call.leg = Leg::InLine;
        if !away {
            self.stands(id, queue);
        }
    }

    /// A call that may have joined a line by now, has it.
    pub(super) fn in_line(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id).filter(|call| call.leg != Leg::Gone && !call.books.in_line()) else { return };
        let Some(place) = self.desk.place_in_line(id) else { return };
        self.books.joins(self.now, id, &mut call.books, (place.queue, place.class), place.since);
        call.leg = Leg::InLine;
        if place.waits_for.is_some() {
            self.books.is_spoken_for(self.now, id, &mut call.books);
            let held_for = self.scenario.settings.queues[usize::from(place.queue.0)].thresholds.preferred_agent_for;
            self.agenda.foresee(self.now.plus(held_for), Due::HoldOver(id));
        }
        self.stands(id, place.queue);
    }

    /// A caller waits no longer for an agent of the caller's own.
    pub(super) fn hold_is_over(&mut self, id: CallId) {
        // What the desk does at this very moment, it has done.
        self.tell(Input::Woke, About::Else);
        self.waits_again(id);
    }

    fn stands(&mut self, id: CallId, queue: QueueId) {
        let quotes = self.scenario.settings.queues[usize::from(queue.0)].thresholds.quote.is_some();
        let Some(call) = self.calls.of(id) else { return };
        if let Some(estimate) = self.desk.estimate_of(id).filter(|_| quotes) {
            self.books.quoted(&mut call.books, estimate);
        }
        if let Some(patience) = call.patience {
            self.agenda.foresee(self.now.plus(patience), Due::Patience(id));
        }
        self.measure(Some(queue));
    }

    /// The desk's word on how long a line is goes into the books.
    pub(super) fn measure(&mut self, queue: Option<QueueId>) {
        if let Some(queue) = queue {
            self.books.line_is(self.now, queue, &self.desk);
        }
    }

    pub(super) fn is_said(&mut self, id: CallId, play: PlayId, what: Say) {
        match what {
            Say::Welcome { .. } | Say::MenuAgain { .. } => {
                self.prompt(id, play);
                self.chooses(id);
            }
            Say::Sent { .. } | Say::Goodbye | Say::Closed => self.prompt(id, play),
            Say::TooMany | Say::NobodyCame => {
                self.turned_away(id);
                self.prompt(id, play);
            }
            Say::WillCallBack => {
                self.hangs_up_for_a_callback(id);
                self.prompt(id, play);
            }
            Say::CalledBack => {
                self.prompt(id, play);
                let at = self.now.plus(self.scenario.prompt).plus(CONFIRMS_AFTER);
                self.agenda.foresee(at, Due::Press(id, Digit::Number(1)));
            }
            Say::PleaseWait(prospect) | Say::StillWaiting(prospect) | Say::LongerThanSaid(prospect) => {
                self.waits(id, play, prospect);
            }
            Say::NotNow | Say::NeedDetails | Say::ToHuman | Say::Returned | Say::AgentLost => {
                self.waits(id, play, Prospect::default());
            }
            Say::OneMoment => {}
        }
    }

    pub(super) fn turned_away(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, id, &mut call.books, Ended::TurnedAway);
        call.leg = Leg::Gone;
        self.measure(queue);
    }

    fn prompt(&mut self, id: CallId, play: PlayId) {
        self.agenda.foresee(self.now.plus(self.scenario.prompt), Due::PromptOver(id, play));
    }

    /// What is said to somebody in line leads to nothing but the offer of a callback: where there is none it is not played out.
    fn waits(&mut self, id: CallId, play: PlayId, prospect: Prospect) {
        self.in_line(id);
        let Some(queue) = self.calls.of(id).and_then(|call| call.books.queue()) else { return };
        if self.scenario.settings.queues[usize::from(queue.0)].thresholds.callback.is_some() {
            self.prompt(id, play);
            if prospect.callback {
                self.considers_a_callback(id);
            }
        }
    }

    fn considers_a_callback(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id).filter(|call| !call.asked_for_callback) else { return };
        call.asked_for_callback = true;
        let source = &self.sources[call.source as usize];
        let Some(callback) = &source.callers.callback else { return };
        if happens(&mut source.chance(Purpose::Habits, (1 << 62) | call.nth), callback.accepted) {
            self.agenda.foresee(self.now.plus(self.scenario.prompt), Due::Press(id, Digit::Number(1)));
        }
    }

    fn hangs_up_for_a_callback(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, id, &mut call.books, Ended::CallsBack);
        call.leg = Leg::Away;
        self.measure(queue);
    }

    /// The desk calls somebody back.
    pub(super) fn is_dialled(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id) else { return };
        call.rings += 1;
        let source = &self.sources[call.source as usize];
        let mut chance = source.chance(Purpose::Habits, (1 << 63) | (call.nth << 8) | u64::from(call.rings));
        match &source.callers.callback {
            Some(callback) => {
                let after = self.now.plus(callback.picks_up_after.sampler().draw(&mut chance));
                let reached = happens(&mut chance, callback.reached);
                self.agenda.foresee(after, if reached { Due::Reached(id) } else { Due::Unreached(id) });
            }
            None => self.agenda.foresee(self.now, Due::Unreached(id)),
        }
    }

    /// What the caller will press once the menu was said.
    fn chooses(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id) else { return };
        call.menus += 1;
        let source = &self.sources[call.source as usize];
        let traced = call.presses.take();
        let nth = (1 << 61) | (call.nth * MENUS_MAX + u64::from(call.menus) % MENUS_MAX);
        let mut chance = source.chance(Purpose::Habits, nth);
        if let Some((digit, after)) = traced.or_else(|| pressed(&source.callers.keys, &mut chance)) {
            let at = self.now.plus(self.scenario.prompt).plus(after);
            self.agenda.foresee(at, Due::Press(id, digit));
        }
    }

    pub(super) fn service_is_asked(&mut self, dispatch: &Dispatch) {
        let Some(call) = self.calls.of(dispatch.call) else { return };
        call.service = Some(dispatch.service);
        let Some(service) = self.scenario.services.get(usize::from(dispatch.service.0)) else { return };
        let mut chance = self.sources[call.source as usize].chance(Purpose::Service, nth_asked(call, Asked::When));
        if !happens(&mut chance, service.silent) {
            let after = service.answers_after.sampler().draw(&mut chance);
            self.agenda.foresee(self.now.plus(after), Due::ServiceAnswers(dispatch.call));
        }
    }

    pub(super) fn service_answers(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id) else { return };
        let service = call.service.and_then(|service| self.scenario.services.get(usize::from(service.0)));
        let Some(service) = service else { return };
        let mut chance = self.sources[call.source as usize].chance(Purpose::Service, nth_asked(call, Asked::What));
        let lot = chance.random::<f64>();
        let answer = if lot < service.refused {
            DispatchAnswer::Refused { reason: "no".into() }
        } else if lot < service.refused + service.failed {
            DispatchAnswer::Failed(DispatchFailure::Nonsense)
        } else {
            DispatchAnswer::Accepted { eta: service.eta.sampler().draw(&mut chance), reference: "simulated".into() }
        };
        self.tell(Input::DispatchAnswered { call: id, answer }, About::Else);
    }
}

/// What is drawn of a service's answer.
enum Asked {
    When,
    What,
}

fn nth_asked(call: &Call, what: Asked) -> u64 {
    (call.nth << 9) | (u64::from(call.attempt) << 1) | u64::from(matches!(what, Asked::What))
}

fn pressed(keys: &Keys, chance: &mut Pcg64) -> Option<(Digit, Span)> {
    let lot = chance.random::<f64>();
    let digit = if lot < keys.one {
        Digit::Number(1)
    } else if lot < keys.one + keys.two {
        Digit::Number(2)
    } else if lot < keys.one + keys.two + keys.other {
        Digit::Number(9)
    } else {
        return None;
    };
    Some((digit, keys.after.sampler().draw(chance)))
}

fn is_about(effect: &Effect, id: CallId) -> bool {
    match effect {
        Effect::Refuse { call, .. } | Effect::Say { call, .. } => *call == id,
        Effect::Answer { .. }
        | Effect::Music { .. }
        | Effect::Ring { .. }
        | Effect::StopRinging { .. }
        | Effect::Connect { .. }
        | Effect::Release { .. }
        | Effect::HangUp { .. }
        | Effect::CallBack { .. }
        | Effect::Warn { .. }
        | Effect::Note(_)
        | Effect::Dispatch(_)
        | Effect::LookUp { .. }
        | Effect::Write(_)
        | Effect::Amend { .. }
        | Effect::File(_)
        | Effect::Announce { .. } => false,
    }
}
