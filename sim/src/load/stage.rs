//! Callers and agents around a target: the loop in which everything happens.
//!
//! It is driven by due moments alone. A target that is slow, or that keeps us from running at all, moves none of them: what was due
//! meanwhile is done as soon as can be, and measured from when it was due.

use super::agents::{Agents, drawn};
use super::caller::Caller;
use super::clock::{Agenda, Moment};
use super::figures::{Figures, Latency, Outcome};
use super::plan::Plan;
use super::schedule::Schedule;
use super::target::{CallNo, News, Order, RingNo, Rung, Target, What};
use crate::chance::{Purpose, Sampler, stream};
use rand::RngExt;
use rand_pcg::Pcg64;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

/// Calls made before the target is listened to again, when many are due.
const BURST: usize = 32;
/// How often the onlooker is told.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Those who are sent home have so long to be gone.
const FAREWELL: Duration = Duration::from_secs(15);
/// The same when somebody interrupts, who waits for it.
const FAREWELL_IN_HASTE: Duration = Duration::from_secs(2);

/// Whoever watches a load.
pub trait Onlooker {
    /// How far it is; false if it is to end now.
    fn sees(&mut self, so_far: Duration, figures: &Figures) -> bool;
}

/// Nobody watches.
impl Onlooker for () {
    fn sees(&mut self, _so_far: Duration, _figures: &Figures) -> bool {
        true
    }
}

/// What is due besides new callers.
#[derive(Clone, Copy, Debug)]
enum Due {
    Press(CallNo),
    PatienceOver(CallNo),
    Redial(u64),
    AgentAnswers(RingNo),
    AgentLetsGo(RingNo),
}

/// Lives a plan through against a target. Calls and ringings are numbered on from `numbers`, so that one target can be put under
/// load several times.
pub fn perform(plan: &Plan, target: &mut impl Target, onlooker: &mut impl Onlooker, numbers: &mut Numbers) -> Performed {
    let mut stage = Stage::new(plan, target.now(), numbers);
    let interrupted = stage.play(target, onlooker);
    let lasted = target.now().since(stage.begins);
    Performed { figures: stage.figures, lasted, interrupted }
}

/// What a load came to.
#[derive(Clone, Debug)]
pub struct Performed {
    /// The figures.
    pub figures: Figures,
    /// How long it took, until the last caller was gone.
    pub lasted: Duration,
    /// Whether the onlooker ended it.
    pub interrupted: bool,
}

/// Calls that were numbered so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers(u64);

/// Lengths of time of callers, and what they are drawn with.
struct Habits {
    think: Sampler,
    patience: Option<Sampler>,
    redial: Option<(f64, Sampler)>,
    chance: Pcg64,
    again: Pcg64,
}

struct Stage<'p> {
    plan: &'p Plan,
    schedule: std::iter::Peekable<Schedule>,
    begins: Moment,
    ends: Moment,
    figures: Figures,
    callers: HashMap<CallNo, Caller>,
    /// Calls by number, the one that came first in front: who is rung for, if the target only tells a number.
    by_number: HashMap<Box<str>, VecDeque<CallNo>>,
    /// Calls by what the desk calls them.
    by_desk: HashMap<String, CallNo>,
    on_line: HashSet<u64>,
    agents: Agents,
    habits: Habits,
    agenda: Agenda<Due>,
    numbers: &'p mut Numbers,
}

impl<'p> Stage<'p> {
    fn new(plan: &'p Plan, begins: Moment, numbers: &'p mut Numbers) -> Stage<'p> {
        let sampler = |law: &crate::chance::Law| law.sampler();
        Stage {
            plan,
            schedule: Schedule::new(&plan.phases, begins, plan.seed).peekable(),
            begins,
            ends: begins.after(plan.lasting()),
            figures: Figures::from(begins),
            callers: HashMap::new(),
            by_number: HashMap::new(),
            by_desk: HashMap::new(),
            on_line: HashSet::new(),
            agents: Agents::new(plan),
            habits: Habits {
                think: plan.think.sampler(),
                patience: plan.patience.as_ref().map(sampler),
                redial: plan.redial.as_ref().map(|(chance, law)| (*chance, law.sampler())),
                chance: stream(plan.seed, 0, Purpose::Habits),
                again: stream(plan.seed, 0, Purpose::Redial),
            },
            agenda: Agenda::default(),
            numbers,
        }
    }

    /// True if it was interrupted.
    fn play(&mut self, target: &mut impl Target, onlooker: &mut impl Onlooker) -> bool {
        let last = self.ends.after(self.plan.drain);
        let interrupted = !self.play_until(last, target, onlooker);
        let now = target.now();
        self.send_home(target);
        // Who is gone by now is gone; who is not, hung up all the same.
        let farewell = if interrupted { FAREWELL_IN_HASTE } else { FAREWELL };
        self.play_until(now.after(farewell), target, &mut ());
        let left: Vec<CallNo> = self.callers.keys().copied().collect();
        let now = target.now();
        for call in left {
            let mute = || Outcome::Failed("the desk never confirmed the end of the call".into());
            self.settle(call, now, |caller| match caller.over(&[]) {
                Outcome::Unfinished => Outcome::Unfinished,
                Outcome::Answered
                | Outcome::Served
                | Outcome::Dismissed
                | Outcome::Refused(_)
                | Outcome::Abandoned
                | Outcome::Failed(_) => mute(),
            });
        }
        interrupted
    }

    /// Goes on until that moment, or until all is over; false if the onlooker ended it.
    fn play_until(&mut self, last: Moment, target: &mut impl Target, onlooker: &mut impl Onlooker) -> bool {
        let mut news = Vec::new();
        let mut look = target.now();
        loop {
            let now = target.now();
            if now >= look {
                look = now.after(LOOK_EVERY);
                if !onlooker.sees(now.since(self.begins), &self.figures) {
                    return false;
                }
            }
            self.do_what_is_due(now, target);
            if now >= last || self.is_over(now) {
                return true;
            }
            let next = self.schedule.peek().copied().unwrap_or(Moment::NEVER).min(self.agenda.next());
            target.wait(next.min(look).min(last), &mut news);
            news.drain(..).for_each(|one| self.hear(one, target));
        }
    }

    fn is_over(&mut self, now: Moment) -> bool {
        now >= self.ends && self.schedule.peek().is_none() && self.callers.is_empty() && self.agents.is_quiet()
    }

    fn do_what_is_due(&mut self, now: Moment, target: &mut impl Target) {
        for _ in 0..BURST {
            let arrival = self.schedule.peek().copied().unwrap_or(Moment::NEVER);
            if arrival.min(self.agenda.next()) > now {
                break;
            }
            if arrival <= self.agenda.next() {
                self.schedule.next();
                let person = self.plan.people.somebody(&mut self.habits.chance, &self.on_line);
                self.call(person, arrival, target);
            } else if let Some((due, what)) = self.agenda.take_due(now) {
                self.act(due, what, target);
            }
        }
    }

    fn act(&mut self, due: Moment, what: Due, target: &mut impl Target) {
        let order = match what {
            Due::Press(call) => self.callers.get(&call).and_then(|caller| caller.press(call)),
            Due::PatienceOver(call) => self.callers.get_mut(&call).and_then(|caller| caller.loses_patience(call)),
            Due::AgentAnswers(ring) => self.agents.answer(ring),
            Due::AgentLetsGo(ring) => self.agents.let_go(ring),
            Due::Redial(person) => {
                // Whoever would call again after the end does not.
                if due < self.ends {
                    self.figures.redials += 1;
                    self.call(person, due, target);
                }
                None
            }
        };
        order.into_iter().for_each(|order| target.carry_out(order));
    }

    fn call(&mut self, person: u64, due: Moment, target: &mut impl Target) {
        self.figures.due += 1;
        let number = self.plan.people.number(person);
        let thinks = drawn(&self.habits.think, &mut self.habits.chance);
        let patience = self.habits.patience.as_ref().map(|law| drawn(law, &mut self.habits.chance));
        if self.callers.len() >= self.plan.calls_max {
            let what = "not called: the generator may have no more calls at once";
            return self.figures.settled(target.now(), Outcome::Failed(what.into()));
        }
        self.numbers.0 += 1;
        let call = CallNo(self.numbers.0);
        target.carry_out(Order::Call(call, &number));
        self.figures.called(target.now());
        if let Some(patience) = patience {
            self.agenda.note(due.after(patience), Due::PatienceOver(call));
        }
        self.on_line.insert(person);
        self.by_number.entry(number.clone()).or_default().push_back(call);
        self.callers.insert(call, Caller::new(person, number, due, self.plan.key, thinks));
    }

    fn hear(&mut self, News { at, what }: News, target: &mut impl Target) {
        match what {
            What::Made(call) => {
                let due = self.callers.get(&call).map(|caller| caller.due);
                due.into_iter().for_each(|due| self.figures.took(Latency::Lateness, at.since(due)));
            }
            What::Answered(call) => {
                let Some(caller) = self.callers.get_mut(&call) else { return };
                if let Some(due) = caller.answered(at, &mut self.figures) {
                    self.agenda.note(due, Due::Press(call));
                }
            }
            What::Served(call) => self.callers.get_mut(&call).into_iter().for_each(Caller::served),
            What::Refused(call, why) => {
                let Some(caller) = self.callers.get(&call) else { return };
                let outcome = caller.refused(at, why, &mut self.figures);
                self.settle(call, at, |_| outcome);
            }
            What::Over(call) => {
                let plan = self.plan;
                self.settle(call, at, |caller| caller.over(&plan.instant));
            }
            What::Failed(call, what) => self.settle(call, at, |_| Outcome::Failed(what)),
            What::Rung(ring, rung) => self.rung(ring, &rung, at),
            What::Connected(ring) => self.connected(ring, at),
            What::RingOver(ring) => self.agents.over(ring),
            What::AgentFailed(ring, what) => {
                ring.into_iter().for_each(|ring| self.agents.over(ring));
                *self.figures.agents_failed.entry(what).or_default() += 1;
            }
        }
        // Nobody waits between two pieces of news for what is due by now.
        self.do_what_is_due(at, target);
    }

    fn rung(&mut self, ring: RingNo, rung: &Rung, at: Moment) {
        self.figures.rings += 1;
        let call = match rung {
            Rung::Call(call) => Some(*call),
            Rung::Number(number, desk) => self.call_of(number, desk.as_deref()),
        };
        match call.and_then(|call| self.callers.get_mut(&call)) {
            Some(caller) => caller.rung(at, &mut self.figures),
            None => self.figures.strays += 1,
        }
        let answers = self.agents.rung(ring, call, at);
        self.agenda.note(answers, Due::AgentAnswers(ring));
    }

    /// Whose call the desk speaks of: the one it has spoken of before under this name, or the first of this number of which it
    /// has not spoken yet.
    fn call_of(&mut self, number: &str, desk: Option<&str>) -> Option<CallNo> {
        if let Some(call) = desk.and_then(|desk| self.by_desk.get(desk)) {
            return Some(*call);
        }
        let calls = self.by_number.get_mut(number)?;
        let Some(desk) = desk else { return calls.front().copied() };
        let call = calls.pop_front()?;
        self.by_desk.insert(desk.to_owned(), call);
        Some(call)
    }

    fn connected(&mut self, ring: RingNo, at: Moment) {
        let Some((call, lets_go)) = self.agents.connected(ring, at) else { return };
        self.agenda.note(lets_go, Due::AgentLetsGo(ring));
        if let Some(caller) = call.and_then(|call| self.callers.get_mut(&call)) {
            caller.connected(at, &mut self.figures);
        }
    }

    fn settle(&mut self, call: CallNo, at: Moment, outcome: impl FnOnce(&Caller) -> Outcome) {
        let Some(caller) = self.callers.remove(&call) else { return };
        let outcome = outcome(&caller);
        let again = matches!(outcome, Outcome::Abandoned | Outcome::Refused(_));
        self.figures.ended(at, outcome);
        self.forget(call, &caller);
        if let Some((chance, after)) = self.habits.redial.as_ref().filter(|_| again)
            && self.habits.again.random_bool(chance.clamp(0.0, 1.0))
        {
            let due = at.after(drawn(after, &mut self.habits.again));
            self.agenda.note(due, Due::Redial(caller.person));
        }
    }

    fn forget(&mut self, call: CallNo, caller: &Caller) {
        self.on_line.remove(&caller.person);
        if let Some(calls) = self.by_number.get_mut(&caller.number) {
            calls.retain(|one| *one != call);
            if calls.is_empty() {
                self.by_number.remove(&caller.number);
            }
        }
        // As many names as calls: the few that are left over are swept together.
        if self.by_desk.len() > 2 * self.callers.len() + 1_024 {
            let callers = &self.callers;
            self.by_desk.retain(|_, call| callers.contains_key(call));
        }
    }

    /// Everybody hangs up; nobody calls any more.
    fn send_home(&mut self, target: &mut impl Target) {
        self.schedule = Schedule::new(&[], self.ends, 0).peekable();
        self.ends = self.ends.min(target.now());
        let orders: Vec<_> = self.callers.iter_mut().filter_map(|(call, caller)| caller.is_sent_home(*call)).collect();
        orders.into_iter().for_each(|order| target.carry_out(order));
    }
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
