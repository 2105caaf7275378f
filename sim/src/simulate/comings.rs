//! Callers come, lose patience, are cut off, and call again.

use super::Witness;
use super::agenda::Due;
use super::books::Ended;
use super::calls::{Call, Leg};
use super::floor::{About, Floor};
use super::lines::may_come_again;
use super::sources::happens;
use crate::chance::Purpose;
use crate::scenario::Entrance;
use cabrank_core::{CallId, Caller, CallerGone, Input, Span, Tick};
use rand::RngExt;

/// Who was cut off calls again so soon.
const CUT_OFF_CALLS_AFTER: Span = Span::secs(5);
/// Nobody calls more often on one matter.
const ATTEMPTS_MAX: u16 = 20;

impl<W: Witness> Floor<'_, W> {
    pub(super) fn foresee_arrival(&mut self, place: usize) {
        let closes_at = Tick(self.scenario.duration.0);
        if let Some(at) = self.sources[place].next_arrival().filter(|at| *at < closes_at) {
            self.expected += 1;
            self.agenda.foresee(at, Due::Arrival(place as u32));
        }
    }

    pub(super) fn arrive(&mut self, place: usize) {
        self.expected -= 1;
        let newcomer = self.sources[place].next_caller();
        let callers = self.sources[place].callers;
        let traced = newcomer.traced;
        let to = traced.and_then(|traced| traced.to.clone());
        let own = traced.and_then(|traced| traced.caller.as_ref());
        let presses = own.and_then(|own| own.pressed);
        let who = match own {
            Some(own) => Some(Box::new(own.caller.clone())),
            None => may_come_again(callers).then(|| Box::new(self.person(place, newcomer.nth, to.as_ref()))),
        };
        self.foresee_arrival(place);
        self.comes(Call {
            source: place as u32,
            nth: newcomer.nth,
            attempt: 0,
            to: to.map(Box::new),
            who,
            handle: newcomer.handle,
            patience: newcomer.patience,
            leg: Leg::Menu,
            rings: 0,
            menus: 0,
            service: None,
            asked_for_callback: false,
            presses,
            books: Default::default(),
        });
    }

    fn person(&mut self, place: usize, nth: u64, to: Option<&Entrance>) -> Caller {
        let source = &self.sources[place];
        let origin = source.callers.origin;
        let person = match origin.regulars {
            Some(regulars) => source.chance(Purpose::Habits, nth << 1).random_range(0..u64::from(regulars.max(1))),
            None => nth,
        };
        let known = happens(&mut source.chance(Purpose::Habits, (person << 1) | 1), origin.known);
        self.lines.somebody(to.unwrap_or(&source.callers.to), place, person, known)
    }

    fn comes(&mut self, call: Call) {
        let callers = self.sources[call.source as usize].callers;
        let to = call.to.as_deref().unwrap_or(&callers.to);
        let (line, open) = self.lines.line(to, self.now);
        let caller = match (&call.who, to) {
            (Some(who), _) => (**who).clone(),
            (None, Entrance::Queue(queue, class)) => self.lines.nobody(*queue, *class),
            (None, Entrance::Line(..)) => Caller::unknown(),
        };
        let (place, nth, attempt, cut_off) = (call.source as usize, call.nth, call.attempt, callers.cut_off);
        let id = self.calls.add(call);
        self.books.call_came();
        if cut_off > 0.0 {
            let mut chance = self.sources[place].chance(Purpose::Trouble, nth * u64::from(ATTEMPTS_MAX) + u64::from(attempt));
            if happens(&mut chance, cut_off) {
                let after = callers.handle.sampler().draw(&mut chance);
                self.agenda.foresee(self.now.plus(after), Due::CutOff(id));
            }
        }
        self.tell(Input::CallOffered { call: id, line, open, caller }, About::Newcomer(id));
    }

    pub(super) fn patience_ends(&mut self, id: CallId) {
        let Some(call) = self.calls.of(id).filter(|call| call.leg == Leg::InLine) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, id, &mut call.books, Ended::HungUp);
        call.leg = Leg::Gone;
        let again = Call { leg: Leg::Menu, ..call.clone() };
        self.may_call_again(again);
        self.tell(Input::CallerHungUp { call: id, how: CallerGone::HungUp }, About::Else);
        self.measure(queue);
    }

    fn may_call_again(&mut self, call: Call) {
        let source = &self.sources[call.source as usize];
        let Some(redial) = source.callers.redial.as_ref().filter(|_| call.attempt < ATTEMPTS_MAX) else { return };
        let mut chance = source.chance(Purpose::Redial, call.nth * u64::from(ATTEMPTS_MAX) + u64::from(call.attempt));
        if happens(&mut chance, redial.chance) {
            let after = redial.after.sampler().draw(&mut chance);
            let patience = source.callers.patience.as_ref().map(|law| law.sampler().draw(&mut chance));
            self.will_call_again(Call { patience, ..call }, after);
        }
    }

    /// Nobody calls again once no more callers come.
    fn will_call_again(&mut self, call: Call, after: Span) {
        let at = self.now.plus(after);
        if at < Tick(self.scenario.duration.0) && call.attempt < ATTEMPTS_MAX {
            let again =
                Call { attempt: call.attempt + 1, asked_for_callback: false, books: Default::default(), rings: 0, ..call };
            self.returning.push(Some(again));
            self.expected += 1;
            self.agenda.foresee(at, Due::Again(self.returning.len() as u32 - 1));
        }
    }

    pub(super) fn call_again(&mut self, place: usize) {
        if let Some(call) = self.returning.get_mut(place).and_then(Option::take) {
            self.expected -= 1;
            self.comes(call);
        }
    }

    pub(super) fn is_cut_off(&mut self, id: CallId) {
        self.loses_leg(id, CallerGone::Lost);
    }

    /// The caller's leg is gone, by no wish of the caller's, who calls again at once.
    pub(super) fn loses_leg(&mut self, id: CallId, how: CallerGone) {
        let Some(call) = self.calls.of(id).filter(|call| !matches!(call.leg, Leg::Away | Leg::Gone)) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, id, &mut call.books, Ended::CutOff);
        call.leg = Leg::Gone;
        let again = Call { leg: Leg::Menu, ..call.clone() };
        self.will_call_again(again, CUT_OFF_CALLS_AFTER);
        self.tell(Input::CallerHungUp { call: id, how }, About::Else);
        self.measure(queue);
    }
}
