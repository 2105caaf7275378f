//! Who stands in line, and how each wait ends.

use super::Books;
use crate::simulate::tally::QuoteSample;
use cabrank_core::{CallId, ClassId, Estimate, LEVELS, Queue, QueueId, Span, Thresholds, Tick};
use std::collections::VecDeque;

/// A queue as the books know it.
pub(super) struct Line {
    /// As the desk said last, and since when it is so.
    pub(super) length: u32,
    pub(super) since: Tick,
    /// By class: who waits and may be taken, whoever came first first.
    pub(super) waiting: Vec<VecDeque<(Tick, CallId)>>,
    /// How many those are.
    pub(super) present: u64,
    /// Idle agents who may take any of them at once.
    pub(super) idle: u64,
}

/// A call's entry in the books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::simulate) struct Entry {
    stand: Option<Stand>,
    first: Option<First>,
}

/// Where the caller stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stand {
    queue: QueueId,
    class: ClassId,
    /// From when the order of service counts the wait.
    since: Tick,
    /// From when the caller stands there.
    from: Tick,
    /// Whether any agent who serves the queue may take the caller: nobody's phone rings, and no agent of the caller's own is awaited.
    present: bool,
}

/// The wait that counts: the first one of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct First {
    joined_at: Tick,
    /// Still to be settled.
    open: bool,
    called_back: bool,
    /// Which sample of a quote is this call's.
    quote: Option<u32>,
}

/// How a wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Ended {
    Answered,
    HungUp,
    CutOff,
    TurnedAway,
    /// The caller hangs up to be called back.
    CallsBack,
}

impl Line {
    pub(super) fn new(queue: &Queue) -> Line {
        let classes = queue.thresholds.classes.len();
        Line { length: 0, since: Tick(0), waiting: vec![VecDeque::new(); classes], present: 0, idle: 0 }
    }

    /// How many of a class wait since before a moment.
    pub(super) fn earlier(&self, class: ClassId, than: Tick) -> u64 {
        self.waiting.get(usize::from(class.0)).map_or(0, |waiting| waiting.partition_point(|(since, _)| *since < than) as u64)
    }

    fn add(&mut self, class: ClassId, key: (Tick, CallId)) {
        let Some(waiting) = self.waiting.get_mut(usize::from(class.0)) else { return };
        let at = waiting.partition_point(|other| *other < key);
        waiting.insert(at, key);
        self.present += 1;
    }

    fn remove(&mut self, class: ClassId, key: (Tick, CallId)) {
        let Some(waiting) = self.waiting.get_mut(usize::from(class.0)) else { return };
        if let Ok(at) = waiting.binary_search(&key) {
            waiting.remove(at);
            self.present -= 1;
        }
    }
}

impl Entry {
    /// Whether the caller stands in a line.
    pub(in crate::simulate) fn in_line(&self) -> bool {
        self.stand.is_some()
    }

    /// The queue, while the caller stands in one.
    pub(in crate::simulate) fn queue(&self) -> Option<QueueId> {
        self.stand.map(|stand| stand.queue)
    }

    /// Whether the call ever joined a queue.
    pub(in crate::simulate) fn has_joined(&self) -> bool {
        self.first.is_some()
    }
}

impl Books<'_> {
    /// A caller joins a line, or stands in it again.
    pub(in crate::simulate) fn joins(&mut self, now: Tick, call: CallId, entry: &mut Entry, at: (QueueId, ClassId), since: Tick) {
        if entry.stand.is_some() {
            return;
        }
        entry.stand = Some(Stand { queue: at.0, class: at.1, since, from: now, present: false });
        if entry.first.is_none() {
            entry.first = Some(First { joined_at: now, open: true, called_back: false, quote: None });
            let bin = self.bin(now);
            self.tally.queues[usize::from(at.0.0)].bins[bin].offered += 1;
            if now >= self.counted.from {
                self.class(at).offered += 1;
            }
        }
        self.is_present(now, call, entry);
    }

    /// Bounds were reckoned for a caller who has just joined.
    pub(in crate::simulate) fn quoted(&mut self, entry: &mut Entry, estimate: &Estimate) {
        let (Some(stand), Some(first)) = (entry.stand, entry.first.as_mut()) else { return };
        if first.joined_at < self.counted.from || first.quote.is_some() {
            return;
        }
        let sample = QuoteSample {
            joined_at: Span(first.joined_at.0),
            in_line: self.lines[usize::from(stand.queue.0)].length,
            at_most: std::array::from_fn::<_, { LEVELS.len() }, _>(|level| estimate.at(level)),
            waited: Span(0),
            answered: false,
        };
        let quotes = &mut self.class((stand.queue, stand.class)).quotes;
        quotes.push(sample);
        first.quote = Some(quotes.len() as u32 - 1);
    }

    /// Any agent who serves the queue may take the caller.
    pub(in crate::simulate) fn is_present(&mut self, now: Tick, call: CallId, entry: &mut Entry) {
        let Some(stand) = entry.stand.as_mut().filter(|stand| !stand.present) else { return };
        stand.present = true;
        let (queue, class, key) = (stand.queue, stand.class, (stand.since, call));
        self.change_line(now, queue, |line| line.add(class, key));
    }

    /// A phone rings for the caller, or an agent of the caller's own is awaited.
    pub(in crate::simulate) fn is_spoken_for(&mut self, now: Tick, call: CallId, entry: &mut Entry) {
        let Some(stand) = entry.stand.as_mut().filter(|stand| stand.present) else { return };
        stand.present = false;
        let (queue, class, key) = (stand.queue, stand.class, (stand.since, call));
        self.change_line(now, queue, |line| line.remove(class, key));
    }

    /// The caller leaves the line.
    pub(in crate::simulate) fn leaves(&mut self, now: Tick, call: CallId, entry: &mut Entry, how: Ended) {
        self.is_spoken_for(now, call, entry);
        let Some(stand) = entry.stand.take() else { return };
        let in_window = self.counted.overlap(stand.from, now);
        self.tally.queues[usize::from(stand.queue.0)].waited_us += u128::from(in_window.0);
        if let Some(first) = entry.first.as_mut().filter(|first| first.open) {
            // Who is to be called back is answered later or not at all.
            first.open = how == Ended::CallsBack && !first.called_back;
            let settled = *first;
            first.called_back |= how == Ended::CallsBack;
            self.settle(now, stand, settled, how);
        }
    }

    fn settle(&mut self, now: Tick, stand: Stand, first: First, how: Ended) {
        let waited = now.since(first.joined_at);
        let thresholds = &self.scenario.settings.queues[usize::from(stand.queue.0)].thresholds;
        let kind = Kind::of(waited, thresholds, how);
        let at = (stand.queue, stand.class);
        if !first.called_back {
            let bin = self.bin(first.joined_at);
            kind.enter_in_bin(&mut self.tally.queues[usize::from(at.0.0)].bins[bin], waited);
        }
        if first.joined_at < self.counted.from {
            return;
        }
        let target = thresholds.target(stand.class).0.max(1) as f64;
        let class = self.class(at);
        if first.called_back {
            class.answered += u64::from(how == Ended::Answered);
            return;
        }
        kind.enter(class, waited);
        class.max_over_target = class.max_over_target.max(waited.0 as f64 / target);
        if let Some(sample) = first.quote.and_then(|quote| class.quotes.get_mut(quote as usize)) {
            sample.waited = waited;
            sample.answered = how == Ended::Answered;
        }
    }

    fn class(&mut self, (queue, class): (QueueId, ClassId)) -> &mut crate::simulate::ClassTally {
        &mut self.tally.queues[usize::from(queue.0)].classes[usize::from(class.0)]
    }
}

/// How a wait ended, and on which side of the service level's time and of a short abandon.
#[derive(Clone, Copy)]
struct Kind {
    how: Ended,
    within: bool,
    short: bool,
}

impl Kind {
    fn of(waited: Span, thresholds: &Thresholds, how: Ended) -> Kind {
        Kind { how, within: waited <= thresholds.service_level.within, short: waited < thresholds.short_abandon }
    }

    fn enter(self, class: &mut crate::simulate::ClassTally, waited: Span) {
        class.waits.add(waited);
        match self.how {
            Ended::Answered => {
                class.answered += 1;
                class.within += u64::from(self.within);
                class.answered_waits.add(waited);
            }
            Ended::HungUp => {
                class.abandoned += 1;
                class.short_abandoned += u64::from(self.short);
                class.late_abandoned += u64::from(!self.within);
            }
            Ended::CutOff => class.cut_off += 1,
            Ended::TurnedAway => class.turned_away += 1,
            Ended::CallsBack => class.called_back += 1,
        }
    }

    fn enter_in_bin(self, bin: &mut crate::simulate::Bin, waited: Span) {
        bin.waited_us += waited.0;
        match self.how {
            Ended::Answered => {
                bin.answered += 1;
                bin.within += u64::from(self.within);
            }
            Ended::HungUp => {
                bin.abandoned += 1;
                bin.short_abandoned += u64::from(self.short);
                bin.late_abandoned += u64::from(!self.within);
            }
            Ended::CutOff | Ended::TurnedAway | Ended::CallsBack => {}
        }
    }
}
