//! Where orders go: each to the one room that carries it out.

use crate::store::Entry;
use cabrank_core::{Dispatch, Effect};
use tokio::sync::mpsc::Sender;

/// The ways out of a lane. They are bounded: a room that falls behind slows the lane, the ring fills, and new calls are told
/// to come back; nothing is lost.
#[derive(Clone, Debug)]
pub struct Outlets {
    /// The SIP edge.
    pub sip: Sender<Effect>,
    /// The fulfilment services.
    pub dispatch: Sender<Box<Dispatch>>,
    /// The store of records.
    pub store: Sender<Entry>,
}

impl Outlets {
    /// Hands an order on. Called from plain threads only: it may wait for a room that is behind.
    pub fn hand_on(&self, effect: Effect) {
        let sent = match effect {
            // One that finds no room is given up on by the desk in time: its caller goes to a human.
            Effect::Dispatch(dispatch) => self.dispatch.try_send(dispatch).is_ok(),
            Effect::Write(record) => self.store.blocking_send(Entry::Record(record)).is_ok(),
            Effect::Amend { call, at, amendment } => self.store.blocking_send(Entry::Amendment { call, at, amendment }).is_ok(),
            Effect::Refuse { .. }
            | Effect::Answer { .. }
            | Effect::Say { .. }
            | Effect::Music { .. }
            | Effect::Ring { .. }
            | Effect::StopRinging { .. }
            | Effect::Connect { .. }
            | Effect::Release { .. }
            | Effect::HangUp { .. } => self.sip.blocking_send(effect).is_ok(),
        };
        if !sent {
            tracing::debug!("an order found its room full or closed");
        }
    }
}
