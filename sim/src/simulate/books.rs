//! The books of a replication: who waited how long, who was skipped, what agents did.
//!
//! Every wait is entered by when the caller joined and left; the length of the line is what the desk says of it. That the two
//! come to the same is Little's law, and a check of both.

mod agents;
mod fairness;
mod line;

pub(super) use agents::Activity;
pub(super) use line::{Ended, Entry};

use super::digest::DecisionsDigest;
use super::tally::{Bin, Tally};
use crate::scenario::{Scenario, Window};
use crate::study::fairness::Rules;
use agents::AgentBook;
use cabrank_core::{Desk, Outbox, QueueId, Tick};
use line::Line;

/// Parts of the day.
const BINS: u64 = 48;

pub(super) struct Books<'a> {
    scenario: &'a Scenario,
    rules: Rules<'a>,
    counted: Window,
    /// How long each part of the day is, in microseconds.
    bin_us: u64,
    tally: Tally,
    /// By queue.
    lines: Vec<Line>,
    /// By agent.
    agents: Vec<AgentBook>,
    digest: DecisionsDigest,
    /// Idle agents who might at once have taken somebody who waits, and since when there are so many.
    in_vain: u64,
    in_vain_since: Tick,
}

impl<'a> Books<'a> {
    pub(super) fn new(scenario: &'a Scenario, seed: u64) -> Books<'a> {
        let queues = scenario.settings.queues.len();
        let counted = Window { from: Tick(scenario.warm_up.0), until: Tick(scenario.duration.0) };
        Books {
            scenario,
            rules: Rules::of(&scenario.settings),
            counted,
            bin_us: scenario.duration.0.div_ceil(BINS).max(1),
            tally: Tally::new(&scenario.settings, seed, BINS as usize),
            lines: scenario.settings.queues.iter().map(Line::new).collect(),
            agents: (0..scenario.agents.len()).map(|agent| AgentBook::new(scenario, agent, queues)).collect(),
            digest: DecisionsDigest::default(),
            in_vain: 0,
            in_vain_since: Tick(0),
        }
    }

    /// A call came in.
    pub(super) fn call_came(&mut self) {
        self.tally.calls += 1;
    }

    /// The desk was told something.
    pub(super) fn told(&mut self, out: &Outbox) {
        self.tally.inputs += 1;
        self.digest.note(out);
    }

    /// A call ended that never joined a queue.
    pub(super) fn ended_beside(&mut self, how: &'static str) {
        *self.tally.beside_queues.entry(how).or_default() += 1;
    }

    /// The desk says how long a line is.
    pub(super) fn line_is(&mut self, now: Tick, queue: QueueId, desk: &Desk) {
        let length = desk.callers_in_line(queue);
        let line = &mut self.lines[usize::from(queue.0)];
        if length != line.length {
            let (before, since) = (line.length, line.since);
            line.length = length;
            line.since = now;
            self.line_was(queue, before, since, now);
            if self.counted.holds(now) {
                let max = &mut self.tally.queues[usize::from(queue.0)].in_line_max;
                *max = length.max(*max);
            }
        }
    }

    /// Closes the books: what they come to.
    pub(super) fn close(mut self, now: Tick, desk: &Desk) -> Tally {
        self.in_vain_until(now);
        for place in 0..self.lines.len() {
            let (length, since) = (self.lines[place].length, self.lines[place].since);
            self.line_was(QueueId(place as u16), length, since, now);
        }
        self.close_agents(now);
        self.tally.decisions_digest = self.digest.value();
        self.tally.desk_digest = desk.digest();
        self.tally
    }

    /// So many were in line for so long.
    fn line_was(&mut self, queue: QueueId, length: u32, from: Tick, until: Tick) {
        if length == 0 {
            return;
        }
        let tally = &mut self.tally.queues[usize::from(queue.0)];
        tally.in_line_us += u128::from(length) * u128::from(self.counted.overlap(from, until).0);
        spread(&mut tally.bins, self.bin_us, from, until, |bin, us| bin.in_line_us += u64::from(length) * us);
    }

    fn bin(&self, at: Tick) -> usize {
        usize::try_from(at.0 / self.bin_us).unwrap_or(usize::MAX).min(BINS as usize - 1)
    }
}

/// Adds the time between two moments to the parts of the day in which it lies.
fn spread(bins: &mut [Bin], bin_us: u64, from: Tick, until: Tick, mut add: impl FnMut(&mut Bin, u64)) {
    let mut at = from.0;
    while at < until.0 {
        let place = at / bin_us;
        let Some(bin) = usize::try_from(place).ok().and_then(|place| bins.get_mut(place)) else { return };
        let end = ((place + 1) * bin_us).min(until.0);
        add(bin, end - at);
        at = end;
    }
}
