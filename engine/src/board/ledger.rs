//! What became of the calls of today and of the last hour, kept in counts as their records are written.

use super::counts::{Counts, Decided, How, how};
use super::slots::{Hour, Slot};
use crate::epoch::{Epoch, now_micros, timestamp};
use crate::in_force::InForce;
use crate::names::Names;
use crate::store::{DecidedRow, Store, StoreError};
use cabrank_core::{CallId, Outcome, QueueId, Record};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Calls whose counts can still be taken back: a restart writes records again, and a call may have a second one.
const REMEMBERED_MAX: usize = 65_536;
/// Calls of today that are read from the store at a start.
const READ_MAX: u32 = 1_000_000;
/// An hour, in microseconds.
const HOUR_US: i64 = 3_600_000_000;

/// The counts of today and of the last hour. The day begins at midnight in the desk's timezone; a call belongs to the time in which it
/// joined its line, and is judged by the thresholds in force when it was decided.
#[derive(Debug)]
pub struct Ledger {
    in_force: InForce,
    epoch: Epoch,
    zone: TimeZone,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    /// Today, from and until, in microseconds since 1970.
    today: (i64, i64),
    queues: Vec<Line>,
    served_at_once: u64,
    remembered: HashMap<CallId, Mark>,
    order: VecDeque<CallId>,
}

/// A queue's line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Those who joined today.
    pub(super) today: Counts,
    pub(super) hour: Hour,
}

/// What a call has added.
#[derive(Clone, Copy, Debug)]
enum Mark {
    Line { queue: QueueId, joined_us: i64, left_us: i64, connected: bool, counts: Counts },
    AtOnce { ended_us: i64 },
}

impl Ledger {
    /// An empty one. `zone` says when a day begins.
    pub fn new(in_force: InForce, epoch: Epoch, zone: TimeZone) -> Ledger {
        let now = Timestamp::now();
        let books = Books {
            today: day(now, &zone),
            queues: Vec::new(),
            served_at_once: 0,
            remembered: HashMap::new(),
            order: VecDeque::new(),
        };
        Ledger { in_force, epoch, zone, books: Mutex::new(books) }
    }

    /// Reads what the store holds of today and of the last hour. Calls may be noted meanwhile: what was read is newest first, so that
    /// those that a restart writes again are still remembered when they are read.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn load(&self, store: &Store, names: &Names) -> Result<(), StoreError> {
        let now = Timestamp::now();
        // Who joins a line has come in before.
        let since = day(now, &self.zone).0.min(now.as_microsecond() - HOUR_US) - HOUR_US;
        for call in store.decided_since(since, READ_MAX).await? {
            if call.outcome == Outcome::ServedInstantly {
                self.enter(call.call, Mark::AtOnce { ended_us: call.ended_at });
            } else if let Some(decided) = self.decided(&call, names) {
                self.count(&decided);
            }
        }
        Ok(())
    }

    fn decided(&self, row: &DecidedRow, names: &Names) -> Option<Decided> {
        let callbacks = u8::try_from(row.callbacks).unwrap_or(u8::MAX);
        Some(Decided {
            call: row.call,
            queue: names.queue_id(row.queue.as_deref()?)?,
            joined_at: self.epoch.tick(row.queued_at?),
            left_at: self.epoch.tick(row.connected_at.unwrap_or(row.ended_at)),
            how: how(row.outcome, row.connected_at.is_some(), callbacks)?,
            quote: row.quote,
        })
    }

    /// A call was recorded.
    pub fn note(&self, record: &Record) {
        if record.outcome == Outcome::ServedInstantly {
            self.enter(record.call, Mark::AtOnce { ended_us: self.epoch.unix_micros(record.ended_at) });
        } else if let Some(decided) = Decided::of(record) {
            self.count(&decided);
        }
    }

    fn count(&self, decided: &Decided) {
        let settings = self.in_force.now().settings;
        let Some(queue) = settings.queues.get(usize::from(decided.queue.0)) else { return };
        let mark = Mark::Line {
            queue: decided.queue,
            joined_us: self.epoch.unix_micros(decided.joined_at),
            left_us: self.epoch.unix_micros(decided.left_at),
            connected: matches!(decided.how, How::Answered | How::CalledBack),
            counts: decided.counts(&queue.thresholds),
        };
        self.enter(decided.call, mark);
    }

    fn enter(&self, call: CallId, mark: Mark) {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.advance(now_micros(), &self.zone);
        books.enter(call, mark);
    }

    /// Looks at every line of the settings, and at how many were served today without waiting for anybody.
    pub(super) fn read<T>(&self, queues: usize, look: impl FnOnce(&[Line], u64) -> T) -> T {
        let now_us = now_micros();
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.advance(now_us, &self.zone);
        books.provide(queues, now_us);
        look(&books.queues, books.served_at_once)
    }

    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

impl Books {
    fn advance(&mut self, now_us: i64, zone: &TimeZone) {
        if now_us >= self.today.1 {
            self.today = day(timestamp(now_us), zone);
            self.served_at_once = 0;
            self.queues.iter_mut().for_each(|line| line.today = Counts::default());
        }
        self.queues.iter_mut().for_each(|line| line.hour.advance(now_us));
    }

    fn provide(&mut self, queues: usize, now_us: i64) {
        while self.queues.len() < queues {
            self.queues.push(Line { today: Counts::default(), hour: Hour::until(now_us) });
        }
    }

    /// Of several records of one call the newest says it all.
    fn enter(&mut self, call: CallId, mark: Mark) {
        match self.remembered.insert(call, mark) {
            Some(before) => self.apply(before, Counts::less, u64::saturating_sub),
            None => self.order.push_back(call),
        }
        self.apply(mark, Counts::plus, u64::saturating_add);
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.remembered.remove(&oldest);
        }
    }

    fn apply(&mut self, mark: Mark, counted: fn(Counts, Counts) -> Counts, number: fn(u64, u64) -> u64) {
        let (from, until) = self.today;
        match mark {
            Mark::AtOnce { ended_us } if (from..until).contains(&ended_us) => {
                self.served_at_once = number(self.served_at_once, 1);
            }
            Mark::AtOnce { .. } => {}
            Mark::Line { queue, joined_us, left_us, connected, counts } => {
                self.provide(usize::from(queue.0) + 1, now_micros());
                let Some(line) = self.queues.get_mut(usize::from(queue.0)) else { return };
                if (from..until).contains(&joined_us) {
                    line.today = counted(line.today, counts);
                }
                line.hour.change(joined_us, |slot| slot.joined = counted(slot.joined, counts));
                line.hour.change(left_us, |slot| note_left(slot, connected, number));
            }
        }
    }
}

fn note_left(slot: &mut Slot, connected: bool, number: fn(u64, u64) -> u64) {
    slot.left = number(slot.left, 1);
    slot.connected = number(slot.connected, u64::from(connected));
}

/// The day around a moment, from and until, in microseconds since 1970.
fn day(moment: Timestamp, zone: &TimeZone) -> (i64, i64) {
    let today = moment.to_zoned(zone.clone());
    let from = today.start_of_day().map_or(i64::MIN, |start| start.timestamp().as_microsecond());
    let until =
        today.tomorrow().and_then(|next| next.start_of_day()).map_or(i64::MAX, |start| start.timestamp().as_microsecond());
    (from, until)
}
