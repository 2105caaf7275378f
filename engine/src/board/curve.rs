//! The last hour of a line, or of all lines, minute by minute.

use super::counts::Decided;
use super::ledger::Line;
use super::slots::{SLOT_US, SLOTS};
use crate::epoch::{Epoch, timestamp};
use cabrank_core::{QueueId, View};
use serde::Serialize;
use utoipa::ToSchema;

/// The last hour in steps of ten seconds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Curve {
    /// The queue; absent for all together.
    pub queue: Option<String>,
    /// When it begins; RFC 3339.
    pub begins: String,
    /// Seconds from one moment to the next.
    pub every_s: u32,
    /// Oldest first; the last one is now.
    pub moments: Vec<Moment>,
}

/// Ten seconds of the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// Callers in line at its end, those included for whom a phone rang.
    pub waiting: u64,
    /// Callers who joined in it.
    pub joined: u64,
    /// Callers who were connected in it.
    pub answered: u64,
    /// Callers in line who were not answered and left in it, for whatever reason.
    pub lost: u64,
}

/// What happened in the slots, before the length of the line is known.
pub(super) struct Flow(Vec<Moment>);

impl Flow {
    /// Of these lines, with what the live calls add; `now_us` is in the newest slot.
    pub(super) fn of<'a>(lines: impl Iterator<Item = &'a Line>) -> Flow {
        let mut moments = vec![Moment::default(); SLOTS];
        for line in lines {
            for (moment, slot) in moments.iter_mut().zip(line.hour.slots()) {
                moment.joined += slot.joined.ends.offered;
                moment.answered += slot.connected;
                moment.lost += slot.left.saturating_sub(slot.connected);
            }
        }
        Flow(moments)
    }

    /// The same with the calls that are still there.
    pub(super) fn with_live(mut self, view: &View, queue: Option<QueueId>, epoch: Epoch, now_us: i64) -> Flow {
        for call in view.calls.iter().filter(|call| call.queue.is_some() && queue.is_none_or(|queue| call.queue == Some(queue))) {
            if let Some(joined) = call.queued_at {
                self.change(epoch.unix_micros(joined), now_us, |moment| moment.joined += 1);
            }
            if let Some(decided) = Decided::answered(call) {
                self.change(epoch.unix_micros(decided.left_at), now_us, |moment| moment.answered += 1);
            }
        }
        self
    }

    fn change(&mut self, at_us: i64, now_us: i64, change: impl FnOnce(&mut Moment)) {
        let back = now_us.div_euclid(SLOT_US).saturating_sub(at_us.div_euclid(SLOT_US)).max(0);
        let place = usize::try_from(back).ok().and_then(|back| (SLOTS - 1).checked_sub(back));
        if let Some(moment) = place.and_then(|place| self.0.get_mut(place)) {
            change(moment);
        }
    }

    /// Joined and were answered in the newest so many slots.
    pub(super) fn newest(&self, slots: usize) -> (u64, u64) {
        let newest = self.0.iter().rev().take(slots);
        newest.fold((0, 0), |(joined, answered), moment| (joined + moment.joined, answered + moment.answered))
    }

    /// The curve, from the length of the line now backwards.
    pub(super) fn into_curve(self, queue: Option<String>, waiting: u64, now_us: i64) -> Curve {
        let mut moments = self.0;
        let mut at_end = waiting;
        for moment in moments.iter_mut().rev() {
            moment.waiting = at_end;
            at_end = (at_end + moment.answered + moment.lost).saturating_sub(moment.joined);
        }
        let span_us = SLOT_US * SLOTS as i64;
        let begins = timestamp(now_us.div_euclid(SLOT_US) * SLOT_US + SLOT_US - span_us).to_string();
        Curve { queue, begins, every_s: (SLOT_US / 1_000_000) as u32, moments }
    }
}
