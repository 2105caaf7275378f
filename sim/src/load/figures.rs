//! What a load came to: outcomes, latencies from due moments, and how both ran over time.

use super::clock::Moment;
use hdrhistogram::Histogram;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// What one call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An agent answered.
    Answered,
    /// Served at once, without an agent.
    Served,
    /// The desk answered, and let the caller go without an agent: a full line, nobody came.
    Dismissed,
    /// The desk would not take the call, and said so.
    Refused(Cow<'static, str>),
    /// The caller lost patience.
    Abandoned,
    /// Still on the line when the load was over.
    Unfinished,
    /// Anything that must not happen.
    Failed(Cow<'static, str>),
}

/// What is measured; all but [`Latency::KeyToRung`] from the moment at which the call was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Latency {
    /// To the desk's answer.
    Answer,
    /// To the ringing of the first agent.
    Rung,
    /// From the moment at which the key was due to the ringing of the first agent.
    KeyToRung,
    /// To the refusal.
    Refusal,
    /// To the moment at which we really called: our own fault, not the desk's.
    Lateness,
}

impl Latency {
    /// All there are.
    pub const ALL: [Latency; 5] = [Latency::Answer, Latency::Rung, Latency::KeyToRung, Latency::Refusal, Latency::Lateness];

    /// Its name in the JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Latency::Answer => "answer",
            Latency::Rung => "agent_rung",
            Latency::KeyToRung => "key_to_agent_rung",
            Latency::Refusal => "refusal",
            Latency::Lateness => "generator_late",
        }
    }

    /// Its name for a person.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Latency::Answer => "to the desk's answer",
            Latency::Rung => "to the agent's ringing",
            Latency::KeyToRung => "from the key to the agent's ringing",
            Latency::Refusal => "to the refusal",
            Latency::Lateness => "generator late",
        }
    }
}

/// Lengths of time, in a histogram of three digits.
#[derive(Clone, Debug)]
pub struct Lengths {
    /// In microseconds.
    seen: Histogram<u64>,
}

/// From a microsecond to ten hours; what is longer counts as that.
const LONGEST_US: u64 = 36_000_000_000;

impl Default for Lengths {
    fn default() -> Lengths {
        Lengths { seen: Histogram::new_with_bounds(1, LONGEST_US, 3).expect("constants that a histogram takes") }
    }
}

impl Lengths {
    /// One more.
    pub fn note(&mut self, length: Duration) {
        self.seen.saturating_record(u64::try_from(length.as_micros()).unwrap_or(LONGEST_US));
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.seen.len()
    }

    /// The length that this share (of 1) does not exceed, in milliseconds; 0 if there is none.
    #[must_use]
    pub fn at_ms(&self, share: f64) -> f64 {
        self.seen.value_at_quantile(share) as f64 / 1e3
    }

    /// The longest, in milliseconds.
    #[must_use]
    pub fn max_ms(&self) -> f64 {
        self.seen.max() as f64 / 1e3
    }
}

/// What happened in one part of the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bin {
    /// Calls made.
    pub called: u64,
    /// Calls that the desk answered.
    pub answered: u64,
    /// Calls that an agent answered.
    pub connected: u64,
    /// Calls that were refused.
    pub refused: u64,
    /// Calls that were abandoned.
    pub abandoned: u64,
    /// Calls that failed.
    pub failed: u64,
    /// Calls on the line at once, at the most.
    pub on_line_max: u64,
}

impl Bin {
    fn plus(self, other: Bin) -> Bin {
        Bin {
            called: self.called + other.called,
            answered: self.answered + other.answered,
            connected: self.connected + other.connected,
            refused: self.refused + other.refused,
            abandoned: self.abandoned + other.abandoned,
            failed: self.failed + other.failed,
            on_line_max: self.on_line_max.max(other.on_line_max),
        }
    }
}

/// More parts than that cannot be told apart; then each gets twice as long.
const BINS_MAX: usize = 600;

/// What a load came to.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Calls that were due.
    pub due: u64,
    /// Of these, calls of people who called again.
    pub redials: u64,
    /// Calls that were made.
    pub called: u64,
    /// An agent answered.
    pub answered: u64,
    /// Served at once.
    pub served: u64,
    /// Let go without an agent.
    pub dismissed: u64,
    /// Refused, by what was said.
    pub refused: BTreeMap<Cow<'static, str>, u64>,
    /// The caller lost patience.
    pub abandoned: u64,
    /// On the line at the end.
    pub unfinished: u64,
    /// Failed, by what happened.
    pub failed: BTreeMap<Cow<'static, str>, u64>,
    /// What went wrong with agents.
    pub agents_failed: BTreeMap<Cow<'static, str>, u64>,
    /// Ringings of agents.
    pub rings: u64,
    /// Of these, for no call of ours.
    pub strays: u64,
    /// Calls on the line now, and at the most at once.
    pub on_line: (u64, u64),
    latencies: [Lengths; Latency::ALL.len()],
    bins: Vec<Bin>,
    bin: Duration,
    begins: Moment,
}

impl Default for Figures {
    fn default() -> Figures {
        Figures::from(Moment(0))
    }
}

impl Figures {
    /// Of a load that begins then.
    #[must_use]
    pub fn from(begins: Moment) -> Figures {
        Figures {
            due: 0,
            redials: 0,
            called: 0,
            answered: 0,
            served: 0,
            dismissed: 0,
            refused: BTreeMap::new(),
            abandoned: 0,
            unfinished: 0,
            failed: BTreeMap::new(),
            agents_failed: BTreeMap::new(),
            rings: 0,
            strays: 0,
            on_line: (0, 0),
            latencies: Default::default(),
            bins: Vec::new(),
            bin: Duration::from_secs(1),
            begins,
        }
    }

    /// The lengths of that kind.
    #[must_use]
    pub fn latency(&self, latency: Latency) -> &Lengths {
        let [answer, rung, key, refusal, lateness] = &self.latencies;
        match latency {
            Latency::Answer => answer,
            Latency::Rung => rung,
            Latency::KeyToRung => key,
            Latency::Refusal => refusal,
            Latency::Lateness => lateness,
        }
    }

    /// Calls that were refused, whatever was said.
    #[must_use]
    pub fn refused_in_all(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Calls that failed, whatever happened.
    #[must_use]
    pub fn failed_in_all(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Calls that are over.
    #[must_use]
    pub fn over(&self) -> u64 {
        let gone = self.refused_in_all() + self.failed_in_all() + self.abandoned + self.unfinished;
        self.answered + self.served + self.dismissed + gone
    }

    /// How long each part of the time is, and the parts.
    #[must_use]
    pub fn bins(&self) -> (Duration, &[Bin]) {
        (self.bin, &self.bins)
    }

    pub(super) fn took(&mut self, latency: Latency, length: Duration) {
        let [answer, rung, key, refusal, lateness] = &mut self.latencies;
        match latency {
            Latency::Answer => answer,
            Latency::Rung => rung,
            Latency::KeyToRung => key,
            Latency::Refusal => refusal,
            Latency::Lateness => lateness,
        }
        .note(length);
    }

    pub(super) fn called(&mut self, at: Moment) {
        self.called += 1;
        self.on_line.0 += 1;
        self.on_line.1 = self.on_line.1.max(self.on_line.0);
        let on_line = self.on_line.0;
        let bin = self.bin_at(at);
        bin.called += 1;
        bin.on_line_max = bin.on_line_max.max(on_line);
    }

    pub(super) fn answered(&mut self, at: Moment) {
        self.bin_at(at).answered += 1;
    }

    pub(super) fn connected(&mut self, at: Moment) {
        self.bin_at(at).connected += 1;
    }

    /// A call that was made is over.
    pub(super) fn ended(&mut self, at: Moment, outcome: Outcome) {
        self.on_line.0 = self.on_line.0.saturating_sub(1);
        self.settled(at, outcome);
    }

    /// A call is over, or was never made.
    pub(super) fn settled(&mut self, at: Moment, outcome: Outcome) {
        match outcome {
            Outcome::Answered => self.answered += 1,
            Outcome::Served => self.served += 1,
            Outcome::Dismissed => self.dismissed += 1,
            Outcome::Unfinished => self.unfinished += 1,
            Outcome::Refused(why) => {
                self.bin_at(at).refused += 1;
                *self.refused.entry(why).or_default() += 1;
            }
            Outcome::Abandoned => {
                self.bin_at(at).abandoned += 1;
                self.abandoned += 1;
            }
            Outcome::Failed(what) => {
                self.bin_at(at).failed += 1;
                *self.failed.entry(what).or_default() += 1;
            }
        }
    }

    fn bin_at(&mut self, at: Moment) -> &mut Bin {
        let place = |bin: Duration, begins: Moment| (at.since(begins).as_nanos() / bin.as_nanos().max(1)) as usize;
        while place(self.bin, self.begins) >= BINS_MAX {
            self.bins = self.bins.chunks(2).map(|pair| pair.iter().copied().fold(Bin::default(), Bin::plus)).collect();
            self.bin *= 2;
        }
        let place = place(self.bin, self.begins);
        if place >= self.bins.len() {
            let on_line_max = self.on_line.0;
            self.bins.resize(place + 1, Bin { on_line_max, ..Bin::default() });
        }
        &mut self.bins[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percentiles_are_right_to_three_digits() {
        let mut lengths = Lengths::default();
        (1..=10_000).for_each(|n| lengths.note(Duration::from_micros(n * 10)));
        for (share, ms) in [(0.5, 50.0), (0.9, 90.0), (0.99, 99.0), (0.999, 99.9)] {
            assert!((lengths.at_ms(share) / ms - 1.0).abs() < 2e-3, "{share}: {}", lengths.at_ms(share));
        }
        assert!((lengths.max_ms() / 100.0 - 1.0).abs() < 2e-3);
        lengths.note(Duration::from_secs(1_000_000));
        assert!(lengths.max_ms() > 3.5e7, "what is too long is held, not dropped");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_the_parts_of_the_time(at_s in prop::collection::vec(0..50_000_u64, 1..200)) {
            let mut figures = Figures::default();
            for at in &at_s {
                let at = Moment(at * 1_000_000_000);
                figures.called(at);
                figures.ended(at, Outcome::Abandoned);
            }
            let (bin, bins) = figures.bins();
            prop_assert_eq!(bins.iter().map(|bin| bin.called).sum::<u64>(), at_s.len() as u64);
            prop_assert_eq!(bins.iter().map(|bin| bin.abandoned).sum::<u64>(), at_s.len() as u64);
            prop_assert!(bins.len() <= BINS_MAX);
            let last = at_s.iter().max().copied().unwrap_or(0);
            prop_assert_eq!(bins.len() as u64, last / bin.as_secs() + 1);
            prop_assert_eq!(figures.over(), figures.called);
        }
    }
}
