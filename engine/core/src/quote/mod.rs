//! The wait that a newcomer is told: an upper bound at a configured confidence, held to it by what came of earlier ones.
//!
//! Three things make it. How fast the line moves ([`flow`]) and who is ahead ([`Ahead`]) give what to expect
//! ([`outlook`]). How earlier bounds fared stretches it ([`correction`]), which keeps the promise when service times,
//! patience or load are not what was expected. Callers who left are weighed by how patient callers are ([`survival`]).
//!
//! One quoter serves one queue. Callers whom an idle agent takes at once should get no estimate: there is nothing to bound.

mod correction;
mod estimate;
mod fixed;
mod flow;
mod forecast;
mod mark;
mod normal;
mod outlook;
mod rate;
mod survival;

pub use estimate::Estimate;

use crate::{Code, Malformed, Permille, Reader, Sink, Span, Tick};
use alloc::vec::Vec;
use correction::{Correction, Waited};
use fixed::Fixed;
use flow::Flow;
use normal::Level;
use outlook::Outlook;
use rate::Rate;
use survival::Survival;

impl Permille {
    fn fraction(self) -> Fixed {
        Fixed::ratio(u128::from(self.0.min(1_000)), 1_000)
    }
}

/// The levels of confidence that are always kept track of, beside the configured one.
pub const LEVELS: [Permille; 4] = [Permille(500), Permille(800), Permille(900), Permille(950)];

/// The bounds of an estimate: those at [`LEVELS`], then the one at the configured confidence.
const BOUNDS: usize = LEVELS.len() + 1;
const CONFIGURED: usize = LEVELS.len();
/// Fewer starts say too little of the pace. They are weighed: it takes 17.
const STARTS_MIN: Fixed = Fixed::millionths(16_000_000);
/// Where fewer callers than one in ten would wait as long as the furthest bound, too few tell whether it held.
const PATIENT_MIN: Fixed = Fixed::millionths(100_000);
/// The longest wait that may be expected of a line that is quoted for.
const BOUND_MAX: Span = Span::secs(24 * 3_600);

/// Who is served before a caller who will have waited `horizon` from now, by the desk's order of service.
pub trait Ahead {
    /// Of those in line now, the caller left out.
    fn waiting(&self, horizon: Span) -> u32;

    /// The share of the horizon in which a newcomer of that class would still come before.
    fn arriving(&self, class: usize, horizon: Span) -> Permille;
}

/// What the pace of a line and who is ahead let one expect of a wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// At the levels of confidence, in seconds.
    bounds_s: [Fixed; BOUNDS],
    /// The deviation over the mean.
    spread: Fixed,
}

/// Learns how long callers of one queue wait, and bounds the wait of the next.
///
/// Told facts in the order of time. At one moment: first that a caller started or left, then how the line is.
/// Nothing is allocated after [`Quoter::new`], and no call costs more for a longer line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoter {
    levels: [Level; BOUNDS],
    flow: Flow,
    /// By class.
    histories: Vec<History>,
}

/// What callers of one class taught.
#[derive(Clone, Debug, PartialEq, Eq)]
struct History {
    /// When arrivals were last counted.
    at: Tick,
    arrivals: Rate,
    patience: Survival,
    correction: Correction,
}

impl Quoter {
    /// A quoter that knows nothing yet, for callers of so many classes.
    pub fn new(confidence: Permille, classes: usize) -> Quoter {
        Quoter {
            levels: core::array::from_fn(|n| Level::new(LEVELS.get(n).copied().unwrap_or(confidence))),
            flow: Flow::default(),
            histories: (0..classes).map(|_| History::new()).collect(),
        }
    }

    /// At which confidence it bounds.
    pub fn confidence(&self) -> Permille {
        self.levels[CONFIGURED].share
    }

    /// How many are in line, as told last.
    pub(crate) fn in_line(&self) -> u32 {
        self.flow.in_line()
    }

    /// The line as it is from `now` on: callers waiting, those included for whom a phone rings, and agents on duty who
    /// serve the queue, whatever they do.
    pub fn line_is(&mut self, now: Tick, waiting: u32, agents: u32) {
        self.flow.line_is(now, waiting, agents);
    }

    /// A newcomer of that class joined the line.
    pub fn joined(&mut self, now: Tick, class: usize) {
        if let Some(history) = self.histories.get_mut(class) {
            history.joined(now);
        }
    }

    /// An agent answered a caller of this line.
    pub fn started(&mut self, now: Tick) {
        self.flow.started(now);
    }

    /// Bounds for a newcomer of that class. None where the data do not support a quote: before some 16 starts were seen,
    /// while no agent is on duty, or where hardly anybody would wait so long as to tell whether it held.
    pub fn estimate(&self, now: Tick, class: usize, line: &impl Ahead) -> Option<Estimate> {
        self.corrected(class, self.flow.in_line(), &self.expected(now, class, line)?)
    }

    /// The bounds for a newcomer of that class before experience corrects them: the part of an estimate that stays as it is
    /// when the newcomer joins the line. None where there is no estimate.
    pub(crate) fn expected(&self, now: Tick, class: usize, line: &impl Ahead) -> Option<Expected> {
        let history = self.histories.get(class)?;
        let speed = self.flow.speed(now).filter(|speed| speed.evidence >= STARTS_MIN)?;
        let arrivals = |class: usize| self.histories.get(class).map_or(Fixed::ZERO, |history| history.arrivals_per_second(now));
        let outlook = Outlook::new(speed, self.histories.len(), arrivals, line);
        let bounds_s = outlook.bounds_s(self.levels.map(|level| level.z));
        let furthest = bounds_s.into_iter().fold(Fixed::ZERO, Fixed::max).span();
        let supported = furthest <= BOUND_MAX && history.patience.after(furthest) >= PATIENT_MIN;
        supported.then(|| Expected { bounds_s, spread: outlook.spread() })
    }

    /// What is expected of a newcomer of that class, corrected for a line of that length.
    pub(crate) fn corrected(&self, class: usize, in_line: u32, expected: &Expected) -> Option<Estimate> {
        let history = self.histories.get(class)?;
        Some(history.correction.estimate(&self.levels, in_line, expected))
    }

    /// The bound at the configured confidence alone, for the line as it is.
    pub(crate) fn bound(&self, class: usize, expected: &Expected) -> Option<Span> {
        Some(self.histories.get(class)?.correction.bound(&self.levels, self.flow.in_line(), expected))
    }

    /// The mean wait of a newcomer so long from `now`, if calls go on coming and going as they do. None before enough starts
    /// were seen, and while no agent is on duty.
    pub fn forecast(&self, now: Tick, after: Span) -> Option<Span> {
        let speed = self.flow.speed(now).filter(|speed| speed.evidence >= STARTS_MIN)?;
        let arrivals = self.histories.iter().map(|history| history.arrivals_per_second(now));
        let in_line = forecast::in_line(self.flow.in_line(), arrivals.fold(Fixed::ZERO, |sum, rate| sum + rate), speed, after);
        // Where nobody is in line somebody is free, or soon will be: a newcomer does not wait for a whole departure.
        Some(if in_line == 0 { Span(0) } else { Outlook::behind(speed, in_line).mean_s.span() })
    }

    /// What came of an estimate made when the caller joined: so long a wait, then an agent. When it was makes no difference.
    pub fn answered(&mut self, _now: Tick, class: usize, estimate: Option<&Estimate>, waited: Span) {
        self.learn(class, estimate, Waited::Answered(waited));
    }

    /// What came of an estimate made when the caller joined: the caller left after so long.
    pub fn abandoned(&mut self, now: Tick, class: usize, estimate: Option<&Estimate>, waited: Span) {
        self.flow.abandoned(now);
        self.learn(class, estimate, Waited::Longer(waited));
    }

    fn learn(&mut self, class: usize, estimate: Option<&Estimate>, waited: Waited) {
        let Some(History { patience, correction, .. }) = self.histories.get_mut(class) else { return };
        patience.learn(waited);
        if let Some(estimate) = estimate {
            correction.learn(&self.levels, estimate, waited, patience);
        }
    }
}

impl History {
    fn new() -> History {
        History { at: Tick(0), arrivals: Rate::default(), patience: Survival::new(), correction: Correction::new() }
    }

    fn joined(&mut self, now: Tick) {
        self.arrivals.exposed(now.since(self.at).0);
        self.arrivals.happened();
        self.at = self.at.max(now);
    }

    fn arrivals_per_second(&self, now: Tick) -> Fixed {
        let mut arrivals = self.arrivals;
        arrivals.exposed(now.since(self.at).0);
        arrivals.per_second()
    }
}

crate::code::code_struct! {
    History { at, arrivals, patience, correction }
}

impl Code for Quoter {
    fn encode<S: Sink>(&self, sink: &mut S) {
        self.levels[CONFIGURED].share.0.encode(sink);
        self.flow.encode(sink);
        self.histories.encode(sink);
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let quoter = Quoter::new(Permille(u16::decode(reader)?), 0);
        Ok(Quoter { flow: Flow::decode(reader)?, histories: Vec::decode(reader)?, ..quoter })
    }
}

#[cfg(test)]
mod tests;
