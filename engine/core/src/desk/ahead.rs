//! How long a caller will wait: who is ahead, by the order of service, and how fast the line moves.

use super::Desk;
use super::call::Stand;
use super::line_up::Stream;
use crate::quote::{Ahead, Estimate, Expected, Quoter};
use crate::{CallId, ClassId, Order, Permille, Place, QueueId, Span, Standing, Tick};
use core::cmp::Ordering;

/// The share of a horizon is found to a thousandth: 2^10.
const HALVINGS: u32 = 10;

/// A caller's view of the line.
struct View<'a> {
    desk: &'a Desk,
    queue: QueueId,
    order: Order,
    standing: Standing,
}

impl Desk {
    /// The wait from now on of a caller in line, where the data support a figure.
    pub(super) fn reckoned(&self, id: CallId) -> Option<Estimate> {
        let stand = self.calls.get(&id)?.stand?;
        self.corrected(&stand, self.in_line(stand.queue), &self.expected(&stand)?)
    }

    /// The bound of that wait alone, which is all that is said; what is expected of it may be known already.
    pub(super) fn bound(&self, id: CallId, expected: Option<Expected>) -> Option<Span> {
        let stand = self.calls.get(&id)?.stand?;
        let expected = expected.or_else(|| self.expected(&stand))?;
        self.line_ups[usize::from(stand.queue.0)].quoter.as_ref()?.bound(usize::from(stand.class.0), &expected)
    }

    /// What a newcomer of a queue's default class would be told.
    pub(super) fn newcomers_wait(&self, queue: QueueId) -> Option<Span> {
        let thresholds = &self.queue(queue).thresholds;
        let class = thresholds.default_class;
        let standing = Standing {
            since: self.now,
            place: Place(u64::MAX),
            target: thresholds.target(class),
            max_wait: thresholds.max_wait,
            head_start: Span(0),
        };
        let quoter = self.line_ups[usize::from(queue.0)].quoter.as_ref()?;
        quoter.estimate(self.now, usize::from(class.0), &self.view_of(queue, standing)).map(|estimate| estimate.bound())
    }

    /// How many stand before a caller in line, as of now.
    pub(super) fn now_ahead_of(&self, stand: &Stand) -> u32 {
        let standing = stand.standing(&self.queue(stand.queue).thresholds, Span(0));
        self.view_of(stand.queue, standing).waiting(Span(0))
    }

    /// The wait of a caller in line before experience corrects it. It is the same before the caller joined as right after,
    /// since nobody comes before oneself, and nobody of one's class who comes later.
    pub(super) fn expected(&self, stand: &Stand) -> Option<Expected> {
        let quoter = self.line_ups[usize::from(stand.queue.0)].quoter.as_ref()?;
        let standing = stand.standing(&self.queue(stand.queue).thresholds, Span(0));
        quoter.expected(self.now, usize::from(stand.class.0), &self.view_of(stand.queue, standing))
    }

    /// The same corrected by what came of earlier ones, for a line of that length.
    pub(super) fn corrected(&self, stand: &Stand, in_line: u32, expected: &Expected) -> Option<Estimate> {
        let quoter = self.line_ups[usize::from(stand.queue.0)].quoter.as_ref()?;
        quoter.corrected(usize::from(stand.class.0), in_line, expected)
    }

    /// How long a line is, as its quoter was told.
    pub(super) fn in_line(&self, queue: QueueId) -> u32 {
        self.line_ups[usize::from(queue.0)].quoter.as_ref().map_or(0, Quoter::in_line)
    }

    /// The callers in line, or the agents on duty, are others than before.
    pub(super) fn line_changed(&mut self, queue: QueueId) {
        let now = self.now;
        let line_up = &mut self.line_ups[usize::from(queue.0)];
        let waiting = line_up.waiting().saturating_add(line_up.callbacks());
        if let Some(quoter) = &mut line_up.quoter {
            quoter.line_is(now, waiting, line_up.on_duty);
        }
        self.watch(queue);
    }

    pub(super) fn line_joined(&mut self, queue: QueueId, class: ClassId) {
        let now = self.now;
        if let Some(quoter) = &mut self.line_ups[usize::from(queue.0)].quoter {
            quoter.joined(now, usize::from(class.0));
        }
    }

    /// A caller of a line was answered: a fact about its pace, and about what was reckoned.
    pub(super) fn line_served(&mut self, id: CallId) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (Some(stand), estimate) = (call.stand, call.estimate.take()) else { return };
        let first = call.service.as_ref().is_some_and(|service| service.connected_at == now);
        if let Some(quoter) = &mut self.line_ups[usize::from(stand.queue.0)].quoter {
            quoter.started(now);
            if first {
                quoter.answered(now, usize::from(stand.class.0), estimate.as_ref(), now.since(stand.joined_at));
            }
        }
    }

    /// A caller left the line unserved.
    pub(super) fn line_abandoned(&mut self, id: CallId) {
        let now = self.now;
        let Some(call) = self.calls.get_mut(&id) else { return };
        let (Some(stand), estimate) = (call.stand, call.estimate.take()) else { return };
        if let Some(quoter) = &mut self.line_ups[usize::from(stand.queue.0)].quoter {
            quoter.abandoned(now, usize::from(stand.class.0), estimate.as_ref(), now.since(stand.joined_at));
        }
    }

    fn view_of(&self, queue: QueueId, standing: Standing) -> View<'_> {
        View { desk: self, queue, order: self.queue(queue).thresholds.order, standing }
    }
}

impl View<'_> {
    /// Others of a class; where they stand is still to be said.
    fn others(&self, class: usize) -> Others {
        let thresholds = &self.desk.queue(self.queue).thresholds;
        let target = thresholds.target(ClassId(class as u8));
        let standing = Standing { since: Tick(0), place: Place(0), target, max_wait: thresholds.max_wait, head_start: Span(0) };
        Others { order: self.order, caller: self.standing, standing }
    }

    /// How many of these callers, by class, come before the caller at that moment.
    fn ahead_in(&self, streams: &[Stream], at: Tick) -> usize {
        let some = streams.iter().enumerate().filter(|(_, stream)| !stream.is_empty());
        let ahead = some.map(|(class, stream)| {
            let others = self.others(class);
            stream.count_while(|(since, place)| others.come_before(*since, *place, at))
        });
        ahead.sum()
    }
}

/// Callers of one class, in the eyes of another caller.
struct Others {
    order: Order,
    caller: Standing,
    standing: Standing,
}

impl Others {
    /// Of two with the same target whoever came first is first, by every order.
    #[inline]
    fn come_before(&self, since: Tick, place: Place, at: Tick) -> bool {
        if self.standing.target == self.caller.target {
            return (since, place) < (self.caller.since, self.caller.place);
        }
        self.order.compare(&Standing { since, place, ..self.standing }, &self.caller, at) == Ordering::Less
    }
}

impl Ahead for View<'_> {
    fn waiting(&self, horizon: Span) -> u32 {
        let at = self.desk.now.plus(horizon);
        let line_up = &self.desk.line_ups[usize::from(self.queue.0)];
        let ahead = self.ahead_in(&line_up.present, at) + self.ahead_in(&line_up.absent, at);
        line_up.held.saturating_add(u32::try_from(ahead).unwrap_or(u32::MAX))
    }

    fn arriving(&self, class: usize, horizon: Span) -> Permille {
        let (now, others) = (self.desk.now, self.others(class));
        let before = |share: u64| {
            let since = now.plus(Span(((u128::from(horizon.0) * u128::from(share)) >> HALVINGS) as u64));
            others.come_before(since, Place(u64::MAX), now.plus(horizon))
        };
        // Whoever comes later comes before fewer: if not even the first of them does, nobody does.
        if !before(1) {
            return Permille(0);
        }
        let mut share = 0;
        for halving in (0..HALVINGS).rev() {
            if before(share | 1 << halving) {
                share |= 1 << halving;
            }
        }
        Permille(((share * 1_000) >> HALVINGS) as u16)
    }
}
