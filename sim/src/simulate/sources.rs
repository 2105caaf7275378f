//! Where callers come from: each source draws its n-th caller from streams of its own, whatever the policy does.

use crate::chance::{Purpose, Sampler, of_caller, stream};
use crate::scenario::{Arrivals, Callers, Rate, TraceCall};
use cabrank_core::{Span, Tick};
use rand::RngExt;
use rand_distr::{Distribution, Exp1};
use rand_pcg::Pcg64;

/// A source's streams of chance.
pub(super) struct Source<'a> {
    pub(super) callers: &'a Callers,
    seed: u64,
    place: usize,
    arrivals: Pcg64,
    handle: (Sampler, Pcg64),
    patience: Option<(Sampler, Pcg64)>,
    /// Callers so far.
    pub(super) came: u64,
    /// The rate in force, and until when.
    clock: RateClock,
}

/// Who comes, as far as chance decides it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer<'a> {
    /// Which caller of the source, from 0.
    pub(super) nth: u64,
    pub(super) handle: Span,
    pub(super) patience: Option<Span>,
    /// What a trace says of the caller.
    pub(super) traced: Option<&'a TraceCall>,
}

impl<'a> Source<'a> {
    pub(super) fn new(seed: u64, place: usize, callers: &'a Callers) -> Source<'a> {
        let stream = |purpose| stream(seed, place, purpose);
        Source {
            callers,
            seed,
            place,
            arrivals: stream(Purpose::Arrivals),
            handle: (callers.handle.sampler(), stream(Purpose::Handle)),
            patience: callers.patience.as_ref().map(|law| (law.sampler(), stream(Purpose::Patience))),
            came: 0,
            clock: RateClock { place: 0, now: Tick(0), ends: first_end(&callers.arrivals) },
        }
    }

    /// When the next caller comes, if another one does.
    pub(super) fn next_arrival(&mut self) -> Option<Tick> {
        match &self.callers.arrivals {
            Arrivals::Random(rates) => self.clock.after(Exp1.sample(&mut self.arrivals), rates),
            Arrivals::Trace(calls) => calls.get(self.came as usize).map(|call| call.at),
        }
    }

    /// The caller who comes now.
    pub(super) fn next_caller(&mut self) -> Newcomer<'a> {
        let nth = self.came;
        self.came += 1;
        let handle = draw(&mut self.handle);
        let patience = self.patience.as_mut().map(draw);
        let callers: &'a Callers = self.callers;
        let traced = match &callers.arrivals {
            Arrivals::Random(_) => None,
            Arrivals::Trace(calls) => calls.get(nth as usize),
        };
        Newcomer {
            nth,
            handle: traced.and_then(|call| call.handle).unwrap_or(handle),
            patience: traced.and_then(|call| call.patience).or(patience),
            traced,
        }
    }

    /// Chance for one caller alone.
    pub(super) fn chance(&self, purpose: Purpose, nth: u64) -> Pcg64 {
        of_caller(self.seed, self.place, purpose, nth)
    }
}

/// True in a share of 1 of all draws.
pub(super) fn happens(chance: &mut Pcg64, share: f64) -> bool {
    share > 0.0 && chance.random::<f64>() < share
}

fn draw((sampler, stream): &mut (Sampler, Pcg64)) -> Span {
    sampler.draw(stream)
}

/// Goes through rates that hold one after the other.
struct RateClock {
    place: usize,
    now: Tick,
    /// When the rate in force ends; the last one never does.
    ends: Option<Tick>,
}

impl RateClock {
    /// The moment at which so much more of the cumulative rate has gone by: with a standard exponential, the next arrival of
    /// a Poisson process (Çinlar 1975). None if the rate has become nothing for good.
    fn after(&mut self, mut amount: f64, rates: &[Rate]) -> Option<Tick> {
        loop {
            let rate = rates.get(self.place)?;
            let per_us = rate.per_hour / 3.6e9;
            let left = self.ends.map(|ends| ends.since(self.now).0 as f64 * per_us);
            match left {
                Some(left) if left <= amount => {
                    amount -= left;
                    self.now = self.ends.unwrap_or(self.now);
                    self.place += 1;
                    self.ends = end_of(rates, self.place, self.now);
                }
                None if per_us <= 0.0 => return None,
                // No two callers of a source come in one moment, or a huge rate would stop time.
                _ => {
                    self.now = self.now.plus(Span(((amount / per_us).round() as u64).max(1)));
                    return Some(self.now);
                }
            }
        }
    }
}

fn first_end(arrivals: &Arrivals) -> Option<Tick> {
    match arrivals {
        Arrivals::Random(rates) => end_of(rates, 0, Tick(0)),
        Arrivals::Trace(_) => None,
    }
}

fn end_of(rates: &[Rate], place: usize, now: Tick) -> Option<Tick> {
    let is_last = place + 1 >= rates.len();
    if is_last { None } else { rates.get(place).map(|rate| now.plus(rate.lasts)) }
}
