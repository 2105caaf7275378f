//! Virtual time: what happens next is told to the desk, and what it orders is carried out.

use super::Witness;
use super::agenda::{Agenda, Due};
use super::agents::Staff;
use super::books::{Books, Ended};
use super::calls::{Call, Calls, Ringings};
use super::lines::{Lines, with_straight_lines};
use super::sources::Source;
use super::tally::Tally;
use super::trouble::Road;
use crate::scenario::Scenario;
use cabrank_core::{AgentId, CallId, Desk, Effect, Input, Outbox, Outcome, Record, Refusal, Span, Tick};
use std::collections::VecDeque;

/// So long after the last caller came whoever is left is given up.
const LINGERING_MAX: Span = Span::secs(48 * 3_600);
/// Steps between two questions whether to go on.
const STEPS: u64 = 4_096;

pub(super) struct Floor<'a, W> {
    pub(super) scenario: &'a Scenario,
    pub(super) seed: u64,
    witness: &'a mut W,
    pub(super) desk: Desk,
    pub(super) now: Tick,
    pub(super) agenda: Agenda,
    out: Outbox,
    /// Facts that follow at once from what was ordered.
    pub(super) replies: VecDeque<Input>,
    pub(super) sources: Vec<Source<'a>>,
    pub(super) lines: Lines<'a>,
    pub(super) calls: Calls,
    pub(super) ringings: Ringings,
    pub(super) staff: Staff,
    pub(super) books: Books<'a>,
    pub(super) road: Road,
    /// Who will call again.
    pub(super) returning: Vec<Option<Call>>,
    /// Callers who will come.
    pub(super) expected: usize,
}

/// What a fact is about: looked at before the desk's orders are carried out.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// A caller who comes in.
    Newcomer(CallId),
    Agent(AgentId),
    Else,
}

impl<'a, W: Witness> Floor<'a, W> {
    pub(super) fn new(scenario: &'a Scenario, seed: u64, witness: &'a mut W) -> Result<Floor<'a, W>, Refusal> {
        let sources = scenario.callers.iter().enumerate().map(|(place, callers)| Source::new(seed, place, callers));
        Ok(Floor {
            scenario,
            seed,
            witness,
            desk: Desk::new(with_straight_lines(&scenario.settings), seed)?,
            now: Tick(0),
            agenda: Agenda::default(),
            out: Outbox::default(),
            replies: VecDeque::new(),
            sources: sources.collect(),
            lines: Lines::new(scenario),
            calls: Calls::default(),
            ringings: Ringings::default(),
            staff: Staff::new(scenario.agents.len()),
            books: Books::new(scenario, seed),
            road: Road::new(scenario.trouble.as_ref(), seed),
            returning: Vec::new(),
            expected: 0,
        })
    }

    pub(super) fn live(mut self) -> Tally {
        self.foresee_days();
        self.foresee_crash();
        self.foresee_changes();
        (0..self.sources.len()).for_each(|place| self.foresee_arrival(place));
        let mut steps = 0_u64;
        while self.step() {
            steps += 1;
            if steps.is_multiple_of(STEPS) && !self.witness.goes_on() {
                break;
            }
        }
        let mut tally = self.books.close(self.now, &self.desk);
        self.road.tell(&mut tally);
        tally
    }

    /// Whether anything was left to happen.
    fn step(&mut self) -> bool {
        if self.expected == 0 && self.calls.live == 0 {
            return false;
        }
        let due = self.agenda.next_at();
        let wake = self.desk.next_wake().filter(|wake| due.is_none_or(|due| *wake <= due));
        let Some(at) = wake.or(due) else { return false };
        self.now = self.now.max(at);
        match wake {
            Some(_) => self.tell(Input::Woke, About::Else),
            None => self.happen(),
        }
        self.now < Tick(self.scenario.duration.0).plus(LINGERING_MAX)
    }

    fn happen(&mut self) {
        let Some(due) = self.agenda.take() else { return };
        match due {
            Due::Arrival(source) => self.arrive(source as usize),
            Due::Again(place) => self.call_again(place as usize),
            Due::Patience(call) => self.patience_ends(call),
            Due::CutOff(call) => self.is_cut_off(call),
            Due::HoldOver(call) => self.hold_is_over(call),
            Due::PromptOver(call, play) => self.hears(call, Input::PromptEnded { call, play }),
            Due::Press(call, digit) => self.hears(call, Input::DigitPressed { call, digit }),
            Due::Reached(call) => self.hears(call, Input::CallerAnswered { call }),
            Due::Unreached(call) => self.hears(call, Input::CallerUnreached { call, how: cabrank_core::Declined::Unavailable }),
            Due::ServiceAnswers(call) => self.service_answers(call),
            Due::PickUp(offer) => self.picks_up(offer),
            Due::Decline(offer) => self.declines(offer),
            Due::Goodbye(offer) => self.talk_ends(offer, cabrank_core::LegEnd::HungUp),
            Due::LegDies(offer) => self.talk_ends(offer, cabrank_core::LegEnd::Lost),
            Due::ComesIn(agent) => self.comes_in(agent),
            Due::GoesHome(agent) => self.goes_home(agent),
            Due::BreakBegins(agent, place) => self.break_begins(agent, place as usize),
            Due::IsReady(agent) => self.is_ready(agent),
            Due::PhoneBack(agent) => self.tell(Input::PhoneReached { agent }, About::Agent(agent)),
            Due::Straggler(place) => self.straggler(place as usize),
            Due::Change(place) => self.change(place as usize),
            Due::Crash => self.crash(),
        }
    }

    /// Tells the desk a fact, then whatever follows at once from its orders.
    pub(super) fn tell(&mut self, input: Input, about: About) {
        self.send(input, about);
        self.reply();
    }

    /// Tells the desk what follows at once from its orders.
    pub(super) fn reply(&mut self) {
        while let Some(reply) = self.replies.pop_front() {
            self.send(reply, About::Else);
        }
    }

    /// Hands a fact to the desk, without anything going wrong on the road.
    pub(super) fn hand(&mut self, input: Input, about: About) {
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        self.road.remember(self.now, &input);
        if W::LOOKS {
            self.desk.handle(self.now, input.clone(), &mut out);
            self.witness.told(self.now, &input, &out, &self.desk);
        } else {
            self.desk.handle(self.now, input, &mut out);
        }
        self.books.told(&out);
        self.agents_return();
        match about {
            About::Newcomer(call) => self.newcomer_is_in(call, &out),
            About::Agent(agent) => self.look_at_agent(agent),
            About::Else => {}
        }
        self.carry_out(&mut out);
        self.out = out;
    }

    fn carry_out(&mut self, out: &mut Outbox) {
        let mut decided = out.decisions.iter();
        for effect in out.effects.drain(..) {
            match effect {
                Effect::Ring { offer, agent, context } => {
                    self.in_line(context.call);
                    if let Some(decision) = decided.next() {
                        self.books.decided(self.now, decision, &out.passed_over[decision.passed_over.clone()]);
                    }
                    self.rings(offer, agent, context.call);
                }
                Effect::Say { call, play, what } => self.is_said(call, play, what),
                Effect::Connect { call, offer } => self.connected(call, offer),
                Effect::StopRinging { offer, .. } => self.stops_ringing(offer),
                Effect::Release { offer, .. } => self.released(offer),
                Effect::Dispatch(dispatch) => self.service_is_asked(&dispatch),
                Effect::CallBack { call, .. } => {
                    decided.next();
                    self.is_dialled(call);
                }
                Effect::Refuse { call, .. } => self.turned_away(call),
                Effect::Write(record) => self.is_over(&record),
                // Nobody looks callers up in a simulation: who is known is known from the start.
                Effect::LookUp { .. }
                | Effect::Answer { .. }
                | Effect::Music { .. }
                | Effect::HangUp { .. }
                | Effect::Warn { .. }
                | Effect::Note(_)
                | Effect::Amend { .. }
                | Effect::File(_)
                | Effect::Announce { .. } => {}
            }
        }
    }

    /// A fact about a caller who still has a leg, or is being called back.
    fn hears(&mut self, call: CallId, input: Input) {
        if self.calls.of(call).is_some() {
            self.tell(input, About::Else);
        }
    }

    /// A call is over: its record was written.
    fn is_over(&mut self, record: &Record) {
        let Some(mut call) = self.calls.remove(record.call) else { return };
        let queue = call.books.queue();
        self.books.leaves(self.now, record.call, &mut call.books, Ended::CutOff);
        self.measure(queue);
        if !call.books.has_joined() {
            self.books.ended_beside(how_it_ended(record.outcome));
        }
    }
}

fn how_it_ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::ServedInstantly => "served instantly",
        Outcome::LeftInMenu => "left in the menu",
        Outcome::Closed => "closed",
        Outcome::Refused => "refused",
        Outcome::QueueFull => "queue full",
        Outcome::CutOff => "cut off",
        Outcome::ServedByAgent
        | Outcome::Abandoned
        | Outcome::WaitedTooLong
        | Outcome::Joined
        | Outcome::CallbackCancelled
        | Outcome::CallbackFailed => "otherwise",
    }
}
