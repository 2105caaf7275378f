//! What calls came to, counted by the house's definitions.
//!
//! A call counts once it is decided: it was answered, or it ended. Whoever still waits is not among these figures.

use cabrank_core::{CallId, CallView, Denominator, Outcome, QueueId, Record, Settled, Span, Thresholds, Tick};

/// Counts of calls that joined a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How their waits ended.
    pub ends: Ends,
    /// Waited while on the line until they were answered: of how many `waited_us` is the sum.
    pub waited: u64,
    /// The waits of those, in microseconds.
    pub waited_us: u64,
    /// Waited no longer than they were told last.
    pub quotes_kept: u64,
    /// Waited longer.
    pub quotes_broken: u64,
}

/// How the waits in a line ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// Joined the line, and are decided.
    pub offered: u64,
    /// Were connected with an agent, those called back included.
    pub answered: u64,
    /// Were connected within the service level's time.
    pub within: u64,
    /// Hung up while waiting, the short ones included.
    pub abandoned: u64,
    /// Hung up sooner than `short_abandon`.
    pub abandoned_short: u64,
    /// Hung up after the service level's time.
    pub abandoned_late: u64,
}

/// A call that joined a line and is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) call: CallId,
    pub(super) queue: QueueId,
    pub(super) joined_at: Tick,
    /// When it was connected or gone.
    pub(super) left_at: Tick,
    pub(super) how: How,
    pub(super) quote: Settled,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Answered,
    /// The caller had left the line, and was called back.
    CalledBack,
    Abandoned,
    /// Told that the line is full or that nobody came, cut off by us, not reached when called back.
    Otherwise,
}

impl Decided {
    /// What a record says of a line; nothing if the call joined none, or goes on as a later call at the same place.
    pub(super) fn of(record: &Record) -> Option<Decided> {
        let how = how(record.outcome, record.connected_at.is_some(), record.callbacks)?;
        let left_at = record.connected_at.unwrap_or(record.ended_at);
        let quote = record.quote.map_or(Settled::Open, |said| said.settled);
        Some(Decided { call: record.call, queue: record.queue?, joined_at: record.queued_at?, left_at, how, quote })
    }

    /// What a live call that an agent has answered says of its line.
    pub(super) fn answered(call: &CallView) -> Option<Decided> {
        let quote = call.quote.map_or(Settled::Open, |said| said.settled);
        let (queue, joined_at, left_at) = (call.queue?, call.queued_at?, call.connected_at?);
        Some(Decided { call: call.call, queue, joined_at, left_at, how: How::Answered, quote })
    }

    /// The same as counts, by these thresholds.
    pub(super) fn counts(&self, thresholds: &Thresholds) -> Counts {
        let wait = self.left_at.since(self.joined_at);
        let mut counts = Counts { ends: Ends { offered: 1, ..Ends::default() }, ..Counts::default() };
        match self.how {
            How::Answered => counts.answer(wait, thresholds.service_level.within),
            How::CalledBack => counts.ends.answered = 1,
            How::Abandoned => counts.ends.abandon(wait, thresholds),
            How::Otherwise => {}
        }
        match self.quote {
            Settled::Open => {}
            Settled::Kept => counts.quotes_kept = 1,
            Settled::Broken => counts.quotes_broken = 1,
        }
        counts
    }
}

/// How a wait with that outcome ended; nothing if it goes on elsewhere or there was none.
pub(super) fn how(outcome: Outcome, connected: bool, callbacks: u8) -> Option<How> {
    if connected {
        return Some(if callbacks > 0 { How::CalledBack } else { How::Answered });
    }
    match outcome {
        Outcome::Abandoned => Some(How::Abandoned),
        Outcome::ServedByAgent
        | Outcome::WaitedTooLong
        | Outcome::QueueFull
        | Outcome::CallbackCancelled
        | Outcome::CallbackFailed
        | Outcome::CutOff => Some(How::Otherwise),
        Outcome::Joined | Outcome::ServedInstantly | Outcome::LeftInMenu | Outcome::Closed | Outcome::Refused => None,
    }
}

impl Ends {
    /// What a service level is a share of.
    pub fn whole(&self, of: Denominator) -> u64 {
        match of {
            Denominator::OfferedButShort => self.offered.saturating_sub(self.abandoned_short),
            Denominator::Offered => self.offered,
            Denominator::Answered => self.answered,
            Denominator::AnsweredAndAbandonedLate => self.answered + self.abandoned_late,
        }
    }

    /// Hung up after having really waited.
    pub fn gave_up(&self) -> u64 {
        self.abandoned.saturating_sub(self.abandoned_short)
    }

    fn abandon(&mut self, wait: Span, thresholds: &Thresholds) {
        self.abandoned = 1;
        self.abandoned_short = u64::from(wait < thresholds.short_abandon);
        self.abandoned_late = u64::from(wait > thresholds.service_level.within);
    }

    fn with(self, other: Ends, op: impl Fn(u64, u64) -> u64) -> Ends {
        Ends {
            offered: op(self.offered, other.offered),
            answered: op(self.answered, other.answered),
            within: op(self.within, other.within),
            abandoned: op(self.abandoned, other.abandoned),
            abandoned_short: op(self.abandoned_short, other.abandoned_short),
            abandoned_late: op(self.abandoned_late, other.abandoned_late),
        }
    }
}

impl Counts {
    fn answer(&mut self, wait: Span, within: Span) {
        self.ends.answered = 1;
        self.ends.within = u64::from(wait <= within);
        (self.waited, self.waited_us) = (1, wait.0);
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Counts) -> Counts {
        self.with(other, u64::saturating_add)
    }

    /// The one without the other, which is part of it.
    #[must_use]
    pub fn less(self, other: Counts) -> Counts {
        self.with(other, u64::saturating_sub)
    }

    fn with(self, other: Counts, op: impl Fn(u64, u64) -> u64) -> Counts {
        Counts {
            ends: self.ends.with(other.ends, &op),
            waited: op(self.waited, other.waited),
            waited_us: op(self.waited_us, other.waited_us),
            quotes_kept: op(self.quotes_kept, other.quotes_kept),
            quotes_broken: op(self.quotes_broken, other.quotes_broken),
        }
    }
}
