//! Callers in line: who stands where.

use super::alarms::{Due, NEVER};
use super::call::{Call, InLine, Stage, Stand};
use super::warning::Warning;
use super::{Desk, Outbox};
use crate::ordered::Ordered;
use crate::quote::{Estimate, Expected, Quoter};
use crate::{CallId, Outcome, Place, QueueId, Say, Text, Thresholds, Tick, WhyHuman};
use alloc::vec::Vec;

/// Callers of one class, whoever came first first.
pub(super) type Stream = Ordered<(Tick, Place), CallId>;

/// One queue's callers.
pub(super) struct LineUp {
    /// By class: callers who wait on the line.
    pub(super) present: Vec<Stream>,
    /// By class: callers who are to be called back.
    pub(super) absent: Vec<Stream>,
    /// Callers who wait for an agent of their own.
    pub(super) held: u32,
    /// Callers for whom an agent's phone rings.
    pub(super) ringing: u32,
    /// Callers who are being called back.
    pub(super) dialling: u32,
    /// Agents on duty who serve the queue.
    pub(super) on_duty: u32,
    pub(super) quoter: Option<Quoter>,
    pub(super) warning: Warning,
}

impl LineUp {
    pub(super) fn new(thresholds: &Thresholds) -> LineUp {
        let classes = thresholds.classes.len();
        LineUp {
            present: (0..classes).map(|_| Stream::new()).collect(),
            absent: (0..classes).map(|_| Stream::new()).collect(),
            held: 0,
            ringing: 0,
            dialling: 0,
            on_duty: 0,
            quoter: thresholds.quote.map(|quote| Quoter::new(quote.confidence, classes)),
            warning: Warning::default(),
        }
    }

    /// Callers who wait on the line, those for whom an agent rings included.
    pub(super) fn waiting(&self) -> u32 {
        count(&self.present).saturating_add(self.held).saturating_add(self.ringing)
    }

    /// Callers who are to be called back.
    pub(super) fn callbacks(&self) -> u32 {
        count(&self.absent)
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = &Stream> {
        self.present.iter().chain(&self.absent)
    }
}

fn count(streams: &[Stream]) -> u32 {
    let all: usize = streams.iter().map(Stream::len).sum();
    u32::try_from(all).unwrap_or(u32::MAX)
}

impl Desk {
    /// A newcomer joins a line; an idle agent is rung at once. A place that was kept is taken again.
    pub(super) fn join(&mut self, id: CallId, queue: QueueId, why: WhyHuman, out: &mut Outbox) {
        let first_words = first_words(&why);
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.why = Some(why);
        let class = class_name(call);
        let kept = self.take_kept_place(id, queue, out);
        let thresholds = &self.queue(queue).thresholds;
        if kept.is_none() && self.line_ups[usize::from(queue.0)].waiting() >= thresholds.max_waiting {
            return self.part(id, Say::TooMany, Outcome::QueueFull, out);
        }
        let (class, until) = (thresholds.class_of(&class), self.now.plus(thresholds.max_wait));
        let (since, place) = kept.unwrap_or_else(|| self.next_place());
        let joined_at = self.now;
        let stand = Stand { queue, class, joined_at, since, place, until, told: false, may_be_called: false, told_longer: false };
        let in_line = self.in_line(queue);
        self.line_joined(queue, class);
        self.stand(id, stand);
        let expected = self.serve_newcomer(id, in_line, out);
        match first_words {
            Some(words) => self.say(id, words, out),
            None if self.is_offered(id) => self.say(id, Say::ToHuman, out),
            None => self.please_wait(id, expected, out),
        }
        if kept.is_some() {
            self.dial_wherever_possible(out);
        }
    }

    /// Rings an idle agent for a newcomer to a line of that length, or lets the caller wait. What is then expected of the wait
    /// is held against it, and returned if nothing has changed since.
    fn serve_newcomer(&mut self, id: CallId, in_line: u32, out: &mut Outbox) -> Option<Expected> {
        let stand = self.calls.get(&id)?.stand?;
        let own = self.busy_own_agent(id, stand.queue);
        let pair = if own.is_some() { None } else { self.pair_for(id, out) };
        // There is nothing to bound for whom an idle agent takes at once.
        let waits = pair.is_none_or(|pair| pair.call != id);
        let expected = if waits { self.expected(&stand) } else { None };
        self.note_estimate(id, expected.and_then(|expected| self.corrected(&stand, in_line, &expected)));
        match (own, pair) {
            (Some(agent), _) => self.hold_for(agent, id),
            (None, None) => return expected,
            (None, Some(pair)) => {
                self.bring_together(pair, out);
                self.seat(id, out);
                if self.is_offered(id) {
                    self.note_estimate(id, None);
                }
            }
        }
        None
    }

    /// Takes a stand in a line, on the line.
    pub(super) fn stand(&mut self, id: CallId, stand: Stand) {
        self.stand_as(id, stand, Stage::Waiting);
        self.comfort_later(id);
    }

    /// Takes a stand in a line, waiting or to be called back.
    pub(super) fn stand_as(&mut self, id: CallId, stand: Stand, stage: Stage) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.stage = stage;
        call.stand = Some(stand);
        let line_up = &mut self.line_ups[usize::from(stand.queue.0)];
        let streams = if stage == Stage::Absent { &mut line_up.absent } else { &mut line_up.present };
        streams[usize::from(stand.class.0)].insert((stand.since, stand.place), id);
        self.set_alarm(id, Due::Stage, stand.until);
        self.set_opening(id, stand);
        self.line_changed(stand.queue);
    }

    /// Back in line at the place held before; an idle agent is rung.
    pub(super) fn stand_again(&mut self, id: CallId, stand: Stand, out: &mut Outbox) {
        self.stand(id, stand);
        self.seat(id, out);
    }

    /// Takes a call out of its line, and returns where it stood.
    pub(super) fn leave_line(&mut self, id: CallId) -> Option<Stand> {
        let call = self.calls.get(&id)?;
        let stand = call.stand?;
        let line_up = &mut self.line_ups[usize::from(stand.queue.0)];
        let key = (stand.since, stand.place);
        match call.stage.in_line()? {
            InLine::Waiting => drop(line_up.present[usize::from(stand.class.0)].remove(&key)),
            InLine::Absent => drop(line_up.absent[usize::from(stand.class.0)].remove(&key)),
            InLine::Held(agent) => {
                line_up.held -= 1;
                self.held.remove(&(agent, stand.since, stand.place));
            }
        }
        self.cancel_alarm(id, Due::Stage);
        self.cancel_alarm(id, Due::Opening);
        self.line_changed(stand.queue);
        Some(stand)
    }

    /// Waited as long as the queue allows, on the line or for a callback.
    pub(super) fn waited_too_long(&mut self, id: CallId, out: &mut Outbox) {
        let absent = self.calls.get(&id).is_some_and(|call| call.stage == Stage::Absent);
        self.leave_line(id);
        if absent {
            self.forget_callback(id);
            self.close(id, Outcome::CallbackFailed, out);
        } else {
            self.part(id, Say::NobodyCame, Outcome::WaitedTooLong, out);
        }
    }

    /// More agents may take the caller from now on: a step of widening, help from another queue, or the end of the wait for
    /// an agent of the caller's own.
    pub(super) fn opens(&mut self, id: CallId, out: &mut Outbox) {
        let Some(call) = self.calls.get(&id) else { return };
        let (Some(in_line), Some(stand)) = (call.stage.in_line(), call.stand) else { return };
        match in_line {
            InLine::Held(_) => {
                self.leave_line(id);
                self.stand_again(id, stand, out);
            }
            InLine::Waiting | InLine::Absent => {
                self.set_opening(id, stand);
                self.seat(id, out);
            }
        }
    }

    fn note_estimate(&mut self, id: CallId, estimate: Option<Estimate>) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.estimate = estimate;
        }
    }

    pub(super) fn is_offered(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| matches!(call.stage, Stage::Offered(_)))
    }

    fn set_opening(&mut self, id: CallId, stand: Stand) {
        match self.next_opening(&stand) {
            Some(at) => self.set_alarm(id, Due::Opening, at),
            None => self.cancel_alarm(id, Due::Opening),
        }
    }

    /// The next moment at which more agents may take who stands there.
    pub(super) fn next_opening(&self, stand: &Stand) -> Option<Tick> {
        let tiers = self.idle.tiers(stand.queue).iter();
        tiers.map(|free| stand.since.plus(free.after)).filter(|at| *at > self.now && *at != NEVER).min()
    }

    fn next_place(&mut self) -> (Tick, Place) {
        self.places_given += 1;
        (self.now, Place(self.places_given))
    }
}

/// The class that the caller's profile names.
pub(super) fn class_name(call: &Call) -> Text {
    match &call.caller.profile {
        Some(profile) if call.caller.trust.is_sure() => profile.class.clone(),
        Some(_) | None => Text::default(),
    }
}

/// What a caller who did not ask for a human is told first.
fn first_words(why: &WhyHuman) -> Option<Say> {
    match why {
        WhyHuman::UnknownCaller | WhyHuman::MissingDetail { .. } => Some(Say::NeedDetails),
        WhyHuman::UntrustedNumber
        | WhyHuman::TooManyWrongCodes
        | WhyHuman::DispatchRefused { .. }
        | WhyHuman::DispatchFailed(_) => Some(Say::NotNow),
        WhyHuman::WrongCode | WhyHuman::NoCode => Some(Say::ToHuman),
        WhyHuman::Asked
        | WhyHuman::PressedZero
        | WhyHuman::Silence
        | WhyHuman::Mistakes
        | WhyHuman::NoMenu
        | WhyHuman::AskedAfterService => None,
    }
}
