//! A desk in virtual time, to see that what is measured is what is: its speed, its stalls and ours are known.

use super::{CallNo, News, Order, RingNo, Rung, Target, What};
use crate::load::clock::{Agenda, Moment};
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

/// The desk, and the clock.
#[derive(Debug)]
pub(crate) struct Fake {
    /// The clock.
    pub(crate) now: Moment,
    /// A call takes it so long, one after the other.
    pub(crate) service: Duration,
    /// More calls than that are refused.
    pub(crate) backlog_max: usize,
    /// While this lasts it does nothing.
    pub(crate) stalls: Vec<Range<Moment>>,
    /// While this lasts nothing of ours runs: who waits in it wakes at its end.
    pub(crate) freezes: Vec<Range<Moment>>,
    /// Agents are rung only after a key, or at once.
    pub(crate) wants_key: bool,
    /// Calls that fail, every so-manieth.
    pub(crate) fails_every: Option<u64>,
    /// Agents who can be rung at once; then callers wait in vain.
    pub(crate) agents_max: usize,
    pub(crate) free: Moment,
    pub(crate) agenda: Agenda<What>,
    pub(crate) numbers: HashMap<CallNo, String>,
    pub(crate) rings: HashMap<RingNo, CallNo>,
    pub(crate) rings_given: u64,
    pub(crate) unanswered: usize,
}

/// The agents' side takes so long for anything.
const MOMENT: Duration = Duration::from_micros(100);

impl Fake {
    pub(crate) fn new(service: Duration) -> Fake {
        Fake {
            now: Moment(0),
            service,
            backlog_max: usize::MAX,
            stalls: Vec::new(),
            freezes: Vec::new(),
            wants_key: false,
            fails_every: None,
            agents_max: usize::MAX,
            free: Moment(0),
            agenda: Agenda::default(),
            numbers: HashMap::new(),
            rings: HashMap::new(),
            rings_given: 0,
            unanswered: 0,
        }
    }

    fn soon(&mut self, what: What) {
        self.agenda.note(self.now.after(MOMENT), what);
    }

    fn take(&mut self, call: CallNo, number: &str) {
        if self.unanswered >= self.backlog_max {
            return self.soon(What::Refused(call, "503".into()));
        }
        if self.fails_every.is_some_and(|every| call.0.is_multiple_of(every)) {
            return self.soon(What::Failed(call, "answered 500".into()));
        }
        self.numbers.insert(call, number.to_owned());
        let starts = self.free.max(self.now);
        let stalled = self.stalls.iter().find(|stall| stall.contains(&starts)).map_or(starts, |stall| stall.end);
        self.free = stalled.after(self.service);
        self.unanswered += 1;
        self.agenda.note(self.free, What::Answered(call));
    }

    fn ring(&mut self, call: CallNo, after: Moment) {
        if self.rings.len() >= self.agents_max {
            return;
        }
        let Some(number) = self.numbers.get(&call).cloned() else { return };
        self.rings_given += 1;
        let ring = RingNo(self.rings_given);
        self.rings.insert(ring, call);
        self.agenda.note(after.after(MOMENT), What::Rung(ring, Rung::Number(number, Some(call.0.to_string()))));
    }
}

impl Target for Fake {
    fn now(&self) -> Moment {
        self.now
    }

    fn carry_out(&mut self, order: Order<'_>) {
        match order {
            Order::Call(call, number) => {
                self.agenda.note(self.now, What::Made(call));
                self.take(call, number);
            }
            Order::Press(call, _) => self.ring(call, self.now),
            Order::HangUp(call) => {
                self.numbers.remove(&call);
                self.soon(What::Over(call));
            }
            Order::Answer(ring) => self.soon(What::Connected(ring)),
            Order::LetGo(ring) => {
                let call = self.rings.remove(&ring);
                self.soon(What::RingOver(ring));
                call.into_iter().for_each(|call| self.soon(What::Over(call)));
            }
        }
    }

    fn wait(&mut self, until: Moment, news: &mut Vec<News>) {
        self.now = self.now.max(until.min(self.agenda.next()));
        if let Some(freeze) = self.freezes.iter().find(|freeze| freeze.contains(&self.now)) {
            self.now = freeze.end;
        }
        while let Some((at, what)) = self.agenda.take_due(self.now) {
            if let What::Answered(call) = what {
                self.unanswered -= 1;
                if !self.wants_key {
                    self.ring(call, at);
                }
            }
            // What comes while we do not run is received when we do.
            let frozen = self.freezes.iter().find(|freeze| freeze.contains(&at)).map_or(at, |freeze| freeze.end);
            news.push(News { at: frozen, what });
        }
    }
}
