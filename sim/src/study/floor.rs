//! Virtual time: callers come, lose patience and are served; a router decides by whom and when.

use super::trace::{Event, Trace, What};
use super::{Move, Newcomer, Router, Source, Study};
use crate::chance::{Purpose, Sampler, stream};
use cabrank_core::{AgentId, CallId, ClassId, QueueId, Span, Tick};
use rand_pcg::Pcg64;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub(super) struct Floor<'a, R> {
    study: &'a Study,
    router: &'a mut R,
    feeds: Vec<Feed>,
    /// What will happen, in the order in which it will; of one moment, what was foreseen first comes first.
    agenda: BinaryHeap<Reverse<(Tick, u64, Due)>>,
    foreseen: u64,
    /// By call.
    callers: Vec<Whereabouts>,
    waiting: usize,
    moves: Vec<Move>,
    events: Vec<Event>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The next caller of a source comes.
    Arrival(usize),
    /// A caller's patience ends.
    Patience(CallId),
    /// A talk ends.
    Goodbye(CallId, AgentId),
}

/// Where a caller is; who waits knows how long the talk will be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    Waiting { handle: Span },
    Elsewhere,
}

impl<'a, R: Router> Floor<'a, R> {
    pub(super) fn new(study: &'a Study, router: &'a mut R, seed: u64) -> Floor<'a, R> {
        let feed = |(index, source)| Feed::new(seed, index, source);
        Floor {
            study,
            router,
            feeds: study.sources.iter().enumerate().map(feed).collect(),
            agenda: BinaryHeap::new(),
            foreseen: 0,
            callers: Vec::new(),
            waiting: 0,
            moves: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(super) fn run(mut self) -> Trace {
        (0..self.feeds.len()).for_each(|index| self.foresee_arrival(Tick(0), index));
        while self.step() {}
        Trace { events: self.events, closed_at: Tick(0).plus(self.study.open_for) }
    }

    /// Whether anything was left to happen.
    fn step(&mut self) -> bool {
        let due = self.agenda.peek().map(|Reverse((at, ..))| *at);
        let wake = self.router.next_wake().filter(|wake| due.is_none_or(|due| *wake <= due));
        match (wake, due) {
            (None, None) => return false,
            // Nobody is left for whom the router could do anything.
            (Some(_), None) if self.waiting == 0 => return false,
            (Some(now), _) => {
                self.router.woke(now, &mut self.moves);
                self.carry_out(now);
            }
            (None, Some(now)) => self.happen(now),
        }
        true
    }

    fn happen(&mut self, now: Tick) {
        let Some(Reverse((_, _, due))) = self.agenda.pop() else { return };
        match due {
            Due::Arrival(index) => self.arrive(now, index),
            Due::Patience(call) => self.lose_patience(now, call),
            Due::Goodbye(call, agent) => {
                self.note(now, What::Done { call, agent });
                self.router.done(now, call, agent, &mut self.moves);
            }
        }
        self.carry_out(now);
    }

    fn arrive(&mut self, now: Tick, index: usize) {
        let call = CallId(self.callers.len() as u64);
        let feed = &mut self.feeds[index];
        let (queue, class) = (feed.queue, feed.class);
        let (handle, patience) = feed.next_caller();
        self.callers.push(Whereabouts::Waiting { handle });
        self.waiting += 1;
        self.note(now, What::Joined { call, queue, class });
        if let Some(patience) = patience {
            self.foresee(now.plus(patience), Due::Patience(call));
        }
        self.foresee_arrival(now, index);
        self.router.joined(now, Newcomer { call, queue, class }, &mut self.moves);
    }

    fn lose_patience(&mut self, now: Tick, call: CallId) {
        if self.no_longer_waits(call).is_some() {
            self.note(now, What::Left { call });
            self.router.left(now, call, &mut self.moves);
        }
    }

    fn carry_out(&mut self, now: Tick) {
        let mut moves = std::mem::take(&mut self.moves);
        for decided in moves.drain(..) {
            match decided {
                Move::Take { call, agent } => {
                    let Some(handle) = self.no_longer_waits(call) else { continue };
                    self.note(now, What::Taken { call, agent });
                    let talk = Span((handle.0 as f64 / self.study.speed(agent)).round() as u64);
                    self.foresee(now.plus(talk), Due::Goodbye(call, agent));
                }
                Move::TurnAway { call } => {
                    if self.no_longer_waits(call).is_some() {
                        self.note(now, What::TurnedAway { call });
                    }
                }
            }
        }
        self.moves = moves;
    }

    /// The length of the talk to come, if the caller waited until now.
    fn no_longer_waits(&mut self, call: CallId) -> Option<Span> {
        let Whereabouts::Waiting { handle } = *self.callers.get(call.0 as usize)? else { return None };
        self.callers[call.0 as usize] = Whereabouts::Elsewhere;
        self.waiting -= 1;
        Some(handle)
    }

    fn foresee_arrival(&mut self, now: Tick, index: usize) {
        let at = now.plus(self.feeds[index].next_gap());
        if at < Tick(0).plus(self.study.open_for) {
            self.foresee(at, Due::Arrival(index));
        }
    }

    fn foresee(&mut self, at: Tick, due: Due) {
        self.foreseen += 1;
        self.agenda.push(Reverse((at, self.foreseen, due)));
    }

    fn note(&mut self, at: Tick, what: What) {
        self.events.push(Event { at, what });
    }
}

/// A source's streams of chance.
struct Feed {
    queue: QueueId,
    class: ClassId,
    between: (Sampler, Pcg64),
    handle: (Sampler, Pcg64),
    patience: Option<(Sampler, Pcg64)>,
}

impl Feed {
    fn new(seed: u64, index: usize, source: &Source) -> Feed {
        let stream = |purpose| stream(seed, index, purpose);
        Feed {
            queue: source.queue,
            class: source.class,
            between: (source.between.sampler(), stream(Purpose::Arrivals)),
            handle: (source.handle.sampler(), stream(Purpose::Handle)),
            patience: source.patience.as_ref().map(|law| (law.sampler(), stream(Purpose::Patience))),
        }
    }

    /// The time to the next caller: never nothing, or the day would not end.
    fn next_gap(&mut self) -> Span {
        draw(&mut self.between).max(Span(1))
    }

    /// The talk and the patience of the next caller.
    fn next_caller(&mut self) -> (Span, Option<Span>) {
        (draw(&mut self.handle), self.patience.as_mut().map(draw))
    }
}

fn draw((sampler, stream): &mut (Sampler, Pcg64)) -> Span {
    sampler.draw(stream)
}
