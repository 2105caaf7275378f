//! What one replication came to: counts and sums, not yet figures.
//!
//! A call counts if it joined its queue after the warm-up. Times are in microseconds.

use cabrank_core::{AgentId, ClassId, LEVELS, Queue, QueueId, Settings, Span};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// The longest wait that histograms tell from longer ones, in milliseconds: a day.
const WAIT_MAX_MS: u64 = 24 * 3_600 * 1_000;

/// What one replication came to.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Its seed.
    pub seed: u64,
    /// Calls that came in, those of the warm-up included.
    pub calls: u64,
    /// Facts that the desk was told.
    pub inputs: u64,
    /// By queue id.
    pub queues: Vec<QueueTally>,
    /// By agent id.
    pub agents: Vec<AgentTally>,
    /// Skips and the rules that explain them.
    pub fairness: FairnessTally,
    /// Agent time that was idle while a caller waited whom the agent might have taken at once by every rule.
    pub idle_in_vain_us: u64,
    /// What the agents' presence cost.
    pub cost: f64,
    /// Callers whom a line served or lost before they joined a queue: served instantly, left in the menu, closed, refused.
    pub beside_queues: BTreeMap<&'static str, u64>,
    /// Facts that never reached the desk.
    pub facts_lost: u64,
    /// Recoveries from the journal after a crash.
    pub recoveries: u64,
    /// Of those: came to another desk than the one that crashed. There must be none.
    pub recoveries_differ: u64,
    /// A hash over all decisions in order: equal for equal decisions, on every machine.
    pub decisions_digest: u64,
    /// The desk's digest at the end.
    pub desk_digest: u64,
}

/// A queue.
#[derive(Clone, Debug)]
pub struct QueueTally {
    /// By class id.
    pub classes: Vec<ClassTally>,
    /// What the desk said of the length of the line, summed over the counted time: caller-microseconds. Those are included
    /// for whom a phone rings, and those are not who are to be called back.
    pub in_line_us: u128,
    /// The same by the callers' own waits, from joining to being connected or gone: their sum, so far as they lie in the counted time.
    pub waited_us: u128,
    /// The longest line in the counted time.
    pub in_line_max: u32,
    /// The day in equal parts, the warm-up included.
    pub bins: Vec<Bin>,
}

/// A queue in one part of the day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bin {
    /// Callers who joined.
    pub offered: u64,
    /// Of those who joined in this part: answered.
    pub answered: u64,
    /// Of those: answered within the service level's time.
    pub within: u64,
    /// Of those who joined in this part: hung up while waiting.
    pub abandoned: u64,
    /// Of those: sooner than the queue's `short_abandon`.
    pub short_abandoned: u64,
    /// Of those who hung up: after the service level's time.
    pub late_abandoned: u64,
    /// The sum of the waits of those who joined in this part.
    pub waited_us: u64,
    /// The length of the line, summed over this part: caller-microseconds.
    pub in_line_us: u64,
    /// Agents on duty who serve the queue, summed over this part.
    pub on_duty_us: u64,
}

/// The callers of a class.
#[derive(Clone, Debug)]
pub struct ClassTally {
    /// Joined the queue.
    pub offered: u64,
    /// Were connected with an agent.
    pub answered: u64,
    /// Were connected within the service level's time.
    pub within: u64,
    /// Hung up while waiting, the short ones included.
    pub abandoned: u64,
    /// Hung up sooner than the queue's `short_abandon`.
    pub short_abandoned: u64,
    /// Hung up after the service level's time.
    pub late_abandoned: u64,
    /// Were told that the line is full, or that nobody came.
    pub turned_away: u64,
    /// Asked to be called back. They are offered, and answered if they were reached; their waits are told apart.
    pub called_back: u64,
    /// Were cut off by our failure.
    pub cut_off: u64,
    /// Waits of all, however they ended; of those called back, until they asked for it.
    pub waits: Waits,
    /// Waits of those answered who were not called back.
    pub answered_waits: Waits,
    /// The longest wait over the class's target.
    pub max_over_target: f64,
    /// Bounds reckoned for those who joined a line and what came of them.
    pub quotes: Vec<QuoteSample>,
}

/// Waits.
#[derive(Clone, Debug)]
pub struct Waits {
    /// Their sum.
    pub sum_us: u128,
    /// The longest.
    pub max: Span,
    /// In milliseconds, to three significant digits.
    pub histogram: Histogram<u32>,
}

/// A bound that was reckoned, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct QuoteSample {
    /// When the caller joined, from the beginning.
    pub joined_at: Span,
    /// How many were in line then.
    pub in_line: u32,
    /// The bounds at [`LEVELS`].
    pub at_most: [Span; LEVELS.len()],
    /// How long the caller waited.
    pub waited: Span,
    /// Whether an agent took the call then; else the caller had left, and would have waited longer.
    pub answered: bool,
}

/// An agent's time, so far as it was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct AgentTally {
    /// On duty, breaks not included.
    pub present_us: u64,
    /// Idle.
    pub idle_us: u64,
    /// The phone rang.
    pub ringing_us: u64,
    /// With a caller, holds included.
    pub talk_us: u64,
    /// Wrap-up.
    pub wrap_up_us: u64,
    /// On duty and not free for another reason: missed a ringing.
    pub away_us: u64,
    /// Calls taken.
    pub calls: u64,
}

/// Skips and the rules that explain them.
#[derive(Clone, Debug, Default)]
pub struct FairnessTally {
    /// Who skipped whom by which rule, how often.
    pub skips: BTreeMap<Skipped, u64>,
    /// Skips that no rule explains.
    pub unexplained: u64,
    /// The first of them, for whoever looks for the fault: when, who skipped, who was skipped, by which agent.
    pub first_unexplained: Option<(cabrank_core::Tick, cabrank_core::CallId, cabrank_core::CallId, AgentId)>,
}

/// A class that skipped another, and the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The rule: `order`, `preferred-agent`, `reserve`, `just-missed`, `callback`.
    pub rule: &'static str,
    /// Who skipped.
    pub by: (QueueId, ClassId),
    /// Who was skipped.
    pub of: (QueueId, ClassId),
}

impl Tally {
    /// Of a desk to which nothing has happened yet, with the day in so many parts.
    pub(crate) fn new(settings: &Settings, seed: u64, bins: usize) -> Tally {
        Tally {
            seed,
            calls: 0,
            inputs: 0,
            queues: settings.queues.iter().map(|queue| QueueTally::new(queue, bins)).collect(),
            agents: vec![AgentTally::default(); settings.agents.len()],
            fairness: FairnessTally::default(),
            idle_in_vain_us: 0,
            cost: 0.0,
            beside_queues: BTreeMap::new(),
            facts_lost: 0,
            recoveries: 0,
            recoveries_differ: 0,
            decisions_digest: 0,
            desk_digest: 0,
        }
    }
}

impl QueueTally {
    fn new(queue: &Queue, bins: usize) -> QueueTally {
        QueueTally {
            classes: queue.thresholds.classes.iter().map(|_| ClassTally::new()).collect(),
            in_line_us: 0,
            waited_us: 0,
            in_line_max: 0,
            bins: vec![Bin::default(); bins],
        }
    }
}

impl ClassTally {
    fn new() -> ClassTally {
        ClassTally {
            offered: 0,
            answered: 0,
            within: 0,
            abandoned: 0,
            short_abandoned: 0,
            late_abandoned: 0,
            turned_away: 0,
            called_back: 0,
            cut_off: 0,
            waits: Waits::new(),
            answered_waits: Waits::new(),
            max_over_target: 0.0,
            quotes: Vec::new(),
        }
    }
}

impl Waits {
    fn new() -> Waits {
        let histogram = Histogram::new_with_bounds(1, WAIT_MAX_MS, 3).expect("constants that a histogram takes");
        Waits { sum_us: 0, max: Span(0), histogram }
    }

    pub(crate) fn add(&mut self, wait: Span) {
        self.sum_us += u128::from(wait.0);
        self.max = self.max.max(wait);
        self.histogram.saturating_record(wait.0.div_ceil(1_000));
    }
}
