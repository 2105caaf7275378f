//! A warning before a queue's target is missed: it will be, within so long, if calls go on coming and going as they do.

use super::alarms::Owner;
use super::{Desk, Outbox};
use crate::code::code_struct;
use crate::{Effect, QueueId, Span, Tick};

/// How often a queue in which somebody waits is looked at.
const EVERY: Span = Span::secs(5);

/// The horizon is looked at in so many steps.
const STEPS: u64 = 4;

/// A warning is given after so many looks in a row that found it due ...
const LOOKS_TO_WARN: u8 = 2;

/// ... and taken back after so many that found the wait well below the target: nothing flaps.
const LOOKS_TO_CLEAR: u8 = 6;

/// Well below: this share of the target, in tenths.
const CLEAR_BELOW_TENTHS: u64 = 8;

/// What is known of a queue's near future.
#[derive(Clone, Copy, Default)]
pub(super) struct Warning {
    /// In how long the target is missed, while a warning is out.
    pub(super) missed_in: Option<Span>,
    /// Looks in a row that found the opposite of what is out.
    pub(super) streak: u8,
    /// The next look.
    pub(super) next: Option<Tick>,
}

/// What a look found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outlook {
    MissedIn(Span),
    Between,
    Clear,
}

impl Desk {
    /// Somebody waits: the queue is looked at now and then.
    pub(super) fn watch(&mut self, queue: QueueId) {
        let watched = self.queue(queue).thresholds.warn_within > Span(0);
        let line_up = &self.line_ups[usize::from(queue.0)];
        if watched && line_up.warning.next.is_none() && line_up.waiting() > 0 {
            self.look_again(queue);
        }
    }

    pub(super) fn look_ahead(&mut self, queue: QueueId, out: &mut Outbox) {
        let outlook = self.outlook(queue);
        let line_up = &mut self.line_ups[usize::from(queue.0)];
        line_up.warning.next = None;
        let before = line_up.warning.missed_in;
        line_up.warning.look(outlook);
        let after = line_up.warning.missed_in;
        if before.is_some() != after.is_some() {
            out.order(Effect::Warn { queue, missed_in: after });
        }
        if after.is_some() || self.line_ups[usize::from(queue.0)].waiting() > 0 {
            self.look_again(queue);
        }
    }

    fn look_again(&mut self, queue: QueueId) {
        let at = self.now.plus(EVERY);
        self.line_ups[usize::from(queue.0)].warning.next = Some(at);
        self.clock.move_alarm(Owner::Queue(queue), None, Some(at));
    }

    fn outlook(&self, queue: QueueId) -> Outlook {
        let thresholds = &self.queue(queue).thresholds;
        let line_up = &self.line_ups[usize::from(queue.0)];
        let Some(quoter) = &line_up.quoter else { return Outlook::Clear };
        let target = thresholds.target(thresholds.default_class);
        let clear_below = Span(target.0 / 10 * CLEAR_BELOW_TENTHS);
        let mut clear = true;
        for step in 0..=STEPS {
            let after = Span(thresholds.warn_within.0 / STEPS * step);
            let Some(wait) = quoter.forecast(self.now, after) else { continue };
            if wait > target {
                return Outlook::MissedIn(after);
            }
            clear &= wait < clear_below;
        }
        if clear { Outlook::Clear } else { Outlook::Between }
    }
}

impl Warning {
    /// So many looks in a row always change what is out.
    pub(super) const STREAK_MAX: u8 = if LOOKS_TO_WARN > LOOKS_TO_CLEAR { LOOKS_TO_WARN } else { LOOKS_TO_CLEAR };

    fn look(&mut self, outlook: Outlook) {
        match (outlook, self.missed_in) {
            (Outlook::MissedIn(after), Some(_)) => (self.missed_in, self.streak) = (Some(after), 0),
            (Outlook::MissedIn(after), None) => self.count(LOOKS_TO_WARN, Some(after)),
            (Outlook::Clear, Some(_)) => self.count(LOOKS_TO_CLEAR, None),
            (Outlook::Clear, None) | (Outlook::Between, _) => self.streak = 0,
        }
    }

    /// One look more that found the opposite of what is out.
    fn count(&mut self, looks: u8, missed_in: Option<Span>) {
        self.streak += 1;
        if self.streak >= looks {
            (self.missed_in, self.streak) = (missed_in, 0);
        }
    }
}

code_struct! { Warning { missed_in, streak, next } }
