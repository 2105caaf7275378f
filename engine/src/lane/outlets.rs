//! Where orders go: each to the one room that carries it out.

use crate::in_force::InForce;
use crate::names;
use crate::store::Entry;
use cabrank_core::{Change, Dispatch, Effect, QueueId, Span};
use tokio::sync::mpsc::Sender;

/// The ways out of a lane. They are bounded: a room that falls behind slows the lane, the ring fills, and new calls are told
/// to come back; nothing is lost.
#[derive(Clone, Debug)]
pub struct Outlets {
    /// The SIP edge.
    pub sip: Sender<Effect>,
    /// The fulfilment services.
    pub dispatch: Sender<Box<Dispatch>>,
    /// The store of records and changes.
    pub store: Sender<Entry>,
    /// Whoever shows or changes thresholds.
    pub in_force: InForce,
}

impl Outlets {
    /// Hands an order on. Called from plain threads only: it may wait for a room that is behind.
    pub fn hand_on(&self, effect: Effect) {
        let sent = match effect {
            // One that finds no room is given up on by the desk in time: its caller goes to a human.
            Effect::Dispatch(dispatch) => self.dispatch.try_send(dispatch).is_ok(),
            Effect::Write(record) => self.store.blocking_send(Entry::Record(record)).is_ok(),
            Effect::Amend { call, at, amendment } => self.store.blocking_send(Entry::Amendment { call, at, amendment }).is_ok(),
            Effect::Warn { queue, missed_in } => {
                self.warn(queue, missed_in);
                true
            }
            Effect::Note(change) => self.note(change),
            Effect::Refuse { .. }
            | Effect::Answer { .. }
            | Effect::Say { .. }
            | Effect::Music { .. }
            | Effect::Ring { .. }
            | Effect::StopRinging { .. }
            | Effect::Connect { .. }
            | Effect::Release { .. }
            | Effect::HangUp { .. }
            | Effect::CallBack { .. } => self.sip.blocking_send(effect).is_ok(),
        };
        if !sent {
            tracing::debug!("an order found its room full or closed");
        }
    }

    fn warn(&self, queue: QueueId, missed_in: Option<Span>) {
        let now = self.in_force.now();
        let queue = names::queue(&now.settings, queue);
        match missed_in {
            Some(missed_in) => {
                tracing::warn!(
                    queue,
                    missed_in_s = missed_in.as_secs(),
                    "the target will be missed at this rate; nobody waits too long yet"
                );
            }
            None => tracing::info!(queue, "the target will no longer be missed at this rate"),
        }
    }

    fn note(&self, change: Box<Change>) -> bool {
        self.in_force.note(&change);
        let now = self.in_force.now();
        let queues: Vec<&str> = change.queues.iter().map(|(queue, ..)| names::queue(&now.settings, *queue)).collect();
        tracing::info!(number = change.number, by = %change.by, reason = %change.reason, ?queues, "thresholds changed");
        self.store.blocking_send(Entry::Change(change)).is_ok()
    }
}
